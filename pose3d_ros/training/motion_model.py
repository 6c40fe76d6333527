# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The process model of the filters against motion capture: `python -m ...motion_model FOLDER`.

Prints the constants of core/motion.py that fit best, and for each folder of motions in FOLDER how
well filters foresee: the share of the mean distance to where joints go that holding the last pose
is wrong by and prediction is not, and how many of the joints the 95 % ellipsoids hold.
"""
from collections.abc import Iterator
from pathlib import Path
import sys

import numpy as np
from pose3d_ros.core.filtering import Filters
from pose3d_ros.core.motion import BODY_FADING, KICKS, OWN_FADING, STILL
from pose3d_ros.core.observation import joint_weights
from pose3d_ros.core.records import Joints
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.evaluation.metrics import CHI2_3, coverage, mean_of_known, squared_deviations
from pose3d_ros.training.poses import load_poses, RATE

STATURE = 1.70  # m
HORIZONS = (3, 9)  # frames: 0.1 s and 0.3 s
FRAMES, WARM = 240, 10  # of a clip; of its beginning that does not count
TRUNK = [BODY_16.index(f'{side}_{part}') for side in ('left', 'right')
         for part in ('hip', 'shoulder')]
PARTS = np.array([part if part in KICKS else 'trunk' for part in BODY_16.parts])
#: Standard deviations along the line of sight and across it, m, as the pipeline states them.
ERRORS = {'depth': (0.03, 0.02), 'lifted': (0.20, 0.028)}
ERRORS_LAST = 2.0  # s, time constant of what the pipeline's errors are found to be
ERRORS_JITTER = 0.02  # share of their variance that is new in each frame


def stretches(folder: Path) -> list[np.ndarray]:
    """Return unbroken motions (F, 16, 3), m, z up, RATE frames a second."""
    poses = load_poses(folder, 120.0)
    points = STATURE * (poses.points + poses.pelvis[:, None]).astype(float)
    joints = np.einsum('kj,pja->pka', joint_weights(COCO_17, BODY_16), points)
    ends = np.flatnonzero(np.diff(poses.stretch)) + 1
    return [part for part in np.split(joints, ends) if len(part) > 60]


def ahead(motions: list[np.ndarray], frames: int, body: float, own: float) -> tuple:
    """
    Return what the velocities of clean motions leave unexplained some frames ahead.

    Returns
    -------
    (P, J, 3), (P,)
        Error of the predicted joints, m; mean squared speed of the joints, (m/s)^2.

    """
    errors, squares, seconds = [], [], frames / RATE
    for joints in motions:
        velocity = np.diff(joints, axis=0)[:-frames] * RATE
        trunk = velocity[:, TRUNK].mean(axis=1, keepdims=True)
        step = (own * (1 - np.exp(-seconds / own)) * (velocity - trunk)
                + body * (1 - np.exp(-seconds / body)) * trunk)
        errors.append(joints[1 + frames:] - joints[1:-frames] - step)
        squares.append((velocity**2).sum(axis=-1).mean(axis=-1))
    return np.concatenate(errors), np.concatenate(squares)


def fit(motions: list[np.ndarray]) -> tuple[float, float, dict]:
    """Return time constants, s, and the kicks whose ellipsoids hold 95 % of the errors."""
    def cost(body, own):
        found = (ahead(motions, frames, body, own) for frames in HORIZONS)
        return sum(
            np.sqrt((errors**2).sum((1, 2)) / (square + STILL**2)).mean() / frames**1.5
            for (errors, square), frames in zip(found, HORIZONS))

    body, own = min(((b, o) for b in (0.5, 0.7, 1.0, 1.4) for o in (0.1, 0.12, 0.15, 0.2, 0.3)),
                    key=lambda pair: cost(*pair))
    kicks = {}
    for frames in HORIZONS:
        seconds, (errors, square) = frames / RATE, ahead(motions, frames, body, own)
        reach = own * (1 - np.exp(-seconds / own))
        place = own**2 * (seconds - reach) - own * reach**2 / 2
        ratio = (errors**2).sum(-1) / (square + STILL**2)[:, None] / place / CHI2_3[0.95]
        kicks[seconds] = {part: float(np.quantile(ratio[:, PARTS == part], 0.95))
                          for part in KICKS}
    return body, own, kicks


def seen(motions: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Return clips (N, F, J, 3) in a camera 4 m away, m, from chance sides; NaN after an end."""
    pieces = [joints[start:start + FRAMES] for joints in motions
              for start in range(0, len(joints) - 60, FRAMES)]
    clips = np.full((len(pieces), FRAMES, len(BODY_16), 3), np.nan)
    for clip, piece in zip(clips, pieces):
        angle = rng.uniform(0, 2 * np.pi)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        across = (piece[..., :2] - piece[:, 0, :2].mean(0)) @ turn.T
        clip[:len(piece)] = np.stack(
            [across[..., 0], 1.2 - piece[..., 2], across[..., 1] + 4], axis=-1)
    return clips


def measured(clips: np.ndarray, along: float, across: float, rng) -> tuple:
    """Return clips with errors of these standard deviations that last, and their covariance."""
    kept = np.exp(-1 / RATE / ERRORS_LAST)
    fresh = rng.normal(size=clips.shape)
    # four fifths of the variance along the line of sight are one error of all joints
    fresh[..., 2] = np.sqrt(0.8) * rng.normal(size=clips.shape[:2])[..., None] + np.sqrt(
        0.2) * fresh[..., 2]
    lasting = fresh.copy()
    for frame in range(1, FRAMES):
        lasting[:, frame] = kept * lasting[:, frame - 1] + np.sqrt(1 - kept**2) * fresh[:, frame]
    error = np.sqrt(1 - ERRORS_JITTER) * lasting
    error += np.sqrt(ERRORS_JITTER) * rng.normal(size=clips.shape)
    sigma = np.array([across, across, along])
    return clips + sigma * error, np.broadcast_to(
        np.diag(sigma**2), (len(clips), len(BODY_16), 3, 3))


def foresee(clips: np.ndarray, joints: np.ndarray, covariance: np.ndarray) -> Iterator[str]:
    """Yield a line for each horizon: what filters foresee of clips from measured joints."""
    count, filters = len(clips), Filters(BODY_16)
    ids, ones = [str(n) for n in range(count)], np.ones((count, len(BODY_16)))
    held, wrong, squares = ({frames: [] for frames in (0, *HORIZONS)} for _ in range(3))
    for frame in range(FRAMES - max(HORIZONS)):
        filters.advance(frame / RATE)
        filters.update(ids, Joints(joints[:, frame], covariance, ones, ones.astype(np.uint8)))
        now = filters.estimate().positions
        for frames in (0, *HORIZONS) if frame >= WARM else ():
            later, true = filters.estimate(frames / RATE), clips[:, frame + frames]
            way = true - clips[:, frame]
            held[frames].append(np.linalg.norm(way, axis=-1))
            wrong[frames].append(np.linalg.norm(later.positions - now - way, axis=-1))
            squares[frames].append(squared_deviations(later.positions, true, later.covariance))
    for frames in held:
        way, error = (float(mean_of_known(np.array(a[frames]))) for a in (held, wrong))
        gain = f', {1 - error / way:.0%} of {1000 * way:.0f} mm foreseen' if frames else ''
        inside = coverage(np.array(squares[frames]), 0.95)
        yield f'{frames / RATE:.1f} s ahead: {inside:.1%} in their ellipsoid{gain}'


def main(folder: str) -> int:
    """Fit and measure."""
    folders = sorted(path for path in Path(folder).iterdir() if path.is_dir())
    motions = {path.name: stretches(path) for path in folders}
    body, own, kicks = fit([joints for part in motions.values() for joints in part])
    print(f'time constants: body {body} s, own {own} s (in use: {BODY_FADING}, {OWN_FADING})')
    for seconds, fitted in kicks.items():
        print(f'kicks at {seconds:.1f} s:', {part: round(k, 1) for part, k in fitted.items()})
    print('kicks in use:', KICKS)
    for name, part in motions.items():
        rng = np.random.default_rng(1)
        clips = seen(part, rng)
        for how, sigmas in ERRORS.items():
            for line in foresee(clips, *measured(clips, *sigmas, rng)):
                print(f'{name}, {how}, {line}')
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))

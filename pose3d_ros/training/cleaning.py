# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is not a pose of a person is left out: calibration poses, jumps, impossible bodies."""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core.skeleton import COCO_17

#: Faster than any hand or foot, statures a second (25 m/s at 1.70 m).
MAX_SPEED = 15.0
#: A trial with more than this part of broken frames is left out as a whole.
MAX_BROKEN = 0.05
#: Ankles stand this high above the floor, statures.
ANKLE_HEIGHT = 0.045
#: The head stays within this angle of the trunk's direction in the median of a trial.
MAX_HEAD_LEAN = np.radians(50)


@dataclass(frozen=True)
class Cleaned:
    """What is left of a trial."""

    points: np.ndarray  # (F, 17, 3), statures, mid-hips at 0
    pelvis: np.ndarray  # (F, 3) mid-hips on the floor (x, y) and above it (z), statures
    follows: np.ndarray  # (F,) whether a frame came directly after the one before
    report: tuple[str, ...]


def clean(points: np.ndarray, rate: float) -> Cleaned:
    """
    Return the frames of a trial that show a person in action.

    Parameters
    ----------
    points : (F, 17, 3)
        COCO keypoints, statures, z up.
    rate : float
        Frames a second.

    Returns
    -------
    Cleaned
        With one line for each reason why frames were left out.

    """
    pelvis = _middle(points, 'hip')
    floor = points[:, _named('ankle'), 2].min() - ANKLE_HEIGHT
    relative = points - pelvis[:, None]
    broken = _broken(relative, rate)
    still = _calibration(relative)
    report = []
    if broken.mean() > MAX_BROKEN or _head_lean(relative) > MAX_HEAD_LEAN:
        report.append(f'left out: {broken.sum()} of {len(points)} frames broken, '
                      f'head leans {np.degrees(_head_lean(relative)):.0f} degrees')
        broken[:] = True
    elif broken.any() or still.any():
        report.append(f'{still.sum()} calibration and {broken.sum()} broken frames of '
                      f'{len(points)} left out')
    keep = ~(broken | still)
    follows = np.append(False, keep[:-1])[keep]
    return Cleaned(relative[keep], (pelvis - [0, 0, floor])[keep], follows, tuple(report))


def _named(name: str) -> list[int]:
    return [COCO_17.index(f'left_{name}'), COCO_17.index(f'right_{name}')]


def _middle(points: np.ndarray, name: str) -> np.ndarray:
    return points[:, _named(name)].mean(axis=1)


def _broken(relative: np.ndarray, rate: float) -> np.ndarray:
    """Tell (F,) which frames are not finite or moved faster than a body can."""
    finite = np.isfinite(relative).all(axis=(1, 2))
    step = np.linalg.norm(np.diff(relative, axis=0), axis=-1).max(axis=1, initial=0)
    jump = ~(step * rate < MAX_SPEED)
    broken = ~finite
    broken[1:] |= jump
    broken[:-1] |= jump
    return broken


def _calibration(relative: np.ndarray) -> np.ndarray:
    """Tell (F,) which frames are a T-pose at the start: arms level and straight, legs straight."""
    across = _unit(relative[:, _named('shoulder')[0]] - relative[:, _named('shoulder')[1]])
    posed = np.ones(len(relative), bool)
    for sign, side in ((1, 'left'), (-1, 'right')):
        shoulder, elbow, wrist, hip, knee, ankle = (
            relative[:, COCO_17.index(f'{side}_{n}')]
            for n in ('shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'))
        for near, far in ((shoulder, elbow), (elbow, wrist)):
            posed &= (_unit(far - near) * across).sum(-1) * sign > np.cos(np.radians(12))
        straight = (_unit(knee - hip) * _unit(ankle - knee)).sum(-1)
        posed &= straight > np.cos(np.radians(12))
    return np.cumprod(posed).astype(bool)


def _head_lean(relative: np.ndarray) -> float:
    """Return the median angle between trunk and neck of a trial, radians."""
    trunk = _unit(_middle(relative, 'shoulder'))
    neck = _unit(_middle(relative, 'ear') - _middle(relative, 'shoulder'))
    return float(np.median(np.arccos(np.clip((trunk * neck).sum(-1), -1, 1))))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)

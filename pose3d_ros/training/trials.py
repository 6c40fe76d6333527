# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Lifters as they run, frame by frame, on people whom no training has seen."""
import numpy as np
from pose3d_ros.core.history import RayHistory
from pose3d_ros.core.lifting import lift
from pose3d_ros.evaluation.metrics import CHI2_3, joint_errors, motion_errors
from pose3d_ros.training.clips import clips_of
from pose3d_ros.training.figures import (
    CONDITIONS,
    crosswise,
    held_out_samples,
    LIMBS,
    run,
    STRIDE,
    VIEWS,
)
from pose3d_ros.training.poses import Poses
from pose3d_ros.training.samples import make_samples, Samples
import torch

#: People followed, and how long, s; recorded frames a second.
PEOPLE, SECONDS, RECORDED_RATE = 60, 2.0, 30


def still_pictures(engine, held_out: Poses) -> dict[str, dict[str, float]]:
    """Return the figures of a lifter under each condition; sigma as the engine states it."""
    return crosswise(run(_lifter(engine), held_out, engine.facts.window))


def by_person(engine, held_out: Poses) -> dict[str, dict[str, float]]:
    """Return MPJPE in mm of each person, and the mean that gives every person the same weight."""
    names = np.tile(held_out.subjects[::STRIDE], VIEWS)
    rows = {}
    for condition in ('true 2D, gravity', 'true 2D', 'noisy 2D, gravity', 'noisy 2D'):
        samples = held_out_samples(held_out, CONDITIONS[condition], engine.facts.window)
        joints = _lifter(engine)(samples)[0]
        error = 1e3 * joint_errors(joints[:, LIMBS], samples.joints.numpy()[:, LIMBS]).mean(1)
        row = {str(name): error[names == name].mean() for name in np.unique(names)}
        rows[f'people, {condition}'] = row | {'mean of people': np.mean(list(row.values()))}
    return rows


def _lifter(engine):
    """Return a function from samples to joints (B, 16, 3) and sigma (B, 16, 2)."""
    def lifter(samples: Samples) -> tuple[np.ndarray, np.ndarray]:
        parts = [slice(i, i + 1024) for i in range(0, len(samples.scores), 1024)]
        out = [engine(**{name: getattr(samples, name)[part].numpy()
                         for name in ('keypoints', 'scores', 'gravity')}) for part in parts]
        joints, across = (np.concatenate([o[name] for o in out]) for name in ('joints', 'sigma'))
        along = np.concatenate([o.get('depth_sigma', o['sigma']) for o in out])
        return joints, np.stack([across, along], -1)

    return lifter


def walks(engine, held_out: Poses, rate: float) -> dict[str, float]:
    """
    Return the figures of a lifter that follows people at a frame rate, from their first frame on.

    Parameters
    ----------
    engine : callable
        With facts.
    held_out : Poses
        Who is followed: noisy keypoints, gravity known.
    rate : float
        Frames a second, of which the recorded 30 are a multiple.

    Returns
    -------
    dict
        MPJPE, jitter (mm), MPJVE (mm/s), what lies in the 50 and 95 % ellipsoids (%).

    """
    samples = _people(held_out, round(RECORDED_RATE / rate))
    history = RayHistory(engine.facts.window, engine.facts.interval or 0.0)
    names, joints, inside = [str(i) for i in range(len(samples.scores))], [], []
    for frame in range(samples.scores.shape[1]):
        given = (samples.keypoints[:, frame].double().numpy(),
                 samples.scores[:, frame].double().numpy())
        past = history.past(frame / rate, names, *given)
        # one camera each, and gravity in it: one by one, as lift takes one camera's people
        lifted = [lift(engine, *(v[[i]] for v in given), samples.gravity[i].double().numpy(),
                       tuple(v[[i]] for v in past)) for i in range(len(names))]
        joints.append(np.concatenate([one[0] for one in lifted])[:, LIMBS])
        covariance = np.concatenate([one[1] for one in lifted])[:, LIMBS]
        error = joints[-1] - samples.way[:, frame, LIMBS].double().numpy()
        inside.append((error * np.linalg.solve(covariance, error[..., None])[..., 0]).sum(-1))
    return _summary(np.stack(joints, 1), samples.way[:, :, LIMBS].double().numpy(),
                    np.stack(inside, 1), rate)


def _people(held_out: Poses, step: int) -> Samples:
    """Return some people through time; the same ones at every call and rate."""
    random = np.random.default_rng(0)
    span = round(SECONDS * RECORDED_RATE)
    ends = np.arange(span, len(held_out.points))
    ends = ends[held_out.stretch[ends] == held_out.stretch[ends - span]]
    chosen = random.choice(ends, PEOPLE, replace=len(ends) < PEOPLE)
    clips = clips_of(held_out, chosen, span // step + 1, step)
    generator = torch.Generator().manual_seed(0)
    return make_samples(clips, CONDITIONS['noisy 2D, gravity'], generator)


def _summary(joints, truth, deviation, rate: float) -> dict[str, float]:
    """Return the figures of joints (B, F, 12, 3)."""
    seconds = np.full(joints.shape[1] - 1, 1 / rate)
    motion = [motion_errors(one, true, seconds) for one, true in zip(joints, truth)]
    return {
        'MPJPE': 1e3 * joint_errors(joints, truth).mean(),
        'MPJVE': 1e3 * np.mean([m[0].mean() for m in motion]),
        'jitter': 1e3 * np.mean([m[1].mean() for m in motion]),
    } | {f'inside {round(100 * p)} %': 100 * (deviation < CHI2_3[p]).mean() for p in (0.50, 0.95)}

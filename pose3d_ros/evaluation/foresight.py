# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
How good predictions of the near future are.

Where a person will be is compared with the truth of that time, taken between the two true frames
around it on a straight line. Two yardsticks: the error in the camera frame beside that of holding
the last pose, and the error of the motion alone (from the last pose to the predicted one) beside
the true motion, which is the error of holding still: the first has in it what the last pose is
wrong by anyway.
"""
import numpy as np
from pose3d_ros.evaluation import metrics
from pose3d_ros.evaluation.coverage import coverage_of
from pose3d_ros.evaluation.pairs import COMPARED, Pairs, with_pelvis
from pose3d_ros.evaluation.recording import Recording, select
from pose3d_ros.evaluation.summaries import summary

#: True frames farther apart than this tell nothing of what is between, s.
GAP = 0.2


def foresight_of(predictions: Recording, truth: Recording, pairs: Pairs) -> dict:
    """Return errors of the bodies foreseen; horizon_s is None where there are none."""
    foreseen = predictions.foreseen
    if foreseen is None:
        return {'horizon_s': np.nan}
    horizon = np.median([
        stamp - predictions.stamps[frame] for frame, stamp in foreseen.stamps.items()])
    later = _truth_after(horizon, truth, pairs)
    joints, covariance, source = _bodies(foreseen, pairs)
    motion = later - pairs.true_joints
    told = joints - pairs.joints
    both = np.isfinite(told + motion).all(-1)
    wrong = 1000 * np.linalg.norm(told - motion, axis=-1)[both]
    held = 1000 * np.linalg.norm(motion, axis=-1)[both]
    return {
        'horizon_s': horizon,
        'error_mm': summary(1000 * metrics.joint_errors(joints, later)[both]),
        'holding_error_mm': summary(1000 * metrics.joint_errors(pairs.joints, later)[both]),
        'motion_error_mm': summary(wrong),
        'motion_mm': summary(held),
        'gain': 1 - wrong.mean() / held.mean() if held.any() else np.nan,
        'covariance': coverage_of(joints, later, covariance, source, pairs.visible),
    }


def _truth_after(seconds: float, truth: Recording, pairs: Pairs) -> np.ndarray:
    """Return the true joints (R, 13, 3) some time after each row's frame."""
    paths = {person: _Path(truth, person) for person in np.unique(pairs.persons).tolist()}
    return np.array([
        paths[person].at(truth.stamps[frame] + seconds)
        for person, frame in zip(pairs.persons.tolist(), pairs.frames.tolist())])


def _bodies(foreseen: Recording, pairs: Pairs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return joints (R, 13, 3), covariance and source of the bodies foreseen, row by row."""
    joints, covariance = np.full_like(pairs.joints, np.nan), np.full_like(pairs.covariance, np.nan)
    source = np.zeros_like(pairs.source)
    for frame, people in foreseen.frames.items():
        def chosen(values):
            return select(values, foreseen.joint_names, COMPARED)

        given = with_pelvis(chosen(people.joints)), chosen(people.covariance), \
            np.nan_to_num(chosen(people.source))
        for row in np.flatnonzero(pairs.frames == frame):
            if pairs.bodies[row] in people.ids:
                at = people.ids.index(pairs.bodies[row])
                joints[row], covariance[row], source[row] = (each[at] for each in given)
    return joints, covariance, source


class _Path:
    """Where the joints of one true person are, over time."""

    def __init__(self, truth: Recording, person: str):
        frames = [f for f, people in sorted(truth.frames.items()) if person in people.ids]
        self._stamps = np.array([truth.stamps[frame] for frame in frames])
        rows = [(truth.frames[frame], truth.frames[frame].ids.index(person)) for frame in frames]
        joints = np.array([people.joints[row] for people, row in rows])
        self._joints = with_pelvis(select(joints, truth.joint_names, COMPARED))

    def at(self, stamp: float) -> np.ndarray:
        """Return the joints (13, 3) at a time, NaN where the truth has no frames around it."""
        after = int(np.searchsorted(self._stamps, stamp - 1e-6))
        if after == len(self._stamps) or not np.isfinite(stamp):
            return np.full((len(COMPARED), 3), np.nan)
        before = max(after - 1, 0)
        gap = self._stamps[after] - self._stamps[before]
        if gap > GAP or (gap == 0 and abs(stamp - self._stamps[after]) > 1e-6):
            return np.full((len(COMPARED), 3), np.nan)
        part = (stamp - self._stamps[before]) / gap if gap else 0.0
        return (1 - part) * self._joints[before] + part * self._joints[after]

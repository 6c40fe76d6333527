# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Motion capture onto our people: the directions of its limbs, the lengths of ours."""
from pathlib import Path

import numpy as np
from pose3d_ros.core.skeleton import COCO_17
from pose3d_ros.mocap.bvh import read_bvh
from pose3d_ros.mocap.mapping import FAMILIES, family_of, keypoints_of, read_family
from pose3d_ros.simulation.anatomy import SIDES
from pose3d_ros.simulation.figure import Figure
from pose3d_ros.simulation.pose import orthonormal, Pose, unit

MAPPING = 'mapping.yaml'  # as `pose3d train lifter --mapping` takes it


class MotionError(ValueError):
    """The motion cannot be used; the message names what was given and what was expected."""


class Take:
    """
    A recorded motion.

    Attributes
    ----------
    keypoints : (F, 17, 3)
        COCO keypoints in statures, z up, floor at 0, middle of the walk at the origin.
    rate : float
        Frames a second.

    """

    def __init__(self, keypoints: np.ndarray, rate: float):
        hips = self._at(keypoints, 'left_hip', 'right_hip')
        middle = (hips.min(0) + hips.max(0)) / 2 * [1, 1, 0]
        floor = np.percentile(self._at(keypoints, 'left_ankle', 'right_ankle', 'low')[:, 2], 5)
        self.keypoints, self.rate = keypoints - middle - [0, 0, floor - 0.041], rate

    @staticmethod
    def _at(keypoints, left, right, how='middle'):
        pair = keypoints[:, [COCO_17.index(left), COCO_17.index(right)]]
        if how == 'middle':
            return pair.mean(1)
        return np.where((pair[:, 0, 2] < pair[:, 1, 2])[:, None], pair[:, 0], pair[:, 1])

    def at(self, time: float) -> np.ndarray:
        """Return the keypoints (17, 3) at a time in s; the motion runs to and fro for ever."""
        last = len(self.keypoints) - 1
        frame = abs((time * self.rate + last) % (2 * last) - last) if last else 0.0
        first = min(int(frame), max(last - 1, 0))
        share = frame - first
        following = self.keypoints[min(first + 1, last)]
        return (1 - share) * self.keypoints[first] + share * following


def motion_files(path: str | Path) -> list[Path]:
    """Return a BVH file, or those of a folder; raise MotionError where there is none."""
    path = Path(path)
    if not path.exists():
        raise MotionError(f'{path}: no such file or folder')
    files = sorted(path.rglob('*.bvh')) if path.is_dir() else [path]
    if not files:
        raise MotionError(f'{path}: no BVH file in this folder')
    return files


def load_take(file: Path) -> Take:
    """
    Read a BVH file; raise MotionError that says what is wrong with it.

    A file of the name MAPPING beside it may tell the names of a skeleton that is not known.
    """
    beside = file.with_name(MAPPING)
    try:
        families = FAMILIES + ((read_family(beside),) if beside.exists() else ())
        motion = read_bvh(file)
        return Take(keypoints_of(motion, family_of(motion, families)), motion.rate)
    except (ValueError, OSError) as error:
        raise MotionError(str(error)) from error


def imitate(keypoints: np.ndarray, figure: Figure) -> Pose:
    """
    Return the pose of one of our people that has the limb directions of keypoints.

    Parameters
    ----------
    keypoints : (17, 3)
        COCO keypoints, z up, any unit; heights are scaled by the length of the legs.
    figure : Figure
        The measures of our person.

    """
    def at(name):
        return keypoints[COCO_17.index(name)]

    def limbs(*names):
        return np.stack([[unit(at(f'{side}_{far}') - at(f'{side}_{near}'))
                          for near, far in zip(names, names[1:])] for side in SIDES])

    middle_hip = (at('left_hip') + at('right_hip')) / 2
    trunk = (at('left_shoulder') + at('right_shoulder')) / 2 - middle_hip
    hips = _frame(trunk, at('left_hip') - at('right_hip'))
    chest = _frame(trunk, at('left_shoulder') - at('right_shoulder'))
    leg = sum(np.linalg.norm(at(f'left_{far}') - at(f'left_{near}'))
              for near, far in (('hip', 'knee'), ('knee', 'ankle')))
    arms, legs = limbs('shoulder', 'elbow', 'wrist'), limbs('hip', 'knee', 'ankle')
    feet = np.stack([_foot(shank, hips) for shank in legs[:, 1]])
    return Pose(middle_hip * figure.leg / leg, hips, chest,
                _head(at('nose'), at('left_ear'), at('right_ear')), arms, legs, feet)


def _head(nose: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the rotation of a head by its nose and ears."""
    forward, ears = nose - (left + right) / 2, left - right
    up = np.cross(forward, ears)
    forward = forward + 0.17 * unit(up) * np.linalg.norm(forward)  # the nose is below the ears
    return _frame(np.cross(forward, ears), ears)


def _frame(up: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return the rotation whose z axis is up and whose y axis is as far left as can be."""
    return orthonormal(np.stack([np.cross(left, up), left, up], axis=-1))


def _foot(shank: np.ndarray, hips: np.ndarray) -> np.ndarray:
    """Return a foot at right angles to its shank, pointing where the hips do."""
    return orthonormal(np.stack([hips[:, 0] + 0.2 * hips[:, 2], hips[:, 1], -shank], axis=-1))

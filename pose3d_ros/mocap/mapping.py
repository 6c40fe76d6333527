# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
From the skeletons of motion files to COCO keypoints in space.

A family says what a kind of skeleton calls our limb joints; the head's keypoints come from the
head's turn and adult head measures. Rest poses look along z with y up (BVH, Acclaim). The world of
everything after this file has z up and x, y on the floor.
"""
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from pose3d_ros.core.skeleton import COCO_17
from pose3d_ros.mocap.body import HEAD, stature_of
from pose3d_ros.mocap.motion import Motion
import yaml

LIMBS = ('shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle')
#: World with z up from the files' world with y up: a quarter turn about x.
Z_UP_FROM_Y_UP = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)


@dataclass(frozen=True)
class Family:
    """What one kind of skeleton calls our joints; * stands for the side."""

    name: str
    sides: tuple[str, str]  # left, right
    limbs: tuple[str, ...]  # in the order of LIMBS
    skull: str  # the point at the base of the skull
    head: str  # the point that turns with the head
    ears: tuple[float, float]  # middle of the ears from the skull: forward, up, in statures

    def joints(self) -> dict[str, str]:
        """Return the skeleton's name of each COCO limb keypoint."""
        return {
            f'{side}_{limb}': pattern.replace('*', mark)
            for side, mark in zip(('left', 'right'), self.sides)
            for limb, pattern in zip(LIMBS, self.limbs)
        }

    def missing_from(self, motion: Motion) -> list[str]:
        """Return the joints this family needs and the motion lacks."""
        needed = {*self.joints().values(), self.skull, self.head}
        return sorted(needed - set(motion.points))


# In Acclaim files a bone's far end carries its name, and the radius ends short of the wrist. The
# ears follow from the eyes in the two families that have them (0.085 m behind, 0.025 m below at
# 1.70 m) and from the height of the head's top elsewhere.
FAMILIES = (
    Family('acclaim', ('l', 'r'),
           ('*clavicle', '*humerus', '*wrist', '*hipjoint', '*femur', '*tibia'),
           'upperneck', 'head', (0.006, 0.030)),
    Family('cmu', ('Left', 'Right'),
           ('*Shoulder', '*Elbow', '*Wrist', '*Hip', '*Knee', '*Ankle'),
           'Head', 'Head', (0.006, 0.030)),
    Family('motionbuilder', ('Left', 'Right'),
           ('*Arm', '*ForeArm', '*Hand', '*UpLeg', '*Leg', '*Foot'),
           'Head', 'Head', (0.006, 0.030)),
    Family('poser', ('l', 'r'),
           ('*Shldr', '*ForeArm', '*Hand', '*Thigh', '*Shin', '*Foot'),
           'head', 'head', (-0.003, 0.032)),
    Family('reallusion', ('L', 'R'),
           ('CC_Base_*_Upperarm', 'CC_Base_*_Forearm', 'CC_Base_*_Hand',
            'CC_Base_*_Thigh', 'CC_Base_*_Calf', 'CC_Base_*_Foot'),
           'CC_Base_Head', 'CC_Base_Head', (-0.003, 0.032)),
)


def read_family(path: Path) -> Family:
    """
    Return the family that a YAML file describes, which has the fields of Family.

    Raises ValueError naming the file and the field that is missing or makes no sense.
    """
    try:
        given = yaml.safe_load(Path(path).read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f'{path}: cannot be read: {error}') from None
    names = {field.name for field in fields(Family)}
    if not isinstance(given, dict) or set(given) != names:
        raise ValueError(f'{path}: expected the fields {sorted(names)}, given '
                         f'{sorted(given) if isinstance(given, dict) else given!r}')
    for name, count in (('sides', 2), ('limbs', len(LIMBS)), ('ears', 2)):
        if not isinstance(given[name], list) or len(given[name]) != count:
            raise ValueError(f'{path}: {name}: expected a list of {count}, given {given[name]!r}')
    if not all(isinstance(value, (int, float)) for value in given['ears']):
        raise ValueError(f"{path}: ears: expected two numbers, given {given['ears']!r}")
    return Family(**{name: tuple(map(str, value)) if name in ('sides', 'limbs') else
                     tuple(value) if name == 'ears' else str(value)
                     for name, value in given.items()})


def family_of(motion: Motion, families: tuple[Family, ...] = FAMILIES) -> Family:
    """Return the family of a motion's skeleton; raise ValueError naming what is missing."""
    family = min(families, key=lambda family: len(family.missing_from(motion)))
    missing = family.missing_from(motion)
    if missing:
        raise ValueError(f"{motion.source}: no known skeleton: nearest is '{family.name}', "
                         f'which also needs {missing}')
    return family


def keypoints_of(motion: Motion, family: Family) -> np.ndarray:
    """
    Return the COCO keypoints of a motion in space.

    Parameters
    ----------
    motion : Motion
        In the file's units, y up.
    family : Family
        The family of its skeleton.

    Returns
    -------
    (F, 17, 3)
        In statures (body heights of that person), z up.

    """
    points = np.zeros((len(motion.positions), len(COCO_17), 3))
    for keypoint, joint in family.joints().items():
        points[:, COCO_17.index(keypoint)] = motion.position(joint)
    stature = np.median(stature_of(points))
    if not stature > 0:
        raise ValueError(f'{motion.source}: the skeleton has no size')
    turn = motion.orientation(family.head)
    _check_rest(motion, family.head, turn)
    forward, up = family.ears
    ears = motion.position(family.skull) / stature + turn @ np.array([0, up, forward])
    points /= stature
    for name, offset in HEAD.items():  # forward, left, up -> x left, y up, z forward
        points[:, COCO_17.index(name)] = ears + turn @ np.array(offset)[[1, 2, 0]]
    return points @ Z_UP_FROM_Y_UP.T


def _check_rest(motion: Motion, head: str, turn: np.ndarray) -> None:
    """Refuse a head whose turn says nothing: that is 0 where it looks along z with y up."""
    crown = f'{head}_end'
    if crown in motion.points:
        x, y, z = turn[0].T @ (motion.position(crown) - motion.position(head))[0]
        if y < max(abs(x), abs(z)):
            raise ValueError(f'{motion.source}: the head does not stand upright in the rest pose:'
                             f' expected y up, {crown} is at {x:.3g} {y:.3g} {z:.3g}')

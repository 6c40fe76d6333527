# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
How bodies and their limbs stand in space: a frame for each joint.

The frames are the links of ros4hri's human_description, as REP-155 wants; when somebody stands
upright with hanging arms all of them have the axes of the body.

- pelvis and neck: the trunk. x out of the chest, y to the left, z from the pelvis to the neck.
- shoulder, elbow, hip, knee: the bone that begins there. z from the bone's far end to the joint,
  y the axis of elbow or knee, x where a bending elbow takes the hand, and the front of the thigh.
- wrist and ankle: the bone that ends there.
- head and nose: x out of the face, y to the left, z to the top of the head.

Two directions make a frame. Where they become one, as in a straight arm, the second says little:
it counts by the squared sine between them, and the rest is kept from the frame before, as an angle
about the first one. That angle is told against the least rotation from the part's rest in the
trunk, and starts there, so that limbs turn with the person, bent or not.
"""
from collections.abc import Sequence

import numpy as np
from pose3d_ros.core.rotations import cross, dot, from_axes, least_turn, norm, OPPOSITE, unit
from pose3d_ros.core.skeleton import Skeleton

CLEAR = 0.35  # sine between two directions from which on the second alone decides: 20 degrees
BROAD = 0.1  # m, length of hip and shoulder line across the trunk from which on it alone decides
NOTHING = 1e-9  # m; shorter vectors have no direction
#: camera_from_body of somebody who faces the camera: before a degenerate first frame.
FACING = np.array([[0.0, 1, 0], [0, 0, -1], [-1, 0, 0]])

#: Bones (from, to): the first directions of the frames of arms, legs and head, and their second.
FIRST = (('left_shoulder', 'left_elbow'), ('right_shoulder', 'right_elbow'),
         ('left_hip', 'left_knee'), ('right_hip', 'right_knee'), ('head', 'nose'))
SECOND = (('left_elbow', 'left_wrist'), ('right_elbow', 'right_wrist'),
          ('left_knee', 'left_ankle'), ('right_knee', 'right_ankle'), ('neck', 'head'))
TRUNK = ('pelvis', 'neck')
LINES = (('right_hip', 'left_hip'), ('right_shoulder', 'left_shoulder'))
#: Elbows bend to the front, knees to the back; the neck leads to the top of the head.
BEND = np.array([[1.0], [1], [-1], [-1], [1]])
#: First directions at rest in the trunk. From their opposites no rotation is the least: these are
#: where parts never point. Arms rest aside, half raised, since none points across and up.
ARM = np.array([0, 0.8, -0.6])
REST = np.array([ARM, ARM * [1, -1, 1], [0, 0, -1], [0, 0, -1], [1, 0, 0]])
#: The axes at rest that the second directions tell: x of limbs, z of the head. An arm's is that of
#: a hanging arm after the least rotation to rest.
X, Z = np.eye(3)[[0, 2]]
REST_AXIS = np.array([*least_turn(X, -Z, REST[:2]), X, X, Z])
#: The nose lies 20 mm below and 120 mm ahead of the ears of an upright head (ANSUR II, 2012).
#: The columns are the head's axes; the rows: top of the head, its left, against the nose.
UPRIGHT = np.array([[0.020, 0, 0.120], [0, np.hypot(0.020, 0.120), 0], [-0.120, 0, 0.020]]
                   ) / np.hypot(0.020, 0.120)


class Orientation:
    """
    The rotations of all bodies; remembers each body for its degenerate poses.

    Parameters
    ----------
    skeleton : Skeleton
        Of the joints; with the points of BODY_16.

    """

    def __init__(self, skeleton: Skeleton):
        def rows(bones):
            return np.array([[skeleton.index(end) for end in bone] for bone in bones]).T
        self._bones, self._lines = rows((*FIRST, *SECOND, TRUNK, *LINES)), rows(LINES)
        # which of the frames (FIRST, then the limbs of SECOND, then the trunk) is that of a joint
        frames = {'head': 4, 'nose': 4, 'pelvis': 9, 'neck': 9}
        for limb, (bone, end) in enumerate(zip(FIRST[:4], SECOND[:4])):
            frames |= {bone[0]: limb, end[0]: 5 + limb, end[1]: 5 + limb}
        self._frames = np.array([frames[point] for point in skeleton.points])
        self._ids: tuple[str, ...] = ()
        self._memory = np.empty((0, 3, 3)), np.empty((0, len(FIRST), 1))  # trunks, angles (rad)

    def update(self, ids: Sequence[str], joints: np.ndarray, covariance: np.ndarray) -> np.ndarray:
        """
        Return the rotations of the bodies of a frame; all others are forgotten.

        Parameters
        ----------
        ids : N str
            Whose joints they are.
        joints : (N, J, 3)
            Camera optical frame, m; NaN unknown.
        covariance : (N, J, 3, 3)
            Of the joints, m^2: the surer of hips and shoulders says more about where x points.

        Returns
        -------
        (N, J, 3, 3)
            camera_from_joint, proper rotations. NaN where an end of the bone is unknown that a
            frame follows; the whole body's where its pelvis, neck, a hip or a shoulder is.

        """
        before, angles = self._memory if tuple(ids) == self._ids else self._recall(ids)
        ends = joints.take(self._bones, axis=1)
        bones = ends[:, 1] - ends[:, 0]
        trunk = _trunks(bones[:, 10], self._across(bones[:, 11:], covariance), before)
        frames, angles = _frames(bones[:, :10] @ trunk, angles)
        frames = trunk[:, None] @ frames
        frames[:, -1] = trunk
        self._memory = np.where(np.isnan(trunk), before, trunk), angles
        self._ids = tuple(ids)
        return frames.take(self._frames, axis=1)

    def _recall(self, ids) -> tuple[np.ndarray, np.ndarray]:
        known = dict(zip(self._ids, zip(*self._memory)))
        start = FACING, np.zeros((len(FIRST), 1))
        memory = [known.get(name, start) for name in ids]
        return (np.array([trunk for trunk, _ in memory]).reshape(-1, 3, 3),
                np.array([angles for _, angles in memory]).reshape(-1, len(FIRST), 1))

    def _across(self, lines, covariance) -> np.ndarray:
        """Return the weighted mean (N, 3) of the lines from right to left hip and shoulder, m."""
        variance = covariance.trace(axis1=-2, axis2=-1).take(self._lines, axis=1).sum(1)
        weights = 1 / (variance + NOTHING)
        return (weights[:, None] @ lines)[:, 0] / weights.sum(1, keepdims=True)


def _trunks(along, across, before) -> np.ndarray:
    """Return camera_from_body (N, 3, 3): NaN where an input is, as before where one is zero."""
    up = unit(along + NOTHING * before[..., 2] + 0 * across)
    left = across - dot(across, up) * up
    length = norm(left)
    if (length < BROAD).any():  # hardly ever
        left, length = _held(up, across, before), 1
    left = left / length
    return from_axes(cross(left, up), left, up)


def _held(up, across, before) -> np.ndarray:
    """Return the axis (N, 3) to the left where a short line across leaves it partly as before."""
    # as before by the least turn; the front where the trunk now lies along what was left
    crossed = np.abs(dot(before[..., 1], up)) < 1 - OPPOSITE / 2
    left = np.where(crossed, before[..., 1], before[..., 0])
    left = unit(left - dot(left, up) * up)
    back = cross(up, left)
    angle = _angle(left, back, across, BROAD, 0.0)
    return np.cos(angle) * left + np.sin(angle) * back


def _frames(bones, angles) -> tuple[np.ndarray, np.ndarray]:
    """
    Return the frames of FIRST and of the limbs of SECOND in the trunk.

    Parameters
    ----------
    bones : (N, 10, 3)
        FIRST and SECOND in the axes of the trunk, m; NaN unknown.
    angles : (N, 5, 1)
        Of the second directions about the first ones, from the least rotation; before, rad.

    Returns
    -------
    (N, 10, 3, 3), (N, 5, 1)
        NaN unknown, the last one empty; angles now.

    """
    unknown = np.isnan(bones)
    bones = np.where(unknown, 0, bones)
    bones[:, :5] += NOTHING * REST
    bones[:, 5:] += NOTHING * bones[:, :5]
    bones = unit(bones)
    near, far = bones[:, :5], bones[:, 5:]
    first = least_turn(REST_AXIS, REST, near)
    second = cross(near, first)
    angles = _angle(first, second, BEND * far, CLEAR, angles)
    hinges = np.zeros_like(bones)  # y of all
    hinges[:, :5] = np.sin(angles) * first - np.cos(angles) * second
    across = hinges[:, :4] - dot(hinges[:, :4], far[:, :4]) * far[:, :4]
    hinges[:, 5:9] = unit(across)
    frames = from_axes(cross(bones, hinges), hinges, -bones)
    frames[:, 4] = frames[:, 4] @ UPRIGHT
    frames[unknown[..., 0]] = np.nan
    return frames, angles


def _angle(first, second, told, clear: float, before) -> np.ndarray:
    """
    Return the angle (..., 1) from the first of two axes to the second where a vector is told.

    The vector decides from a length of clear across; of a shorter one counts the squared share,
    the inverse of an angle's variance, and before for the rest.
    """
    a, b = dot(told, first), dot(told, second)
    share = np.minimum((a * a + b * b) / clear**2, 1)
    return before + share * ((np.arctan2(b, a) - before + np.pi) % (2 * np.pi) - np.pi)

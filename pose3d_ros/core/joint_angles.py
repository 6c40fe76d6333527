# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Angles of the joints of ros4hri's human_description, in its order and with its signs (REP-155).

All are relative to the trunk, so that they stay when the person turns. Rotations from the trunk
(of the left side; x ahead, y to the left, z up; the right side is its mirror image, but for the
sign of y_hip):

- upper arm: Rz(-y) Rx(p) Rz(r), forearm: Ry(-elbow) after it;
- thigh: Rz(-y) Rx(p) Ry(-r), shank: Ry(-knee) after it;
- head: Rx(r) Rz(y) Ry(-p).

Angles may exceed the limits of the URDF, which are narrower than what people do (a hip of somebody
who sits). Arms have two solutions; the one is taken that exceeds them less. In a hanging arm y and
r turn about the same axis: there only their difference means something.
"""
import numpy as np
from pose3d_ros.core.skeleton import Skeleton

JOINT_NAMES = (
    'waist', 'r_head', 'y_head', 'p_head',
    'l_y_shoulder', 'l_p_shoulder', 'l_r_shoulder', 'l_elbow',
    'r_y_shoulder', 'r_p_shoulder', 'r_r_shoulder', 'r_elbow',
    'l_y_hip', 'l_p_hip', 'l_r_hip', 'l_knee',
    'r_y_hip', 'r_p_hip', 'r_r_hip', 'r_knee')
#: Limits of y_shoulder and p_shoulder, rad.
SHOULDER_LIMITS = np.array([[-1.1, 1.9], [-0.4, 3.3]])
HANGING = 1e-6  # sine of the angle between arm and trunk below which y_shoulder is taken as 0
HIP_SIGNS = np.array([[1, 1, 1], [-1, 1, 1]])
SIDES = ('left', 'right')
MIRROR = np.stack([np.ones((3, 3)), np.outer([1, -1, 1], [1, -1, 1])])  # of both sides


def joint_angles(rotations: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """
    Return the angles (N, 20) of JOINT_NAMES, rad; NaN unknown.

    The waist's is 0: pelvis and neck do not tell how the spine between them bends.

    Parameters
    ----------
    rotations : (N, J, 3, 3)
        camera_from_joint, from orientation.py; NaN unknown.
    skeleton : Skeleton
        Of the joints.

    """
    trunk_from_camera = rotations[:, skeleton.index('pelvis')].swapaxes(-1, -2)

    def of(joint):  # (N, 2, 3, 3)
        rows = [skeleton.index(f'{side}_{joint}') for side in SIDES]
        return trunk_from_camera[:, None] @ rotations[:, rows]
    arms, legs = of('shoulder'), of('hip')
    head = trunk_from_camera @ rotations[:, skeleton.index('head')]
    return np.concatenate([
        0 * trunk_from_camera[:, 0, :1], _head(head),
        np.append(_shoulders(arms * MIRROR), _hinges(arms, of('elbow')), -1).reshape(-1, 8),
        np.append(_hips(legs * MIRROR) * HIP_SIGNS, _hinges(legs, of('knee')), -1).reshape(-1, 8),
    ], axis=-1)


def _head(r) -> np.ndarray:
    """Return roll, yaw and pitch (N, 3)."""
    return np.stack([
        np.arctan2(r[:, 2, 1], r[:, 1, 1]),
        np.arctan2(-r[:, 0, 1], np.hypot(r[:, 1, 1], r[:, 2, 1])),
        np.arctan2(-r[:, 0, 2], r[:, 0, 0])], axis=-1)


def _shoulders(r) -> np.ndarray:
    """Return y, p and r (N, 2, 3) of arms, the right one mirrored."""
    raised = np.hypot(r[..., 0, 2], r[..., 1, 2])
    ahead = np.where(raised < HANGING, 0, np.arctan2(-r[..., 0, 2], -r[..., 1, 2]))
    aside = np.arctan2(raised, r[..., 2, 2])
    # the other solution turns the other way, then lifts backwards
    both = np.array([[ahead, aside], [ahead - np.copysign(np.pi, ahead), -aside]])
    low, high = SHOULDER_LIMITS.T[..., None, None]
    excess = np.maximum(np.maximum(low - both, both - high), 0).sum(1)
    ahead, aside = np.where(excess[0] <= excess[1], *both)
    cos, sin = np.cos(ahead), np.sin(ahead)  # of Rz(y), which leaves Rx(p) Rz(r)
    along = cos * r[..., 0, 0] - sin * r[..., 1, 0], cos * r[..., 0, 1] - sin * r[..., 1, 1]
    return np.stack([ahead, aside, np.arctan2(-along[1], along[0])], axis=-1)


def _hips(r) -> np.ndarray:
    """Return y, p and r (N, 2, 3) of legs, the right one mirrored."""
    return np.stack([
        np.arctan2(r[..., 0, 1], r[..., 1, 1]),
        np.arctan2(r[..., 2, 1], np.hypot(r[..., 0, 1], r[..., 1, 1])),
        np.arctan2(r[..., 2, 0], r[..., 2, 2])], axis=-1)


def _hinges(near, far) -> np.ndarray:
    """Return the angle (N, 2, 1) of elbows or knees, from the z axes of both bones."""
    x, z = (np.einsum('...a,...a->...', near[..., axis], far[..., 2]) for axis in (0, 2))
    return np.arctan2(-x, z)[..., None]

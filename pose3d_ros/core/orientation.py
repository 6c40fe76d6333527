# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a body stands in space."""
import numpy as np
from pose3d_ros.core.skeleton import Skeleton

STRAIGHT = 0.1  # sine of the angle of hips and trunk below which front and back are one


def body_rotation(joints: np.ndarray, skeleton: Skeleton) -> np.ndarray | None:
    """
    Return the rotation camera_from_body: x out of the chest, y to the left, z to the head.

    Parameters
    ----------
    joints : (J, 3)
        In the camera optical frame, m; NaN unknown.
    skeleton : Skeleton
        With pelvis, neck, left_hip and right_hip.

    Returns
    -------
    (3, 3) or None
        A proper rotation (REP-155); None when hips or neck are unknown or lie on one line.

    """
    pelvis, neck, left, right = (
        joints[skeleton.index(name)] for name in ('pelvis', 'neck', 'left_hip', 'right_hip'))
    up, across = neck - pelvis, left - right
    front = np.cross(across, up)
    size = np.linalg.norm(up) * np.linalg.norm(across)
    if not np.linalg.norm(front) > STRAIGHT * size:  # also when anything is NaN
        return None
    x = front / np.linalg.norm(front)
    z = up / np.linalg.norm(up)
    return np.column_stack([x, np.cross(z, x), z])


def quaternion(rotation: np.ndarray) -> np.ndarray:
    """Return the unit quaternion (4,) x, y, z, w of a rotation matrix (3, 3), with w >= 0."""
    # the eigenvector of the largest eigenvalue (Bar-Itzhack 2000) is sound at every angle
    (a, b, c), (d, e, f), (g, h, i) = rotation
    k = np.array([
        [a - e - i, b + d, c + g, h - f],
        [b + d, e - a - i, f + h, c - g],
        [c + g, f + h, i - a - e, d - b],
        [h - f, c - g, d - b, a + e + i],
    ])
    vector = np.linalg.eigh(k)[1][:, -1]
    return vector if vector[3] >= 0 else -vector

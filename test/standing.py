# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A standing person, and what a camera sees of joints."""
import numpy as np

#: A person with one arm lifted, in metres from the pelvis; the pelvis is the first joint.
POSE = np.array([
    [0, 0, 0], [0.1, 0.02, 0], [0.12, 0.45, -0.05], [0.12, 0.85, 0.1], [-0.1, 0.02, 0],
    [-0.12, 0.45, 0.1], [-0.12, 0.85, 0.2], [0, -0.5, 0.05], [0.18, -0.48, 0.1],
    [0.3, -0.25, 0], [0.35, 0, -0.2], [-0.18, -0.48, 0.02], [-0.3, -0.25, 0.1], [-0.3, 0, 0.2],
    [0, -0.7, -0.05], [0, -0.68, -0.15]])


def observations(joints, px=2.0, focal=500.0):
    """Return rays and covariance of joints (N, J, 3) seen with an error of px pixels."""
    rays = joints[..., :2] / joints[..., 2:]
    return rays, np.broadcast_to(np.eye(2) * (px / focal)**2, (*rays.shape, 2))


def balls(sigma, shape):
    """Return covariances (*shape, 3, 3) of the same deviation in all directions."""
    return np.broadcast_to(sigma**2 * np.eye(3), (*shape, 3, 3))

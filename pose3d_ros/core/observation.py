# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which keypoints show which joint: pelvis, neck and head are the middle of two keypoints."""
import numpy as np
from pose3d_ros.core.skeleton import MIDDLES, Skeleton


def joint_weights(keypoints: Skeleton, joints: Skeleton) -> np.ndarray:
    """Return the share (K, J) of each of J keypoints in each of K joints; zero rows: none."""
    weights = np.zeros((len(joints), len(keypoints)))
    for row, joint in enumerate(joints.points):
        parts = [joint] if joint in keypoints.points else MIDDLES.get(joint, ())
        if all(part in keypoints.points for part in parts):
            for part in parts:
                weights[row, keypoints.index(part)] = 1 / len(parts)
    return weights


def observe_joints(weights, rays, ray_cov, scores) -> tuple:
    """
    Turn observations of keypoints into observations of joints.

    Parameters
    ----------
    weights : (K, J)
        From joint_weights.
    rays : (N, J, 2)
        Undistorted image points x/z, y/z; whatever where not seen.
    ray_cov : (N, J, 2, 2)
        Their covariance; whatever where not seen.
    scores : (N, J)
        Zero where not seen.

    Returns
    -------
    (N, K, 2), (N, K, 2, 2), (N, K)
        Rays, covariance and scores of joints; a score is the least of its keypoints' scores, and
        zero where no keypoint shows the joint.

    """
    seen = scores > 0
    rays = np.where(seen[..., None], rays, 0)
    ray_cov = np.where(seen[..., None, None], ray_cov, 0)
    parts = weights > 0
    least = np.where(parts, scores[:, None], np.inf).min(axis=2)
    return (
        np.einsum('kj,nja->nka', weights, rays),
        np.einsum('kj,njab->nkab', weights**2, ray_cov),
        np.where(parts.any(axis=1), least, 0),
    )

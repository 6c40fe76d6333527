# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Keypoints to root-relative joints, in the virtual camera of each person.

The virtual camera stands where the real one stands, but its optical axis (z) goes through the
middle of the person's keypoints, and its x axis stays as level in the image as it can. A person at
the image's edge therefore looks to the lifting engine like one in the middle.
"""
import numpy as np


def hide_unseen(rays: np.ndarray, scores: np.ndarray, min_score: float) -> tuple:
    """
    Return rays and scores with keypoints below the score set to zero, as engines expect.

    Parameters
    ----------
    rays : (..., J, 2)
        Undistorted image points x/z, y/z.
    scores : (..., J)
        Scores in [0, 1].
    min_score : float
        Keypoints below it count as not seen.

    Returns
    -------
    (..., J, 2), (..., J)
        New arrays; zero ray and zero score where not seen, or where the lens knows no ray.

    """
    seen = (scores >= min_score) & (scores > 0) & np.isfinite(rays).all(axis=-1)
    return np.where(seen[..., None], rays, 0), np.where(seen, scores, 0)


def virtual_from_camera(rays: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """
    Return the rotation of each person's virtual camera: virtual = rotation @ camera.

    Parameters
    ----------
    rays : (N, J, 2)
        Undistorted image points x/z, y/z; those with score 0 do not count.
    scores : (N, J)
        Scores in [0, 1].

    Returns
    -------
    (N, 3, 3)
        The smallest rotations that bring the middle of the seen keypoints onto the z axis.

    """
    seen = (scores > 0).astype(float)
    middle = (rays * seen[..., None]).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)[:, None]
    axis = np.concatenate([middle, np.ones_like(middle[:, :1])], axis=1)
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    x, y, z = axis.T
    zero = np.zeros_like(x)
    cross = np.stack([zero, zero, -x, zero, zero, -y, x, y, zero], axis=1).reshape(-1, 3, 3)
    return np.eye(3) + cross + cross @ cross / (1 + z)[:, None, None]


def rotate_rays(rotation: np.ndarray, rays: np.ndarray) -> np.ndarray:
    """Return rays (..., J, 2) seen by cameras turned by rotation (..., 3, 3); NaN behind them."""
    points = np.concatenate([rays, np.ones_like(rays[..., :1])], axis=-1)
    points = points @ rotation.swapaxes(-1, -2)
    return points[..., :2] / np.where(points[..., 2:] > 0, points[..., 2:], np.nan)


def lift(engine, rays: np.ndarray, scores: np.ndarray, gravity: np.ndarray | None,
         past: tuple | None = None) -> tuple:
    """
    Return root-relative joints in the axes of the real camera, and their covariance.

    Parameters
    ----------
    engine : callable
        A lifter: keypoints, scores, gravity -> joints, sigma and perhaps depth_sigma.
    rays : (N, J, 2)
        Undistorted image points x/z, y/z in the engine's keypoint order; zero where not seen.
    scores : (N, J)
        Scores in [0, 1]; zero where not seen.
    gravity : (3,) or None
        Unit vector down in the camera optical frame; None when unknown.
    past : (N, T - 1, J, 2), (N, T - 1, J) or None
        Rays and scores of the frames before, oldest first, for engines with a window.

    Returns
    -------
    (N, K, 3), (N, K, 3, 3)
        Joints in metres relative to the pelvis, axes of the camera optical frame; covariance, m^2.

    """
    rotation = virtual_from_camera(rays, scores)
    down = np.zeros(3) if gravity is None else gravity
    rays, scores = rays[:, None], scores[:, None]
    if past is not None:
        rays = np.concatenate([past[0], rays], axis=1)
        scores = np.concatenate([past[1], scores], axis=1)
    turned, scores = hide_unseen(rotate_rays(rotation[:, None], rays), scores, 0)
    out = engine(
        keypoints=turned.astype(np.float32),
        scores=scores.astype(np.float32),
        gravity=(rotation @ down).astype(np.float32),
    )
    return out['joints'].astype(float) @ rotation, _covariance(out, rotation)


def _covariance(out: dict, rotation: np.ndarray) -> np.ndarray:
    """
    Return the covariance (N, K, 3, 3), m^2, in the axes of the real camera.

    An engine says how wrong each joint may be in x and y of the virtual camera (sigma) and, where
    it can, how wrong along its axis (depth_sigma); else that is the same.
    """
    across = out['sigma'].astype(float) ** 2
    along = out['depth_sigma'].astype(float) ** 2 if 'depth_sigma' in out else across
    axis = rotation[:, 2]  # (N, 3), the virtual camera's z in the real camera
    outer = axis[:, :, None] * axis[:, None, :]
    return (across[..., None, None] * np.eye(3)
            + (along - across)[..., None, None] * outer[:, None])

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Where bodies are and how large: weighted least squares on reprojection.

One camera cannot tell a small person nearby from a tall one far away: reprojection gives the
direction and the ratio of size and distance, what is known of body size (the scale prior) gives
the rest. Unknown are the pelvis t (3) and the scale s; joint j lies at t + s * relative_j.
"""
from dataclasses import dataclass

import numpy as np

ITERATIONS = 10  # at most; four are usual
CONVERGED = 1e-3  # m, and of s
NEAREST = 0.2  # m, no person is nearer
FARTHEST = 1e3  # m, standard deviation of the pelvis before anything is seen
HUBER = 2.5  # standard deviations, from where on a keypoint counts less


@dataclass(frozen=True)
class Fit:
    """Pelvis and scale of N bodies."""

    state: np.ndarray  # (N, 4) tx, ty, tz in m, camera optical frame, and s
    covariance: np.ndarray  # (N, 4, 4)
    error: np.ndarray  # (N, J) how far joints are from their rays, standard deviations; 0 unseen

    def with_scale(self, scale: np.ndarray, sigma: np.ndarray) -> 'Fit':
        """Return the fit with another mean and deviation (N,) of s; the pelvis comes along."""
        state, variance = self.state, self.covariance[:, 3, 3]
        gain = self.covariance[:, 3] / variance[:, None]  # (N, 4) of everything by s
        change = (sigma**2 - variance)[:, None, None] * gain[:, :, None] * gain[:, None]
        return Fit(state + gain * (scale - state[:, 3])[:, None], self.covariance + change,
                   self.error)


def project(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rays x/z, y/z (..., 2) of points (..., 3), and their derivative (..., 2, 3)."""
    inverse = 1 / points[..., 2]
    rays = points[..., :2] * inverse[..., None]
    slope = np.zeros((*rays.shape, 3))
    slope[..., 0, 0] = slope[..., 1, 1] = inverse
    slope[..., 2] = -rays * inverse[..., None]
    return rays, slope


def fit_root(relative, relative_cov, rays, ray_cov, seen, scale, scale_sigma) -> Fit:
    """
    Find where the pelvis is by weighted least squares on reprojection (Gauss-Newton).

    Parameters
    ----------
    relative : (N, J, 3)
        Joints relative to the pelvis, m, axes of the camera optical frame.
    relative_cov : (N, J, 3, 3)
        Their covariance, m^2, same axes.
    rays : (N, J, 2)
        Undistorted image points x/z, y/z of the joints; finite also where not seen.
    ray_cov : (N, J, 2, 2)
        Their covariance; finite also where not seen.
    seen : (N, J) bool
        Joints to fit.
    scale, scale_sigma : (N,) or float
        Prior: mean and standard deviation of s.

    """
    prior = np.zeros((len(relative), 4))
    prior[:, 3] = scale
    precision = np.full((len(relative), 4), FARTHEST**-2.0)
    precision[:, 3] = np.asarray(scale_sigma) ** -2.0
    variance = np.trace(ray_cov, axis1=-2, axis2=-1) / 2
    across = _variance_across(relative_cov, rays)
    state = prior.copy()
    state[:, :3] = _first_guess(relative * prior[:, 3, None, None], rays, seen)
    for _ in range(ITERATIONS):
        slope, residual, error = _equations(state, relative, across, rays, variance, seen)
        information = slope.swapaxes(1, 2) @ slope + precision[:, None] * np.eye(4)
        gradient = slope.swapaxes(1, 2) @ residual + (precision * (state - prior))[..., None]
        step = np.linalg.solve(information, gradient)[..., 0]
        state = state - step
        state[:, 2] = np.maximum(state[:, 2], NEAREST)
        if not (np.abs(step) > CONVERGED).any():
            break
    return Fit(state, np.linalg.inv(information), error)


def joints_at(state: np.ndarray, relative: np.ndarray) -> np.ndarray:
    """Return the joints (N, J, 3), m, of bodies by pelvis and scale (N, 4); none too near."""
    points = state[:, None, :3] + state[:, None, 3:] * relative
    points[..., 2] = np.maximum(points[..., 2], NEAREST)
    return points


def _first_guess(relative, rays, seen):
    """Return pelvises (N, 3) that solve x - u z = 0, y - v z = 0, which are linear in them."""
    rows = np.zeros((*rays.shape, 3))
    rows[..., 0, 0] = rows[..., 1, 1] = 1
    rows[..., 2] = -rays
    right = rays * relative[..., 2:] - relative[..., :2]
    rows, right = _flat(rows * seen[..., None, None]), _flat((right * seen[..., None])[..., None])
    normal = rows.swapaxes(1, 2) @ rows + FARTHEST**-2 * np.eye(3)
    root = np.linalg.solve(normal, rows.swapaxes(1, 2) @ right)[..., 0]
    # lifted joints reach at most a body's length in front of the pelvis
    root[:, 2] = np.maximum(root[:, 2], NEAREST + np.max(-relative[..., 2], axis=1))
    return root


def _equations(state, relative, across, rays, variance, seen):
    """Return derivative (N, 2 J, 4), residual (N, 2 J, 1) and error (N, J), in deviations."""
    points = joints_at(state, relative)
    projected, slope = project(points)
    residual = projected - rays
    weight = seen / np.sqrt(variance + across / points[..., 2] ** 2)
    error = np.linalg.norm(residual, axis=-1) * weight
    weight = weight * np.sqrt(HUBER / np.maximum(error, HUBER))
    slope = np.concatenate([slope, slope @ relative[..., None]], axis=-1)  # (N, J, 2, 4)
    return (_flat(slope * weight[..., None, None]),
            _flat((residual * weight[..., None])[..., None]), error)


def _variance_across(covariance, rays):
    """Return the variance (N, J) of joints at depth 1 in the image, the mean of both axes."""
    u, v = rays[..., 0], rays[..., 1]
    xx, yy, zz = (covariance[..., i, i] for i in range(3))
    xz, yz = covariance[..., 0, 2], covariance[..., 1, 2]
    return (xx + yy + (u**2 + v**2) * zz) / 2 - u * xz - v * yz


def _flat(rows):
    """Return the rows of all joints in one: (N, J, 2, A) to (N, 2 J, A)."""
    persons, joints, two, size = rows.shape
    return rows.reshape(persons, joints * two, size)

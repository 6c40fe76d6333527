# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Root-relative joints to joints in the camera optical frame, with covariance.

One camera cannot tell a small person nearby from a tall one far away: reprojection gives the
direction and the ratio of size and distance, a prior on body height (the scale prior) gives the
rest. Unknown are the pelvis t (3) and the scale s; joint j lies at t + s * relative_j.
"""
import numpy as np
from pose3d_ros.core.records import Joints, Source

ITERATIONS = 6
NEAREST = 0.2  # m, no person is nearer
HUBER = 2.5  # standard deviations, from where on a keypoint counts less


def project_jacobian(points: np.ndarray) -> np.ndarray:
    """Return the derivative (..., 2, 3) of the ray x/z, y/z with respect to points (..., 3)."""
    x, y, z = np.moveaxis(points, -1, 0)
    zero = np.zeros_like(z)
    rows = [1 / z, zero, -x / z**2, zero, 1 / z, -y / z**2]
    return np.stack(rows, axis=-1).reshape(*points.shape[:-1], 2, 3)


def fit_root(relative, sigma, rays, ray_cov, seen, scale, scale_sigma):
    """
    Find where the pelvis is by weighted least squares on reprojection.

    Parameters
    ----------
    relative : (N, J, 3)
        Joints relative to the pelvis, m, axes of the camera optical frame.
    sigma : (N, J)
        Their standard deviation, m.
    rays : (N, J, 2)
        Undistorted image points x/z, y/z of the joints.
    ray_cov : (N, J, 2, 2)
        Their covariance.
    seen : (N, J) bool
        Joints to fit; at least three a person.
    scale, scale_sigma : float
        Prior: mean and standard deviation of s.

    Returns
    -------
    (N, 4), (N, 4, 4)
        tx, ty, tz (m) and s; their covariance.

    """
    variance = np.trace(ray_cov, axis1=-2, axis2=-1) / 2
    state = _first_guess(relative * scale, rays, seen, scale)
    prior = np.zeros(4)
    prior[3] = scale_sigma**-2
    for _ in range(ITERATIONS):
        points = _points(state, relative)
        residual = points[..., :2] / points[..., 2:] - rays  # (N, J, 2)
        weight = seen / (variance + (sigma / points[..., 2]) ** 2)
        error = np.linalg.norm(residual, axis=-1) * np.sqrt(weight)
        weight = weight * np.minimum(1, HUBER / np.maximum(error, HUBER))
        slope = project_jacobian(points)  # (N, J, 2, 3)
        jacobian = np.concatenate([slope, slope @ relative[..., None]], axis=-1)  # (N, J, 2, 4)
        information = np.einsum('nj,njra,njrb->nab', weight, jacobian, jacobian) + np.diag(prior)
        gradient = np.einsum('nj,njra,njr->na', weight, jacobian, residual)
        gradient += prior * (state - scale)
        state = state - np.linalg.solve(information, gradient[..., None])[..., 0]
        state[:, 2] = np.maximum(state[:, 2], NEAREST)
    return state, np.linalg.inv(information)


def _first_guess(relative, rays, seen, scale):
    """Solve x - u z = 0, y - v z = 0, which are linear in the pelvis."""
    rows = np.zeros((*rays.shape, 3))
    rows[..., 0, 0] = rows[..., 1, 1] = 1
    rows[..., 2] = -rays
    right = rays * relative[..., 2:] - relative[..., :2]
    rows, right = rows * seen[..., None, None], right * seen[..., None]
    normal = np.einsum('njra,njrb->nab', rows, rows)
    root = np.linalg.solve(normal, np.einsum('njra,njr->na', rows, right)[..., None])[..., 0]
    # lifted joints reach at most a body's length in front of the pelvis
    root[:, 2] = np.maximum(root[:, 2], NEAREST + np.max(-relative[..., 2], axis=1))
    return np.column_stack([root, np.full(len(root), scale)])


def _points(state, relative):
    points = state[:, None, :3] + state[:, None, 3:] * relative
    points[..., 2] = np.maximum(points[..., 2], NEAREST)
    return points


def place(relative, sigma, rays, ray_cov, scores, scale, scale_sigma) -> Joints:
    """
    Place persons in the camera optical frame.

    Parameters are those of fit_root, with scores (N, J) in [0, 1], zero where a joint is not
    seen. A seen joint is drawn onto its ray as far as the covariances say (a Kalman update).

    Returns
    -------
    Joints
        In metres; covariance of pelvis, scale, lifting and keypoints together.

    """
    seen = scores > 0
    state, state_cov = fit_root(relative, sigma, rays, ray_cov, seen, scale, scale_sigma)
    points = _points(state, relative)
    spread = np.concatenate(  # derivative of a joint by tx, ty, tz, s: (N, J, 3, 4)
        [np.broadcast_to(np.eye(3), (*points.shape, 3)), relative[..., None]], axis=-1
    )
    covariance = spread @ state_cov[:, None] @ spread.swapaxes(-1, -2)
    covariance = covariance + (sigma**2)[..., None, None] * np.eye(3)
    updated = _draw_onto_rays(points, covariance, rays, ray_cov)
    pick = seen[..., None]
    return Joints(
        positions=np.where(pick, updated[0], points),
        covariance=np.where(pick[..., None], updated[1], covariance),
        scores=scores,
        source=np.where(seen, Source.LIFTED, Source.PREDICTED).astype(np.uint8),
    )


def _draw_onto_rays(points, covariance, rays, ray_cov):
    """Return positions and covariances after a Kalman update with each joint's own ray."""
    slope = project_jacobian(points)
    residual = rays - points[..., :2] / points[..., 2:]
    innovation = slope @ covariance @ slope.swapaxes(-1, -2) + ray_cov
    gain = covariance @ slope.swapaxes(-1, -2) @ np.linalg.inv(innovation)
    positions = points + (gain @ residual[..., None])[..., 0]
    keep = np.eye(3) - gain @ slope
    # Joseph's form stays symmetric and positive
    covariance = keep @ covariance @ keep.swapaxes(-1, -2) + gain @ ray_cov @ gain.swapaxes(-1, -2)
    return positions, covariance

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Root-relative joints to joints in the camera optical frame, with covariance.

One camera cannot tell a small person nearby from a tall one far away: reprojection gives the
direction and the ratio of size and distance, a prior on body height (the scale prior) gives the
rest. Unknown are the pelvis t (3) and the scale s; joint j lies at t + s * relative_j.
"""
from dataclasses import replace

import numpy as np
from pose3d_ros.core.records import Joints, Source

ITERATIONS = 10  # at most; four are usual
CONVERGED = 1e-4  # m, and of s
NEAREST = 0.2  # m, no person is nearer
FARTHEST = 1e3  # m, standard deviation of the pelvis before anything is seen
HUBER = 2.5  # standard deviations, from where on a keypoint counts less
#: How far keypoints lie from the joints they stand for, m, each axis: the same in every frame, and
#: nothing that a heatmap's spread or a lifter's sigma knows of. Hips of a network trained on COCO
#: lie 2 to 5 cm from the truth of simulated people and of a triangulated one, wrists 1 cm.
DEFINITION = 0.02
MIN_JOINTS = 3  # persons with fewer seen joints are not placed


def project(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rays x/z, y/z (..., 2) of points (..., 3), and their derivative (..., 2, 3)."""
    inverse = 1 / points[..., 2]
    rays = points[..., :2] * inverse[..., None]
    slope = np.zeros((*rays.shape, 3))
    slope[..., 0, 0] = slope[..., 1, 1] = inverse
    slope[..., 2] = -rays * inverse[..., None]
    return rays, slope


def fit_root(relative, relative_cov, rays, ray_cov, seen, scale, scale_sigma):
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
    scale, scale_sigma : float
        Prior: mean and standard deviation of s.

    Returns
    -------
    (N, 4), (N, 4, 4)
        tx, ty, tz (m) and s; their covariance.

    """
    prior = np.array([0, 0, 0, scale])
    precision = np.array([FARTHEST, FARTHEST, FARTHEST, scale_sigma]) ** -2.0
    variance = np.trace(ray_cov, axis1=-2, axis2=-1) / 2
    across = _variance_across(relative_cov, rays)
    root = _first_guess(relative * scale, rays, seen)
    state = np.column_stack([root, np.full(len(root), scale)])
    for _ in range(ITERATIONS):
        slope, residual = _equations(state, relative, across, rays, variance, seen)
        information = slope.swapaxes(1, 2) @ slope + np.diag(precision)
        gradient = slope.swapaxes(1, 2) @ residual + (precision * (state - prior))[..., None]
        step = np.linalg.solve(information, gradient)[..., 0]
        state = state - step
        state[:, 2] = np.maximum(state[:, 2], NEAREST)
        if not (np.abs(step) > CONVERGED).any():
            break
    return state, np.linalg.inv(information)


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
    """Return derivative (N, 2 J, 4) and residual (N, 2 J, 1), in standard deviations."""
    points = _points(state, relative)
    projected, slope = project(points)
    residual = projected - rays
    weight = seen / np.sqrt(variance + across / points[..., 2] ** 2)
    error = np.linalg.norm(residual, axis=-1) * weight
    weight = weight * np.sqrt(HUBER / np.maximum(error, HUBER))
    slope = np.concatenate([slope, slope @ relative[..., None]], axis=-1)  # (N, J, 2, 4)
    return _flat(slope * weight[..., None, None]), _flat((residual * weight[..., None])[..., None])


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


def _points(state, relative):
    points = state[:, None, :3] + state[:, None, 3:] * relative
    points[..., 2] = np.maximum(points[..., 2], NEAREST)
    return points


def place(relative, relative_cov, rays, ray_cov, scores, scale, scale_sigma) -> Joints:
    """
    Place persons in the camera optical frame.

    Parameters are those of fit_root, with scores (N, J) in [0, 1], zero where a joint is not
    seen. A seen joint is drawn onto its ray as far as the covariances say (a Kalman update).

    Returns
    -------
    Joints
        In metres; covariance of pelvis, scale, lifting and keypoints together. All unknown for
        persons of whom too little is seen, or whose joints fit no person before the camera.

    """
    seen = scores > 0
    state, state_cov = fit_root(relative, relative_cov, rays, ray_cov, seen, scale, scale_sigma)
    points = _points(state, relative)
    spread = np.concatenate(  # derivative of a joint by tx, ty, tz, s: (N, J, 3, 4)
        [np.broadcast_to(np.eye(3), (*points.shape, 3)), relative[..., None]], axis=-1
    )
    covariance = spread @ state_cov[:, None] @ spread.swapaxes(-1, -2)
    covariance = covariance + relative_cov
    drawn, drawn_cov = _draw_onto_rays(points, covariance, rays, ray_cov)
    positions = np.where(seen[..., None], drawn, points)
    in_front = (positions[..., 2] > 0).all(axis=1)  # also False where anything is NaN
    placed = in_front & (seen.sum(axis=1) >= MIN_JOINTS)
    return Joints(
        positions=np.where(placed[:, None, None], positions, np.nan),
        covariance=np.where(
            placed[:, None, None, None],
            np.where(seen[..., None, None], drawn_cov, covariance), np.nan),
        scores=np.where(placed[:, None], scores, 0),
        source=np.where(
            placed[:, None], np.where(seen, Source.LIFTED, Source.PREDICTED), Source.UNKNOWN
        ).astype(np.uint8),
    )


def with_definition(joints: Joints) -> Joints:
    """Return joints that state, beside all else, that keypoints are not joints."""
    return replace(joints, covariance=joints.covariance + DEFINITION**2 * np.eye(3))


def _draw_onto_rays(points, covariance, rays, ray_cov):
    """Return positions and covariances after a Kalman update with each joint's own ray."""
    projected, slope = project(points)
    residual = rays - projected
    innovation = slope @ covariance @ slope.swapaxes(-1, -2) + ray_cov
    gain = covariance @ slope.swapaxes(-1, -2) @ np.linalg.inv(innovation)
    positions = points + (gain @ residual[..., None])[..., 0]
    keep = np.eye(3) - gain @ slope
    # Joseph's form stays symmetric and positive
    covariance = keep @ covariance @ keep.swapaxes(-1, -2) + gain @ ray_cov @ gain.swapaxes(-1, -2)
    return positions, covariance

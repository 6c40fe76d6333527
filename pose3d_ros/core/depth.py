# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Placed joints drawn to what a registered depth image shows of them.

A depth image knows the surface of whatever is in front: of the joint's own limb, of an arm or a
box before it, of the wall behind it. The lifted body tells which. Its distance, whose error all
joints share, is found first, from most of them; each joint then takes only what lies where its
skin must be.
"""
from dataclasses import dataclass, replace

import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.matrices import AXES, inverse_and_determinant, squared_lengths
from pose3d_ros.core.occluders import beside, unhidden
from pose3d_ros.core.records import Joints, Source
from pose3d_ros.core.surface import SkinModel
from pose3d_ros.core.surroundings import GRID, Surroundings, Windows

LIFTED, MEASURED = np.uint8([Source.LIFTED, Source.MEASURED])  # numpy is slow with enumerations
#: Standard deviations beyond which a joint counts as covered, and as seen through: things in front
#: are usual, but nobody can be seen through.
COVERED, TRANSPARENT = 2.0, 4.0
LIMIT = 5.0  # standard deviations of where bodies were placed, to look for them
MIN_JOINTS = 3  # that must agree on a body's distance
THROUGH = 0.5  # of their count, joints that may be seen through: on no body but beside its edge
SHARED = 0.02  # m, standard deviation that clothes and the lifted shape leave to all joints alike
MOST = 0.95  # of a covariance that may be shared: what remains is still positive
WIDEST = 0.25  # m, between where skin is and where it must be
#: Standard deviation of distances that depth contradicts without another that it agrees with, in
#: terms of the distance. In such frames simulated people are 12 % from where they were placed.
ASTRAY = 0.12
CROSSED = 0.06  # m, standard deviation of skin that may be that of an arm or a leg before it
GUESS = 0.05  # m, standard deviation, each axis, of joints that depth does not confirm


@dataclass(frozen=True)
class Distance:
    """How far N bodies are by their depths alone, in terms of how far they were placed."""

    ratio: np.ndarray  # (N,) 1: as placed; NaN: not found
    sigma: np.ndarray  # (N,) standard deviation; NaN: not found
    astray: np.ndarray  # (N,) bool: depth contradicts where they were placed, and says no more


def fuse_depth(
    joints: Joints, depth: np.ndarray, camera: PinholeCamera, model: SkinModel, noise: float,
) -> tuple[Joints, Distance]:
    """
    Fuse placed joints with a registered depth image.

    Parameters
    ----------
    joints : Joints
        Of N bodies; only joints that are seen in the image (LIFTED) are measured.
    depth : (H, W)
        m along the optical axis, NaN unknown; a pixel shows what the colour image's pixel shows.
    camera : PinholeCamera
        Of both images.
    model : SkinModel
        Of the joints' skeleton.
    noise : float
        Standard deviation of a depth at 1 m, m; it grows with the square of the distance.

    Returns
    -------
    Joints, Distance
        The same bodies, moved along their lines of sight; MEASURED where a depth was taken.

    """
    skin, z = model(joints.positions), joints.positions[..., 2]
    around = Surroundings(depth, camera, joints.positions)
    windows = Windows(around.at(GRID, skin.radius / z))
    variance = skin.sigma**2 + (noise * z**2) ** 2
    seen, shared = joints.source == LIFTED, _shared_variance(joints)
    distance = _distance(
        joints, windows.median() + skin.offset, variance, seen & ~skin.hidden, shared)
    joints, found = _at_distance(joints, distance, shared), np.isfinite(distance.ratio)[:, None]
    surface, there = _surface(joints, skin, variance, windows)
    taken = _unhidden(joints, skin.offset, seen & there & found, around, model)
    measured = surface + skin.offset, variance + (CROSSED * skin.crossed) ** 2
    drawn = _drawn(joints, *measured, taken)
    twice = taken & model.twice(drawn.positions, skin.offset)
    if twice.any():
        drawn = _drawn(joints, *measured, taken & ~twice)
    return _with_guesses(drawn, found & (drawn.source == LIFTED)), distance


def _shared_variance(joints):
    """
    Return the variance (N,) of the bodies' distances, relative to them; all joints share it.

    It is what the covariance of every joint holds along its line of sight; NaN: unknown bodies.
    """
    inverse, _ = inverse_and_determinant(joints.covariance)
    return MOST / squared_lengths(joints.positions, inverse).max(axis=1)


def _distance(joints, measured, variance, seen, shared):
    """Return how far the bodies are by the depths of most of their joints."""
    z = joints.positions[..., 2]
    own = np.maximum(joints.covariance[..., 2, 2] - shared[:, None] * z**2, 0) + variance
    usable = seen & np.isfinite(measured)
    measured = np.where(usable, measured, z)
    ratio = measured / z  # (N, J), a hypothesis by each joint
    error = (measured[:, None] - ratio[..., None] * z[:, None]) / np.sqrt(own)[:, None]
    error = np.minimum(np.maximum(error, -COVERED), TRANSPARENT) * usable[:, None]  # (N, J, J)
    prior = (ratio - 1) ** 2 / shared[:, None]
    cost = (error * error).sum(-1) + np.where(prior < LIMIT**2, prior, np.inf)
    best = error[np.arange(len(z)), np.argmin(cost, axis=1)]
    agrees = usable & (np.abs(best) < COVERED)
    weight = np.where(agrees, z / own, 0)
    count = agrees.sum(-1)
    enough = (count >= MIN_JOINTS) & ((best >= TRANSPARENT).sum(-1) <= THROUGH * count)
    information = np.where(enough, (weight * z).sum(-1), np.nan)
    shift = (weight * (measured - z)).sum(-1) / information
    sigma = np.sqrt(1 / information + (SHARED * z.shape[1] / z.sum(axis=1)) ** 2)
    plausible = shift**2 < LIMIT**2 * shared
    return Distance(np.where(plausible, 1 + shift, np.nan), np.where(plausible, sigma, np.nan),
                    ~plausible & (usable.sum(-1) >= MIN_JOINTS))


def _at_distance(joints, distance, shared):
    """Return joints moved along their lines of sight, those of a body by the same share."""
    found = np.isfinite(distance.ratio)
    gain = shared / (shared + distance.sigma**2)
    ratio = np.where(found, 1 + gain * (distance.ratio - 1), 1)
    more = np.where(found, -gain * shared, ASTRAY**2 * distance.astray)
    at = joints.positions
    along = at[..., None] * at[..., None, :]
    return replace(joints, positions=ratio[:, None, None] * at,
                   covariance=joints.covariance + more[:, None, None, None] * along)


def _surface(joints, skin, variance, windows):
    """
    Return the depths (N, J) near where skin must be, and whether they are skin.

    Arms are lifted some 10 cm too near: of those that should be behind their own body many are
    not. What hides a joint is seen before it.
    """
    expected = joints.positions[..., 2] - skin.offset
    sigma = np.sqrt(joints.covariance[..., 2, 2] + variance)
    before = np.where(skin.hidden, 0, np.minimum(COVERED * sigma, WIDEST))
    behind = np.minimum(TRANSPARENT * sigma, WIDEST)
    return windows.median_between(expected - before, expected + behind)


def _unhidden(joints, offset, seen, around, model):
    """Return which of the seen joints (N, J) nothing nearer beside them can hide."""
    z = joints.positions[..., 2]
    nearer = beside(around, z, z - offset)
    if not nearer.any():
        return seen
    return unhidden(seen, nearer, joints.scores, model.linked)


def _drawn(joints, measured, variance, taken):
    """Return joints after a Kalman update with the depths of those that are taken."""
    error = np.where(taken, measured - joints.positions[..., 2], 0)
    column = joints.covariance[..., 2]
    gain = np.where(taken, 1 / (column[..., 2] + variance), 0)[..., None] * column
    return Joints(
        positions=joints.positions + gain * error[..., None],
        covariance=joints.covariance - gain[..., None] * column[..., None, :],
        scores=joints.scores,
        source=np.where(taken, MEASURED, joints.source))


def _with_guesses(joints, doubtful):
    """Return joints that state, where they are doubtful, that their keypoints may be guesses."""
    guess = (GUESS**2 * doubtful)[..., None, None] * AXES
    return replace(joints, covariance=joints.covariance + guess)

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
from pose3d_ros.core.occluders import beside, unhidden
from pose3d_ros.core.records import Joints, Source
from pose3d_ros.core.surface import SkinModel
from pose3d_ros.core.surroundings import GRID, Surroundings, Windows

#: Standard deviations beyond which a joint counts as covered, and as seen through: things in front
#: are usual, but nobody can be seen through.
COVERED, TRANSPARENT = 2.0, 4.0
LIMIT = 5.0  # standard deviations of where bodies were placed, to look for them
MIN_JOINTS = 3  # that must agree on a body's distance
THROUGH = 0.5  # of their count, joints that may be seen through: on no body but beside its edge
SHARED = 0.02  # m, standard deviation that clothes and the lifted shape leave to all joints alike
MOST = 0.95  # of a covariance that may be shared: what remains is still positive
GATE = 2.0  # standard deviations between where skin is and where it must be
WIDEST = 0.25  # m, of the gate
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
    skin = model(joints.positions)
    around = Surroundings(depth, camera, joints.positions)
    windows = Windows(around.at(skin.radius[..., None, None] * GRID, joints.positions[..., 2]))
    lifted = joints.source == Source.LIFTED
    seen = lifted & ~skin.hidden
    variance = skin.sigma**2 + (noise * joints.positions[..., 2] ** 2) ** 2
    shared = _shared_variance(joints)
    surface = windows.median()
    distance = _distance(joints, surface + skin.offset, variance, seen, shared)
    found = np.isfinite(distance.ratio)
    joints = _at_distance(joints, distance, shared, found)
    joints = _astray(joints, ~found & ((seen & np.isfinite(surface)).sum(-1) >= MIN_JOINTS))
    gate = np.minimum(GATE * np.sqrt(joints.covariance[..., 2, 2] + variance), WIDEST)
    expected = joints.positions[..., 2] - skin.offset
    measured, there = windows.median_near(expected, gate)
    nearer = beside(around, joints.positions[..., 2], expected)
    variance += (CROSSED * skin.crossed) ** 2
    seen &= there & found[:, None] & ~(nearer & model.over(joints.positions, skin.offset))
    taken = unhidden(seen, nearer, joints.scores, model.inner)
    drawn = _drawn(joints, measured + skin.offset, variance, taken)
    twice = taken & model.twice(drawn.positions, skin.offset)
    if twice.any():
        taken &= ~twice
        drawn = _drawn(joints, measured + skin.offset, variance, taken)
    return _with_guesses(drawn, lifted & found[:, None] & ~taken), distance


def _shared_variance(joints):
    """
    Return the variance (N,) of the bodies' distances, relative to them; all joints share it.

    It is what the covariance of every joint holds along its line of sight; NaN: unknown bodies.
    """
    known = np.isfinite(joints.positions[..., :1])
    inverse = np.linalg.inv(np.where(known[..., None], joints.covariance, np.eye(3)))
    at = joints.positions[..., None]
    return MOST / (at.swapaxes(-1, -2) @ inverse @ at)[..., 0, 0].max(axis=1)


def _distance(joints, measured, variance, seen, shared):
    """Return how far the bodies are by the depths of most of their joints."""
    z = joints.positions[..., 2]
    own = np.maximum(joints.covariance[..., 2, 2] - shared[:, None] * z**2, 0) + variance
    usable = seen & np.isfinite(measured)
    measured = np.where(usable, measured, z)
    ratio = measured / z  # (N, J), a hypothesis by each joint
    error = (measured[:, None] - ratio[..., None] * z[:, None]) / np.sqrt(own)[:, None]
    error = np.clip(error, -COVERED, TRANSPARENT) * usable[:, None]  # (N, J, J), in each
    prior = (ratio - 1) ** 2 / shared[:, None]
    cost = (error * error).sum(-1) + np.where(prior < LIMIT**2, prior, np.inf)
    best = error[np.arange(len(z)), np.argmin(cost, axis=1)]
    agrees = usable & (np.abs(best) < COVERED)
    weight = np.where(agrees, z / own, 0)
    count = agrees.sum(-1)
    enough = (count >= MIN_JOINTS) & ((best >= TRANSPARENT).sum(-1) <= THROUGH * count)
    information = np.where(enough, (weight * z).sum(-1), np.nan)
    shift = (weight * (measured - z)).sum(-1) / information
    sigma = np.sqrt(1 / information + (SHARED / z.mean(axis=1)) ** 2)
    plausible = shift**2 < LIMIT**2 * shared
    return Distance(np.where(plausible, 1 + shift, np.nan), np.where(plausible, sigma, np.nan))


def _at_distance(joints, distance, shared, found):
    """Return joints moved along their lines of sight, those of a body by the same share."""
    gain = np.where(found, shared / (shared + distance.sigma**2), 0)
    ratio = 1 + gain * np.where(found, distance.ratio - 1, 0)
    less = np.where(found, gain * shared, 0)[:, None, None, None]
    at = joints.positions
    return replace(
        joints, positions=ratio[:, None, None] * at,
        covariance=joints.covariance - less * (at[..., None] * at[..., None, :]))


def _astray(joints, lost):
    """Return joints that state how far the distances may be wrong of bodies (N,) that are lost."""
    along = joints.positions * (ASTRAY * lost)[:, None, None]
    return replace(
        joints, covariance=joints.covariance + along[..., None] * along[..., None, :])


def _drawn(joints, measured, variance, taken):
    """Return joints after a Kalman update with the depths of those that are taken."""
    error = np.where(taken, measured - joints.positions[..., 2], 0)
    column = joints.covariance[..., 2]
    gain = np.where(taken, 1 / (column[..., 2] + variance), 0)[..., None] * column
    return Joints(
        positions=joints.positions + gain * error[..., None],
        covariance=joints.covariance - gain[..., None] * column[..., None, :],
        scores=joints.scores,
        source=np.where(taken, np.uint8(Source.MEASURED), joints.source))


def _with_guesses(joints, doubtful):
    """Return joints that state, where they are doubtful, that their keypoints may be guesses."""
    more = (GUESS**2 * doubtful)[..., None, None] * np.eye(3)
    return replace(joints, covariance=joints.covariance + more)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Distances of points from simple shapes, metres: negative inside, right only near the surface."""
import numpy as np


def smooth_min(a, b, width: float):
    """Return the lesser of two distances, blended over a width in metres."""
    rest = np.maximum(width - np.abs(a - b), 0)
    return np.minimum(a, b) - rest * rest / (4 * width)


def ellipsoid(points, centre, axes):
    """Return the distances (...) of points (..., 3) from an ellipsoid."""
    relative = (points - np.asarray(centre)) / axes
    first = np.linalg.norm(relative, axis=-1)
    return first * (first - 1) / (np.linalg.norm(relative / axes, axis=-1) + 1e-9)


def loft(place, left, forward, sections, step):
    """Return the distances from a loft; `step` is the length of one unit of place, m."""
    width, depth, shift = (np.interp(place, sections[:, 0], sections[:, i]) for i in (1, 2, 3))
    forward = forward - shift
    first = np.sqrt((left / width) ** 2 + (forward / depth) ** 2)
    second = np.sqrt((left / width**2) ** 2 + (forward / depth**2) ** 2) + 1e-9
    beyond = np.maximum(sections[0, 0] - place, place - sections[-1, 0]) * step
    return np.maximum(first * (first - 1) / second, beyond)


def tilt(angle: float) -> np.ndarray:
    """Return the rotation about y that lowers the front by an angle, radians."""
    return np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0],
                     [np.sin(angle), 0, np.cos(angle)]])


def turn(angle: float) -> np.ndarray:
    """Return the rotation about z that turns to the left by an angle, radians."""
    return np.array([[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0],
                     [0, 0, 1]])

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Which predicted body is which true person in a frame.

Bodies and persons are compared in the image, where a body belongs to a person whatever error its
distance has: the cost of a pair is the mean distance between the keypoints of the body (where it
has none, its projected joints) and the projected true joints, in parts of the diagonal of the true
joints' box. A pair that costs more than GATE is none. As in CLEAR MOT (Bernardin and Stiefelhagen
2008) a pair of the frame before stays one as long as it is allowed; the others are assigned at
least total cost.
"""
from collections.abc import Mapping

import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.evaluation.metrics import mean_of_known
from scipy.optimize import linear_sum_assignment

#: Greatest cost of a pair. A person's box is about 3.5 torsos high: this is nearly a torso.
GATE = 0.25


def costs_of(pixels: np.ndarray, true_pixels: np.ndarray) -> np.ndarray:
    """
    Return the costs (P, N) of pairs, NaN where nothing can be compared.

    Parameters
    ----------
    pixels : (N, L, 2)
        Keypoints of the bodies, px; NaN unknown.
    true_pixels : (P, L, 2)
        Projected joints of the true persons, px; NaN unknown.

    """
    distances = np.linalg.norm(true_pixels[:, None] - pixels[None], axis=-1)  # (P, N, L)
    return mean_of_known(distances, axis=-1) / _diagonals(true_pixels)[:, None]


def match(
    costs: np.ndarray, before: Mapping[int, int] | None = None, gate: float = GATE
) -> dict[int, int]:
    """
    Assign bodies to true persons.

    Parameters
    ----------
    costs : (P, N)
        NaN where a pair is impossible.
    before : mapping, optional
        Person -> body, as last seen.
    gate : float
        Greatest cost of a pair.

    Returns
    -------
    dict
        Person -> body.

    """
    allowed = costs <= gate  # False where NaN
    # a forbidden pair costs more than all allowed ones together, one of before outweighs it
    much = gate * (len(costs) + 1)
    costs = np.where(allowed, costs, much)
    for person, body in (before or {}).items():
        if allowed[person, body]:
            costs[person, body] = -2 * much
    return {int(p): int(n) for p, n in zip(*linear_sum_assignment(costs)) if allowed[p, n]}


def in_picture(pixels: np.ndarray, camera: PinholeCamera) -> np.ndarray:
    """Return which pixels (..., 2) lie in the picture."""
    u, v = pixels[..., 0], pixels[..., 1]
    # pixel centres lie at whole numbers
    return (u >= -0.5) & (u <= camera.width - 0.5) & (v >= -0.5) & (v <= camera.height - 0.5)


def _diagonals(pixels: np.ndarray) -> np.ndarray:
    """Return the diagonals (P,) of the boxes around points (P, L, 2), NaN without points."""
    known = np.isfinite(pixels)
    low = np.where(known, pixels, np.inf).min(1)
    high = np.where(known, pixels, -np.inf).max(1)
    size = np.linalg.norm(np.where(high > low, high - low, 0), axis=-1)
    return np.where(size > 0, size, np.nan)

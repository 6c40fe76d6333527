# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Where the flesh of a body may be: capsules (all points within a radius of a line) for planners.

Radii are for the 95th percentile of the men of ANSUR II (Gordon et al., 2012 Anthropometric Survey
of U.S. Army Personnel, NATICK/TR-15/007), and CLOTHES: round limbs by circumference / 2 pi, the
trunk by hip breadth / 2, shoulders by what bideltoid breadth leaves beyond the joints. Joints of
hands and feet are not known: a sphere with the length of the hand as its radius stands for every
pose of it, one with three quarters of the foot's length for the foot.
"""
from dataclasses import dataclass
from functools import cache

import numpy as np
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import BODY_16, Skeleton

CLOTHES = 0.02  # m, that they add to the radii
#: Name -> joints at both ends (the same twice: a sphere), radius in m; * stands for both sides.
LIMBS = {
    'trunk': ('pelvis', 'neck', 0.20),
    'throat': ('neck', 'head', 0.08),
    'skull': ('head', 'head', 0.15),
    '*shoulder': ('neck', '*shoulder', 0.10),
    '*upper_arm': ('*shoulder', '*elbow', 0.07),
    '*forearm': ('*elbow', '*wrist', 0.06),
    '*hand': ('*wrist', '*wrist', 0.21),
    '*thigh': ('*hip', '*knee', 0.12),
    '*shank': ('*knee', '*ankle', 0.08),
    '*foot': ('*ankle', '*ankle', 0.22),
}
_SIDED = [
    tuple(text.replace('*', side) for text in (name, first, second)) + (radius + CLOTHES,)
    for name, (first, second, radius) in LIMBS.items()
    for side in (('left_', 'right_') if '*' in name else ('',))]
#: Names of the capsules, in the order of the arrays.
CAPSULES = tuple(name for name, *_ in _SIDED)
_RADII = np.array([radius for *_, radius in _SIDED])


@dataclass(frozen=True)
class Capsules:
    """C capsules of one body, in the order of CAPSULES."""

    ends: np.ndarray  # (C, 2, 3) m, camera optical frame; NaN where a joint is unknown
    radii: np.ndarray  # (C,) m, NaN with them


def capsules_of(body: Body, sigmas: float = 2.0, skeleton: Skeleton = BODY_16) -> Capsules:
    """
    Return the capsules of a body.

    Parameters
    ----------
    body : Body
        With joints of the skeleton; its covariance widens the capsules.
    sigmas : float
        How many standard deviations are added to the radii: those of the less certain end, along
        the longest axis of its ellipsoid.
    skeleton : Skeleton
        Of the body's joints.

    Returns
    -------
    Capsules
        One with an unknown joint is NaN, not absent: its limb is somewhere all the same.

    """
    pairs = _ends(skeleton)
    deviations = _longest_deviations(body.covariance)[pairs].max(axis=1)  # NaN stays NaN
    radii = _RADII + sigmas * deviations
    ends = body.joints[pairs].astype(float)
    unknown = ~np.isfinite(ends).all(axis=(1, 2)) | ~np.isfinite(radii)
    ends[unknown], radii[unknown] = np.nan, np.nan
    return Capsules(ends, radii)


def distances(capsules: Capsules, point: np.ndarray) -> np.ndarray:
    """Return how far (C,) a point (3,) is from the surface of each capsule, m; inside < 0."""
    start, axis = capsules.ends[:, 0], capsules.ends[:, 1] - capsules.ends[:, 0]
    length = np.maximum((axis**2).sum(1), 1e-12)  # of a sphere's axis: 0
    part = np.clip(((point - start) * axis).sum(1) / length, 0, 1)
    return np.linalg.norm(point - start - part[:, None] * axis, axis=1) - capsules.radii


@cache
def _ends(skeleton: Skeleton) -> np.ndarray:
    """Return the joints (C, 2) at the ends of the capsules."""
    return np.array([[skeleton.index(first), skeleton.index(second)]
                     for _, first, second, _ in _SIDED])


def _longest_deviations(covariance: np.ndarray) -> np.ndarray:
    """Return the standard deviations (J,) along the longest axes, m; NaN unknown."""
    known = np.isfinite(covariance).all(axis=(1, 2))
    result = np.full(len(covariance), np.nan)
    result[known] = np.sqrt(np.maximum(np.linalg.eigvalsh(covariance[known])[:, -1], 0))
    return result

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Which joints can be what a depth image shows at their keypoints, and which may be hidden.

A keypoint network finds joints also behind a box or another person: on what is seen of the body
beside it, where depth agrees well enough. Two things together tell: such keypoints are less clear
than others of the same body, and something nearer is around them, or around the joint before them
on the limb.
"""
import numpy as np
from pose3d_ros.core.surroundings import Surroundings

#: Score, by that of the body's clearest joint, of joints that are taken for what is seen at their
#: keypoints though something nearer is beside them. Relative, as engines and pictures differ.
CLEAR = 0.8
#: How far keypoints of hidden joints are put beside what hides them, m: rings to look at.
REACH = 0.07, 0.14, 0.21, 0.28
NEARER = 0.4  # m, by which it is nearer than the skin; an own arm mostly is by less
PLACES = 3  # of the rings' where it must be seen: one may be noise
_ANGLES = np.linspace(0, 2 * np.pi, 8, endpoint=False)
_RINGS = np.concatenate([
    radius * np.stack([np.cos(_ANGLES), np.sin(_ANGLES)]) for radius in REACH], axis=1)


def beside(surroundings: Surroundings, distance: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """
    Return which joints (N, J) have something nearer beside them.

    Parameters
    ----------
    surroundings : Surroundings
        Of these joints.
    distance, skin : (N, J)
        Depths of joints and of their skin, m.

    """
    nearer = surroundings.at(_RINGS, 1 / distance) < (skin - NEARER)[..., None]
    return nearer.sum(axis=-1) >= PLACES


def unhidden(seen, nearer, scores, linked) -> np.ndarray:
    """
    Return which of the seen joints nothing nearer can hide.

    Parameters
    ----------
    seen : (N, J) bool
        Joints that lie where the image shows skin.
    nearer : (N, J) bool
        From beside.
    scores : (N, J)
        In [0, 1].
    linked : (L, J) int
        Joints with which each may be hidden or exchanged.

    Returns
    -------
    (N, J) bool
        What hides a knee may hide the ankle, too, and of two legs of which one may be hidden
        nobody knows which is seen: the keypoint of either may be the other's.

    """
    clear = scores >= CLEAR * scores.max(axis=-1, keepdims=True)
    seen = seen & (clear | ~nearer)
    return seen & (seen | ~nearer)[:, linked].all(axis=1)

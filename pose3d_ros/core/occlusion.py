# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Who hides whom: keypoints that lie on somebody nearer in the image.

A heatmap engine finds every keypoint of everybody, also those that another person covers: on that
person. Taken for the hidden person's own they would lead its track away with the other one.
"""
import numpy as np
from pose3d_ros.core import boxes as box

RADIUS = 0.10  # m, half the thickness of a limb with clothes
WIDER = 0.15  # of the keypoints' box, by which its limbs reach farther
NEARER = 0.3  # m, by which somebody must be nearer: distances are not known better


def covered(positions, seen, distances, focal: float, bones) -> np.ndarray:
    """
    Return which keypoints somebody nearer covers.

    Parameters
    ----------
    positions, seen : (N, K, 2), (N, K)
        Keypoints, px, and which of them count.
    distances : (N,)
        Of the persons along the optical axis, m; NaN unknown: covers nobody, is covered by nobody.
    focal : float
        Focal length, px.
    bones : (B, 2) int
        Keypoints between which a body is thick.

    Returns
    -------
    (N, K) bool
        Covered keypoints; also of those that do not count.

    """
    hidden = np.zeros(seen.shape, bool)
    nearer = distances[:, None] + NEARER < distances[None]
    if not nearer.any():
        return hidden
    outlines = box.around(positions, seen, WIDER)
    for front, behind in zip(*np.nonzero(nearer & (box.overlap(outlines, outlines) > 0))):
        known = seen[front][bones].all(axis=1)
        ends = positions[front][bones[known]]
        apart = segment_distances(positions[behind], ends[:, 0], ends[:, 1])
        hidden[behind] |= (apart < RADIUS * focal / distances[front]).any(axis=1)
    return hidden


def segment_distances(points, starts, ends) -> np.ndarray:
    """Return the distances (K, B) of points (K, 2) from segments (B, 2) to (B, 2)."""
    along = ends - starts
    offset = points[:, None] - starts
    share = (offset * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-9)
    return np.linalg.norm(offset - np.clip(share, 0, 1)[..., None] * along, axis=-1)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Persons found twice: boxes of two tracks, or of a track and a detection, may hold one person."""
import numpy as np
from pose3d_ros.core import boxes as box

#: Mean distance of keypoints, in diagonals of the better one's box, below which two are one.
SAME = 0.06


def different(positions, seen, scores) -> np.ndarray:
    """
    Return who of the persons found are different ones: (M,) rows, in their order.

    Parameters
    ----------
    positions, seen, scores : (N, K, 2), (N, K), (N, K)
        Keypoints, px; which count; their scores. Of two that are one the better is kept.

    """
    both = seen[:, None] & seen[None]
    apart = np.hypot(*np.moveaxis(positions[:, None] - positions[None], -1, 0))
    apart = np.where(both, apart, 0).sum(axis=2) / np.maximum(both.sum(axis=2), 1)
    outlines = box.around(positions, seen)
    diagonals = np.hypot(*(outlines[:, 2:] - outlines[:, :2]).T)
    same = both.any(axis=2) & (apart < SAME * diagonals)
    return np.sort(box.best_of_same(same, (scores * seen).sum(axis=1)))

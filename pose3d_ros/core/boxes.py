# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Boxes: (..., 4) left, top, right, bottom in pixels."""
import numpy as np


def area(boxes: np.ndarray) -> np.ndarray:
    """Return the areas (...) in px^2; zero for empty boxes."""
    return _product(boxes[..., 2:] - boxes[..., :2])


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the intersection over union of every box of a (N, 4) with every of b (M, 4)."""
    shared = _shared(a, b)
    union = area(a)[:, None] + area(b)[None] - shared
    return shared / np.maximum(union, 1e-9)


def covered(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the share of every box of a (N, 4) that lies in every of b (M, 4)."""
    return _shared(a, b) / np.maximum(area(a)[:, None], 1e-9)


def _shared(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return _product(high - low)


def _product(sides: np.ndarray) -> np.ndarray:
    """Return the areas (...) of boxes of two sides (..., 2); zero where one is negative."""
    sides = np.maximum(sides, 0)
    return sides[..., 0] * sides[..., 1]


def suppress(boxes: np.ndarray, scores: np.ndarray, max_overlap: float) -> np.ndarray:
    """Return the indices, best first, that are left after greedy non-maximum suppression."""
    return best_of_same(overlap(boxes, boxes) > max_overlap, scores)


def best_of_same(same: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the indices, best first, of what is not the same (N, N) as anything better."""
    kept: list[int] = []
    for index in np.argsort(-scores, kind='stable').tolist():
        if not same[index, kept].any():
            kept.append(index)
    return np.array(kept, int)


def around(points: np.ndarray, seen: np.ndarray, margin: float = 0.0) -> np.ndarray:
    """
    Return the boxes (..., 4) around the seen of points (..., J, 2).

    They are larger by margin times their size on each side; around nothing they are empty.
    """
    low = points.min(axis=-2, where=seen[..., None], initial=np.inf)
    high = points.max(axis=-2, where=seen[..., None], initial=-np.inf)
    grown = margin * np.maximum(high - low, 1)
    return np.concatenate([low - grown, high + grown], axis=-1)

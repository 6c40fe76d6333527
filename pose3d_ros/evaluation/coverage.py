# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How often the truth lies within the ellipsoids that predictions state."""
import numpy as np
from pose3d_ros.core.records import Source
from pose3d_ros.evaluation import metrics
from pose3d_ros.evaluation.pairs import COMPARED

SIGHT = {1: ', visible', 0: ', hidden'}


def coverage_of(
    joints: np.ndarray, true: np.ndarray, covariance: np.ndarray, source: np.ndarray,
    visible: np.ndarray,
) -> dict:
    """
    Return shares of joints within their ellipsoids, of all and by source and visibility.

    Parameters
    ----------
    joints, true, covariance, source, visible : (R, 13, ...)
        As in Pairs.

    """
    deviations = metrics.squared_deviations(joints, true, covariance)
    known = np.isfinite(joints + true).all(-1)
    parts = {
        source_name + sight: _shares(deviations[(source == value) & _same(visible, seen)])
        for value, source_name in _names(source)
        for seen, sight in {np.nan: '', **SIGHT}.items()}
    return {
        'joints': ', '.join(COMPARED),
        'stated': metrics.mean_of_known(np.where(known, np.isfinite(deviations), np.nan)),
        **_shares(deviations),
        'by_source': {name: part for name, part in parts.items() if part['count']},
    }


def _names(source: np.ndarray) -> list[tuple[int, str]]:
    return [(each.value, each.name.lower() if each else 'source not stated')
            for each in Source if (source == each).any()]


def _same(visible: np.ndarray, seen: float) -> np.ndarray:
    return np.isnan(visible) if np.isnan(seen) else visible == seen


def _shares(deviations: np.ndarray) -> dict:
    """Return number of known deviations, shares inside, and NEES: 1 if the covariance is right."""
    known = deviations[np.isfinite(deviations)]
    return {
        'count': known.size,
        'coverage_50': metrics.coverage(known, 0.50),
        'coverage_95': metrics.coverage(known, 0.95),
        'nees': known.mean() / 3 if known.size else np.nan,
    }

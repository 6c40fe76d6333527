# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Figures of a report: what many values amount to, as JSON can hold it."""
import numpy as np


def summary(values: np.ndarray) -> dict[str, float]:
    """Return mean, median and 95th percentile of what is known, NaN where nothing is."""
    known = values[np.isfinite(values)]
    if not known.size:
        return dict.fromkeys(('mean', 'median', 'p95'), np.nan)
    return {'mean': known.mean(), 'median': np.median(known), 'p95': np.percentile(known, 95)}


def plain(value):
    """Return the value for JSON: plain numbers of six digits, None for NaN."""
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    if isinstance(value, (str, list)):
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    return float(f'{float(value):.6g}') if np.isfinite(value) else None

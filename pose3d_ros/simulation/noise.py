# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Noise and patterns at any place, compiled by numba."""
from math import floor, sin

from numba import njit
from pose3d_ros.simulation.looks import BARS, CHECK, CLOUDS, DOTS, STRIPES


@njit(cache=True)
def hash_noise(i, j, k):
    """Return a number in [0, 1) for three whole numbers."""
    value = (i * 73856093) ^ (j * 19349663) ^ (k * 83492791)
    value = (value ^ (value >> 13)) * 1274126177
    return ((value ^ (value >> 16)) & 0xFFFF) / 65536.0


@njit(cache=True)
def smooth_noise(x, y, z):
    """Return smooth noise in [0, 1] that changes over a length of 1."""
    i, j, k = int(floor(x)), int(floor(y)), int(floor(z))
    fx, fy, fz = x - i, y - j, z - k
    total = 0.0
    for a in range(2):
        for b in range(2):
            for c in range(2):
                weight = (fx if a else 1 - fx) * (fy if b else 1 - fy) * (fz if c else 1 - fz)
                total += weight * hash_noise(i + a, j + b, k + c)
    return total


@njit(cache=True)
def pattern_share(pattern, x, y, z, period, phase):
    """Return the share of the second colour at a place on a garment."""
    if pattern == STRIPES:
        return 1.0 if sin(6.2832 * z / period + phase) > 0.1 else 0.0
    if pattern == BARS:
        return 1.0 if sin(6.2832 * y / period + phase) > 0.3 else 0.0
    if pattern == CHECK:
        return 0.5 * (sin(6.2832 * z / period) > 0.2) + 0.5 * (sin(6.2832 * y / period) > 0.2)
    if pattern == DOTS:
        a, b = y / period - floor(y / period) - 0.5, z / period - floor(z / period) - 0.5
        return 1.0 if a * a + b * b < 0.06 else 0.0
    if pattern == CLOUDS:
        return smooth_noise(x / period * 2, y / period * 2, z / period * 2)
    return 0.0

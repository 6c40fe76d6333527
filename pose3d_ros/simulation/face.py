# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The colour of each place on a face, compiled by numba: cheeks, beard, eyes, mouth."""
from math import exp, sqrt

from numba import njit
from pose3d_ros.simulation.looks import COLUMNS

HAIR, IRIS, BEARD, LIPS = (COLUMNS[name] for name in ('hair', 'iris', 'beard', 'lips'))


@njit(cache=True)
def paint_face(colour, looks, p, x, y, z, px):
    """Paint a face; x, y, z: from the middle of the ears, 1.70 m tall."""
    side = abs(y)
    if x < 0.03:
        return
    paint_cheeks(colour, looks, p, side, z)
    paint_eyes(colour, looks, p, side, z, px)
    lips = (y / 0.026) ** 2 + ((z + 0.062) / 0.0085) ** 2
    if lips < 1.0:
        line = 0.55 if abs(z + 0.0615) < 0.0018 else 1.0
        for c in range(3):
            colour[c] = looks[p, LIPS + c] * line
    if (side - 0.008) ** 2 + (z + 0.030) ** 2 < 0.000022:  # a nostril
        darken(colour, 0.45)


@njit(cache=True)
def paint_cheeks(colour, looks, p, side, z):
    """Paint a flush, and a beard around the mouth."""
    flush = exp(-((side - 0.042) ** 2 + (z + 0.025) ** 2) / 0.0006)
    colour[1] *= 1 - 0.10 * flush
    colour[2] *= 1 - 0.10 * flush
    mouth = (z + 0.058) ** 2 / 0.0002 + side * side / 0.0006
    if looks[p, BEARD] > 0 and z < -0.032 and side < 0.07 and mouth > 1:
        cover(colour, looks, p, HAIR, 1.0, looks[p, BEARD] * 0.8)


@njit(cache=True)
def paint_eyes(colour, looks, p, side, z, px):
    """Paint an eye with its lid and its brow."""
    eye = ((side - 0.0325) / 0.016) ** 2 + ((z - 0.026) / 0.0064) ** 2
    lid = ((side - 0.0325) / 0.021) ** 2 + ((z - 0.029) / 0.0125) ** 2
    arch = 28 * (side - 0.034) ** 2
    brow = ((side - 0.034) / 0.021) ** 2 + ((z - 0.047 + arch) / 0.0042) ** 2
    if brow < 1.0 + max(px, 0.0015) * 100:
        cover(colour, looks, p, HAIR, 0.8, 0.75)
    if lid < 1.0:
        darken(colour, 0.62)
    if eye < 1.0:
        iris = sqrt((side - 0.0325) ** 2 + (z - 0.0265) ** 2)
        for c in range(3):
            colour[c] = 0.78 if iris > 0.0068 else (looks[p, IRIS + c] if iris > 0.003 else 0.03)


@njit(cache=True)
def darken(colour, factor):
    """Multiply a colour with a factor."""
    for c in range(3):
        colour[c] *= factor


@njit(cache=True)
def cover(colour, looks, p, column, factor, share):
    """Cover a share of a colour with another one of the person's, times a factor."""
    for c in range(3):
        colour[c] += share * (looks[p, column + c] * factor - colour[c])

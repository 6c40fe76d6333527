# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The colour of each place on a person, compiled by numba: face, hair, skin and clothes."""
from math import exp, floor, sqrt

from numba import njit
from pose3d_ros.simulation.looks import COLUMNS
from pose3d_ros.simulation.noise import pattern_share, smooth_noise

SKIN, HAIR, SHIRT, SHIRT_2, TROUSERS, TROUSERS_2, SHOES, IRIS = (
    COLUMNS[name] for name in ('skin', 'hair', 'shirt', 'shirt_second', 'trousers',
                               'trousers_second', 'shoes', 'iris'))
SHIRT_PATTERN, TROUSERS_PATTERN, PERIOD, BEARD, FOLDS, PHASE, HEAD, SCALE, LIPS = (
    COLUMNS[name] for name in ('shirt_pattern', 'trousers_pattern', 'period', 'beard', 'folds',
                               'phase', 'head', 'scale', 'lips'))


@njit(cache=True)
def paint_face(colour, looks, p, x, y, z, px):
    """Paint eyes, brows, mouth and beard; x, y, z: from the middle of the ears, 1.70 m tall."""
    side = abs(y)
    if x < 0.03:
        return
    flush = exp(-((side - 0.042) ** 2 + (z + 0.025) ** 2) / 0.0006)
    colour[1] *= 1 - 0.10 * flush
    colour[2] *= 1 - 0.10 * flush
    beard = looks[p, BEARD]
    mouth = (z + 0.058) ** 2 / 0.0002 + y * y / 0.0006
    if beard > 0 and z < -0.032 and side < 0.07 and mouth > 1:
        for c in range(3):
            colour[c] += beard * 0.8 * (looks[p, HAIR + c] - colour[c])
    soft = max(px, 0.0015)
    eye = ((side - 0.0325) / 0.016) ** 2 + ((z - 0.026) / 0.0064) ** 2
    lid = ((side - 0.0325) / 0.021) ** 2 + ((z - 0.029) / 0.0125) ** 2
    arch = 28 * (side - 0.034) ** 2
    brow = ((side - 0.034) / 0.021) ** 2 + ((z - 0.047 + arch) / 0.0042) ** 2
    shade = 1.0
    if lid < 1.0:
        shade = 0.62
    if brow < 1.0 + soft * 100:
        for c in range(3):
            colour[c] += 0.75 * (looks[p, HAIR + c] * 0.8 - colour[c])
    for c in range(3):
        colour[c] *= shade
    if eye < 1.0:
        iris = sqrt((side - 0.0325) ** 2 + (z - 0.0265) ** 2)
        for c in range(3):
            colour[c] = 0.78 if iris > 0.0068 else (looks[p, IRIS + c] if iris > 0.003 else 0.03)
    lips = (y / 0.026) ** 2 + ((z + 0.062) / 0.0085) ** 2
    if lips < 1.0:
        line = 0.55 if abs(z + 0.0615) < 0.0018 else 1.0
        for c in range(3):
            colour[c] = looks[p, LIPS + c] * line
    if (side - 0.008) ** 2 + (z + 0.030) ** 2 < 0.000022:
        for c in range(3):
            colour[c] *= 0.45


@njit(cache=True)
def paint_trunk(colour, x, y, z):
    """Shade a bare trunk; x, y, z: from the middle of the ears, 1.70 m tall."""
    side, shade = abs(y), 1.0
    if x > 0:
        chest = z + 0.40 - 0.25 * (side - 0.07) ** 2 / 0.07
        shade -= 0.22 * exp(-chest * chest / 0.0003) * (side < 0.14)
        shade -= 0.10 * exp(-y * y / 0.00006) * (z < -0.24)
        if (side - 0.098) ** 2 + (z + 0.365) ** 2 < 0.00016 or y * y + (z + 0.60) ** 2 < 0.00006:
            shade *= 0.62
    else:
        shade -= 0.22 * exp(-y * y / 0.00016)
        blade = (side - 0.085) ** 2 / 0.0009 + (z + 0.34) ** 2 / 0.006
        shade += 0.10 * exp(-blade) - 0.12 * exp(-abs(blade - 2.2) * 4)
    for c in range(3):
        colour[c] *= shade


@njit(cache=True)
def body_colour(colour, looks, p, layers, place, px):
    """Write the colour of a place on a person; return the layer (0 hair to 3 shoes, 4 skin)."""
    x, y, z = place
    layer, first, second, share = 4, SKIN, SKIN, 0.0
    period = looks[p, PERIOD]
    if layers[0] > 0:
        layer, first, second = 0, HAIR, HAIR
    elif layers[1] > 0:
        layer, first, second = 1, SHIRT, SHIRT_2
        pattern = int(looks[p, SHIRT_PATTERN])
        if pattern == 6:  # a print on the chest
            a, b = y / 0.10, (z - looks[p, HEAD + 2] + 0.36) / 0.11
            if x > 0 and abs(a) < 1 and abs(b) < 1:
                inked = smooth_noise(a * 2.5 + looks[p, PHASE], b * 2.5, 1.0) > 0.45
                share = 1.0 if inked else 0.0
        else:
            share = pattern_share(pattern, x, y, z, period, looks[p, PHASE])
    elif layers[2] > 0:
        layer, first, second = 2, TROUSERS, TROUSERS_2
        pattern = int(looks[p, TROUSERS_PATTERN])
        share = 0.6 * pattern_share(pattern, x, y, z, period, looks[p, PHASE])
    elif layers[3] > 0:
        layer, first, second = 3, SHOES, SHOES
    for c in range(3):
        colour[c] = looks[p, first + c] + share * (looks[p, second + c] - looks[p, first + c])
    grain = smooth_noise(x * 60, y * 60, z * 60) - 0.5
    if layer == 0:
        grain = 1.6 * (smooth_noise(x * 160, y * 160, z * 25) - 0.5)
    elif layer == 3 and z < 0.018:  # the sole
        for c in range(3):
            colour[c] = 0.75 if looks[p, PHASE] > 4 else 0.12
    for c in range(3):
        colour[c] *= 1 + 0.16 * grain
    if layer == 4:
        scale = looks[p, SCALE]
        hz = (z - looks[p, HEAD + 2]) / scale
        if hz > -0.13:
            paint_face(colour, looks, p, (x - looks[p, HEAD]) / scale, y / scale, hz, px)
        elif hz > -0.66 and abs(y) < 0.15 * scale and hz < -0.19:
            paint_trunk(colour, x, y / scale, hz)
        elif hz < -0.86 and z > 0.5 * scale:  # between the fingers
            gap = (x / scale + 0.002) / 0.0185
            if abs(gap - floor(gap + 0.5)) < 0.12:
                for c in range(3):
                    colour[c] *= 0.72
    return layer

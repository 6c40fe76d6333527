# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The colour of each place on a person, compiled by numba: hair, clothes and skin."""
from math import exp, floor

from numba import njit
from pose3d_ros.simulation.face import darken, paint_face
from pose3d_ros.simulation.looks import COLUMNS, PRINT
from pose3d_ros.simulation.noise import pattern_share, smooth_noise

SKIN, HAIR, SHIRT, SHIRT_2, TROUSERS, TROUSERS_2, SHOES = (
    COLUMNS[name] for name in ('skin', 'hair', 'shirt', 'shirt_second', 'trousers',
                               'trousers_second', 'shoes'))
SHIRT_PATTERN, TROUSERS_PATTERN, PERIOD, FOLDS, PHASE, HEAD, SCALE = (
    COLUMNS[name] for name in ('shirt_pattern', 'trousers_pattern', 'period', 'folds', 'phase',
                               'head', 'scale'))
IS_HAIR, IS_SHIRT, IS_TROUSERS, IS_SHOES, IS_SKIN = range(5)  # see LAYERS of parts.py


@njit(cache=True)
def body_colour(colour, looks, p, layers, place, px):
    """Write the colour of a place on a person; return which layer is seen there."""
    layer = IS_SKIN
    for covering in range(4):
        if layers[covering] > 0:
            layer = covering
            break
    first, second, share = cloth(looks, p, layer, place)
    for c in range(3):
        colour[c] = looks[p, first + c] + share * (looks[p, second + c] - looks[p, first + c])
    paint_grain(colour, looks, p, layer, place)
    if layer == IS_SKIN:
        paint_skin(colour, looks, p, place, px)
    return layer


@njit(cache=True)
def cloth(looks, p, layer, place):
    """Return the columns of a layer's two colours, and the share of the second at a place."""
    x, y, z = place
    if layer == IS_HAIR:
        return HAIR, HAIR, 0.0
    if layer == IS_SHIRT:
        return SHIRT, SHIRT_2, shirt_share(looks, p, x, y, z)
    if layer == IS_TROUSERS:
        pattern = int(looks[p, TROUSERS_PATTERN])
        share = pattern_share(pattern, x, y, z, looks[p, PERIOD], looks[p, PHASE])
        return TROUSERS, TROUSERS_2, 0.6 * share
    return (SHOES, SHOES, 0.0) if layer == IS_SHOES else (SKIN, SKIN, 0.0)


@njit(cache=True)
def shirt_share(looks, p, x, y, z):
    """Return the share of the second colour at a place on a shirt."""
    pattern = int(looks[p, SHIRT_PATTERN])
    if pattern != PRINT:
        return pattern_share(pattern, x, y, z, looks[p, PERIOD], looks[p, PHASE])
    a, b = y / 0.10, (z - looks[p, HEAD + 2] + 0.36) / 0.11  # on the chest
    if x > 0 and abs(a) < 1 and abs(b) < 1:
        return 1.0 if smooth_noise(a * 2.5 + looks[p, PHASE], b * 2.5, 1.0) > 0.45 else 0.0
    return 0.0


@njit(cache=True)
def paint_grain(colour, looks, p, layer, place):
    """Paint strands of hair, the weave of cloth, the sole of a shoe."""
    x, y, z = place
    grain = smooth_noise(x * 60, y * 60, z * 60) - 0.5
    if layer == IS_HAIR:
        grain = 1.6 * (smooth_noise(x * 160, y * 160, z * 25) - 0.5)
    elif layer == IS_SHOES and z < 0.018:
        for c in range(3):
            colour[c] = 0.75 if looks[p, PHASE] > 4 else 0.12
    darken(colour, 1 + 0.16 * grain)


@njit(cache=True)
def paint_skin(colour, looks, p, place, px):
    """Paint what bare skin shows: the face, the trunk, or gaps between the fingers."""
    x, y, z = place
    scale = looks[p, SCALE]
    up = (z - looks[p, HEAD + 2]) / scale  # from the middle of the ears, 1.70 m tall
    if up > -0.13:
        paint_face(colour, looks, p, (x - looks[p, HEAD]) / scale, y / scale, up, px)
    elif up > -0.66 and abs(y) < 0.15 * scale and up < -0.19:
        paint_trunk(colour, x, y / scale, up)
    elif up < -0.86 and z > 0.5 * scale:
        gap = (x / scale + 0.002) / 0.0185
        if abs(gap - floor(gap + 0.5)) < 0.12:
            darken(colour, 0.72)


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
    darken(colour, shade)

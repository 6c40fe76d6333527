# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Colours and patterns of a person, as the row of numbers that the shading reads."""
import colorsys
from itertools import accumulate

import numpy as np

PLAIN, STRIPES, BARS, CHECK, DOTS, CLOUDS, PRINT = range(7)
#: What a person's row holds, and how many numbers each takes; colours are RGB in [0, 1], as
#: displayed.
WIDTHS = {
    'skin': 3, 'hair': 3, 'shirt': 3, 'shirt_second': 3, 'trousers': 3, 'trousers_second': 3,
    'shoes': 3, 'iris': 3, 'shirt_pattern': 1, 'trousers_pattern': 1, 'period': 1, 'beard': 1,
    'folds': 1, 'phase': 1, 'head': 3, 'scale': 1, 'lips': 3}
COLUMNS = dict(zip(WIDTHS, accumulate(WIDTHS.values(), initial=0)))  # where each begins


def make_looks(rng: np.random.Generator, head: np.ndarray, scale: float,
               beard: bool = False, cap: bool = False) -> np.ndarray:
    """
    Return random looks.

    Parameters
    ----------
    rng : Generator
        Where chance comes from.
    head : (3,)
        Middle of the ears in the body frame, m: where the face is painted.
    scale : float
        Size of the person against one of 1.70 m.
    beard : bool
        Whether the person may have one.
    cap : bool
        Whether the hair is a cap of any colour.

    Returns
    -------
    (C,) float32
        See WIDTHS.

    """
    values = {**_colours(rng, cap), **_manner(rng, beard), 'head': head, 'scale': scale}
    return np.concatenate([np.atleast_1d(values[name]) for name in WIDTHS]).astype(np.float32)


def _colours(rng, cap: bool) -> dict:
    skin = _skin(rng)
    colours = {'skin': skin, 'lips': skin * [0.86, 0.66, 0.66],
               'hair': _cloth(rng) if cap else _hair(rng)}
    for name in ('shirt', 'trousers'):
        first = _cloth(rng, dark=name == 'trousers')
        second = (np.clip(first * rng.uniform(0.6, 1.3), 0, 1) if rng.random() < 0.4
                  else _cloth(rng))
        colours |= {name: first, f'{name}_second': second}
    colours['shoes'] = _cloth(rng, dark=rng.random() < 0.6)
    colours['iris'] = colorsys.hsv_to_rgb(
        rng.choice([0.07, 0.09, 0.3, 0.58]), 0.5, rng.uniform(0.15, 0.5))
    return colours


def _manner(rng, beard: bool) -> dict:
    """Return how colours are spread."""
    return {
        'shirt_pattern': rng.choice(7, p=[0.42, 0.12, 0.06, 0.1, 0.05, 0.11, 0.14]),
        'trousers_pattern': rng.choice([PLAIN, CLOUDS, BARS, CHECK], p=[0.6, 0.3, 0.05, 0.05]),
        'period': rng.uniform(0.025, 0.12),
        'beard': rng.uniform(0.2, 0.9) if beard and rng.random() < 0.4 else 0,
        'folds': rng.uniform(0.1, 0.45),
        'phase': rng.uniform(0, 6.28)}


def _skin(rng) -> np.ndarray:
    tone = rng.random()  # from pale to dark
    stops = np.array([[0.96, 0.82, 0.73], [0.91, 0.73, 0.61], [0.80, 0.60, 0.46],
                      [0.62, 0.43, 0.31], [0.42, 0.28, 0.21], [0.28, 0.19, 0.15]])
    skin = np.array([np.interp(tone * 5, range(6), stops[:, i]) for i in range(3)])
    return np.clip(skin * rng.normal(1, 0.03, 3), 0, 1)


def _hair(rng) -> np.ndarray:
    stops = np.array([[0.06, 0.05, 0.05], [0.17, 0.11, 0.07], [0.33, 0.2, 0.11], [0.6, 0.45, 0.25],
                      [0.78, 0.66, 0.45], [0.5, 0.2, 0.08], [0.65, 0.64, 0.62]])
    share = rng.choice(7, p=[0.3, 0.27, 0.15, 0.09, 0.06, 0.05, 0.08])
    return np.clip(stops[share] * rng.uniform(0.8, 1.2), 0, 1)


def _cloth(rng, dark: bool = False) -> np.ndarray:
    kind = rng.random()
    if kind < 0.35:  # greys, black, white
        colour = np.full(3, rng.uniform(0.06, 0.35 if dark else 0.95)) + rng.normal(0, 0.015, 3)
    elif kind < 0.5 and dark:  # jeans
        colour = np.array([0.18, 0.25, 0.38]) * rng.uniform(0.5, 1.8)
    else:
        colour = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.15, 0.95),
                                     rng.uniform(0.12, 0.5 if dark else 0.95))
    return np.clip(colour, 0.02, 0.98)

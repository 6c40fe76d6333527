# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Colours and patterns of a person, as the row of numbers that the shading reads."""
import colorsys

import numpy as np

PATTERNS = ('plain', 'stripes', 'bars', 'check', 'dots', 'noise', 'print')
#: Columns of a person's row: colours take three (RGB in [0, 1], as displayed).
COLUMNS = {
    name: place for place, name in zip(
        (0, 3, 6, 9, 12, 15, 18, 21, 24, 25, 26, 27, 28, 29, 30, 33, 34, 37),
        ('skin', 'hair', 'shirt', 'shirt_second', 'trousers', 'trousers_second', 'shoes', 'iris',
         'shirt_pattern', 'trousers_pattern', 'period', 'beard', 'folds', 'phase', 'head',
         'scale', 'lips', 'gloves'))
}
COUNT = 40


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
    (COUNT,) float32
        See COLUMNS.

    """
    row = np.zeros(COUNT, np.float32)

    def put(name, value):
        value = np.atleast_1d(value)
        row[COLUMNS[name]:COLUMNS[name] + len(value)] = value

    skin = _skin(rng)
    put('skin', skin)
    put('lips', skin * [0.86, 0.66, 0.66])
    put('hair', _cloth(rng) if cap else _hair(rng))
    for name in ('shirt', 'trousers'):
        first = _cloth(rng, dark=name == 'trousers')
        put(name, first)
        put(f'{name}_second', np.clip(first * rng.uniform(0.6, 1.3), 0, 1)
            if rng.random() < 0.4 else _cloth(rng))
    put('shoes', _cloth(rng, dark=rng.random() < 0.6))
    put('iris', colorsys.hsv_to_rgb(rng.choice([0.07, 0.09, 0.3, 0.58]), 0.5,
                                    rng.uniform(0.15, 0.5)))
    put('shirt_pattern', rng.choice(7, p=[0.42, 0.12, 0.06, 0.1, 0.05, 0.11, 0.14]))
    put('trousers_pattern', rng.choice([0, 5, 2, 3], p=[0.6, 0.3, 0.05, 0.05]))
    put('period', rng.uniform(0.025, 0.12))
    put('beard', rng.uniform(0.2, 0.9) if beard and rng.random() < 0.4 else 0)
    put('folds', rng.uniform(0.1, 0.45))
    put('phase', rng.uniform(0, 6.28))
    put('head', head)
    put('scale', scale)
    return row


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

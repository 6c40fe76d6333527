# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Left and right that a network took for each other."""
import numpy as np
from pose3d_ros.core.sides import exchanged

MIRRORED = np.array([0, 2, 1])  # a middle joint, a left and a right one


def told(straight, crossed):
    return exchanged(np.array([straight], float), np.array([crossed], float), MIRRORED)[0].tolist()


def test_a_pair_that_fits_only_crossed_is_exchanged():
    assert told([100, 20, 20], [100, 1, 2]) == [False, True, True]


def test_a_pair_that_fits_as_it_is_stays():
    assert told([0, 5, 5], [0, 0, 0]) == [False, False, False]


def test_a_pair_that_fits_neither_way_stays():
    assert told([0, 50, 50], [0, 40, 10]) == [False, False, False]


def test_the_unknown_are_never_exchanged():
    assert told([0, np.nan, 50], [0, 1, 1]) == [False, False, False]
    assert told([0, 50, 50], [0, np.nan, 1]) == [False, False, False]

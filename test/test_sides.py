# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Left and right that a network took for each other."""
import numpy as np
from pose3d_ros.core.sides import Sides
from pose3d_ros.core.skeleton import Skeleton
import pytest

POINTS = 'nose', 'left_ankle', 'right_ankle', 'left_wrist', 'right_wrist'
SIDES = Sides(Skeleton('test', POINTS, ()))


def told(straight, crossed):
    return SIDES.exchanged(np.array([straight], float), np.array([crossed], float))[0].tolist()


def test_a_pair_that_fits_only_crossed_is_exchanged():
    assert told([500, 20, 20, 1, 1], [500, 1, 2, 9, 9]) == [False, True, True, False, False]
    assert told([0, 0, 0, 90, 20], [0, 0, 0, 2, 3]) == [False, False, False, True, True]


def test_legs_are_asked_sooner_than_arms():
    assert told([0, 6, 5, 6, 5], [0, 1, 1, 1, 1]) == [False, True, True, False, False]


def test_a_pair_that_fits_as_it_is_stays():
    assert told([0, 4, 5, 40, 40], [0, 0, 0, 0, 0]) == [False] * 5


def test_a_pair_that_fits_neither_way_stays():
    assert told([0, 50, 50, 90, 90], [0, 40, 10, 40, 40]) == [False] * 5


def test_the_unknown_are_never_exchanged():
    assert told([0, np.nan, 50, 90, 90], [0, 1, 1, np.nan, 1]) == [False] * 5


@pytest.mark.parametrize('distance, asked', [
    ([999, 4, 4, 49, 49], True), ([9, 4, 4, 49, 49], False), ([9, 6, 1, 1, 1], True),
    ([np.nan] * 5, False)])
def test_pairs_are_asked_only_when_one_may_be_far(distance, asked):
    assert SIDES.in_doubt(np.array([distance])) is asked

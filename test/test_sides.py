# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Left and right that a network took for each other."""
import numpy as np
from pose3d_ros.core import sides
from pose3d_ros.core.records import Joints, Keypoints, Source
from pose3d_ros.core.sides import ImageSides, SpaceSides, TRUST
from pose3d_ros.core.skeleton import BODY_16, Skeleton
import pytest

POINTS = 'nose', 'left_ankle', 'right_ankle', 'left_wrist', 'right_wrist'
SKELETON = Skeleton('test', POINTS, ())
SPACE, IMAGE = SpaceSides(SKELETON), ImageSides(SKELETON)
#: Where a person is expected, px.
EXPECTED = np.array([[[50, 10], [60, 90], [40, 90], [70, 50], [30, 50]]], float)


def told(straight, crossed, order=0):
    straight, crossed = np.array([straight], float), np.array([crossed], float)
    return SPACE.exchanged(straight, crossed, np.array([order]))[0].tolist()


def test_legs_that_fit_only_crossed_are_exchanged():
    assert told([500, 20, 20, 1, 1], [500, 1, 2, 9, 9]) == [False, True, True, False, False]
    assert told([0, 6, 5, 1, 1], [0, 1, 1, 1, 1]) == [False, True, True, False, False]


def test_arms_are_never_asked_in_space():
    assert told([0, 0, 0, 90, 90], [0, 0, 0, 2, 3]) == [False] * 5


def test_a_pair_that_fits_as_it_is_stays():
    assert told([0, 4, 5, 40, 40], [0, 0, 0, 0, 0]) == [False] * 5


def test_a_pair_that_fits_neither_way_stays():
    assert told([0, 50, 50, 90, 90], [0, 40, 10, 40, 40]) == [False] * 5


def test_knees_tell_whether_legs_are_exchanged():
    assert told([0, 2, 2, 9, 9], [0, 1, 1, 1, 1], -1) == [False, True, True, False, False]
    assert told([0, 1, 1, 9, 9], [0, 2, 2, 1, 1], -1) == [False] * 5
    assert told([0, 50, 50, 9, 9], [0, 1, 1, 1, 1], 1) == [False] * 5


@pytest.mark.parametrize('left, right, source, order', [
    (0.1, -0.1, Source.MEASURED, 1), (-0.1, 0.1, Source.MEASURED, -1),
    (0.02, 0, Source.MEASURED, 0), (-0.02, 0, Source.MEASURED, 0),
    (-0.04, 0, Source.MEASURED, -1), (-0.1, 0.1, Source.LIFTED, 0),
    (np.nan, np.nan, Source.MEASURED, 0)])
def test_the_order_of_knees_by_hand(left, right, source, order):
    """Somebody seen from the right side: left is farther away, wherever knees are across that."""
    joints = np.zeros((1, len(BODY_16), 3))
    for name, depth in (('hip', 0.1), ('shoulder', 0.2)):
        joints[0, BODY_16.index(f'left_{name}'), 2] = depth
        joints[0, BODY_16.index(f'right_{name}'), 2] = -depth
    joints[0, BODY_16.index('left_knee')] = -0.4, 0.5, left
    joints[0, BODY_16.index('right_knee')] = 0.4, 0.5, right
    shape = joints.shape[:2]
    found = Joints(joints, np.zeros((*shape, 3, 3)), np.ones(shape), np.full(shape, source))
    assert SpaceSides(BODY_16).order(found).tolist() == [order]


def test_the_unknown_are_never_exchanged():
    assert told([0, np.nan, 50, 90, 90], [0, 1, 1, np.nan, 1]) == [False] * 5


@pytest.mark.parametrize('distance, asked', [
    ([999, 4, 4, 49, 49], False), ([9, 6, 1, 1, 1], True),
    ([np.nan] * 5, False)])
def test_pairs_are_asked_only_when_one_may_be_far(distance, asked):
    assert SPACE.in_doubt(np.array([distance])) is asked


def votes(found, seen=(True,) * 5):
    return IMAGE.votes(EXPECTED, np.array([found], float), np.array([seen]))[0].tolist()


def test_votes_by_hand():
    assert votes(EXPECTED[0]) == [0, 0, 0, 1, 1]  # one side only; legs are asked in space
    assert votes(EXPECTED[0, IMAGE.other]) == [0, 0, 0, -1, -1]
    # each 10 px off, 30 px crossed: squares differ by more than CLEAR; 14 and 26 px do not
    assert votes([*EXPECTED[0, :3], [60, 50], [40, 50]]) == [0, 0, 0, 1, 1]
    assert votes([*EXPECTED[0, :3], [56, 50], [44, 50]]) == [0] * 5


def test_half_a_pair_does_not_vote():
    assert votes(EXPECTED[0], [True, True, True, True, False]) == [0] * 5


def test_trust_grows_and_is_used_up():
    vote = np.array([[1, 1, -1, 0, -1]])
    before = np.array([[0, TRUST, 0.3, 0.3, 0.05]])
    assert np.allclose(sides.trust(before, vote, 0.1), [[0.1, TRUST, 0.2, 0, 0]])


def test_exchanging_twice_changes_nothing():
    rng = np.random.default_rng(3)
    found = Keypoints(rng.random((2, 5, 2)), rng.random((2, 5)), rng.random((2, 5, 2, 2)))
    which = np.array([[False, True, True, False, False], [False] * 5])
    once = found.exchanged(which, IMAGE.other)
    assert (once.positions[0, 1] == found.positions[0, 2]).all()
    assert once.scores[0, 2] == found.scores[0, 1] and (once.spread[1] == found.spread[1]).all()
    again = once.exchanged(which, IMAGE.other)
    assert all((getattr(again, name) == getattr(found, name)).all() for name in vars(found))

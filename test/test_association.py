# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a pair of an expected and a found person costs."""
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
from pose3d_ros.core.association import (
    FLOOR,
    keypoint_similarity,
    least_cost,
    LIMIT,
    pairs_of,
    spatial_costs,
    undisputed,
    within_reach,
)
from pose3d_ros.core.filtering import Estimate
from pose3d_ros.core.kalman import JITTER
from pose3d_ros.core.records import Joints
import pytest

ONE = np.ones((1, 1), bool)


def expected_at(*places, variance=0.0):
    """Return one joint of each of the tracks."""
    places = np.reshape(places, (-1, 1, 3)).astype(float)
    covariance = np.tile(variance * np.eye(3), (len(places), 1, 1, 1))
    ids = tuple(f'p{i}' for i in range(len(places)))
    known = np.isfinite(places).all(axis=-1)
    whole = np.zeros((len(places), 1, 9, 9))
    whole[..., :3, :3] = covariance
    return Estimate(ids, known, places, np.zeros_like(places), covariance, whole)


def found_at(*places, variance=0.0):
    places = np.reshape(places, (-1, 1, 3)).astype(float)
    covariance = np.tile(variance * np.eye(3), (len(places), 1, 1, 1))
    ones = np.ones((len(places), 1))
    return Joints(places, covariance, ones, ones.astype(np.uint8))


def test_spatial_costs_by_hand():
    # one joint, 0.1 m off, variance 0.01 - FLOOR^2 - JITTER * 0.02 + ...: 0.01 in all
    distance, cost = spatial_costs(
        expected_at([0, 0, 4], variance=0.01 - FLOOR**2 - JITTER * 0.02),
        found_at([0.1, 0, 4], [0, 0, 4], [0, 3, 4], variance=0.02), np.ones((1, 3), bool))
    np.testing.assert_allclose(distance, [[1, 0, LIMIT]], atol=1e-9)
    np.testing.assert_allclose(cost, [[0.5, 0, LIMIT / 2]], atol=1e-9)


def test_who_may_be_anywhere_does_not_win():
    # twice as far in standard deviations, but the other one may be anywhere
    sure, vague = (spatial_costs(expected_at([0, 0, 4], variance=v), found_at(place), ONE)[1][0, 0]
                   for v, place in ((0.0025, [0.08, 0, 4]), (0.25, [0.2, 0, 4])))
    assert sure < vague


def test_unknown_joints_say_nothing():
    distance, cost = spatial_costs(expected_at([np.nan] * 3), found_at([0, 0, 4]), ONE)
    assert np.isnan(distance).all() and (cost == 0).all()
    assert pairs_of(distance, cost, np.array([[0.9]])) == [(0, 0)]
    assert pairs_of(distance, cost, np.array([[0.5]])) == []


def test_keypoint_similarity_by_hand():
    points = np.zeros((1, 2, 2))
    moved = points + [[[20.0, 0]], [[40.0, 0]]]  # one and two standard deviations of a 100 px box
    seen = np.ones((1, 2), bool)
    found_seen = np.array([[True, True], [True, False]])
    similarity = keypoint_similarity(points, seen, moved, found_seen, np.array([100.0**2]))
    np.testing.assert_allclose(similarity, [[np.exp(-0.5), np.exp(-2)]])
    assert keypoint_similarity(points, ~seen, moved, found_seen, np.array([1.0])).max() == 0


def test_keypoints_alone_tell_who_is_like_nobody_else():
    similarity = np.array([[0.9, 0.05, 0, 0], [0, 0.9, 0.2, 0], [0, 0, 0, 0.3]])
    assert np.argwhere(undisputed(similarity)).tolist() == [[0, 0]]
    assert undisputed(np.zeros((0, 2))).shape == (0, 2)


def test_how_far_the_hidden_can_be():
    hidden, away = np.array([[0, 0, 4.0], [np.nan] * 3]), np.array([0.1, 0.1])
    found = np.array([[0.9, 0, 4], [0.3, 0, 4]])
    # 0.3 m, and 1.5 m/s for 0.1 s
    np.testing.assert_allclose(within_reach(hidden, found, away)[0], [2, 2 / 3])
    assert not (within_reach(hidden, found, away)[1] < 1).any()
    assert within_reach(hidden[:0], found, away[:0]).shape == (0, 2)


def test_who_walks_off_is_as_near_as_their_steps_are_long():
    expected, found = expected_at([0, 0, 4], variance=0.0084), found_at([0.1, 0, 4])
    at_once, next_frame = (spatial_costs(expected, found, ONE, dt)[0][0, 0] for dt in (0.0, 0.1))
    assert (at_once, next_frame) == (pytest.approx(1), pytest.approx(0.5))


def test_a_forbidden_pair_is_none_even_if_another_is_dearer_for_it():
    cost = np.array([[1.0, 2.0], [-5.0, 9.0]])
    assert least_cost(cost, np.ones((2, 2), bool)) == [(0, 1), (1, 0)]
    assert least_cost(cost, np.array([[True, False], [True, False]])) == [(1, 0)]


@given(hnp.arrays(float, (3, 4), elements=st.floats(-50, 50)),
       hnp.arrays(bool, (3, 4)))
def test_pairs_are_allowed_and_each_is_taken_once(cost, allowed):
    pairs = least_cost(cost, allowed)
    assert all(allowed[pair] for pair in pairs)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    # as many as can be: whoever is left alone has nobody left who is allowed
    rows = set(range(3)) - {row for row, _ in pairs}
    columns = set(range(4)) - {column for _, column in pairs}
    assert not any(allowed[row, column] for row in rows for column in columns)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Vectors, least turns, and rotations as quaternions."""
from human_fixtures import turned
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core.rotations import cross, least_turn, quaternions, rotation_matrix, unit
import pytest

quick = settings(deadline=None, max_examples=50)
angles = st.one_of(
    st.floats(-np.pi, np.pi), st.sampled_from([0, 1e-9, np.pi / 2, np.pi - 1e-9, np.pi, -np.pi]))
directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(
    lambda v: np.linalg.norm(v) > 0.1).map(np.array)
X, Y, Z = np.eye(3)


@quick
@given(directions, directions)
def test_cross_is_that_of_numpy(first, second):
    np.testing.assert_allclose(cross(first, second), np.cross(first, second))


def test_least_turn_by_hand():
    np.testing.assert_allclose(least_turn(Y, X, Y), -X)  # a quarter turn about z
    np.testing.assert_allclose(least_turn(Z, X, Y), Z)
    np.testing.assert_allclose(least_turn(Y, X, -X), Y)  # of all half turns none is the least


@quick
@given(directions, directions, directions)
def test_what_is_across_stays_across_after_the_least_turn(start, end, other):
    start, end = unit(start), unit(end)
    if np.linalg.norm(start + end) < 1e-3 or np.linalg.norm(np.cross(start, other)) < 1e-3:
        return
    turned_with = least_turn(unit(np.cross(start, other)), start, end)
    np.testing.assert_allclose([turned_with @ end, np.linalg.norm(turned_with)], [0, 1], atol=1e-9)


@pytest.mark.parametrize('axis, angle, expected', [
    ((1, 0, 0), 0, (0, 0, 0, 1)),
    ((1, 0, 0), np.pi / 2, (np.sqrt(0.5), 0, 0, np.sqrt(0.5))),
    ((0, 0, 1), -np.pi / 3, (0, 0, -0.5, np.sqrt(0.75))),
])
def test_quaternions_by_hand(axis, angle, expected):
    np.testing.assert_allclose(quaternions(turned(axis, angle)), expected, atol=1e-12)
    np.testing.assert_allclose(rotation_matrix(*expected), turned(axis, angle), atol=1e-12)


@quick
@given(directions, angles)
def test_rotations_to_quaternions_and_back(axis, angle):
    rotation = turned(axis, angle)
    q = quaternions(np.array([[rotation]]))[0, 0]
    np.testing.assert_allclose(np.linalg.norm(q), 1)
    assert q[3] >= 0
    np.testing.assert_allclose(rotation_matrix(*q), rotation, atol=1e-7)


@given(st.lists(st.floats(-1, 1), min_size=4, max_size=4).filter(
    lambda q: np.linalg.norm(q) > 0.1))
def test_the_matrix_of_a_quaternion_of_any_length_is_a_rotation(q):
    rotation = rotation_matrix(*q)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(rotation) > 0

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a body stands, and rotations as quaternions."""
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core.orientation import body_rotation, quaternion
from pose3d_ros.core.skeleton import BODY_16
import pytest

quick = settings(deadline=None, max_examples=50)
angles = st.one_of(
    st.floats(-np.pi, np.pi), st.sampled_from([0, 1e-9, np.pi / 2, np.pi - 1e-9, np.pi, -np.pi]))
directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)


def turned(axis, angle):
    """Return the rotation matrix of a rotation about an axis (Rodrigues)."""
    x, y, z = np.asarray(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def matrix(q):
    """Return the rotation matrix of a quaternion x, y, z, w."""
    x, y, z, w = q
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ])


def person(**places):
    """Return joints (J, 3): a person 3 m away who faces the camera; places by name."""
    standing = {'pelvis': (0, 0, 3), 'neck': (0, -0.5, 3),
                'left_hip': (0.1, 0, 3), 'right_hip': (-0.1, 0, 3)} | places
    joints = np.full((len(BODY_16), 3), np.nan)
    for name, place in standing.items():
        joints[BODY_16.index(name)] = place
    return joints


@pytest.mark.parametrize('axis, angle, expected', [
    ((1, 0, 0), 0, (0, 0, 0, 1)),
    ((1, 0, 0), np.pi / 2, (np.sqrt(0.5), 0, 0, np.sqrt(0.5))),
    ((0, 0, 1), -np.pi / 3, (0, 0, -0.5, np.sqrt(0.75))),
])
def test_quaternions_by_hand(axis, angle, expected):
    np.testing.assert_allclose(quaternion(turned(axis, angle)), expected, atol=1e-12)


@quick
@given(directions, angles)
def test_rotations_to_quaternions_and_back(axis, angle):
    rotation = turned(axis, angle)
    q = quaternion(rotation)
    np.testing.assert_allclose(np.linalg.norm(q), 1)
    assert q[3] >= 0
    np.testing.assert_allclose(matrix(q), rotation, atol=1e-7)


def test_facing_the_camera_by_hand():
    # chest towards the camera (-z), their left is the image's right (x), head up (-y)
    np.testing.assert_allclose(
        body_rotation(person(), BODY_16), [[0, 1, 0], [0, 0, -1], [-1, 0, 0]], atol=1e-12)


@quick
@given(directions, angles)
def test_the_rotation_turns_with_the_body(axis, angle):
    turn = turned(axis, angle)
    before = body_rotation(person(), BODY_16)
    after = body_rotation(person() @ turn.T, BODY_16)
    np.testing.assert_allclose(after, turn @ before, atol=1e-9)
    assert np.linalg.det(after) > 0


def test_the_head_decides_where_up_is_and_hips_may_lean():
    rotation = body_rotation(person(left_hip=(0.1, 0.05, 3)), BODY_16)
    np.testing.assert_allclose(rotation[:, 2], [0, -1, 0], atol=1e-12)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)


@pytest.mark.parametrize('places', [
    {'neck': (np.nan,) * 3},
    {'left_hip': (0.1, np.nan, 3)},
    {'pelvis': (np.nan,) * 3},
    {'neck': (0.5, 0, 3)},  # hips and trunk on one line
    {'neck': (0.5, -0.04, 3)},  # nearly so
    {'neck': (0, 0, 3)},
    {'left_hip': (-0.1, 0, 3)},
])
def test_no_orientation_where_there_is_none(places):
    assert body_rotation(person(**places), BODY_16) is None

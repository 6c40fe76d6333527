# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Beside something nearer, only clear keypoints are taken for what is seen there."""
import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.occluders import beside, unhidden
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.core.surface import SkinModel
from pose3d_ros.core.surroundings import GRID, Surroundings, Windows
import pytest

CAMERA = PinholeCamera(640, 480, [[500, 0, 320], [0, 500, 240], [0, 0, 1]])
JOINT = np.array([[[0.0, 0.0, 2.5]]])  # in the middle of the image; 200 px are 1 m there
SKIN = np.array([[2.45]])


def with_something(at, distance):
    """Return a depth image of a wall behind, and something from a column on."""
    depth = np.full((480, 640), 4.0, np.float32)
    depth[:, at:] = distance
    return Surroundings(depth, CAMERA, JOINT)


@pytest.mark.parametrize(('at', 'distance', 'found'), [
    (340, 2.0, True),  # 10 cm beside the joint, 45 cm before its skin
    (340, 2.1, False),  # 35 cm before it: may be its own arm
    (340, 2.6, False),  # behind it
    (385, 2.0, False),  # 32 cm beside it
    (340, np.nan, False)])
def test_something_nearer_beside_a_joint_by_hand(at, distance, found):
    assert beside(with_something(at, distance), JOINT[..., 2], SKIN) == [[found]]


def test_one_pixel_of_noise_is_nothing():
    depth = np.full((480, 640), 4.0, np.float32)
    depth[240, 320 + 14] = 1.0  # 7 cm
    assert not beside(Surroundings(depth, CAMERA, JOINT), JOINT[..., 2], SKIN)


def test_beside_something_nearer_scores_are_compared_with_the_clearest():
    linked = np.arange(4)[None]
    scores = np.array([[0.9, 0.73, 0.71, 0.71]])  # the third and fourth: below 0.8 of the first
    nearer = np.array([[True, True, True, False]])
    seen = unhidden(np.ones((1, 4), bool), nearer, scores, linked)
    np.testing.assert_array_equal(seen, [[True, True, False, True]])
    np.testing.assert_array_equal(  # half the scores, as of another engine: the same
        unhidden(np.ones((1, 4), bool), nearer, scores / 2, linked), seen)


def test_what_hides_the_knee_hides_the_ankle():
    knee, ankle, other = (BODY_16.index(n) for n in ('left_knee', 'left_ankle', 'right_ankle'))
    linked = SkinModel(BODY_16).linked[:1]
    seen, nearer = np.ones((2, 16), bool), np.zeros((2, 16), bool)
    seen[:, knee] = False
    nearer[0, knee] = True  # the second person's knee is not seen for another reason
    taken = unhidden(seen, nearer, np.ones((2, 16)), linked)
    np.testing.assert_array_equal(taken[:, ankle], [False, True])
    assert taken[:, other].all() and not taken[:, knee].any()


def test_what_may_hide_a_leg_leaves_it_open_which_is_seen():
    left, right = ([BODY_16.index(f'{side}_{name}') for name in ('knee', 'ankle')]
                   for side in ('left', 'right'))
    seen, nearer = np.ones((2, 16), bool), np.zeros((2, 16), bool)
    seen[:, left] = False
    nearer[0, left] = True  # the second person's left leg is not seen for another reason
    taken = unhidden(seen, nearer, np.ones((2, 16)), SkinModel(BODY_16).linked)
    np.testing.assert_array_equal(taken[:, right], [[False, False], [True, True]])
    assert taken.sum(axis=1).tolist() == [12, 14]


def test_beyond_the_image_and_of_unknown_bodies_nothing_is_known():
    joints = np.array([[[9.0, 0, 2.5], [np.nan] * 3]])
    around = Surroundings(np.ones((480, 640), np.float32), CAMERA, joints)
    assert np.isnan(around.at(GRID, 0.1 / joints[..., 2])).all()
    assert not beside(around, joints[..., 2], joints[..., 2]).any()


def test_a_window_by_hand():
    """Ten depths of an edge before, fifteen of the skin: the edge is too much of it."""
    depths = np.array([[[2.0] * 10 + [2.4] * 7 + [2.5] * 8, [2.0, 2.5, 2.6] + [np.nan] * 22]])
    windows = Windows(depths)
    np.testing.assert_array_equal(windows.median(), [[2.4, 2.5]])
    near, there = windows.median_between(np.full((1, 2), 2.25), np.full((1, 2), 2.65))
    np.testing.assert_array_equal(near, [[2.5, 2.5]])
    np.testing.assert_array_equal(there, [[False, False]])

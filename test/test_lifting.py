# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Lifting in the virtual camera of each person."""
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core.lifting import hide_unseen, lift, rotate_rays, virtual_from_camera
import pytest

quick = settings(deadline=None, max_examples=40)
slope = st.floats(-3, 3)
some_rays = st.lists(st.tuples(slope, slope), min_size=1, max_size=9).map(
    lambda rays: np.array([rays], float))


class Echo:
    """A lifter that puts each joint 2 m away on the keypoint's ray; keeps what it was given."""

    def __call__(self, keypoints, scores, gravity):
        self.keypoints, self.scores, self.gravity = keypoints, scores, gravity
        joints = np.concatenate([keypoints[:, 0], np.ones_like(keypoints[:, 0, :, :1])], axis=-1)
        return {'joints': 2 * joints, 'sigma': np.full(joints.shape[:2], 0.1, np.float32)}


def test_rotation_by_hand():
    # a person at 45 degrees to the right: the virtual camera turns about the y axis
    rotation = virtual_from_camera(np.array([[[1, 0.0]]]), np.ones((1, 1)))[0]
    root = np.sqrt(0.5)
    expected = [[root, 0, -root], [0, 1, 0], [root, 0, root]]
    np.testing.assert_allclose(rotation, expected, atol=1e-12)


def test_a_person_in_the_middle_is_seen_by_the_camera_itself():
    rays = np.array([[[-0.1, 0.2], [0.1, -0.2]]])
    np.testing.assert_allclose(virtual_from_camera(rays, np.ones((1, 2)))[0], np.eye(3))


@quick
@given(some_rays)
def test_rotations_are_proper_and_bring_the_middle_onto_the_axis(rays):
    rotation = virtual_from_camera(rays, np.ones(rays.shape[:2]))[0]
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) > 0
    x, y, z = rotation @ [*rays[0].mean(axis=0), 1]
    np.testing.assert_allclose([x, y], 0, atol=1e-12)
    assert z > 0
    # the smallest such rotation: its axis lies in the image plane
    np.testing.assert_allclose(rotation[0, 1], rotation[1, 0], atol=1e-12)


def test_the_unseen_do_not_turn_the_camera():
    rays = np.array([[[0.4, 0.1], [9, 9], [0.2, 0.3]]])
    scores = np.array([[0.5, 0, 0.9]])
    np.testing.assert_allclose(
        virtual_from_camera(rays, scores),
        virtual_from_camera(rays[:, [0, 2]], np.ones((1, 2))))
    np.testing.assert_allclose(virtual_from_camera(rays, np.zeros((1, 3)))[0], np.eye(3))


def test_turned_rays_by_hand():
    rotation = virtual_from_camera(np.array([[[1, 0.0]]]), np.ones((1, 1)))
    turned = rotate_rays(rotation, np.array([[[1, 0], [0, 0], [1, 0.5]]]))
    np.testing.assert_allclose(turned, [[[0, 0], [-1, 0], [0, 0.5 / np.sqrt(2)]]], atol=1e-12)


@quick
@given(some_rays)
def test_turning_rays_there_and_back(rays):
    rotation = virtual_from_camera(rays[:, :1], np.ones((1, 1)))
    turned = rotate_rays(rotation, rays)
    back = rotate_rays(rotation.transpose(0, 2, 1), turned)
    ahead = np.isfinite(turned).all(axis=-1)
    np.testing.assert_allclose(back[ahead], rays[ahead], atol=1e-6)


def test_what_is_behind_the_virtual_camera_is_unknown():
    rotation = virtual_from_camera(np.array([[[5, 0.0]]]), np.ones((1, 1)))
    turned = rotate_rays(rotation, np.array([[[-5, 0], [0.5, 0.0]]]))
    assert np.isnan(turned[0, 0]).all() and np.isfinite(turned[0, 1]).all()


def test_hide_unseen():
    rays = np.array([[[1, 2], [3, 4], [np.nan, 1], [5, np.inf], [7, 8], [9, 9.0]]])
    scores = np.array([[0.3, 0.29, 0.9, 0.9, np.nan, 0]])
    shown, kept = hide_unseen(rays, scores, 0.3)
    np.testing.assert_array_equal(shown, [[[1, 2], *[[0, 0]] * 5]])
    np.testing.assert_array_equal(kept, [[0.3, 0, 0, 0, 0, 0]])
    np.testing.assert_array_equal(hide_unseen(rays, scores, 0)[1], [[0.3, 0.29, 0, 0, 0, 0]])
    assert scores[0, 2] == 0.9  # the arguments stay as they were


@quick
@given(some_rays)
def test_joints_come_back_in_the_axes_of_the_camera(rays):
    engine = Echo()
    joints, covariance = lift(engine, rays, np.ones(rays.shape[:2]), None)
    seen = engine.scores[:, 0] > 0  # the others lie behind the virtual camera
    np.testing.assert_allclose(
        joints[seen][:, :2] / joints[seen][:, 2:], rays[seen], rtol=1e-4, atol=1e-4)
    assert joints.dtype == covariance.dtype == float
    np.testing.assert_allclose(covariance, np.broadcast_to(0.01 * np.eye(3), covariance.shape),
                               rtol=1e-6, atol=1e-9)


def test_sigma_along_the_axis_turns_with_the_virtual_camera():
    engine = Echo()

    def with_depth(**inputs):
        out = engine(**inputs)
        return out | {'depth_sigma': 3 * out['sigma']}

    _, covariance = lift(with_depth, np.array([[[1.0, 0]]]), np.ones((1, 1)), None)
    axis = np.array([1, 0, 1]) / np.sqrt(2)
    assert axis @ covariance[0, 0] @ axis == pytest.approx(0.09)
    across = np.array([1, 0, -1]) / np.sqrt(2)
    assert across @ covariance[0, 0] @ across == pytest.approx(0.01)
    assert covariance[0, 0, 1, 1] == pytest.approx(0.01)


def test_frames_before_are_turned_into_the_present_virtual_camera():
    engine = Echo()
    past = np.array([[[[0.0, 0]], [[1, 0]]]]), np.array([[[0.7], [0]]])
    lift(engine, np.array([[[1.0, 0]]]), np.ones((1, 1)), None, past)
    assert engine.keypoints.shape == (1, 3, 1, 2)  # oldest first
    np.testing.assert_allclose(engine.keypoints[0, :, 0], [[-1, 0], [0, 0], [0, 0]], atol=1e-6)
    np.testing.assert_allclose(engine.scores[0, :, 0], [0.7, 0, 1])


def test_engines_get_what_their_contract_says():
    engine = Echo()
    rays, scores = np.array([[[0.4, 0], [0, 0], [0.6, 0]]] * 2), np.array([[0.5, 0, 1]] * 2)
    lift(engine, rays, scores, None)
    for array, shape in ((engine.keypoints, (2, 1, 3, 2)), (engine.scores, (2, 1, 3)),
                         (engine.gravity, (2, 3))):
        assert array.dtype == np.float32 and array.shape == shape
    np.testing.assert_array_equal(engine.keypoints[:, 0, 1], 0)  # not seen
    np.testing.assert_array_equal(engine.scores[0, 0], [0.5, 0, 1])
    np.testing.assert_array_equal(engine.gravity, 0)  # unknown


def test_gravity_is_turned_along():
    engine = Echo()
    down = np.array([0.6, 0.8, 0])
    rays = np.array([[[1, 0.0]], [[0, 0]]])
    lift(engine, rays, np.ones((2, 1)), down)
    np.testing.assert_allclose(engine.gravity[0], [0.6 * np.sqrt(0.5), 0.8, 0.6 * np.sqrt(0.5)],
                               rtol=1e-6)
    np.testing.assert_allclose(engine.gravity[1], down, rtol=1e-6)


def test_a_keypoint_behind_the_virtual_camera_is_not_given_to_the_engine():
    engine = Echo()
    rays = np.array([[[5, 0], [6, 0], [5, 0], [-4, 0.0]]])
    joints, _ = lift(engine, rays, np.ones((1, 4)), None)
    np.testing.assert_array_equal(engine.scores[0, 0], [1, 1, 1, 0])
    np.testing.assert_array_equal(engine.keypoints[0, 0, 3], [0, 0])
    assert np.isfinite(joints).all()


@pytest.mark.parametrize('count', [0, 1, 3])
def test_any_number_of_persons(count):
    joints, covariance = lift(Echo(), np.zeros((count, 5, 2)), np.zeros((count, 5)), None)
    assert joints.shape == (count, 5, 3) and covariance.shape == (count, 5, 3, 3)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which keypoints show which joint, and how well."""
from dataclasses import replace

import numpy as np
from pose3d_ros.core.observation import joint_weights, observe_joints
from pose3d_ros.core.skeleton import BODY_16, COCO_17

WEIGHTS = joint_weights(COCO_17, BODY_16)
NOBODY = np.zeros((0, 17, 2)), np.zeros((0, 17, 2, 2)), np.zeros((0, 17))


def observed(**changed):
    """Return rays, covariance and scores by joint; changed: (ray, variance, score) by keypoint."""
    rays, scores = np.zeros((1, 17, 2)), np.ones((1, 17))
    covariance = np.tile(np.eye(2), (1, 17, 1, 1))
    for name, (ray, variance, score) in changed.items():
        at = COCO_17.index(name)
        rays[0, at], covariance[0, at], scores[0, at] = ray, np.eye(2) * variance, score
    result = observe_joints(WEIGHTS, rays, covariance, scores)
    return {name: tuple(array[0, at] for array in result)
            for at, name in enumerate(BODY_16.points)}


def test_weights_are_shares():
    np.testing.assert_allclose(WEIGHTS.sum(axis=1), 1)
    row = WEIGHTS[BODY_16.index('pelvis')]
    assert row[COCO_17.index('left_hip')] == row[COCO_17.index('right_hip')] == 0.5
    assert WEIGHTS[BODY_16.index('nose'), COCO_17.index('nose')] == 1
    assert not WEIGHTS[:, COCO_17.index('left_eye')].any()


def test_a_joint_that_no_keypoint_shows_has_no_weights():
    earless = replace(COCO_17, points=tuple(p for p in COCO_17.points if p != 'left_ear'))
    weights = joint_weights(earless, BODY_16)
    assert not weights[BODY_16.index('head')].any()
    _, _, scores = observe_joints(
        weights, np.zeros((1, 16, 2)), np.zeros((1, 16, 2, 2)), np.ones((1, 16)))
    assert scores[0, BODY_16.index('head')] == 0 and scores.sum() == 15


def test_a_middle_by_hand():
    joints = observed(left_hip=([0.2, 0], 4, 0.9), right_hip=([0.4, 0.2], 2, 0.5))
    ray, covariance, score = joints['pelvis']
    np.testing.assert_allclose(ray, [0.3, 0.1])
    np.testing.assert_allclose(covariance, np.eye(2) * (4 + 2) / 4)
    assert score == 0.5
    np.testing.assert_allclose(joints['left_hip'][0], [0.2, 0])
    np.testing.assert_allclose(joints['left_hip'][1], np.eye(2) * 4)
    assert joints['left_hip'][2] == 0.9


def test_a_middle_is_unseen_when_either_side_is():
    assert observed(left_hip=([0, 0], 1, 0))['pelvis'][2] == 0
    assert observed(left_hip=([0, 0], 1, 0))['right_hip'][2] == 1


def test_the_unseen_may_be_anything_and_spoils_nothing_else():
    joints = observed(left_eye=([np.nan] * 2, np.nan, 0), left_wrist=([np.inf] * 2, np.nan, 0))
    for name, (ray, covariance, score) in joints.items():
        assert np.isfinite(ray).all() and np.isfinite(covariance).all()
        assert score == (name != 'left_wrist')


def test_nobody():
    rays, covariance, scores = observe_joints(WEIGHTS, *NOBODY)
    assert rays.shape == (0, 16, 2) and covariance.shape == (0, 16, 2, 2)
    assert scores.shape == (0, 16)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The size of people from the floor below them: by hand, round, and refused."""
import cv2
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core.fitting import fit_root
from pose3d_ros.core.floor import ANKLE, Floor
from pose3d_ros.core.skeleton import BODY_16
import pytest
from standing import balls, observations, POSE

FLOOR = Floor(BODY_16)
DOWN = np.array([0.0, 1, 0])  # a level camera
FEET = [BODY_16.index('left_ankle'), BODY_16.index('right_ankle')]
KNEES = [BODY_16.index('left_knee'), BODY_16.index('right_knee')]


def on_floor(height, away, scale, pose=POSE, aside=0.0, raised=0.0):
    """Return the joints (1, J, 3) of a person below a level camera; feet above the floor."""
    root = [aside, height - raised - scale * (pose[FEET, 1].max() + ANKLE), away]
    return (scale * pose + root)[None]


def asked(joints, height, relative=POSE, down=DOWN, scores=1.0, px=0.5):
    """Return what the floor says of one person, lifted as `relative`, assumed of scale 1."""
    shape = joints.shape[:2]
    relative, covariance = np.broadcast_to(relative, joints.shape), balls(0.03, shape)
    rays, ray_cov = observations(joints, px)
    scores = np.broadcast_to(scores, shape)
    fit = fit_root(relative, covariance, rays, ray_cov, scores > 0, 1.0, 0.06)
    scale, sigma = FLOOR.scale(fit, relative, covariance, rays, ray_cov, scores, down, height)
    return scale[0], sigma[0]


def test_a_tall_person_by_hand():
    # scale 1.1: ankles 1.1 * 0.085 above the floor, pelvis 1.1 * 0.85 higher; camera at 1.5 m.
    # For scale 1 the same picture is at 4 / 1.1 m, ankles 1.4065 / 1.1 below the camera:
    # 1.5 / (1.27864 + 0.085) = 1.1
    joints = POSE * 1.1 + [0, 1.5 - 1.1 * (0.85 + 0.085), 4]
    scale, sigma = asked(joints[None], 1.5)
    assert scale == pytest.approx(1.1, abs=1e-3)
    # m: 2.5 cm of ankles, 1 cm of the camera; 0.3 degrees at 3.6 m; 3 cm of the ankle's depth and
    # half a pixel are as good as nothing, slope 0.35: together 3.5 cm of 1.364 m
    assert sigma == pytest.approx(1.1 * 0.035 / 1.364, rel=0.1)


@settings(deadline=None, max_examples=40)
@given(st.floats(0.8, 3), st.floats(2, 6), st.floats(-1.5, 1.5), st.floats(0.8, 1.2),
       st.floats(-0.3, 0.9), st.floats(-0.3, 0.3))
def test_people_of_every_size_come_back_whatever_the_camera_s_tilt(
        height, away, aside, scale, tilt, roll):
    turn = cv2.Rodrigues(np.array([0, 0, roll]))[0] @ cv2.Rodrigues(np.array([tilt, 0, 0]))[0]
    joints = on_floor(height, away, scale, aside=aside) @ turn.T
    if joints[..., 2].min() < 0.5:
        return
    found, sigma = asked(joints, height, POSE @ turn.T, turn @ DOWN)
    assert found == pytest.approx(scale, rel=0.01)
    assert 0 < sigma < 0.15


def test_what_is_not_sure_of_the_camera_counts_more_far_away_and_low():
    sigmas = [asked(on_floor(height, away, 1.0), height)[1]
              for height, away in ((2.0, 2), (2.0, 5), (0.5, 5))]
    assert sigmas[0] < sigmas[1] < sigmas[2]
    assert sigmas[2] > 0.06  # no better than knowing nothing


def test_the_lower_foot_is_the_one_on_the_floor():
    walking = POSE.copy()
    walking[FEET[1]] += [0, -0.15, -0.1]
    joints = on_floor(1.5, 4, 0.9, walking)
    assert asked(joints, 1.5, walking)[0] == pytest.approx(0.9, abs=1e-3)


@pytest.mark.parametrize('which', ['sitting', 'lying', 'upside down', 'a foot unseen',
                                   'a foot guessed', 'beside the floor'])
def test_who_does_not_stand_says_nothing(which):
    pose, height, scores = POSE.copy(), 1.5, np.ones((1, len(POSE)))
    if which == 'sitting':
        pose[KNEES] = [[0.12, 0.02, -0.42], [-0.12, 0.02, -0.42]]
        pose[FEET] = [[0.12, 0.44, -0.42], [-0.12, 0.44, -0.42]]
    elif which == 'lying':
        pose = pose[:, [1, 0, 2]]
    elif which == 'upside down':
        pose = pose * [1, -1, 1]
    elif which == 'beside the floor':  # the camera lies on it
        height = 0.05
    else:
        scores[0, FEET[1]] = 0 if which == 'a foot unseen' else 0.4
    result = asked(on_floor(height, 4, 1.0, pose), height, pose, scores=scores)
    assert np.isnan(result).all()


def test_on_a_box_people_look_larger():
    # nothing in the picture tells; core/scale.py does not believe it
    scale, _ = asked(on_floor(1.5, 4, 1.0, raised=0.4), 1.5)
    assert scale == pytest.approx(1.5 / 1.1, rel=0.01)


def test_nobody():
    rays, ray_cov = observations(np.ones((0, 16, 3)))
    relative, covariance = np.zeros((0, 16, 3)), np.zeros((0, 16, 3, 3))
    fit = fit_root(relative, covariance, rays, ray_cov, np.zeros((0, 16), bool), 1.0, 0.06)
    scores = np.zeros((0, 16))
    for values in FLOOR.scale(fit, relative, covariance, rays, ray_cov, scores, DOWN, 1.0):
        assert values.shape == (0,)

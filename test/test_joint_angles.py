# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Joint angles of human_description."""
from human_fixtures import FACING, person, TREE, turned
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core.joint_angles import joint_angles, JOINT_NAMES
from pose3d_ros.core.orientation import Orientation
from pose3d_ros.core.skeleton import BODY_16
import pytest

quick = settings(deadline=None, max_examples=100)
HALF = np.pi / 2
COVARIANCE = np.broadcast_to(1e-4 * np.eye(3), (1, 16, 3, 3))


def angles_of(joints):
    """Return the angles by name, rad, of joints (16, 3) alone."""
    rotations = Orientation(BODY_16).update(['p1'], joints[None], COVARIANCE)
    return dict(zip(JOINT_NAMES, joint_angles(rotations, BODY_16)[0]))


def test_names_are_those_of_the_tree():
    assert set(JOINT_NAMES) == set(TREE) and len(JOINT_NAMES) == 20


@pytest.mark.parametrize('places, expected', [
    ({}, {}),
    # T-pose: arms straight aside
    ({'left_elbow': (0.46, -0.5, 3), 'left_wrist': (0.71, -0.5, 3),
      'right_elbow': (-0.46, -0.5, 3), 'right_wrist': (-0.71, -0.5, 3)},
     {'l_p_shoulder': HALF, 'r_p_shoulder': HALF}),
    # the left hand up in front of its shoulder: a right angle at the elbow, to the camera
    ({'left_wrist': (0.18, -0.22, 2.75)}, {'l_elbow': HALF}),
    # sitting: thighs to the camera, shanks down
    ({'left_knee': (0.1, 0, 2.58), 'left_ankle': (0.1, 0.4, 2.58),
      'right_knee': (-0.1, 0, 2.58), 'right_ankle': (-0.1, 0.4, 2.58)},
     {'l_r_hip': HALF, 'l_knee': -HALF, 'r_r_hip': HALF, 'r_knee': -HALF}),
    # looking to their left, which is the image's right
    ({'nose': (0.12, -0.68, 3)}, {'y_head': HALF}),
    # looking up by 45 degrees
    ({'nose': (0, -0.7 + (-0.12 + 0.02) / np.sqrt(2), 3 - (0.12 + 0.02) / np.sqrt(2))},
     {'p_head': HALF / 2}),
    # the left leg apart, then the right one
    ({'left_knee': (0.1 + 0.42, 0, 3), 'left_ankle': (0.1 + 0.82, 0, 3)}, {'l_p_hip': HALF}),
    ({'right_knee': (-0.52, 0, 3), 'right_ankle': (-0.92, 0, 3)}, {'r_p_hip': HALF}),
])
def test_by_hand(places, expected):
    """Facing the camera: their left is the image's right (x), y is down, z away from it."""
    joints = person()[0]
    for name, place in places.items():
        joints[BODY_16.index(name)] = place
    found = angles_of(joints)
    for name in JOINT_NAMES:
        assert found[name] == pytest.approx(expected.get(name, 0), abs=1e-6), name


def test_arms_forward():
    """Straight to the camera: ahead by a quarter, then raised by a quarter, on both sides."""
    joints = person()[0]
    for side, x in (('left', 0.18), ('right', -0.18)):
        joints[BODY_16.index(f'{side}_elbow')] = (x, -0.5, 2.72)
        joints[BODY_16.index(f'{side}_wrist')] = (x, -0.5, 2.47)
    found = angles_of(joints)
    for side in 'lr':
        assert found[f'{side}_y_shoulder'] == pytest.approx(HALF, abs=1e-6)
        assert found[f'{side}_p_shoulder'] == pytest.approx(HALF, abs=1e-6)
        assert found[f'{side}_elbow'] == pytest.approx(0, abs=1e-6)


def test_arm_behind_keeps_within_the_limits():
    """Swung back: ahead by a quarter and raised by less than nothing, not the other way."""
    pose = {'l_y_shoulder': HALF, 'l_p_shoulder': -0.3, 'l_r_shoulder': HALF, 'l_elbow': 0.5}
    found = angles_of(person(pose)[0])
    for name, angle in pose.items():
        assert found[name] == pytest.approx(angle, abs=1e-6)


#: Where angles are unique: arms neither hang nor point up, hinges bend, nothing is at its pole.
RANGES = {
    'y_shoulder': (-1.0, 1.8), 'p_shoulder': (0.45, 2.9), 'r_shoulder': (-1.6, 1.4),
    'elbow': (0.4, 2.5), 'y_hip': (-0.6, 0.6), 'p_hip': (-0.4, 1.2), 'r_hip': (-0.5, 1.9),
    'knee': (-2.5, -0.4)}
poses = st.fixed_dictionaries(
    {f'{side}_{name}': st.floats(*ends) for name, ends in RANGES.items() for side in 'lr'}
    | {name: st.floats(-1, 1) for name in ('r_head', 'y_head', 'p_head')})
directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)


@quick
@given(poses, directions, st.floats(-np.pi, np.pi))
def test_from_angles_to_joints_and_back(pose, axis, angle):
    found = angles_of(person(pose, turned(axis, angle), (0.5, -0.2, 4))[0])
    for name, expected in pose.items():
        assert found[name] == pytest.approx(expected, abs=1e-6), name
    assert found['waist'] == 0


def test_a_turning_person_keeps_its_angles():
    """360 degrees before the camera in steps of 5: no angle of a fixed pose changes."""
    pose = {'l_y_shoulder': 0.6, 'l_p_shoulder': 1.2, 'l_r_shoulder': 0.3, 'l_elbow': 1.0,
            'r_p_shoulder': 0.8, 'l_r_hip': 0.4, 'l_knee': -0.8, 'r_p_hip': 0.2, 'y_head': 0.5}
    orientation = Orientation(BODY_16)  # one for all frames: remembers the straight limbs
    for yaw in np.radians(np.arange(0, 361, 5)):
        joints, _ = person(pose, turned([0, -1, 0], yaw) @ FACING)
        angles = joint_angles(orientation.update(['p1'], joints[None], COVARIANCE), BODY_16)[0]
        for name, angle in zip(JOINT_NAMES, angles):
            assert angle == pytest.approx(pose.get(name, 0), abs=1e-6), (name, yaw)


@quick
@given(st.lists(st.floats(-3, 3), min_size=20, max_size=20))
def test_angles_give_the_same_pose_whichever_they_are(values):
    """Also beyond the limits, where other angles than the given ones say the same."""
    joints, expected = person(dict(zip(JOINT_NAMES, values)) | {
        'waist': 0, 'l_elbow': 1.0, 'r_elbow': 2.0, 'l_knee': -1.0, 'r_knee': -2.0})
    _, again = person(angles_of(joints))
    np.testing.assert_allclose(again, expected, atol=1e-6)


def test_unknown_is_nan():
    joints = person()[0]
    joints[BODY_16.index('left_wrist')] = np.nan
    unknown = {name for name, angle in angles_of(joints).items() if np.isnan(angle)}
    assert unknown == {'l_elbow'}
    joints[BODY_16.index('neck')] = np.nan
    assert np.isnan(list(angles_of(joints).values())).all()
    joints = person()[0]
    joints[BODY_16.index('nose')] = np.nan
    unknown = {name for name, angle in angles_of(joints).items() if np.isnan(angle)}
    assert unknown == {'r_head', 'y_head', 'p_head'}


def test_nobody():
    assert joint_angles(np.zeros((0, 16, 3, 3)), BODY_16).shape == (0, 20)

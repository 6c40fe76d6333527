# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TF frames of bodies and joints."""
from human_fixtures import person, turned
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn
from message_fixtures import body, header, joints
import numpy as np
from pose3d_ros.core.records import Source
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.messages import frames_of, static_transform, transforms_at
import pytest

FRAMES = {  # REP-155
    'left_hip': 'l_hip', 'left_knee': 'l_knee', 'left_ankle': 'l_ankle', 'right_hip': 'r_hip',
    'right_knee': 'r_knee', 'right_ankle': 'r_ankle', 'neck': 'torso',
    'left_shoulder': 'l_shoulder', 'left_elbow': 'l_elbow', 'left_wrist': 'l_wrist',
    'right_shoulder': 'r_shoulder', 'right_elbow': 'r_elbow', 'right_wrist': 'r_wrist',
    'head': 'head', 'nose': 'nose'}
QUARTER = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])


def matrix(transform) -> np.ndarray:
    """Return a transform as parent_from_child (4, 4), by the formula of quaternions."""
    q, t = transform.rotation, transform.translation
    x, y, z, w = q.x, q.y, q.z, q.w
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), t.x],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x), t.y],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y), t.z],
        [0, 0, 0, 1]])


def frames(*people) -> dict:
    """Return the transforms by child frame."""
    transforms = transforms_at(header('lens'), *frames_of(list(people), BODY_16)).transforms
    assert len({each.child_frame_id for each in transforms}) == len(transforms)
    return {each.child_frame_id: each for each in transforms}


def test_tree():
    tree = frames(body('p7'), body('p8'))
    assert tree['body_p7'].header.frame_id == tree['body_p8'].header.frame_id == 'lens'
    assert set(tree) == {
        f'{name}_{person}' for name in ['body', *FRAMES.values()] for person in ('p7', 'p8')}
    for name, each in tree.items():
        assert each.header.stamp == header().stamp
        if not name.startswith('body_'):
            assert each.header.frame_id == f"body_{name.rpartition('_')[2]}"


def test_axes_of_the_body():
    """Upright, looking at the camera: x comes at us, y to our right, z goes up."""
    pose = matrix(frames(body())['body_p7'].transform)
    np.testing.assert_allclose(
        pose, [[0, 1, 0, 0], [0, 0, -1, 0], [-1, 0, 0, 3], [0, 0, 0, 1]], atol=1e-8)


@pytest.mark.parametrize('rotation', [
    np.eye(3), QUARTER, turned([0, 1, 0], np.pi), turned([1, 2, 3], 2.0),
    turned([-3, 1, 0.2], 3.1)])
def test_joints_are_where_the_camera_sees_them(rotation):
    moved = (joints() - [0, 0, 3]) @ rotation.T + [0.4, -0.3, 2.5]
    tree = frames(body(joints=moved))
    camera_from_body = matrix(tree['body_p7'].transform)
    np.testing.assert_allclose(
        camera_from_body[:3, 3], moved[BODY_16.index('pelvis')], atol=1e-12)
    for joint, name in FRAMES.items():
        body_from_joint = matrix(tree[f'{name}_p7'].transform)
        np.testing.assert_allclose(
            (camera_from_body @ body_from_joint)[:3, 3], moved[BODY_16.index(joint)], atol=1e-9)


def test_axes_of_joints_by_hand():
    """The left forearm points to the camera: seen from the body its frame is pitched by 90 deg."""
    places, rotations = person({'l_elbow': np.pi / 2})
    tree = frames(body(joints=places, rotations=rotations))
    for name, z in (('l_shoulder', [0, 0, 1]), ('l_elbow', [-1, 0, 0]), ('l_wrist', [-1, 0, 0])):
        body_from_joint = matrix(tree[f'{name}_p7'].transform)
        np.testing.assert_allclose(body_from_joint[:3, 1:3].T, [[0, 1, 0], z], atol=1e-12)


def test_axes_of_joints_in_the_camera():
    pose = {'l_elbow': 1.0, 'r_r_hip': 0.7, 'y_head': 0.4}
    places, rotations = person(pose, turned([1, 2, 3], 2.0))
    tree = frames(body(joints=places, rotations=rotations))
    camera_from_body = matrix(tree['body_p7'].transform)
    for joint, name in FRAMES.items():
        camera_from_joint = camera_from_body @ matrix(tree[f'{name}_p7'].transform)
        np.testing.assert_allclose(
            camera_from_joint[:3, :3], rotations[BODY_16.index(joint)], atol=1e-9)


def test_joint_of_an_unknown_bone_has_the_axes_of_the_body():
    places, rotations = person({'l_elbow': 1.0})
    rotations[BODY_16.index('left_elbow')] = np.nan
    tree = frames(body(joints=places, rotations=rotations))
    np.testing.assert_allclose(
        matrix(tree['l_elbow_p7'].transform)[:3, :3], np.eye(3), atol=1e-12)


coordinates = st.one_of(st.floats(-4, 4), st.sampled_from([0.0, 0.0, 1.0, -1.0, 3.0, np.nan]))


@settings(deadline=None, max_examples=200)
@given(stn.arrays(float, (16, 3), elements=coordinates),
       stn.arrays(np.uint8, 16, elements=st.sampled_from(list(Source))))
def test_quaternions_are_units_and_numbers_finite_always(places, source):
    """Whatever the joints: coinciding, on one line, unknown."""
    for each in frames(body(joints=places, source=source)).values():
        q = each.transform.rotation
        assert np.linalg.norm([q.x, q.y, q.z, q.w]) == pytest.approx(1, abs=1e-9)
        assert np.isfinite(matrix(each.transform)).all()


def test_unknown_joint_has_no_frame():
    tree = frames(body(unknown=('left_wrist',)))
    assert 'l_wrist_p7' not in tree and 'r_wrist_p7' in tree


def test_joint_without_a_source_has_no_frame():
    source = np.full(len(BODY_16), Source.PREDICTED, np.uint8)
    source[BODY_16.index('left_wrist')] = Source.UNKNOWN
    tree = frames(body(source=source))
    assert 'l_wrist_p7' not in tree and 'r_wrist_p7' in tree
    source[BODY_16.index('pelvis')] = Source.UNKNOWN
    assert frames(body(source=source)) == {}


@pytest.mark.parametrize('joint', ['pelvis', 'neck', 'left_hip', 'right_shoulder'])
def test_body_of_unknown_orientation_has_no_frames(joint):
    assert frames(body(unknown=(joint,))) == {}


def test_body_whose_rotations_nobody_knows_has_no_frames():
    assert frames(body(rotations=None)) == {}


def test_static_transform():
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = turned([1, 2, 3], 2.0), [1, 2, 3]
    each, = static_transform(header('world'), 'lens', pose).transforms
    assert (each.header.frame_id, each.child_frame_id) == ('world', 'lens')
    np.testing.assert_allclose(matrix(each.transform), pose, atol=1e-12)

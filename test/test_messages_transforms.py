# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TF frames of bodies and joints."""
from message_fixtures import body, header, joints
import numpy as np
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.messages import static_transform, transforms_from_bodies
import pytest

FRAMES = {  # REP-155
    'left_hip': 'l_hip', 'left_knee': 'l_knee', 'left_ankle': 'l_ankle', 'right_hip': 'r_hip',
    'right_knee': 'r_knee', 'right_ankle': 'r_ankle', 'neck': 'neck',
    'left_shoulder': 'l_shoulder', 'left_elbow': 'l_elbow', 'left_wrist': 'l_wrist',
    'right_shoulder': 'r_shoulder', 'right_elbow': 'r_elbow', 'right_wrist': 'r_wrist',
    'head': 'head', 'nose': 'nose'}
QUARTER = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])


def turn(axis, angle) -> np.ndarray:
    """Return the rotation matrix of an axis and an angle (Rodrigues)."""
    x, y, z = np.asarray(axis) / np.linalg.norm(axis)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


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
    transforms = transforms_from_bodies(header('lens'), list(people), BODY_16).transforms
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
    """Somebody upright who looks at the camera: x comes at us, y to our right, z goes up."""
    pose = matrix(frames(body())['body_p7'].transform)
    np.testing.assert_allclose(
        pose, [[0, 1, 0, 0], [0, 0, -1, 0], [-1, 0, 0, 3], [0, 0, 0, 1]], atol=1e-12)


@pytest.mark.parametrize('rotation', [
    np.eye(3), QUARTER, turn([0, 1, 0], np.pi), turn([1, 2, 3], 2.0), turn([-3, 1, 0.2], 3.1)])
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


def test_quaternions_are_units():
    moved = (joints() - [0, 0, 3]) @ turn([1, 2, 3], 1.0).T
    for each in frames(body(joints=moved)).values():
        q = each.transform.rotation
        assert np.linalg.norm([q.x, q.y, q.z, q.w]) == pytest.approx(1, abs=1e-12)


def test_unknown_joint_has_no_frame():
    tree = frames(body(unknown=('left_wrist',)))
    assert 'l_wrist_p7' not in tree and 'r_wrist_p7' in tree


@pytest.mark.parametrize('joint', ['pelvis', 'neck', 'left_hip', 'right_hip'])
def test_body_of_unknown_orientation_has_no_frames(joint):
    assert frames(body(unknown=(joint,))) == {}


def test_numbers_are_finite():
    for joint in BODY_16.points:
        for each in frames(body(unknown=(joint,))).values():
            assert np.isfinite(matrix(each.transform)).all()


def test_static_transform():
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = turn([1, 2, 3], 2.0), [1, 2, 3]
    each, = static_transform(header('world'), 'lens', pose).transforms
    assert (each.header.frame_id, each.child_frame_id) == ('world', 'lens')
    np.testing.assert_allclose(matrix(each.transform), pose, atol=1e-12)

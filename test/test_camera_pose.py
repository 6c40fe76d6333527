# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Down in the camera frame and the camera's height, from TF."""
from geometry_msgs.msg import Quaternion, Transform, TransformStamped, Vector3
import numpy as np
from pose3d_ros.camera_pose import CameraPose
from pose3d_ros.core.rotations import quaternions
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage


def frames(*chain):
    """Return a message of (parent, child, parent_from_child (3, 3)[, child in parent (3,)])."""
    return TFMessage(transforms=[
        TransformStamped(
            header=Header(frame_id=parent), child_frame_id=child,
            transform=Transform(
                translation=Vector3(**dict(zip('xyz', map(float, *place or [(0, 0, 0)])))),
                rotation=Quaternion(**dict(zip('xyzw', quaternions(rotation))))))
        for parent, child, rotation, *place in chain])


#: z forward, x right, y down in a frame with x forward, z up.
OPTICAL = np.array([[0.0, 0, 1], [-1, 0, 0], [0, -1, 0]])


def test_down_is_y_of_a_level_camera():
    pose = CameraPose('base_link')
    pose.add(frames(('base_link', 'camera', OPTICAL)))
    np.testing.assert_allclose(pose.down('camera'), [0, 1, 0], atol=1e-9)


def test_camera_tilted_down_by_30_degrees_sees_down_behind_the_floor():
    tilt = np.radians(30)
    pitch = np.array([
        [np.cos(tilt), 0, np.sin(tilt)], [0, 1, 0], [-np.sin(tilt), 0, np.cos(tilt)]])
    pose = CameraPose('base_link')
    pose.add(frames(('base_link', 'mast', pitch), ('mast', 'camera', OPTICAL)))
    np.testing.assert_allclose(
        pose.down('camera'), [0, np.cos(tilt), np.sin(tilt)], atol=1e-9)


def test_level_frame_and_camera_may_hang_on_different_branches():
    pose = CameraPose('odom')
    quarter = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    pose.add(frames(('map', 'odom', quarter), ('map', 'camera', OPTICAL)))
    np.testing.assert_allclose(pose.down('camera'), [0, 1, 0], atol=1e-9)


def test_height_of_a_camera_on_a_mast_above_the_floor():
    pose = CameraPose('base_link', 'base_footprint')
    assert pose.height('camera') is None
    pose.add(frames(('base_footprint', 'base_link', np.eye(3), (0, 0, 0.2))))
    assert pose.height('camera') is None  # nothing is known of the camera
    pose.add(frames(('base_link', 'mast', np.eye(3), (0.3, 0, 1.0)),
                       ('mast', 'camera', OPTICAL, (0.1, 0, 0.1))))
    np.testing.assert_allclose(pose.height('/camera'), 1.3)
    pose.add(frames(('base_link', 'mast', np.eye(3), (0.3, 0, 0.4))))  # the mast comes down
    np.testing.assert_allclose(pose.height('camera'), 0.7)


def test_height_is_measured_along_the_z_axis_of_the_floor_s_own_frame():
    # map -> odom -> camera, and the floor's frame tilted by 90 degrees below map
    roll = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    pose = CameraPose('map', 'dock')
    pose.add(frames(
        ('map', 'odom', np.eye(3), (1, 2, 3)), ('odom', 'camera', OPTICAL, (0, 1, 0)),
        ('map', 'dock', roll, (0, 5, 0))))
    np.testing.assert_allclose(pose.height('camera'), 2.0)  # z of dock is -y of map: 5 - 3


def test_no_floor_unless_the_user_names_one():
    pose = CameraPose('map')
    pose.add(frames(('map', 'camera', OPTICAL, (0, 0, 1))))
    assert pose.down('camera') is not None and pose.height('camera') is None


def test_newest_orientation_counts():
    pose = CameraPose('base_link')
    pose.add(frames(('base_link', 'camera', np.eye(3))))
    pose.add(frames(('base_link', 'camera', OPTICAL)))
    np.testing.assert_allclose(pose.down('camera'), [0, 1, 0], atol=1e-9)


def test_unknown_without_a_connection():
    pose = CameraPose('base_link')
    assert pose.down('camera') is None
    pose.add(frames(('other', 'camera', OPTICAL)))
    assert pose.down('camera') is None


def test_a_loop_in_tf_ends():
    pose = CameraPose('base_link')
    pose.add(frames(('a', 'camera', OPTICAL), ('camera', 'a', OPTICAL)))
    assert pose.down('camera') is None

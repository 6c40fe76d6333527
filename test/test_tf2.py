# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What tf2 makes of our frames, where tf2_ros is installed."""
from geometry_msgs.msg import TransformStamped
from human_fixtures import person, turned
from message_fixtures import body, header
from node_rig import CLOUD, running
import numpy as np
from pose3d_ros.core.rotations import rotation_matrix
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.messages import bodies_from_cloud, frames_of, static_transform, transforms_at
import pytest
from rclpy.time import Time

WRIST = BODY_16.index('left_wrist')


@pytest.fixture
def tf2_ros():
    """Return the module; skip where it is missing."""
    return pytest.importorskip('tf2_ros', reason='tf2_ros is not installed')


def parts(transform: TransformStamped) -> tuple[np.ndarray, np.ndarray]:
    """Return rotation (3, 3) and translation (3,), m."""
    q, t = transform.transform.rotation, transform.transform.translation
    return rotation_matrix(q.x, q.y, q.z, q.w), np.array([t.x, t.y, t.z])


def test_wrist_in_the_base(tf2_ros):
    """Its place and its axes, through camera and body."""
    places, rotations = person({'l_elbow': 1.0, 'l_p_shoulder': 0.7}, turned([1, 2, 3], 2.0))
    base_from_lens = np.eye(4)
    base_from_lens[:3, :3], base_from_lens[:3, 3] = turned([3, -1, 2], 1.0), [1, 2, 3]
    buffer = tf2_ros.Buffer()
    frames = frames_of([body(joints=places, rotations=rotations)], BODY_16)
    for transform in transforms_at(header('lens'), *frames).transforms:
        buffer.set_transform(transform, 'test')
    buffer.set_transform_static(
        static_transform(header('base'), 'lens', base_from_lens).transforms[0], 'test')
    rotation, place = parts(buffer.lookup_transform('base', 'l_wrist_p7', Time()))
    np.testing.assert_allclose(
        place, base_from_lens[:3, :3] @ places[WRIST] + [1, 2, 3], atol=1e-9)
    np.testing.assert_allclose(rotation, base_from_lens[:3, :3] @ rotations[WRIST], atol=1e-9)


def test_wrist_in_the_base_of_a_running_node(tf2_ros, tmp_path):
    """The Buffer resolves the wrist at the stamp of an image, where the cloud has it."""
    base_from_lens = np.eye(4)
    base_from_lens[:3, :3], base_from_lens[:3, 3] = turned([3, -1, 2], 1.0), [1, 2, 3]
    with running(tmp_path) as rig:
        buffer = tf2_ros.Buffer()
        listener = tf2_ros.TransformListener(buffer, rig.probe.node)
        broadcaster = tf2_ros.StaticTransformBroadcaster(rig.probe.node)
        broadcaster.sendTransform(
            static_transform(header('base'), 'lens', base_from_lens).transforms)

        def resolved():
            """Return the wrist, m, of tf2 and of the cloud."""
            for msg in rig.heard[CLOUD]:
                stamp = Time.from_msg(msg.header.stamp)
                for each in bodies_from_cloud(msg):
                    if buffer.can_transform('base', f'l_wrist_{each.id}', stamp):
                        return parts(buffer.lookup_transform(
                            'base', f'l_wrist_{each.id}', stamp))[1], each.joints[WRIST]
        found, in_lens = rig.probe.wait(resolved, 'TF of a wrist', rig.send)
        np.testing.assert_allclose(  # the cloud has float32
            found, base_from_lens[:3, :3] @ in_lens + base_from_lens[:3, 3], atol=1e-5)
        listener.unregister()

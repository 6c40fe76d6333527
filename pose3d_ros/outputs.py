# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Everything the node publishes about bodies."""
from diagnostic_msgs.msg import DiagnosticArray
from pose3d_ros import messages
from pose3d_ros.core.records import Body, Frame
from pose3d_ros.drawing import draw_bodies
from pose3d_ros.hri_outputs import hri_outputs
from rclpy.duration import Duration
from rclpy.qos import QoSProfile
from sensor_msgs.msg import Image, PointCloud2
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

RELIABLE = QoSProfile(depth=10)
NEWEST = QoSProfile(depth=1)
FAREWELL = Duration(seconds=0.5)


class Outputs:
    """Publishers of the node; called by one thread."""

    def __init__(self, node, config, keypoint_skeleton, joint_skeleton):
        self._node = node
        self._keypoint_skeleton, self._joint_skeleton = keypoint_skeleton, joint_skeleton
        self._markers = node.create_publisher(MarkerArray, '~/markers', RELIABLE)
        self._cloud = node.create_publisher(PointCloud2, '~/joints', RELIABLE)
        self._overlay = node.create_publisher(Image, '~/overlay', NEWEST)
        self._tf = node.create_publisher(TFMessage, '/tf', QoSProfile(depth=100)) \
            if config.output.tf else None
        self._hri = hri_outputs(node, keypoint_skeleton, joint_skeleton) \
            if config.output.hri else None
        self._ids: list[str] = []

    def publish(self, header: Header, frame: Frame, bodies: list[Body]) -> None:
        """Publish the bodies of a frame, and the end of those that were there before."""
        self._bodies(header, bodies)
        if self._hri:
            self._hri.publish(header, bodies, frame.camera.width, frame.camera.height)
        if self._overlay.get_subscription_count():
            image = draw_bodies(
                frame.image.copy(), bodies, self._keypoint_skeleton, self._joint_skeleton)
            self._overlay.publish(messages.message_from_image(image, header))

    def _bodies(self, header: Header, bodies: list[Body]) -> None:
        ids = [body.id for body in bodies]
        ended = [name for name in self._ids if name not in ids]
        self._ids = ids
        self._markers.publish(
            messages.markers_from_bodies(header, bodies, self._joint_skeleton, ended))
        self._cloud.publish(messages.cloud_from_bodies(header, bodies, self._joint_skeleton))
        if self._tf and bodies:
            self._tf.publish(
                messages.transforms_from_bodies(header, bodies, self._joint_skeleton))

    def end_bodies(self, header: Header) -> None:
        """Publish that nobody is there (any more)."""
        self._bodies(header, [])
        if self._hri:
            self._hri.publish(header, [], 0, 0)

    def destroy(self) -> None:
        """Clear RViz and remove the publishers."""
        self._markers.publish(messages.clear_markers())
        for publisher in (self._markers, self._cloud):
            publisher.wait_for_all_acked(FAREWELL)  # else the last word may go with its publisher
        for publisher in (self._markers, self._cloud, self._overlay, self._tf):
            if publisher:
                self._node.destroy_publisher(publisher)
        if self._hri:
            self._hri.destroy()


def diagnostics_publisher(node):
    """Return the publisher of /diagnostics."""
    return node.create_publisher(DiagnosticArray, '/diagnostics', RELIABLE)

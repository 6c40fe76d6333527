# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Everything the node publishes about bodies."""
from collections.abc import Callable

from pose3d_ros import messages
from pose3d_ros.core.capsules import capsules_of
from pose3d_ros.core.records import Body, Frame
from pose3d_ros.drawing import draw_bodies
from pose3d_ros.forms import filled
from pose3d_ros.hri_outputs import hri_outputs
from pose3d_ros.publishing import tell
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
    """
    Publishers of the node; called by one thread.

    Parameters
    ----------
    node : rclpy node
        Topics are below its name.
    config : core.config.Output
        What is published.
    keypoint_skeleton, joint_skeleton : Skeleton
        Of the bodies.
    predict : callable
        Returns the bodies of the frame just published, some seconds later.

    """

    def __init__(
        self, node, config, keypoint_skeleton, joint_skeleton,
        predict: Callable[[float], list[Body]],
    ):
        self._node, self._config, self._predict = node, config, predict
        self._keypoint_skeleton, self._joint_skeleton = keypoint_skeleton, joint_skeleton
        create = node.create_publisher
        self._markers = create(MarkerArray, '~/markers', RELIABLE)
        self._capsules = create(MarkerArray, '~/capsules', RELIABLE)
        self._cloud = create(PointCloud2, '~/joints', RELIABLE)
        self._predicted = create(PointCloud2, '~/joints_predicted', RELIABLE) \
            if config.horizon else None
        self._overlay = create(Image, '~/overlay', NEWEST)
        self._tf = create(TFMessage, '/tf', QoSProfile(depth=100)) if config.tf else None
        self._hri = hri_outputs(node, keypoint_skeleton, joint_skeleton) if config.hri else None
        self._ids: list[str] = []

    def publish(self, header: Header, frame: Frame, bodies: list[Body]) -> None:
        """Publish the bodies of a frame, and the end of those that were there before."""
        self._bodies(header, bodies)
        if self._hri:
            self._hri.publish(header, bodies, frame.camera.width, frame.camera.height)
        tell(self._overlay, self._drawn, header, frame, bodies)

    def _bodies(self, header: Header, bodies: list[Body]) -> None:
        """Publish who is there, first on the topics that planners and people wait for."""
        ids = [body.id for body in bodies]
        ended = [name for name in self._ids if name not in ids]
        self._ids = ids
        about = header, bodies, self._joint_skeleton
        tell(self._cloud, messages.cloud_from_bodies, *about)
        tell(self._markers, messages.markers_from_bodies, *about, ended)
        if bodies:
            tell(self._tf, self._frames, header, bodies)
        tell(self._predicted, self._foreseen, header, bodies)
        tell(self._capsules, self._flesh, header, bodies, ended)

    def _foreseen(self, header: Header, bodies: list[Body]) -> PointCloud2:
        horizon = self._config.horizon
        then = Header(stamp=messages.later(header.stamp, horizon), frame_id=header.frame_id)
        later = self._predict(horizon) if bodies else []
        return messages.cloud_from_bodies(then, later, self._joint_skeleton)

    def _frames(self, header: Header, bodies: list[Body]) -> bytes:
        frames = messages.frames_of(bodies, self._joint_skeleton)
        return filled(messages.transforms_at, header, *frames)

    def _flesh(self, header: Header, bodies: list[Body], ended: list[str]) -> bytes:
        shapes = messages.shapes_of({
            body.id: capsules_of(body, self._config.sigmas, self._joint_skeleton)
            for body in bodies}, ended)
        return filled(messages.capsule_markers, header, *shapes)

    def _drawn(self, header: Header, frame: Frame, bodies: list[Body]) -> Image:
        image = draw_bodies(
            frame.image.copy(), bodies, self._keypoint_skeleton, self._joint_skeleton)
        return messages.message_from_image(image, header)

    def end_bodies(self, header: Header) -> None:
        """Publish that nobody is followed any more; without a stamp where no image says so."""
        self._bodies(header, [])
        if self._hri:
            self._hri.publish(header, [], 0, 0)

    def destroy(self) -> None:
        """Clear RViz and remove the publishers."""
        for publisher in (self._markers, self._capsules):
            publisher.publish(messages.clear_markers())
        reliable = self._markers, self._capsules, self._cloud, self._predicted
        for publisher in filter(None, reliable):
            publisher.wait_for_all_acked(FAREWELL)  # else the last word may go with its publisher
        for publisher in filter(None, (*reliable, self._overlay, self._tf)):
            self._node.destroy_publisher(publisher)
        if self._hri:
            self._hri.destroy()

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node subscribes to: image and camera_info of the same stamp."""
from collections.abc import Callable

from pose3d_ros import messages
from pose3d_ros.core.records import Frame
from pose3d_ros.pairing import Pairing
from rclpy.qos import qos_profile_sensor_data, QoSHistoryPolicy, QoSProfile, QoSReliabilityPolicy
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

NEWEST = QoSProfile(
    depth=1, history=QoSHistoryPolicy.KEEP_LAST, reliability=QoSReliabilityPolicy.BEST_EFFORT)


class Inputs:
    """
    Subscriptions to one camera.

    Parameters
    ----------
    node : rclpy node
        Topics are relative to it.
    camera : core.config.Camera
        Transport.
    ready : callable
        Called with (image message, camera_info message) when both are here.

    """

    def __init__(self, node, camera, ready: Callable):
        self._node, self._ready = node, ready
        self._pairing = Pairing()
        self.images, self.infos, self.pairs = 0, 0, 0  # how many came
        kind, topic = (
            (CompressedImage, 'image/compressed') if camera.transport == 'compressed'
            else (Image, 'image'))
        self._subscriptions = [
            node.create_subscription(kind, topic, self._on_image, NEWEST),
            # small, and worth keeping until its image has been decoded
            node.create_subscription(
                CameraInfo, 'camera_info', self._on_info, qos_profile_sensor_data),
        ]

    def destroy(self) -> None:
        """Remove the subscriptions."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)

    def complaint(self) -> str:
        """Return, in one sentence, why there are no frames."""
        image, info = (subscription.topic_name for subscription in self._subscriptions)
        if not self.images:
            return f'no image on {image} ({self._node.count_publishers(image)} publishers)'
        if not self.infos:
            return (
                f'images come, but no camera_info on {info}'
                f' ({self._node.count_publishers(info)} publishers)')
        if not self.pairs:
            return (
                f'images on {image} and camera_info on {info} come, but never with the same stamp:'
                ' are they of the same camera?')
        return f'images on {image} have stopped'

    def _on_image(self, msg) -> None:
        self.images += 1
        self._pass_on(self._pairing.image(messages.nanoseconds(msg.header.stamp), msg))

    def _on_info(self, msg: CameraInfo) -> None:
        self.infos += 1
        self._pass_on(self._pairing.info(messages.nanoseconds(msg.header.stamp), msg))

    def _pass_on(self, pair) -> None:
        if pair is not None:
            self.pairs += 1
            self._ready(*pair)


def frame_from(image_msg, info: CameraInfo, rectified: bool) -> Frame:
    """Return the frame in two messages; raise ValueError when they cannot be used."""
    image = (
        messages.rgb_from_compressed(image_msg) if isinstance(image_msg, CompressedImage)
        else messages.image_from_message(image_msg))
    height, width = image.shape[:2]
    return Frame(
        stamp=messages.seconds(image_msg.header.stamp),
        image=image,
        camera=messages.camera_from_message(info, width, height, rectified))

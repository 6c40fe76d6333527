# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node subscribes to: image and camera_info of the same stamp; perhaps depth."""
from collections.abc import Callable
from time import monotonic

from pose3d_ros import messages
from pose3d_ros.camera_pose import CameraPose
from pose3d_ros.core.records import Frame
from pose3d_ros.depths import Depths
from pose3d_ros.pairing import Pairing
from rclpy.qos import qos_profile_sensor_data, QoSHistoryPolicy, QoSProfile, QoSReliabilityPolicy
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

NEWEST = QoSProfile(
    depth=1, history=QoSHistoryPolicy.KEEP_LAST, reliability=QoSReliabilityPolicy.BEST_EFFORT)

KINDS = {'image': 'image', 'info': 'camera_info', 'depth': 'depth image'}


class Inputs:
    """
    Subscriptions to one camera.

    Parameters
    ----------
    node : rclpy node
        Topics are relative to it.
    camera : core.config.Camera
        Transport, and what counts as silence.
    ready : callable
        Called with (image message, camera_info message) when both are here.

    """

    def __init__(self, node, camera, ready: Callable):
        self._node, self._ready = node, ready
        self._pairing = Pairing()
        self._patience = camera.timeout
        self._came: dict[str, float] = {}  # s, monotonic: when the last image, info, pair came
        kind, topic = (
            (CompressedImage, 'image/compressed') if camera.transport == 'compressed'
            else (Image, 'image'))
        self._subscriptions = [
            node.create_subscription(kind, topic, self._on_image, NEWEST),
            # small, and worth keeping until its image has been decoded
            node.create_subscription(
                CameraInfo, 'camera_info', self._on_info, qos_profile_sensor_data),
        ]
        self.depths = self._listen_to_depth() if camera.depth else None
        level = camera.gravity_frame or camera.floor_frame
        self._pose = CameraPose(level, camera.floor_frame)
        if level:
            self._subscriptions += self._pose.listen(node)

    def _listen_to_depth(self) -> Depths:
        depths = Depths()

        def add(msg):
            self._came['depth'] = monotonic()
            depths.add(msg)
        self._subscriptions += [
            self._node.create_subscription(Image, 'depth', add, NEWEST),
            self._node.create_subscription(CameraInfo, 'depth_info', depths.add_info, NEWEST)]
        return depths

    def destroy(self) -> None:
        """Remove the subscriptions."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)

    def camera_pose(self, frame_id: str) -> dict:
        """Return gravity and camera_height of a Frame, each None where TF does not tell."""
        return {'gravity': self._pose.down(frame_id),
                'camera_height': self._pose.height(frame_id)}

    def complaint(self) -> str:
        """Return, in one sentence, why there are no frames."""
        image, info = (subscription.topic_name for subscription in self._subscriptions[:2])
        if not self._comes('image'):
            return self._missing('image', image)
        if not self._comes('info'):
            return f"images come, but {self._missing('info', info)}"
        if not self._comes('pair'):
            return (
                f'images on {image} and camera_info on {info} come, but never with the same stamp:'
                ' are they of the same camera?')
        return f'images on {image} come, but none has been processed{self._in_time}'

    @property
    def depth_problem(self) -> str:
        """Return, in one sentence, why depth is not used although it should be; else nothing."""
        if self.depths is None:
            return ''
        problem = self.depths.problem if self._comes('depth') else self._missing(
            'depth', self._subscriptions[2].topic_name)
        return f'without depth: {problem}' if problem else ''

    def depth_values(self) -> dict[str, object]:
        """Return what diagnostics say about depth."""
        if self.depths is None:
            return {'depth': 'off: camera.depth is false'}
        return {'depth': self.depth_problem or 'on', **self.depths.values()}

    def _comes(self, what: str) -> bool:
        return monotonic() - self._came.get(what, float('-inf')) < self._patience

    def _missing(self, what: str, topic: str) -> str:
        publishers = f'{topic} ({self._node.count_publishers(topic)} publishers)'
        if what in self._came:
            return f'no more {KINDS[what]} on {publishers}{self._in_time}'
        return f'no {KINDS[what]} on {publishers}'

    @property
    def _in_time(self) -> str:
        return f' within camera.timeout, {self._patience:g} s'

    def _on_image(self, msg) -> None:
        self._came['image'] = monotonic()
        self._pass_on(self._pairing.image(messages.nanoseconds(msg.header.stamp), msg))

    def _on_info(self, msg: CameraInfo) -> None:
        self._came['info'] = monotonic()
        self._pass_on(self._pairing.info(messages.nanoseconds(msg.header.stamp), msg))

    def _pass_on(self, pair) -> None:
        if pair is not None:
            self._came['pair'] = monotonic()
            self._ready(*pair)


def frame_from(
    image_msg, info: CameraInfo, rectified: bool, depths: Depths | None = None, **pose,
) -> Frame:
    """
    Return the frame in two messages; raise ValueError when they cannot be used.

    What is known of the camera's pose: gravity, camera_height.
    """
    image = (
        messages.rgb_from_compressed(image_msg) if isinstance(image_msg, CompressedImage)
        else messages.image_from_message(image_msg))
    height, width = image.shape[:2]
    camera = messages.camera_from_message(info, width, height, rectified)
    stamp = image_msg.header.stamp
    depth = depths and depths.of(messages.nanoseconds(stamp), camera, rectified)
    return Frame(messages.seconds(stamp), image, camera, depth, **pose)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A clip as a camera: publishes image and camera_info."""
import numpy as np
from pose3d_ros.calibration import load_calibration
from pose3d_ros.clip import Clip, ClipPlayer
from pose3d_ros.messages import (
    info_from_camera,
    message_from_image,
    stamp_from_seconds,
    static_transform,
)
from pose3d_ros.process import run, StartError
from pose3d_ros.simulation.shutter import PARAMETERS as WHEN
from pose3d_ros.simulation.shutter import Shutter
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.exceptions import ParameterException
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, qos_profile_sensor_data, QoSProfile
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

#: Optical axes (z forward, x right) seen from the body of the camera (x forward, z up), REP-103.
LINK_FROM_OPTICAL = np.array(
    [[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
LATCHED = QoSProfile(depth=2, durability=DurabilityPolicy.TRANSIENT_LOCAL)
PARAMETERS = {
    'video': ('', 'clip to play'),
    'camera': ('', 'its calibration file (camera_info YAML)'),
    'rate': (0.0, 'images a second, 0: as many as the clip; others repeat or leave out frames'),
    'width': (0, 'width of the published image in pixels, 0: that of the clip'),
    'height': (0, 'height of the published image in pixels, 0: that of the clip'),
    **WHEN,
    'loop': (True, 'play the clip to and fro, one that is too long for memory again and again'),
    'frame_id': ('camera_optical_frame', 'frame of the images'),
}


class VideoCamera(Node):
    """Plays a clip at its own speed; image k has the stamp start + k / rate."""

    def __init__(self):
        super().__init__('video_camera')
        try:
            self._declare()
            self._open()
        except (ValueError, ParameterException) as error:
            self.get_logger().fatal(f'cannot start: {error}')
            raise StartError from error
        self._images = self.create_publisher(Image, 'image', qos_profile_sensor_data)
        self._infos = self.create_publisher(CameraInfo, 'camera_info', qos_profile_sensor_data)
        self._frames_tf = self.create_publisher(TFMessage, '/tf_static', LATCHED)
        self._frames_tf.publish(self._where())
        self._shutter = Shutter(
            self, self._infos, self._rate, 1, self._load, self._publish)

    def _declare(self) -> None:
        for name, (default, text) in PARAMETERS.items():
            self.declare_parameter(name, default, ParameterDescriptor(description=text))
        for name in ('video', 'camera'):
            if not self._value(name):
                raise ValueError(f'{name}: expected a file, none given')
        for name in ('rate', 'width', 'height', 'start'):
            if not 0 <= self._value(name) < np.inf:
                raise ValueError(f'{name}: expected 0 or more, {self._value(name)} given')

    def _open(self) -> None:
        clip = Clip(self._value('video'), self._value('width'), self._value('height'))
        calibration = load_calibration(self._value('camera'))
        self._camera_from_world = calibration.camera_from_world
        self._clip, self._player = clip, ClipPlayer(clip)
        self._rate = self._value('rate') or clip.rate
        self._info = info_from_camera(
            calibration.camera.for_image(clip.width, clip.height))

    def _where(self) -> TFMessage:
        """Return camera_link above the optical frame, and world above it where that is known."""
        now = self.get_clock().now().to_msg()
        frames = static_transform(
            Header(stamp=now, frame_id='camera_link'), self._value('frame_id'), LINK_FROM_OPTICAL)
        if self._camera_from_world is not None:
            world_from_link = np.linalg.inv(LINK_FROM_OPTICAL @ self._camera_from_world)
            frames.transforms += static_transform(
                Header(stamp=now, frame_id='world'), 'camera_link', world_from_link).transforms
        return frames

    def _publish(self, image: int, stamp: float) -> None:
        header = Header(frame_id=self._value('frame_id'), stamp=stamp_from_seconds(stamp))
        self._info.header = self._image.header = header
        self._infos.publish(self._info)
        self._images.publish(self._image)

    def _load(self, image: int) -> None:
        """Decode the image that is due at start + image / rate, ahead of its time."""
        index = self._clip.index_at(image, self._rate)
        self.finished = not self._value('loop') and index >= self._clip.length
        if self.finished:
            self.get_logger().info('the clip is over')
        else:
            self._image = message_from_image(self._player.frame(index), Header())

    def _value(self, name: str):
        return self.get_parameter(name).value


def main(args: list[str] | None = None) -> None:
    """Run the node."""
    run(VideoCamera, args)

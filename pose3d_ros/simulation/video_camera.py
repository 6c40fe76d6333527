# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A clip as a camera: publishes image and camera_info."""
from pathlib import Path

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from pose3d_ros.calibration import load_calibration
from pose3d_ros.clip import Clip
from pose3d_ros.messages import info_from_camera, message_from_image, stamp_from_seconds
from pose3d_ros.process import run, StartError

PARAMETERS = {
    'video': ('', 'clip to play'),
    'camera': ('', 'its calibration file (camera_info YAML)'),
    'rate': (0.0, 'frames a second, 0: that of the clip'),
    'width': (0, 'width of the published image in pixels, 0: that of the clip'),
    'height': (0, 'height of the published image in pixels, 0: that of the clip'),
    'loop': (True, 'start again at the end of the clip'),
    'frame_id': ('camera_optical_frame', 'frame of the images'),
}


class VideoCamera(Node):
    """Plays a clip; stamps go on evenly when it starts again."""

    def __init__(self):
        super().__init__('video_camera')
        for name, (default, text) in PARAMETERS.items():
            self.declare_parameter(name, default, ParameterDescriptor(description=text))
        try:
            self._open()
        except ValueError as error:
            self.get_logger().fatal(str(error))
            raise StartError from error
        self.finished = False
        self._images = self.create_publisher(Image, 'image', qos_profile_sensor_data)
        self._infos = self.create_publisher(CameraInfo, 'camera_info', qos_profile_sensor_data)
        self._count = 0
        self._start = self._now()
        self.create_timer(1 / self._rate, self._publish)

    def _open(self) -> None:
        clip = Clip(self._value('video'), self._value('width'), self._value('height'))
        camera = load_calibration(self._value('camera')).camera
        self._clip, self._frames = clip, iter(clip)
        self._rate = self._value('rate') or clip.rate
        if self._rate < 0:
            raise ValueError(f'rate: expected 0 or more frames a second, {self._rate} given')
        self._info = info_from_camera(camera.for_image(clip.width, clip.height))

    def _publish(self) -> None:
        frame = next(self._frames, None)
        if frame is None and self._value('loop'):
            self._frames = iter(self._clip)
            frame = next(self._frames)
        self.finished = frame is None
        if frame is None:
            return
        header = Header(frame_id=self._value('frame_id'), stamp=self._stamp())
        self._info.header = header
        self._infos.publish(self._info)
        self._images.publish(message_from_image(frame[1], header))

    def _stamp(self):
        """Return evenly spaced stamps; after a stall they jump on to the present."""
        due = self._start + self._count / self._rate
        if not 0 <= self._now() - due < 1 / self._rate:
            self._start, self._count, due = self._now(), 0, self._now()
        self._count += 1
        return stamp_from_seconds(due)

    def _now(self) -> float:
        return self.get_clock().now().nanoseconds * 1e-9

    def _value(self, name: str):
        return self.get_parameter(name).value


def main(args: list[str] | None = None) -> None:
    """Run the node."""
    run(VideoCamera, args)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Cameras in a simulated room: image, camera_info, registered depth and the truth.

The first camera publishes `image`, `camera_info`, `depth` and `~/truth`, in the frame `frame_id`;
the n-th, from 2 on, below `camera_<n>/` and with `_<n>` after its frame.
"""
from array import array
from dataclasses import dataclass

import numpy as np
from pose3d_ros.entry import interruptible
from pose3d_ros.messages import (
    cloud_from_bodies,
    info_from_camera,
    message_from_image,
    stamp_from_seconds,
    static_transform,
)
from pose3d_ros.process import run, StartError
from pose3d_ros.simulation.bodies import bodies_of, truth_line
from pose3d_ros.simulation.lens import View
from pose3d_ros.simulation.scene import make_views, MOTIONS, Scene, Seen
from pose3d_ros.simulation.shutter import PARAMETERS as WHEN
from pose3d_ros.simulation.shutter import Shutter
from pose3d_ros.simulation.video_camera import LATCHED, LINK_FROM_OPTICAL
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.exceptions import ParameterException
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

PARAMETERS = {
    'people': (2, 'how many people, 0 to 5'),
    'motion': ('mixed', f"one of {', '.join(MOTIONS)}, or a BVH file or a folder of them"),
    'seed': (0, 'of people, clothes, room, light and motions'),
    'width': (640, 'width of the image in pixels'),
    'height': (480, 'height of the image in pixels'),
    'fov': (65.0, 'horizontal field of view in degrees'),
    'distortion': ([0.0, 0.0, 0.0, 0.0, 0.0], 'plumb_bob: k1, k2, p1, p2, k3'),
    'height_m': (1.3, 'height of the cameras above the floor in metres'),
    'tilt': (-5.0, 'tilt of the cameras in degrees, up from the horizon'),
    'rate': (15.0, 'images a second'),
    'cameras': (1, 'how many cameras look at the scene'),
    'depth_encoding': ('32FC1', '32FC1 (metres), 16UC1 (millimetres), or empty: no depth'),
    'frame_id': ('camera_optical_frame', 'frame of the images of the first camera'),
    'world_frame': ('world', 'frame above the cameras, z up, on the floor'),
    **WHEN,
    'duration': (0.0, 'seconds until the node ends, 0: for ever'),
    'truth_file': ('', 'file (JSON lines) that the truth of the first camera is written to'),
}
#: Depth encodings (REP-118): type, units a metre.
ENCODINGS = {'32FC1': (np.float32, 1.0), '16UC1': (np.uint16, 1000.0)}


@dataclass
class Outlet:
    """What one camera publishes."""

    view: View
    frame: str
    link: str
    image: object
    info: object
    depth: object
    truth: object
    before: list | None = None


class SimCamera(Node):
    """Publishes what simulated cameras see; image k has the stamp start + k / rate."""

    @interruptible()  # the first start ever compiles the drawing
    def __init__(self):
        super().__init__('sim_camera')
        self.finished = False
        try:
            for name, (default, text) in PARAMETERS.items():
                self.declare_parameter(name, default, ParameterDescriptor(description=text))
            self._scene = self._open()
        except (ValueError, OSError, ParameterException) as error:
            self.get_logger().fatal(f'cannot start: {error}')
            raise StartError from error
        self._outlets = [self._outlet(number, view)
                         for number, view in enumerate(self._scene.views, start=1)]
        self._frames_tf = self.create_publisher(TFMessage, '/tf_static', LATCHED)
        self._frames_tf.publish(self._where())
        self._scene.at(0.0)  # compiles the drawing before the first image is due
        # drawing is slow: one image late is better than one drawn twice
        self._shutter = Shutter(
            self, self._outlets[0].info, self._rate, 2, self._load, self._publish)

    def _open(self) -> Scene:
        value = self._value
        self._rate, self._encoding = value('rate'), value('depth_encoding')
        if not 0 < self._rate <= 1000:
            raise ValueError(f'rate: expected 0 to 1000 images a second, {self._rate} given')
        if self._encoding not in ('', *ENCODINGS):
            raise ValueError(f"depth_encoding: expected one of {list(ENCODINGS)} or nothing,"
                             f" '{self._encoding}' given")
        if len(value('distortion')) != 5:
            raise ValueError('distortion: expected k1, k2, p1, p2, k3,'
                             f" {list(value('distortion'))} given")
        for name in ('start', 'duration'):
            if not 0 <= value(name) < np.inf:
                raise ValueError(f'{name}: expected seconds, 0 or more, {value(name)} given')
        views = make_views(value('cameras'), value('width'), value('height'), value('fov'),
                           value('height_m'), value('tilt'), value('distortion'))
        scene = Scene(views, value('people'), value('motion'), value('seed'))
        self._file = open(value('truth_file'), 'w') if value('truth_file') else None
        return scene

    def _outlet(self, number: int, view: View) -> Outlet:
        below, after = ('', '') if number == 1 else (f'camera_{number}/', f'_{number}')
        quality = qos_profile_sensor_data
        make = self.create_publisher
        return Outlet(
            view, self._value('frame_id') + after, 'camera_link' + after,
            make(Image, below + 'image', quality),
            make(CameraInfo, below + 'camera_info', quality),
            make(Image, below + 'depth', quality) if self._encoding else None,
            make(PointCloud2, f'~/{below}truth', quality))

    def _where(self) -> TFMessage:
        """Return the links of the cameras below the world, and their optical frames."""
        now, frames = self.get_clock().now().to_msg(), TFMessage()
        for outlet in self._outlets:
            world_from_link = np.linalg.inv(LINK_FROM_OPTICAL @ outlet.view.camera_from_world)
            for parent, child, pose in (
                    (self._value('world_frame'), outlet.link, world_from_link),
                    (outlet.link, outlet.frame, LINK_FROM_OPTICAL)):
                frames.transforms += static_transform(
                    Header(stamp=now, frame_id=parent), child, pose).transforms
        return frames

    def _publish(self, image: int, stamp: float) -> None:
        for outlet, seen in zip(self._outlets, self._seen):
            self._send(outlet, seen, Header(stamp=stamp_from_seconds(stamp),
                                            frame_id=outlet.frame))
        if self._file:
            print(truth_line(image, stamp, self._seen[0].people), file=self._file, flush=True)

    def _send(self, outlet: Outlet, seen: Seen, header: Header) -> None:
        info = info_from_camera(outlet.view.camera)
        info.header = header
        outlet.info.publish(info)
        if outlet.depth:
            outlet.depth.publish(message_from_depth(seen.picture.depth, self._encoding, header))
        outlet.image.publish(message_from_image(seen.picture.image, header))
        bodies = bodies_of(seen.people, outlet.before, 1 / self._rate)
        outlet.truth.publish(cloud_from_bodies(header, bodies))
        outlet.before = seen.people

    def _load(self, tick: int) -> None:
        """Draw what is due at start + tick / rate, ahead of its time."""
        duration = self._value('duration')
        self.finished = bool(duration) and tick >= duration * self._rate
        if not self.finished:
            if tick != getattr(self, '_tick', tick) + 1:
                for outlet in self._outlets:
                    outlet.before = None  # frames are missing: no velocity
            self._tick = tick
            self._seen = self._scene.at(tick / self._rate)

    def _value(self, name: str):
        return self.get_parameter(name).value


def message_from_depth(depth: np.ndarray, encoding: str, header: Header) -> Image:
    """Return a depth message of depths (H, W) float32 in metres; 16UC1 holds up to 65.5 m."""
    kind, units = ENCODINGS[encoding]
    values = depth if kind == np.float32 else np.clip(np.rint(depth * units), 0, 65535)
    values = np.ascontiguousarray(values, kind)
    return Image(header=header, height=depth.shape[0], width=depth.shape[1], encoding=encoding,
                 step=depth.shape[1] * values.itemsize, data=array('B', values.tobytes()))


def main(args: list[str] | None = None) -> None:
    """Run the node."""
    run(SimCamera, args)

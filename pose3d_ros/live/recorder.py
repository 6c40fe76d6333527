# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Everything on some topics, as it arrives, into a rosbag2."""
from collections.abc import Callable
from pathlib import Path
import shutil
import time

import cv2
from diagnostic_msgs.msg import DiagnosticArray
from pose3d_ros.messages import image_from_message
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import serialize_message
from rclpy.utilities import try_shutdown
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import get_typestore, Stores
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, PointCloud2
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

OVERLAY = '/pose3d/overlay'
SENSOR = QoSProfile(depth=100, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
TOPICS = {
    '/camera_info': (CameraInfo, SENSOR),
    '/pose3d/markers': (MarkerArray, QoSProfile(depth=100)),
    '/pose3d/joints': (PointCloud2, QoSProfile(depth=100)),
    '/pose3d/joints_predicted': (PointCloud2, QoSProfile(depth=100)),
    '/sim_camera/truth': (PointCloud2, SENSOR),
    '/tf': (TFMessage, QoSProfile(depth=100)),
    '/tf_static': (TFMessage, LATCHED),
    '/diagnostics': (DiagnosticArray, QoSProfile(depth=100)),
}
JPEG = [cv2.IMWRITE_JPEG_QUALITY, 90]


class Recorder:
    """
    A node that keeps messages as they come, undecoded: it must not compete with what it watches.

    Parameters
    ----------
    domain : int
        ROS_DOMAIN_ID.
    overlay : bool
        Record the overlay, too, as JPEG; the node computes it only then.

    """

    def __init__(self, domain: int, overlay: bool):
        self.messages: list[tuple[str, int, bytes]] = []  # topic, ns since epoch, CDR
        self._context = Context()
        rclpy.init(context=self._context, domain_id=domain)
        self._node = Node('recorder', context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        for topic, (kind, qos) in TOPICS.items():
            self._node.create_subscription(kind, topic, self._keeper(topic), qos, raw=True)
        if overlay:
            self._node.create_subscription(Image, OVERLAY, self._keep_overlay, SENSOR)

    @property
    def topics(self) -> set[str]:
        """Return the topics on which something came."""
        return {topic for topic, _, _ in self.messages}

    def spin(
        self, seconds: float, tick: Callable[[], None], until: Callable[[], bool] = lambda: False
    ) -> None:
        """Record for some seconds or until something holds; call tick ten times a second."""
        end, due = time.monotonic() + seconds, 0.0
        while (now := time.monotonic()) < end and not until():
            if now >= due:
                tick()
                due = now + 0.1
            self._executor.spin_once(timeout_sec=0.1)

    def close(self) -> None:
        """Leave ROS."""
        self._node.destroy_node()
        try_shutdown(context=self._context)

    def write(self, folder: Path) -> None:
        """Write what was recorded as a rosbag2 (MCAP); an older one in its place goes."""
        shutil.rmtree(folder, ignore_errors=True)
        types = get_typestore(Stores.ROS2_KILTED)
        names = {topic: kind for topic, (kind, _) in TOPICS.items()}
        names[f'{OVERLAY}/compressed'] = CompressedImage
        with Writer(folder, version=9, storage_plugin=StoragePlugin.MCAP) as bag:
            connections = {
                topic: bag.add_connection(topic, _type_name(names[topic]), typestore=types)
                for topic in dict.fromkeys(topic for topic, _, _ in self.messages)
            }
            for topic, received, data in self.messages:
                bag.write(connections[topic], received, data)

    def _keeper(self, topic: str) -> Callable[[bytes], None]:
        return lambda data: self.messages.append((topic, time.time_ns(), data))

    def _keep_overlay(self, msg: Image) -> None:
        received = time.time_ns()
        bgr = cv2.cvtColor(image_from_message(msg), cv2.COLOR_RGB2BGR)
        jpeg = cv2.imencode('.jpg', bgr, JPEG)[1]
        compressed = CompressedImage(
            header=msg.header, format='rgb8; jpeg compressed bgr8', data=jpeg.tobytes())
        data = serialize_message(compressed)
        self.messages.append((f'{OVERLAY}/compressed', received, data))


def _type_name(kind: type) -> str:
    package, folder, _ = kind.__module__.split('.')
    return f'{package}/{folder}/{kind.__name__}'

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Slow a robot down when people come near; see docs/planning.md. Not safety-rated.

Beside a running node pose3d, `python examples/slow_down.py` publishes /speed_scale, from 1 (nobody
is near) to 0 (stop) twenty times a second.
"""
from contextlib import suppress

import numpy as np
from pose3d_ros.core.capsules import capsules_of, distances
from pose3d_ros.messages import age, bodies_from_cloud
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import Float64

ROBOT = np.array([0.0, 0.0, 0.0])  # m, a point of the robot in the frame of the camera
REACTION = 0.4  # s, until the robot has noticed and stands still
SPEED = 1.6  # m/s, of people who walk towards it (ISO 13855)
STALE = 0.5  # s, age of an image that says nothing any more
FULL_SPEED = 1.0  # m of free space at which the robot need not slow down


class SlowDown(Node):
    def __init__(self):
        super().__init__('slow_down')
        self._joints = PointCloud2()  # its stamp is 0: stale until the first one comes
        self._scale = self.create_publisher(Float64, 'speed_scale', 1)
        self.create_subscription(PointCloud2, '/pose3d/joints', self._on_joints, 1)
        self.create_timer(0.05, self._on_time)  # not in _on_joints: silence is an answer, too

    def _on_joints(self, msg):
        self._joints = msg

    def _on_time(self):
        waited = age(self._joints.header.stamp, self.get_clock().now().to_msg())
        fresh = 0 <= waited < STALE  # else old, or of a clock that does not agree
        scale = free_speed(bodies_from_cloud(self._joints), waited) if fresh else 0.0
        self._scale.publish(Float64(data=scale))


def free_speed(bodies, waited):
    """Return 0 to 1 for bodies as they were some seconds ago; 0 where a limb is unknown."""
    gaps = [distances(capsules_of(body, sigmas=3.0), ROBOT).min() for body in bodies]
    free = np.min(gaps, initial=np.inf) - SPEED * (waited + REACTION)  # NaN if any gap is
    return float(np.nan_to_num(np.clip(free / FULL_SPEED, 0.0, 1.0), nan=0.0))


if __name__ == '__main__':
    rclpy.init()
    with suppress(KeyboardInterrupt, ExternalShutdownException):  # Ctrl-C
        rclpy.spin(SlowDown())

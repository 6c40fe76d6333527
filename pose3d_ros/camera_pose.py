# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
What TF tells of how a camera stands: which way is down, and how high it is above the floor.

Only the newest transforms count: this is no replacement for tf2, but it needs no other package
and costs nothing in the worker.
"""
import numpy as np
from pose3d_ros.core.rotations import rotation_matrix
from rclpy.qos import DurabilityPolicy, QoSProfile
from tf2_msgs.msg import TFMessage

LATCHED = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
LONGEST_CHAIN = 100  # frames; more is a loop


class CameraPose:
    """
    Where cameras are in frames whose z axis points up.

    Parameters
    ----------
    level : str
        A frame that is level, such as base_link, odom or map (REP-105).
    floor : str
        A level frame whose origin lies on the floor, such as base_footprint (REP-120); empty:
        nothing is known of the floor.

    """

    def __init__(self, level: str, floor: str = ''):
        self._level, self._floor = level, floor
        self._above: dict[str, tuple[str, np.ndarray]] = {}  # child: parent, parent_from_child

    def listen(self, node) -> list:
        """Subscribe to TF; return the subscriptions, for the node to destroy."""
        return [
            node.create_subscription(TFMessage, '/tf', self.add, QoSProfile(depth=100)),
            node.create_subscription(TFMessage, '/tf_static', self.add, LATCHED),
        ]

    def add(self, msg: TFMessage) -> None:
        """Take the newest transforms of some frames."""
        for transform in msg.transforms:
            self._above[transform.child_frame_id.lstrip('/')] = (
                transform.header.frame_id.lstrip('/'), _matrix(transform.transform))

    def down(self, camera: str) -> np.ndarray | None:
        """Return the unit vector down (3,) in a camera frame; None when TF does not connect it."""
        level_from_camera = self._between(self._level, camera)
        return None if level_from_camera is None else -level_from_camera[2, :3]

    def height(self, camera: str) -> float | None:
        """Return the height, m, of a camera frame above the floor; None where that is unknown."""
        floor_from_camera = self._between(self._floor, camera)
        return None if floor_from_camera is None else float(floor_from_camera[2, 3])

    def _between(self, frame: str, camera: str) -> np.ndarray | None:
        """Return frame_from_camera (4, 4); None when TF does not connect them."""
        (camera_root, root_from_camera), (root, root_from_frame) = (
            self._to_root(camera.lstrip('/')), self._to_root(frame.lstrip('/')))
        if camera_root != root or not frame or not self._above:
            return None
        return np.linalg.inv(root_from_frame) @ root_from_camera

    def _to_root(self, frame: str) -> tuple[str, np.ndarray]:
        """Return the root above a frame, and root_from_frame (4, 4)."""
        transform = np.eye(4)
        for _ in range(LONGEST_CHAIN):
            if frame not in self._above:
                break
            frame, parent_from_child = self._above[frame]
            transform = parent_from_child @ transform
        return frame, transform


def _matrix(transform) -> np.ndarray:
    """Return a geometry_msgs/Transform as a matrix (4, 4)."""
    matrix, move, turn = np.eye(4), transform.translation, transform.rotation
    matrix[:3, :3] = rotation_matrix(turn.x, turn.y, turn.z, turn.w)
    matrix[:3, 3] = move.x, move.y, move.z
    return matrix

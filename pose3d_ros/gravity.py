# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Which way is down for a camera, from TF.

Only rotations matter, and only the newest: this is no replacement for tf2, but it needs no other
package and costs nothing in the worker.
"""
import numpy as np
from rclpy.qos import DurabilityPolicy, QoSProfile
from tf2_msgs.msg import TFMessage

LATCHED = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
LONGEST_CHAIN = 100  # frames; more is a loop


class Gravity:
    """
    The orientation of cameras in a frame whose z axis points up.

    Parameters
    ----------
    frame : str
        The frame that is level, such as base_link, odom or map (REP-105).

    """

    def __init__(self, frame: str):
        self._frame = frame
        self._above: dict[str, tuple[str, np.ndarray]] = {}  # child: parent, parent_from_child

    def listen(self, node) -> list:
        """Subscribe to TF; return the subscriptions, for the node to destroy."""
        return [
            node.create_subscription(TFMessage, '/tf', self.add, QoSProfile(depth=100)),
            node.create_subscription(TFMessage, '/tf_static', self.add, LATCHED),
        ]

    def add(self, msg: TFMessage) -> None:
        """Take the newest orientation of some frames."""
        for transform in msg.transforms:
            rotation = transform.transform.rotation
            self._above[transform.child_frame_id.lstrip('/')] = (
                transform.header.frame_id.lstrip('/'),
                rotation_matrix(rotation.x, rotation.y, rotation.z, rotation.w))

    def down(self, camera: str) -> np.ndarray | None:
        """Return the unit vector down (3,) in a camera frame; None when TF does not connect it."""
        (camera_root, root_from_camera), (root, root_from_level) = (
            self._to_root(camera.lstrip('/')), self._to_root(self._frame))
        if camera_root != root or not self._above:
            return None
        return root_from_camera.T @ root_from_level @ [0.0, 0.0, -1.0]

    def _to_root(self, frame: str) -> tuple[str, np.ndarray]:
        """Return the root above a frame, and root_from_frame (3, 3)."""
        rotation = np.eye(3)
        for _ in range(LONGEST_CHAIN):
            if frame not in self._above:
                break
            frame, parent_from_child = self._above[frame]
            rotation = parent_from_child @ rotation
        return frame, rotation


def rotation_matrix(x: float, y: float, z: float, w: float) -> np.ndarray:
    """Return the rotation (3, 3) of a quaternion of any length but zero."""
    s = 2 / max(x * x + y * y + z * z + w * w, 1e-12)
    return np.array([
        [1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w)],
        [s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w)],
        [s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y)],
    ])

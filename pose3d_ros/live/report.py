# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a live session amounts to: rate, latency, stages, detection."""
from dataclasses import dataclass

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
from pose3d_ros.camera_pose import CameraPose
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.records import Body
from pose3d_ros.messages import bodies_from_cloud, camera_from_message, seconds
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import CameraInfo, PointCloud2
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

TYPES = {
    '/camera_info': CameraInfo, '/pose3d/joints': PointCloud2, '/pose3d/markers': MarkerArray,
    '/diagnostics': DiagnosticArray, '/tf_static': TFMessage,
}


@dataclass(frozen=True)
class Session:
    """The recorded messages of a session, decoded; times in seconds."""

    published: list[float]  # stamps of the camera's images
    bodies: dict[float, list[Body]]  # stamp of image: who is there
    markers: dict[float, float]  # stamp of image: when its markers arrived
    stages: dict[str, float]  # ms, mean of the node's last frames
    camera: PinholeCamera
    gravity: np.ndarray | None  # (3,) down in the camera optical frame

    @property
    def rate(self) -> float:
        """Return frames a second."""
        stamps = list(self.bodies)
        return (len(stamps) - 1) / (stamps[-1] - stamps[0]) if len(stamps) > 1 else 0.0


def session_from(messages: list[tuple[str, int, bytes]]) -> Session:
    """Return the session in a recorder's messages; raise ValueError if no camera was there."""
    seen = {topic: [] for topic in TYPES}
    for topic, received, data in messages:
        if topic in TYPES:
            seen[topic].append((received * 1e-9, deserialize_message(data, TYPES[topic])))
    if not seen['/camera_info']:
        raise ValueError('the camera published nothing')
    info = seen['/camera_info'][0][1]
    published = [_stamp(msg) for _, msg in seen['/camera_info']]
    images = set(published)
    return Session(
        published=published,
        bodies={
            _stamp(msg): bodies_from_cloud(msg) for _, msg in seen['/pose3d/joints']
            if _stamp(msg) in images},
        markers={
            _stamp(msg.markers[-1]): at for at, msg in seen['/pose3d/markers']
            if msg.markers and _stamp(msg.markers[-1]) in images},
        stages=_stages([msg for _, msg in seen['/diagnostics']]),
        camera=camera_from_message(info, info.width, info.height),
        gravity=_gravity([msg for _, msg in seen['/tf_static']], info.header.frame_id),
    )


def summary_of(session: Session) -> dict:
    """Return the report, fit for JSON; None where there was nothing to measure."""
    latency = [1e3 * (at - stamp) for stamp, at in session.markers.items()]
    found = [bool(bodies) for bodies in session.bodies.values()]
    return {
        'frames_published': len(session.published),
        'frames_processed': len(session.bodies),
        'rate_hz': round(session.rate, 2),
        'latency_ms': {
            name: round(float(np.percentile(latency, q)), 2) if latency else None
            for name, q in (('p50', 50), ('p99', 99))},
        'stages_ms': {name: round(value, 2) for name, value in session.stages.items()},
        'detection_rate': round(float(np.mean(found)), 4) if found else None,
    }


def _stamp(msg) -> float:
    return seconds(msg.header.stamp)


def _stages(diagnostics: list[DiagnosticArray]) -> dict[str, float]:
    values = {v.key: v.value for msg in diagnostics for v in msg.status[0].values}
    return {
        key.removeprefix('stage_').removesuffix('_ms'): float(value)
        for key, value in values.items() if key.startswith('stage_')}


def _gravity(frames: list[TFMessage], camera: str) -> np.ndarray | None:
    tree = CameraPose('world')
    for msg in frames:
        tree.add(msg)
    return tree.down(camera)

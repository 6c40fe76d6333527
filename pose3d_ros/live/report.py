# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a live session amounts to: rate, latency, stages, detection, errors."""
from dataclasses import dataclass

from diagnostic_msgs.msg import DiagnosticArray
import numpy as np
from pose3d_ros.core.records import Body
from pose3d_ros.messages import bodies_from_cloud, seconds
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import CameraInfo, PointCloud2
from visualization_msgs.msg import MarkerArray


@dataclass(frozen=True)
class Session:
    """The recorded messages of a session, decoded; times in seconds."""

    published: list[float]  # stamps of the camera's images
    bodies: dict[float, list[Body]]  # stamp of image: who is there
    markers: dict[float, float]  # stamp of image: when its markers arrived
    stages: dict[str, float]  # ms, mean of the node's last frames
    node_latency: float  # ms, median, as the node itself measures it
    rate: float  # frames a second


def session_from(messages: list[tuple[str, int, bytes]]) -> Session:
    """Return the session in a recorder's messages."""
    published, bodies, markers, health = [], {}, {}, {}
    for topic, received, data in messages:
        if topic == '/camera_info':
            published.append(_stamp(deserialize_message(data, CameraInfo)))
        elif topic == '/pose3d/joints':
            cloud = deserialize_message(data, PointCloud2)
            bodies[_stamp(cloud)] = bodies_from_cloud(cloud)
        elif topic == '/pose3d/markers':
            for marker in deserialize_message(data, MarkerArray).markers[-1:]:
                markers[_stamp(marker)] = received * 1e-9
        elif topic == '/diagnostics':
            values = deserialize_message(data, DiagnosticArray).status[0].values
            health = {value.key: value.value for value in values}
    images = set(published)
    bodies = {stamp: found for stamp, found in sorted(bodies.items()) if stamp in images}
    return Session(
        published=published,
        bodies=bodies,
        markers={stamp: at for stamp, at in sorted(markers.items()) if stamp in images},
        stages={
            key.removeprefix('stage_').removesuffix('_ms'): float(value)
            for key, value in health.items() if key.startswith('stage_')},
        node_latency=float(health.get('latency_p50_ms', 'nan')),
        rate=_rate(list(bodies)),
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


def _rate(stamps: list[float]) -> float:
    return (len(stamps) - 1) / (stamps[-1] - stamps[0]) if len(stamps) > 1 else 0.0

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Messages to records and back: the only place that knows encodings, units and field layouts.

Imports message classes but never rclpy, so that everything here is tested with hand-made messages.
"""
from pose3d_ros.messages.capsules import capsule_markers, shapes_of
from pose3d_ros.messages.cloud import bodies_from_cloud, cloud_from_bodies
from pose3d_ros.messages.diagnostics import diagnostics_from
from pose3d_ros.messages.images import (
    camera_from_message,
    depth_from_message,
    image_from_message,
    info_from_camera,
    message_from_image,
    MessageError,
    rgb_from_compressed,
)
from pose3d_ros.messages.markers import clear_markers, markers_from_bodies
from pose3d_ros.messages.stamps import age, later, nanoseconds, seconds, stamp_from_seconds
from pose3d_ros.messages.transforms import frames_of, static_transform, transforms_at

__all__ = [
    'MessageError',
    'age',
    'bodies_from_cloud',
    'camera_from_message',
    'capsule_markers',
    'clear_markers',
    'cloud_from_bodies',
    'depth_from_message',
    'diagnostics_from',
    'frames_of',
    'image_from_message',
    'info_from_camera',
    'later',
    'markers_from_bodies',
    'message_from_image',
    'nanoseconds',
    'rgb_from_compressed',
    'seconds',
    'shapes_of',
    'stamp_from_seconds',
    'static_transform',
    'transforms_at',
]

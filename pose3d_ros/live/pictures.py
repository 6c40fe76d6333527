# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pictures of a live session: the overlay as a clip, and the page."""
from contextlib import closing
from pathlib import Path

from pose3d_ros.clip import ClipWriter
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.live.recorder import OVERLAY
from pose3d_ros.live.report import Session
from pose3d_ros.live.session import Play
from pose3d_ros.live.truth import LiveTruth, NO_KEYPOINTS
from pose3d_ros.messages import rgb_from_compressed, seconds
from pose3d_ros.page import write_page
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import CompressedImage


def write_pictures(
    folder: Path, messages: list, session: Session, report: dict, what: Play, camera, gravity,
    truth: LiveTruth | None,
) -> None:
    """Write overlay.mp4 and page.png of what a recorder saw."""
    overlays = [
        deserialize_message(data, CompressedImage)
        for topic, _, data in messages if topic == f'{OVERLAY}/compressed']
    with closing(ClipWriter(folder / 'overlay.mp4', what.rate)) as clip:
        for msg in overlays:
            clip.write(rgb_from_compressed(msg))
    shown = [msg for msg in overlays if session.bodies.get(seconds(msg.header.stamp))]
    best = max(shown, key=lambda msg: _clarity(session.bodies[seconds(msg.header.stamp)]))
    stamp = seconds(best.header.stamp)
    write_page(
        folder / 'page.png', rgb_from_compressed(best), session.bodies[stamp], camera,
        NO_KEYPOINTS, BODY_16, truth=truth.joints_at(stamp) if truth else None, gravity=gravity,
        title='People in a camera, in metres', numbers=_numbers(report))


def _clarity(bodies: list) -> float:
    """Return how well all joints of the bodies are seen."""
    return sum(body.scores.min() for body in bodies)


def _numbers(report: dict) -> dict[str, str]:
    """Return the strip of figures of the page."""
    numbers = {
        'frames a second': f"{report['rate_hz']:.0f}",
        'stamp to markers': f"{report['latency_ms']['p50']:.0f} ms",
        'frames with a body': f"{100 * report['detection_rate']:.0f} %",
    }
    if report['errors']:
        numbers['MPJPE'] = f"{report['errors']['mpjpe_mm']['mean']:.0f} mm"
        numbers['PA-MPJPE'] = f"{report['errors']['pa_mpjpe_mm']['mean']:.0f} mm"
    return numbers

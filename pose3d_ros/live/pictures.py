# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The pictures of a live session: the overlay as a clip, and the page."""
from contextlib import closing
from pathlib import Path

from pose3d_ros.clip import ClipWriter
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import BODY_16, Skeleton
from pose3d_ros.evaluation.recording import People
from pose3d_ros.live.recorder import OVERLAY
from pose3d_ros.live.report import Session
from pose3d_ros.messages import rgb_from_compressed, seconds
from pose3d_ros.page import write_page
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import CompressedImage

NO_KEYPOINTS = Skeleton('none', (), ())  # they are in the recorded overlay already


def write_overlay(path: Path, overlays: dict, rate: float) -> None:
    """Write the overlays (stamp: message) as a clip."""
    with closing(ClipWriter(path, rate)) as clip:
        for msg in overlays.values():
            clip.write(rgb_from_compressed(msg))


def overlays_in(messages: list) -> dict[float, CompressedImage]:
    """Return the overlays in a recorder's messages by stamp."""
    overlays = (
        deserialize_message(data, CompressedImage)
        for topic, _, data in messages if topic == f'{OVERLAY}/compressed')
    return {seconds(msg.header.stamp): msg for msg in overlays}


def write_session_page(
    path: Path, overlays: dict, session: Session, truth: dict[float, People], report: dict,
    title: str,
) -> None:
    """Write the page of the frame that shows most people, most clearly."""
    shown = {stamp: session.bodies[stamp] for stamp in overlays if session.bodies.get(stamp)}
    stamp = max(shown, key=lambda each: _clarity(shown[each]), default=None)
    if stamp is None:
        return
    people = truth.get(stamp)
    write_page(
        path, rgb_from_compressed(overlays[stamp]), shown[stamp], session.camera,
        NO_KEYPOINTS, BODY_16, truth=None if people is None else people.joints,
        gravity=session.gravity, title=title, numbers=_numbers(report))


def _clarity(bodies: list[Body]) -> tuple[bool, float]:
    """Return whether everybody is seen, not only predicted, and how much of them how clearly."""
    return all(body.scores.any() for body in bodies), sum(body.scores.min() for body in bodies)


def _numbers(report: dict) -> dict[str, str]:
    """Return the strip of figures of the page."""
    errors = report['errors']
    numbers = {
        'frames a second': f"{report['rate_hz']:.0f}",
        'stamp to markers': f"{report['latency_ms']['p50']:.0f} ms",
        'persons found': f"{100 * (errors or report)['detection_rate']:.0f} %",
    }
    if errors:
        numbers['MPJPE'] = f"{errors['mpjpe_mm']['mean']:.0f} mm"
        numbers['PA-MPJPE'] = f"{errors['pa_mpjpe_mm']['mean']:.0f} mm"
    return numbers

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A node in a process, a probe, and the camera in the test's hands."""
from contextlib import contextmanager

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from message_fixtures import image as image_message
import numpy as np
from pose3d_ros.messages import info_from_camera, nanoseconds
from rclpy.qos import qos_profile_sensor_data
from ros_helpers import ENGINES, NODE, own_domain, person, Probe, Process
from sensor_msgs.msg import PointCloud2
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import Marker, MarkerArray

MARKERS, CLOUD, DIAGNOSTICS = '/pose3d/markers', '/pose3d/joints', '/diagnostics'
TIMEOUT = 0.5  # s, camera.timeout


class Rig:
    """A node in a process, a probe, and the camera in the test's hands."""

    def __init__(self, domain: int, log, **parameters):
        self.process = Process(domain, log, NODE, **ENGINES, **parameters)
        self.probe = Probe(domain)
        self.heard = self.probe.heard
        for topic, kind in {
                MARKERS: MarkerArray, CLOUD: PointCloud2, '/tf': TFMessage,
                DIAGNOSTICS: DiagnosticArray}.items():
            self.probe.listen(topic, kind)

    def now(self) -> Time:
        """Return the time."""
        return self.probe.node.get_clock().now().to_msg()

    def send(self, change=lambda image, info: None) -> int:
        """Publish the picture and its camera_info, changed; return the stamp, ns."""
        stamp = self.now()
        image, info = image_message(picture(), 'rgb8'), info_from_camera(person()[1])
        info.header = image.header = Header(stamp=stamp, frame_id='lens')
        image, info = change(image, info) or (image, info)
        if info is not None:
            self.probe.publish('/camera_info', info, qos_profile_sensor_data)
        self.probe.publish('/image', image, qos_profile_sensor_data)
        self.probe.spin(0.05)
        return nanoseconds(stamp)

    def forget(self) -> None:
        """Forget what was heard."""
        for messages in self.heard.values():
            messages.clear()

    def find_body(self, send=None, fresh=True) -> MarkerArray:
        """Send images until there are markers of a body; return them."""
        if fresh:
            self.forget()
        return self.probe.wait(
            lambda: next((m for m in self.heard[MARKERS] if shows(m)), None),
            lambda: f'markers of a body; log:\n{self.process.log}', send or self.send)

    def hear(self, text: str, meanwhile=lambda: None) -> DiagnosticStatus:
        """Return the first diagnostic status whose message holds a text."""
        def statuses():
            return [msg.status[0] for msg in self.heard[DIAGNOSTICS]]
        return self.probe.wait(
            lambda: next((each for each in statuses() if text in each.message), None),
            lambda: f'{text!r} in diagnostics: {[each.message for each in statuses()]}', meanwhile)

    def stamps(self) -> set[int]:
        """Return the stamps, ns, of everything that shows a body."""
        headers = [m.header for msg in self.heard[MARKERS] for m in msg.markers if m.action == 0]
        headers += [t.header for msg in self.heard['/tf'] for t in msg.transforms]
        headers += [msg.header for msg in self.heard[CLOUD] if msg.height]
        return {nanoseconds(header.stamp) for header in headers}

    def close(self) -> None:
        """End all."""
        self.probe.close()
        self.process.close()


def picture() -> np.ndarray:
    """Return a picture of a person."""
    return person()[0]


def shows(msg: MarkerArray) -> bool:
    """Return whether markers show a body."""
    return any(marker.action == Marker.ADD for marker in msg.markers)


@contextmanager
def running(folder, **parameters):
    """Yield a rig whose node is active; without data the test is skipped."""
    person()
    with own_domain() as domain:
        rig = Rig(domain, folder / 'pose3d.log', **{'camera.timeout': TIMEOUT} | parameters)
        try:
            rig.process.wait_for('active')
            yield rig
            assert rig.process.running, rig.process.log
        finally:
            rig.close()


def stamp_of(msg: MarkerArray) -> int:
    """Return the stamp of the last marker, ns: deletions come first."""
    return nanoseconds(msg.markers[-1].header.stamp)


def at_stamp(messages, stamp: int):
    """Return the message of an image."""
    return next((msg for msg in messages if nanoseconds(msg.header.stamp) == stamp), None)


def names(msg: MarkerArray) -> set[str]:
    """Return the ids of the bodies that markers show."""
    return {m.ns.partition('/')[2] for m in msg.markers if m.action == Marker.ADD}

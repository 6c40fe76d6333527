# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node with a depth camera beside the colour camera: used, refused, slower, gone."""
from array import array

from node_rig import CLOUD, DIAGNOSTICS, picture, running
import numpy as np
from pose3d_ros.messages import bodies_from_cloud, info_from_camera, nanoseconds
import pytest
from rclpy.qos import qos_profile_sensor_data
from ros_helpers import person
from sensor_msgs.msg import Image
from std_msgs.msg import Header


class DepthRig:
    """A rig whose colour images follow depth images, which a test may change."""

    def __init__(self, rig):
        self.rig, self.every, self.width, self._sent = rig, 1, picture().shape[1], 0

    def send(self) -> int:
        """Publish an image and, where it is its turn, first a depth image of the same stamp."""
        self._sent += 1
        if self.every and self._sent % self.every == 0:
            return self.rig.send(lambda image, info: self.publish(image.header))
        return self.rig.send()

    def publish(self, header: Header) -> None:
        """Publish a depth image of a wall, and its calibration."""
        wall = np.full((picture().shape[0], self.width), 3000, np.uint16)
        self.rig.probe.publish('/depth', Image(
            header=header, height=wall.shape[0], width=self.width, encoding='16UC1',
            step=2 * self.width, data=array('B', wall.tobytes())), qos_profile_sensor_data)
        info = info_from_camera(person()[1])
        info.header = header
        self.rig.probe.publish('/depth_info', info, qos_profile_sensor_data)

    def values(self, condition, what: str) -> dict[str, str]:
        """Send until diagnostics fulfil a condition on (message, values); return the values."""
        self.rig.forget()

        def found():
            for msg in self.rig.heard[DIAGNOSTICS]:
                values = {each.key: each.value for each in msg.status[0].values}
                if condition(msg.status[0].message, values):
                    return values
        return self.rig.probe.wait(
            found, lambda: f'{what}: {self.rig.heard[DIAGNOSTICS][-1:]}', self.send)


@pytest.fixture(scope='module')
def camera(tmp_path_factory):
    """Yield the images of a colour and a depth camera before a running node."""
    with running(tmp_path_factory.mktemp('depth'), **{'camera.depth': True}) as rig:
        yield DepthRig(rig)


@pytest.fixture(autouse=True)
def as_it_was(camera):
    """Let depth images be good again after each test."""
    yield
    camera.every, camera.width = 1, picture().shape[1]


def test_depth_is_used_and_diagnostics_say_so(camera):
    values = camera.values(lambda message, values: message == 'running'
                           and float(values['depth_used_percent']) > 50
                           and float(values['depth_rate_hz']) > 0.5, 'depth in most frames')
    assert values['depth'] == 'on'
    assert float(values['age_of_last_depth_s']) < 10


def test_depth_of_another_size_is_refused_and_bodies_go_on(camera):
    camera.width += 2
    camera.values(lambda message, _: message.startswith('without depth: the depth image has')
                  and 'registered' in message, 'refusal')
    bodies_go_on(camera)
    camera.rig.probe.wait(lambda: 'without depth: the depth image has' in camera.rig.process.log,
                          'the refusal in the log', camera.send)


def test_depth_that_stops_is_missed_and_welcomed_back(camera):
    camera.values(lambda message, _: message == 'running', 'depth')
    camera.every = 0
    camera.values(lambda message, _: 'without depth: no more depth image on /depth (1' in message,
                  'missing depth')
    bodies_go_on(camera)
    camera.every = 1
    camera.values(lambda message, _: message == 'running', 'depth again')


def test_depth_at_a_third_of_the_rate_is_used_in_every_third_frame(camera):
    camera.every = 3
    values = camera.values(
        lambda message, values: message == 'running'
        and 20 < float(values['depth_used_percent']) < 45, 'depth in every third frame')
    assert values['depth'] == 'on'
    bodies_go_on(camera)


def bodies_go_on(camera) -> None:
    """Assert that frames come out, with a body; on a busy machine not every one."""
    camera.rig.find_body(camera.send)
    sent = set()

    def seen():
        return {nanoseconds(msg.header.stamp) for msg in camera.rig.heard[CLOUD]
                if bodies_from_cloud(msg)} & sent
    camera.rig.probe.wait(lambda: len(seen()) >= 3, 'bodies in three frames',
                          lambda: sent.add(camera.send()))

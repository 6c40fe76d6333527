# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What test_launch.py runs where launch_testing is: pose.launch.py with a clip."""
from contextlib import ExitStack
import unittest

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from launch.actions import IncludeLaunchDescription, SetEnvironmentVariable
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_ros.substitutions import FindPackageShare
from launch_testing import post_shutdown_test
from launch_testing.actions import ReadyToTest
from launch_testing.asserts import assertExitCodes
from pose3d_ros.messages import nanoseconds
import pytest
from ros_helpers import CLIP, ENGINES, need_data, own_domain, Probe, small
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

from launch import LaunchDescription

HELD = ExitStack()  # the domain, until Python ends
ARGUMENTS = {
    'video': str(CLIP), 'camera': str(CLIP.with_suffix('.yaml')), 'rviz': 'false',
    'heatmap': ENGINES['keypoints.engine'], 'rate': '15.0', 'image': 'eye/picture',
    'camera_info': 'eye/camera_info'}


@pytest.mark.launch_test
def generate_test_description():
    """Return the launch file with a clip, in a domain of its own."""
    need_data()
    domain = HELD.enter_context(own_domain())
    size = {name: str(pixels) for name, pixels in small().items()}  # for busy machines
    file = [FindPackageShare('pose3d_ros'), '/launch/pose.launch.py']
    return LaunchDescription([
        SetEnvironmentVariable('ROS_DOMAIN_ID', str(domain)),
        IncludeLaunchDescription(
            PythonLaunchDescriptionSource(file), launch_arguments=(ARGUMENTS | size).items()),
        ReadyToTest(),
    ]), {'domain': domain}


class TestSkeletons(unittest.TestCase):
    """While it runs."""

    def test_bodies_arrive(self, domain):
        probe = Probe(domain)
        self.addCleanup(probe.close)
        probe.listen('/pose3d/markers', MarkerArray)
        probe.listen('/tf', TFMessage)
        probe.listen('/diagnostics', DiagnosticArray)

        def stamps():
            """Return the stamps of bodies that came as markers and as frames, ns."""
            markers = [m for msg in probe.heard['/pose3d/markers'] for m in msg.markers]
            frames = [t for msg in probe.heard['/tf'] for t in msg.transforms]
            return (
                {nanoseconds(m.header.stamp) for m in markers if m.ns.startswith('joints/')}
                & {nanoseconds(t.header.stamp) for t in frames
                   if t.child_frame_id.startswith('body_')})
        probe.wait(lambda: len(stamps()) >= 3, 'markers and TF of three images')
        probe.wait(lambda: any(
            msg.status[0].level == DiagnosticStatus.OK and msg.status[0].message == 'running'
            for msg in probe.heard['/diagnostics']), 'diagnostics')


@post_shutdown_test()
class TestEnd(unittest.TestCase):
    """After SIGINT."""

    def test_exit_codes(self, proc_info):
        assertExitCodes(proc_info, allowable_exit_codes=[0])

    def test_no_last_words(self, proc_output):
        said = ''.join(line.text.decode(errors='replace') for line in proc_output)
        self.assertNotIn('Traceback', said)
        self.assertNotIn('ERROR', said)

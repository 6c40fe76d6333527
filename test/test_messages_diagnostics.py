# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Health as diagnostics."""
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from message_fixtures import STAMP
from pose3d_ros.messages import diagnostics_from
import pytest
from rclpy.serialization import deserialize_message, serialize_message


@pytest.mark.parametrize('level', ['OK', 'WARN', 'ERROR', 'STALE'])
def test_status(level):
    values = {'rate_hz': 29.97, 'bodies': 2}
    sent = diagnostics_from(STAMP, '/pose3d', level, 'all is well', values)
    msg = deserialize_message(serialize_message(sent), DiagnosticArray)
    assert msg.header.stamp == STAMP
    status, = msg.status
    assert (status.name, status.message) == ('/pose3d', 'all is well')
    assert status.level == getattr(DiagnosticStatus, level)
    assert [(each.key, each.value) for each in status.values] == [
        ('rate_hz', '29.970'), ('bodies', '2')]


def test_numbers_are_readable():
    values = {'age': float('inf'), 'small': 0.00012345, 'name': 'person-192'}
    status, = diagnostics_from(STAMP, '/pose3d', 'OK', '', values).status
    assert [each.value for each in status.values] == ['inf', '0.000', 'person-192']

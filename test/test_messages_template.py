# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Messages made from templates."""
from message_fixtures import header
from pose3d_ros.messages.template import like
from rclpy.serialization import deserialize_message, serialize_message
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker

RED = ColorRGBA(r=1.0, a=1.0)
TEMPLATE = Marker(type=Marker.CUBE, color=RED, text='all')


def test_is_what_the_constructor_makes():
    fields = {'header': header('lens'), 'ns': 'a', 'id': 3, 'text': 'one'}
    made, built = like(TEMPLATE, **fields), Marker(type=Marker.CUBE, color=RED, **fields)
    assert made == built
    assert deserialize_message(serialize_message(made), Marker) == built


def test_template_stays():
    first, second = like(TEMPLATE, id=3), like(TEMPLATE, ns='b')
    assert (TEMPLATE.id, first.id, second.id) == (0, 3, 0)
    assert (TEMPLATE.ns, first.ns, second.ns) == ('', '', 'b')
    assert first.color is TEMPLATE.color

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Forms hold what messages would: whatever the numbers, for whatever form came before."""
from builtin_interfaces.msg import Time
from hypothesis import given, settings
from hypothesis import strategies as st
from message_fixtures import body, joints
import numpy as np
from pose3d_ros import messages
from pose3d_ros.core.capsules import capsules_of
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.forms import filled
import pytest
from rclpy.serialization import deserialize_message, serialize_message
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

people = st.lists(st.builds(
    lambda number, shift, unknown: body(
        f'p{number}', unknown, **({'joints': joints() + shift} if not unknown else {})),
    st.integers(1, 4_294_967_295), st.tuples(*[st.floats(-1e3, 1e3)] * 3),
    st.sampled_from([(), (), ('left_wrist',), ('pelvis', 'nose')])), max_size=3)
headers = st.builds(
    lambda sec, nanosec, frame: Header(stamp=Time(sec=sec, nanosec=nanosec), frame_id=frame),
    st.integers(-2**31, 2**31 - 1), st.integers(0, 999_999_999),
    st.sampled_from(['lens', 'l', '']))


def same(make, kind, header, key, numbers) -> bool:
    """Return whether a form arrives as the message would."""
    sent = serialize_message(make(header, key, numbers))
    return deserialize_message(filled(make, header, key, numbers), kind) == deserialize_message(
        sent, kind)


@settings(deadline=None, max_examples=25)
@given(headers, people)
def test_frames(header, bodies):
    assert same(messages.transforms_at, TFMessage, header, *messages.frames_of(bodies, BODY_16))


@settings(deadline=None, max_examples=25)
@given(headers, people, st.sampled_from([[], ['p77']]))
def test_capsules(header, bodies, ended):
    shapes = messages.shapes_of({each.id: capsules_of(each) for each in bodies}, ended)
    assert same(messages.capsule_markers, MarkerArray, header, *shapes)


def test_a_form_is_made_once():
    made = []

    def make(header, key, numbers):
        made.append(key)
        return messages.transforms_at(header, key, numbers)
    key, header = (('p7', 'pelvis'),), Header(frame_id='lens')
    for x in (1.0, 2.0):
        sent = filled(make, header, key, np.array([[x, 0, 0, 0, 0, 0, 1]]))
        transform, = deserialize_message(sent, TFMessage).transforms
        assert transform.transform.translation.x == pytest.approx(x)
    assert made == [key]

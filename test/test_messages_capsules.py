# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Capsules as markers."""
import cv2
from hypothesis import given
from hypothesis import strategies as st
from message_fixtures import body, header
import numpy as np
from pose3d_ros.core.capsules import CAPSULES, Capsules, capsules_of
from pose3d_ros.messages import capsule_markers, shapes_of
import pytest
from rclpy.serialization import deserialize_message, serialize_message
from visualization_msgs.msg import Marker, MarkerArray


def markers(capsules, ended=()):
    """Return markers by namespace and id, as they come out of DDS."""
    sent = serialize_message(capsule_markers(header(), *shapes_of(capsules, ended)))
    received = deserialize_message(sent, MarkerArray).markers
    assert all(marker.header == header() for marker in received)
    by_id = {(marker.ns, marker.id): marker for marker in received}
    assert len(by_id) == len(received)
    return by_id


def test_a_cylinder_and_its_spheres():
    capsules = capsules_of(body())
    found = markers({'p7': capsules})
    assert len(found) == 2 * len(CAPSULES) - 5  # skull, hands and feet have no cylinders
    number = CAPSULES.index('left_thigh')
    cylinder, spheres = (found['capsules/p7', 2 * number + n] for n in (0, 1))
    ends, radius = capsules.ends[number], capsules.radii[number]
    assert (cylinder.type, spheres.type) == (Marker.CYLINDER, Marker.SPHERE_LIST)
    assert cylinder.scale.x == cylinder.scale.y == spheres.scale.x == pytest.approx(2 * radius)
    assert cylinder.scale.z == pytest.approx(np.linalg.norm(ends[1] - ends[0]))
    np.testing.assert_allclose([[p.x, p.y, p.z] for p in spheres.points], ends)
    assert cylinder.lifetime.nanosec > 0 and 0 < cylinder.color.a < 1


def test_a_sphere_has_no_cylinder():
    found = markers({'p7': capsules_of(body())})
    number = CAPSULES.index('skull')
    assert ('capsules/p7', 2 * number) not in found
    assert len(found['capsules/p7', 2 * number + 1].points) == 1


def test_unknown_capsules_and_ended_bodies_are_deleted():
    found = markers({'p7': capsules_of(body(unknown=('left_knee',)))}, ended=['p3'])
    number = CAPSULES.index('left_thigh')
    gone = {key for key, marker in found.items() if marker.action == Marker.DELETE}
    assert {('capsules/p7', 2 * number), ('capsules/p7', 2 * number + 1)} <= gone
    assert {('capsules/p3', number) for number in range(2 * len(CAPSULES))} <= gone
    assert ('capsules/p7', 2 * CAPSULES.index('right_thigh')) not in gone


@given(st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda axis: np.linalg.norm(axis) > 1e-3)
       | st.sampled_from([(0, 0, 1.0), (0, 0, -1.0)]))
def test_cylinders_lie_along_their_axes(axis):
    capsules = Capsules(np.array([[np.zeros(3), axis]]), np.array([0.1]))
    turn = markers({'p7': capsules})['capsules/p7', 0].pose.orientation
    vector = np.array([turn.x, turn.y, turn.z])
    assert np.linalg.norm([*vector, turn.w]) == pytest.approx(1)
    angle = 2 * np.arctan2(np.linalg.norm(vector), turn.w)
    rotation = cv2.Rodrigues(angle * vector / max(np.linalg.norm(vector), 1e-12))[0]
    along = np.array(axis) / np.linalg.norm(axis)
    np.testing.assert_allclose(rotation @ [0, 0, 1], along, atol=1e-5)

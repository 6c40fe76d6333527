# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Markers for RViz."""
from message_fixtures import body, header
import numpy as np
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.messages import clear_markers, markers_from_bodies
import pytest
from rclpy.serialization import deserialize_message, serialize_message
from visualization_msgs.msg import Marker, MarkerArray


def by_namespace(bodies, ended=()):
    """Return the markers by namespace, as they come out of DDS."""
    sent = markers_from_bodies(header(), bodies, BODY_16, ended)
    received = deserialize_message(serialize_message(sent), MarkerArray)
    assert len({(m.ns, m.id) for m in received.markers}) == len(received.markers)
    return {marker.ns: marker for marker in received.markers}


def positions(marker) -> np.ndarray:
    """Return the points of a marker (N, 3)."""
    return np.array([[p.x, p.y, p.z] for p in marker.points]).reshape(-1, 3)


def test_three_markers_a_body():
    markers = by_namespace([body('p7'), body('p8')])
    assert set(markers) == {
        'joints/p7', 'bones/p7', 'label/p7', 'joints/p8', 'bones/p8', 'label/p8'}
    for name, marker in markers.items():
        assert marker.type == {
            'joints': Marker.SPHERE_LIST, 'bones': Marker.LINE_LIST,
            'label': Marker.TEXT_VIEW_FACING}[name.split('/')[0]]
        assert marker.action == Marker.ADD
        assert marker.header == header()
        assert (marker.lifetime.sec, marker.lifetime.nanosec) == (0, 300_000_000)
        assert marker.scale.x > 0 and marker.color.a == 1
        turn = marker.pose.orientation
        assert (turn.x, turn.y, turn.z, turn.w) == (0, 0, 0, 1)


def test_points_are_the_joints():
    person = body()
    markers = by_namespace([person])
    np.testing.assert_array_equal(positions(markers['joints/p7']), person.joints)
    bones = positions(markers['bones/p7']).reshape(-1, 2, 3)
    np.testing.assert_array_equal(bones, person.joints[BODY_16.bone_indices])
    assert len(bones) == 15
    for name in ('joints/p7', 'bones/p7'):
        assert len(markers[name].colors) == len(markers[name].points)


def test_left_and_right_differ_in_colour():
    colours = by_namespace([body()])['joints/p7'].colors
    left, right, middle = (
        colours[BODY_16.index(name)] for name in ('left_knee', 'right_knee', 'neck'))
    assert left != right and left != middle and right != middle


def test_unknown_joints_are_left_out():
    markers = by_namespace([body(unknown=('left_knee', 'neck'))])
    joints, bones = (positions(markers[f'{kind}/p7']) for kind in ('joints', 'bones'))
    assert len(joints) == 14
    touched = sum('left_knee' in bone or 'neck' in bone for bone in BODY_16.bones)
    assert len(bones) == 2 * (15 - touched)
    for points in (joints, bones):
        assert np.isfinite(points).all()
        assert np.linalg.norm(points, axis=1).min() > 1  # never the camera itself


def test_label_stands_above_the_head():
    marker = by_namespace([body()])['label/p7']
    assert marker.text == 'p7  3.1 m'  # sqrt(0.7^2 + 3^2)
    where = marker.pose.position
    assert (where.x, where.z) == (0, 3) and where.y < -0.7 - marker.scale.z / 2


def test_unknown_head_has_no_label():
    assert by_namespace([body(unknown=('head',))])['label/p7'].action == Marker.DELETE


def test_body_without_any_joint_shows_nothing():
    """RViz calls a list of no points an error."""
    markers = by_namespace([body(unknown=BODY_16.points)])
    assert {marker.action for marker in markers.values()} == {Marker.DELETE}


def test_joints_without_bones():
    markers = by_namespace([body(unknown=[p for p in BODY_16.points if 'wrist' not in p])])
    assert len(markers['joints/p7'].points) == 2
    assert markers['bones/p7'].action == Marker.DELETE


def test_ended_bodies_are_deleted():
    markers = by_namespace([body('p8')], ended=['p7'])
    for kind in ('joints', 'bones', 'label'):
        assert markers[f'{kind}/p7'].action == Marker.DELETE
        assert markers[f'{kind}/p7'].header == header()
        assert markers[f'{kind}/p8'].action == Marker.ADD


def test_nobody():
    assert by_namespace([]) == {}


def test_clearing():
    marker, = clear_markers().markers
    assert marker.action == Marker.DELETEALL


@pytest.mark.parametrize('joint', BODY_16.points)
def test_any_joint_may_be_unknown(joint):
    for marker in by_namespace([body(unknown=(joint,))]).values():
        assert np.isfinite(positions(marker)).all()
        where = marker.pose.position
        assert np.isfinite([where.x, where.y, where.z]).all()

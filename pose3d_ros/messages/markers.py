# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Skeletons for RViz: spheres, bones and a label for each body."""
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point
import numpy as np
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import Skeleton
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

LIFETIME = Duration(nanosec=300_000_000)  # if the node dies, RViz forgets the bodies by itself
JOINT_SIZE, BONE_SIZE, TEXT_SIZE = 0.05, 0.03, 0.12  # m
LEFT = ColorRGBA(r=0.13, g=0.59, b=0.95, a=1.0)
RIGHT = ColorRGBA(r=1.0, g=0.44, b=0.16, a=1.0)
MIDDLE = ColorRGBA(r=0.93, g=0.93, b=0.93, a=1.0)
KINDS = {'joints': Marker.SPHERE_LIST, 'bones': Marker.LINE_LIST, 'label': Marker.TEXT_VIEW_FACING}


def markers_from_bodies(
    header: Header, bodies: list[Body], skeleton: Skeleton, ended: list[str] = ()
) -> MarkerArray:
    """Return markers of the bodies, and deletions for the ids that ended."""
    markers = [marker for name in ended for marker in _deletions(header, name)]
    for body in bodies:
        markers += [
            _joints(header, body, skeleton), _bones(header, body, skeleton),
            _label(header, body, skeleton),
        ]
    return MarkerArray(markers=markers)


def clear_markers() -> MarkerArray:
    """Return the message that makes RViz forget every marker of the topic."""
    return MarkerArray(markers=[Marker(action=Marker.DELETEALL)])


def _deletions(header: Header, name: str) -> list[Marker]:
    return [Marker(header=header, ns=f'{kind}/{name}', action=Marker.DELETE) for kind in KINDS]


def _marker(header: Header, kind: str, body: Body, size: float) -> Marker:
    marker = Marker(header=header, ns=f'{kind}/{body.id}', type=KINDS[kind], lifetime=LIFETIME)
    marker.pose.orientation.w = 1.0
    marker.scale.x = marker.scale.y = marker.scale.z = size
    marker.color = MIDDLE
    return marker


def _joints(header: Header, body: Body, skeleton: Skeleton) -> Marker:
    marker = _marker(header, 'joints', body, JOINT_SIZE)
    known = np.flatnonzero(np.isfinite(body.joints).all(axis=1))
    marker.points = [_point(body.joints[index]) for index in known]
    marker.colors = [_colour(skeleton.points[index]) for index in known]
    return _unless_empty(marker)


def _bones(header: Header, body: Body, skeleton: Skeleton) -> Marker:
    marker = _marker(header, 'bones', body, BONE_SIZE)
    for parent, child in skeleton.bone_indices:
        if np.isfinite(body.joints[[parent, child]]).all():
            marker.points += [_point(body.joints[parent]), _point(body.joints[child])]
            marker.colors += [_colour(skeleton.points[child])] * 2
    return _unless_empty(marker)


def _unless_empty(marker: Marker) -> Marker:
    """Return the marker; RViz complains about a list without points, so that is a deletion."""
    if not marker.points:
        marker.action = Marker.DELETE
    return marker


def _label(header: Header, body: Body, skeleton: Skeleton) -> Marker:
    marker = _marker(header, 'label', body, TEXT_SIZE)
    head = body.joints[skeleton.index('head')]
    if np.isfinite(head).all():
        marker.pose.position = _point(head - [0, 2 * TEXT_SIZE, 0])  # up is -y
        marker.text = f'{body.id}  {np.linalg.norm(head):.1f} m'
    else:
        marker.action = Marker.DELETE
    return marker


def _point(position: np.ndarray) -> Point:
    x, y, z = position.tolist()
    return Point(x=x, y=y, z=z)


def _colour(joint: str) -> ColorRGBA:
    if joint.startswith('left_'):
        return LEFT
    return RIGHT if joint.startswith('right_') else MIDDLE

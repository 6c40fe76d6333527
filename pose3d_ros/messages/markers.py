# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Skeletons for RViz: spheres, bones and a label for each body."""
from functools import cache
from math import hypot, isfinite

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point, Pose, Quaternion, Vector3
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import Skeleton
from pose3d_ros.messages.template import like
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

LIFETIME = Duration(nanosec=300_000_000)  # if the node dies, RViz forgets the bodies by itself
JOINT_SIZE, BONE_SIZE, TEXT_SIZE = 0.05, 0.03, 0.12  # m
LEFT = ColorRGBA(r=0.13, g=0.59, b=0.95, a=1.0)
RIGHT = ColorRGBA(r=1.0, g=0.44, b=0.16, a=1.0)
MIDDLE = ColorRGBA(r=0.93, g=0.93, b=0.93, a=1.0)
UPRIGHT = Pose(orientation=Quaternion(x=0.0, y=0.0, z=0.0, w=1.0))
GONE = Marker(action=Marker.DELETE)

BLANKS = {
    kind: Marker(type=number, pose=UPRIGHT, scale=Vector3(x=size, y=size, z=size), color=MIDDLE,
                 lifetime=LIFETIME)
    for kind, number, size in (
        ('joints', Marker.SPHERE_LIST, JOINT_SIZE), ('bones', Marker.LINE_LIST, BONE_SIZE),
        ('label', Marker.TEXT_VIEW_FACING, TEXT_SIZE))}


def markers_from_bodies(
    header: Header, bodies: list[Body], skeleton: Skeleton, ended: list[str] = ()
) -> MarkerArray:
    """Return markers of the bodies, and deletions for the ids that ended."""
    markers = [
        like(GONE, header=header, ns=f'{kind}/{name}') for name in ended for kind in BLANKS]
    for body in bodies:
        points = [Point(x=x, y=y, z=z) if isfinite(x + y + z) else None
                  for x, y, z in body.joints.tolist()]
        fields = {
            'joints': _joints(points, skeleton), 'bones': _bones(points, skeleton),
            'label': _label(body.id, points[skeleton.index('head')])}
        markers += [like(BLANKS[kind], header=header, ns=f'{kind}/{body.id}', **own)
                    for kind, own in fields.items()]
    return MarkerArray(markers=markers)


def clear_markers() -> MarkerArray:
    """Return the message that makes RViz forget every marker of the topic."""
    return MarkerArray(markers=[Marker(action=Marker.DELETEALL)])


def _joints(points: list[Point | None], skeleton: Skeleton) -> dict:
    return _list([each for each in zip(points, _colours(skeleton)) if each[0]])


def _bones(points: list[Point | None], skeleton: Skeleton) -> dict:
    colours = _colours(skeleton)
    return _list([
        (points[end], colours[child])
        for parent, child in skeleton.bone_indices if points[parent] and points[child]
        for end in (parent, child)])


def _list(points: list[tuple[Point, ColorRGBA]]) -> dict:
    """Return the fields of a list; RViz complains about one without points: a deletion."""
    if not points:
        return {'action': Marker.DELETE}
    return dict(zip(('points', 'colors'), map(list, zip(*points))))


def _label(name: str, head: Point | None) -> dict:
    if head is None:
        return {'action': Marker.DELETE}
    above = Point(x=head.x, y=head.y - 2 * TEXT_SIZE, z=head.z)  # up is -y
    return {'pose': like(UPRIGHT, position=above),
            'text': f'{name}  {hypot(head.x, head.y, head.z):.1f} m'}


@cache
def _colours(skeleton: Skeleton) -> list[ColorRGBA]:
    sides = {'left': LEFT, 'right': RIGHT}
    return [sides.get(point.split('_')[0], MIDDLE) for point in skeleton.points]

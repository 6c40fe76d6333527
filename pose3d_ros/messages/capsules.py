# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Capsules as markers: a cylinder each, and the spheres at its ends."""
from geometry_msgs.msg import Point, Pose, Quaternion
import numpy as np
from pose3d_ros.core.capsules import CAPSULES, Capsules
from pose3d_ros.messages.markers import LIFETIME
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

COLOUR = ColorRGBA(r=1.0, g=0.76, b=0.03, a=0.3)
UPRIGHT = Quaternion(x=0.0, y=0.0, z=0.0, w=1.0)


def markers_from_capsules(
    header: Header, capsules: dict[str, Capsules], ended: list[str] = ()
) -> MarkerArray:
    """
    Return markers of the capsules of each body (id: capsules), and deletions for ids that ended.

    In the namespace capsules/<id>, capsule c of CAPSULES is the cylinder 2 c and the spheres
    2 c + 1; one that is unknown is deleted.
    """
    markers = [_deletion(header, name, number)
               for name in ended for number in range(2 * len(CAPSULES))]
    for name, each in capsules.items():
        turns = _turns(each.ends[:, 1] - each.ends[:, 0])
        for number, (ends, radius, turn) in enumerate(zip(each.ends, each.radii, turns)):
            markers += _capsule(header, name, 2 * number, ends, radius, turn)
    return MarkerArray(markers=markers)


def _deletion(header: Header, name: str, number: int) -> Marker:
    return Marker(header=header, ns=f'capsules/{name}', id=number, action=Marker.DELETE)


def _capsule(header: Header, name: str, number: int, ends, radius, turn) -> list[Marker]:
    if not np.isfinite(radius):
        return [_deletion(header, name, number), _deletion(header, name, number + 1)]
    cylinder, spheres = (
        Marker(header=header, ns=f'capsules/{name}', id=number + n, type=kind, lifetime=LIFETIME,
               color=COLOUR)
        for n, kind in enumerate((Marker.CYLINDER, Marker.SPHERE_LIST)))
    for marker in (cylinder, spheres):
        marker.scale.x = marker.scale.y = marker.scale.z = float(2 * radius)
    spheres.pose.orientation = UPRIGHT
    length = np.linalg.norm(ends[1] - ends[0])
    spheres.points = [_point(end) for end in (ends if length else ends[:1])]
    if not length:
        return [spheres]  # RViz complains about a cylinder without length
    cylinder.pose = Pose(position=_point(ends.mean(axis=0)), orientation=turn)
    cylinder.scale.z = float(length)
    return [cylinder, spheres]


def _turns(axes: np.ndarray) -> list[Quaternion]:
    """Return the shortest turns of z into directions (C, 3), half a turn about x for -z."""
    length = np.linalg.norm(axes, axis=1, keepdims=True)
    unit = np.divide(axes, length, out=np.tile([0.0, 0.0, 1.0], (len(axes), 1)), where=length > 0)
    turns = np.column_stack([-unit[:, 1], unit[:, 0], np.zeros(len(unit)), 1 + unit[:, 2]])
    size = np.linalg.norm(turns, axis=1, keepdims=True)
    turns = np.where(size > 1e-6, turns / np.maximum(size, 1e-6), [1.0, 0, 0, 0])
    return [Quaternion(x=x, y=y, z=z, w=w) for x, y, z, w in turns.tolist()]


def _point(position: np.ndarray) -> Point:
    x, y, z = position.tolist()
    return Point(x=x, y=y, z=z)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Capsules as markers: a cylinder each, and the spheres at its ends."""
from math import isfinite

from geometry_msgs.msg import Point, Quaternion, Vector3
import numpy as np
from pose3d_ros.core.capsules import CAPSULES, Capsules
from pose3d_ros.messages.markers import GONE, LIFETIME, UPRIGHT
from pose3d_ros.messages.template import like
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

COLOUR = ColorRGBA(r=1.0, g=0.76, b=0.03, a=0.3)
CYLINDER, SPHERES = (
    Marker(type=kind, pose=UPRIGHT, color=COLOUR, lifetime=LIFETIME)
    for kind in (Marker.CYLINDER, Marker.SPHERE_LIST))


def markers_from_capsules(
    header: Header, capsules: dict[str, Capsules], ended: list[str] = ()
) -> MarkerArray:
    """
    Return markers of the capsules of each body (id: capsules), and deletions for ids that ended.

    In the namespace capsules/<id>, capsule c of CAPSULES is the cylinder 2 c and the spheres
    2 c + 1; one that is unknown is deleted.
    """
    markers = [like(GONE, header=header, ns=f'capsules/{name}', id=number)
               for name in ended for number in range(2 * len(CAPSULES))]
    for name, each in capsules.items():
        about = {'header': header, 'ns': f'capsules/{name}'}
        axes = each.ends[:, 1] - each.ends[:, 0]
        lengths = np.linalg.norm(axes, axis=1, keepdims=True)
        columns = (2 * each.radii, lengths[:, 0], each.ends, each.ends.mean(axis=1),
                   _turns(axes, lengths))
        for number, capsule in enumerate(zip(*(column.tolist() for column in columns))):
            markers += _capsule(about, 2 * number, *capsule)
    return MarkerArray(markers=markers)


def _capsule(
    about: dict, number: int, width: float, length: float, ends, middle, turn,
) -> list[Marker]:
    if not isfinite(width):
        return [like(GONE, **about, id=number), like(GONE, **about, id=number + 1)]
    spheres = like(
        SPHERES, **about, id=number + 1, scale=Vector3(x=width, y=width, z=width),
        points=[_point(end) for end in (ends if length else ends[:1])])
    if not length:
        return [spheres]  # RViz complains about a cylinder without length
    x, y, z, w = turn
    pose = like(UPRIGHT, position=_point(middle), orientation=Quaternion(x=x, y=y, z=z, w=w))
    scale = Vector3(x=width, y=width, z=length)
    return [like(CYLINDER, **about, id=number, scale=scale, pose=pose), spheres]


def _turns(axes: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the shortest turns (C, 4) of z into (C, 3), half a turn about x for -z."""
    unit = np.divide(
        axes, lengths, out=np.tile([0.0, 0.0, 1.0], (len(axes), 1)), where=lengths > 0)
    turns = np.column_stack([-unit[:, 1], unit[:, 0], np.zeros(len(unit)), 1 + unit[:, 2]])
    size = np.linalg.norm(turns, axis=1, keepdims=True)
    return np.where(size > 1e-6, turns / np.maximum(size, 1e-6), [1.0, 0, 0, 0])


def _point(place: list[float]) -> Point:
    x, y, z = place
    return Point(x=x, y=y, z=z)

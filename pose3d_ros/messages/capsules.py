# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Capsules as markers: a cylinder each, and the spheres at its ends."""
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
UNKNOWN, SPHERE, CAPSULE = range(3)  # what a capsule is shown as


def shapes_of(capsules: dict[str, Capsules], ended: list[str] = ()) -> tuple[tuple, np.ndarray]:
    """
    Return what capsule_markers takes to show the capsules of bodies, and that others ended.

    Parameters
    ----------
    capsules : dict of str to Capsules
        By the ids of the bodies.
    ended : list of str
        Ids.

    Returns
    -------
    tuple, (N, C, 15)
        The ids that ended, and the kind of each capsule of each other one; of each capsule its
        width and length, both ends, middle and turn.

    """
    numbers = np.array([*map(_numbers, capsules.values())] or np.zeros((0, 0, 15)))
    width, length = numbers[..., 0], numbers[..., 1]
    kinds = np.where(np.isnan(width), UNKNOWN, np.where(length > 0, CAPSULE, SPHERE))
    return (tuple(ended), tuple(zip(capsules, map(tuple, kinds.tolist())))), numbers


def _numbers(capsules: Capsules) -> np.ndarray:
    axes = capsules.ends[:, 1] - capsules.ends[:, 0]
    lengths = np.linalg.norm(axes, axis=1, keepdims=True)
    return np.concatenate([
        2 * capsules.radii[:, None], lengths, capsules.ends.reshape(-1, 6),
        capsules.ends.mean(axis=1), _turns(axes, lengths)], axis=1)


def capsule_markers(header: Header, shapes: tuple, numbers: np.ndarray) -> MarkerArray:
    """
    Return markers of what shapes_of returned.

    In the namespace capsules/<id>, capsule c of CAPSULES is the cylinder 2 c and the spheres
    2 c + 1; one that is unknown is deleted.
    """
    ended, shown = shapes
    markers = [like(GONE, header=header, ns=f'capsules/{name}', id=number)
               for name in ended for number in range(2 * len(CAPSULES))]
    for (name, kinds), rows in zip(shown, numbers.tolist()):
        about = {'header': header, 'ns': f'capsules/{name}'}
        for number, (kind, row) in enumerate(zip(kinds, rows)):
            markers += _capsule(about, 2 * number, kind, *row)
    return MarkerArray(markers=markers)


def _capsule(about: dict, number: int, kind: int, width, length, *places) -> list[Marker]:
    if kind == UNKNOWN:
        return [like(GONE, **about, id=number), like(GONE, **about, id=number + 1)]
    ends = [_point(places[:3]), _point(places[3:6])]
    spheres = like(
        SPHERES, **about, id=number + 1, scale=Vector3(x=width, y=width, z=width),
        points=ends if kind == CAPSULE else ends[:1])
    if kind == SPHERE:
        return [spheres]  # RViz complains about a cylinder without length
    x, y, z, w = places[9:]
    turn = Quaternion(x=x, y=y, z=z, w=w)
    return [like(
        CYLINDER, **about, id=number, scale=Vector3(x=width, y=width, z=length),
        pose=like(UPRIGHT, position=_point(places[6:9]), orientation=turn)), spheres]


def _turns(axes: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the shortest turns (C, 4) of z into (C, 3), half a turn about x for -z."""
    unit = np.divide(
        axes, lengths, out=np.tile([0.0, 0.0, 1.0], (len(axes), 1)), where=lengths > 0)
    turns = np.column_stack([-unit[:, 1], unit[:, 0], np.zeros(len(unit)), 1 + unit[:, 2]])
    size = np.linalg.norm(turns, axis=1, keepdims=True)
    return np.where(size > 1e-6, turns / np.maximum(size, 1e-6), [1.0, 0, 0, 0])


def _point(place) -> Point:
    x, y, z = place
    return Point(x=x, y=y, z=z)

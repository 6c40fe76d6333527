# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Rays into a room of floor, walls and boxes, compiled by numba."""
from math import floor

from numba import njit
import numpy as np

WALL_PIXEL, TILE_PIXEL = 0.0175, 0.011  # m
CEILING = 3.36  # m
OUTSIDE = 0.02  # m off a surface before looking for what is in the light's way


@njit(cache=True)
def through_box(boxes, b, x, y, z, dx, dy, dz):
    """Return distance along a ray to a box (infinite if missed) and the axis of the face hit."""
    px, py, cosine, sine = x - boxes[b, 0], y - boxes[b, 1], boxes[b, 6], boxes[b, 7]
    origin = (cosine * px + sine * py, cosine * py - sine * px, z - boxes[b, 2])
    ray = (cosine * dx + sine * dy, cosine * dy - sine * dx, dz)
    near, far, axis = -1e9, 1e9, 0
    for c in range(3):
        if abs(ray[c]) < 1e-9:
            if abs(origin[c]) > boxes[b, 3 + c]:
                return np.inf, 0
            continue
        half = boxes[b, 3 + c]
        first, last = (-half - origin[c]) / ray[c], (half - origin[c]) / ray[c]
        if first > last:
            first, last = last, first
        if first > near:
            near, axis = first, c
        far = min(far, last)
    return (near, axis) if 1e-4 < near < far else (np.inf, 0)


@njit(cache=True)
def fold(place, count, mirrored):
    """Return a whole number in [0, count) for any: round and round, or to and fro."""
    if not mirrored:
        return place % count
    place %= 2 * count
    return place if place < count else 2 * count - 1 - place


@njit(cache=True)
def sample(pictures, p, row, column, mirrored, colours, n):
    """Write into row n the colour at a place, px, of a picture that repeats, bilinear."""
    height, width = pictures.shape[1:3]
    i, j = int(floor(row)), int(floor(column))
    fi, fj = np.float32(row - i), np.float32(column - j)
    top, bottom = fold(i, height, mirrored), fold(i + 1, height, mirrored)
    left, right = fold(j, width, mirrored), fold(j + 1, width, mirrored)
    one = np.float32(1)
    for c in range(3):
        colours[n, c] = (
            (one - fi) * ((one - fj) * pictures[p, top, left, c] + fj * pictures[p, top, right, c])
            + fi * ((one - fj) * pictures[p, bottom, left, c]
                    + fj * pictures[p, bottom, right, c]))


@njit(cache=True)
def nearest(eye, dx, dy, dz, extent, boxes):
    """
    Return what a ray sees: distance, kind, axis of the face.

    Kinds: -1 floor, -2 ceiling, -3 to -6 the walls in the order of extent, from 0 on boxes.
    """
    best, kind, axis = np.inf, -1, 2
    if dz < -1e-9:
        best, kind = -eye[2] / dz, -1
    elif dz > 1e-9:
        best, kind = (CEILING - eye[2]) / dz, -2
    for side in range(4):
        c = side // 2
        ray = dx if c == 0 else dy
        if abs(ray) > 1e-9:
            t = (extent[side] - eye[c]) / ray
            if 1e-4 < t < best:
                best, kind, axis = t, -3 - side, c
    for b in range(len(boxes)):
        t, face = through_box(boxes, b, eye[0], eye[1], eye[2], dx, dy, dz)
        if t < best:
            best, kind, axis = t, b, face
    return best, kind, axis


@njit(cache=True)
def paint_room(kind, axis, x, y, z, dx, dy, walls, tiles, colours, n, normal):
    """Write the colour, row n, and the normal of a place on floor, ceiling or walls."""
    normal[:] = 0.0
    if kind == -1:
        normal[2] = 1.0
        sample(tiles, 0, x / TILE_PIXEL, y / TILE_PIXEL, False, colours, n)
    elif kind == -2:
        normal[2] = -1.0
        colours[n, 0] = colours[n, 1] = colours[n, 2] = 0.85
    else:
        row = min((CEILING - z) / WALL_PIXEL, walls.shape[1] - 1.01)
        along = (y if axis == 0 else x) / WALL_PIXEL + walls.shape[2] / 2
        sample(walls, -3 - kind, row, along, True, colours, n)
        normal[axis] = -1.0 if (dx if axis == 0 else dy) > 0 else 1.0


@njit(cache=True)
def paint_box(boxes, b, axis, x, y, z, dx, dy, dz, tiles, colours, n, normal):
    """Write the colour, row n, and the normal of a place on a box."""
    cosine, sine = boxes[b, 6], boxes[b, 7]
    px, py, pz = x - boxes[b, 0], y - boxes[b, 1], (z - boxes[b, 2]) / TILE_PIXEL
    ox, oy = cosine * px + sine * py, cosine * py - sine * px
    normal[:] = 0.0
    if axis == 2:
        normal[2] = -1.0 if dz > 0 else 1.0
        sample(tiles, 1 + b, ox / TILE_PIXEL, oy / TILE_PIXEL, True, colours, n)
        return
    if axis == 1:
        cosine, sine = -sine, cosine
    sign = -1.0 if cosine * dx + sine * dy > 0 else 1.0
    normal[0], normal[1] = sign * cosine, sign * sine
    sample(tiles, 1 + b, pz, (oy if axis == 0 else ox) / TILE_PIXEL, True, colours, n)


@njit(cache=True)
def in_light(x, y, z, normal, light, boxes):
    """Return whether no box stands between a place and the lamp."""
    x, y, z = x + OUTSIDE * normal[0], y + OUTSIDE * normal[1], z + OUTSIDE * normal[2]
    for b in range(len(boxes)):
        if through_box(boxes, b, x, y, z, light[0], light[1], light[2])[0] < np.inf:
            return False
    return True


@njit(cache=True)
def cast(rays, eye, extent, walls, tiles, boxes, light):
    """
    Return what rays from one point see.

    Parameters
    ----------
    rays : (N, 3)
        World directions whose length is 1 along the optical axis.
    eye : (3,)
        Where the rays start, m.
    extent, walls, tiles, boxes
        See room.py.
    light : (3,)
        Direction to the lamp.

    Returns
    -------
    colour (N, 3), facing (N,), lit (N,), points (N, 3) m, depth (N,) m
        All float32. Facing is the cosine to the lamp, lit 0 in the shadow of a box. Depth is along
        the optical axis.

    """
    count = len(rays)
    colour, points = np.empty((count, 3), np.float32), np.empty((count, 3), np.float32)
    facing, lit = np.empty(count, np.float32), np.ones(count, np.float32)
    depth, normal = np.empty(count, np.float32), np.zeros(3)
    for n in range(count):
        dx, dy, dz = rays[n, 0], rays[n, 1], rays[n, 2]
        t, kind, axis = nearest(eye, dx, dy, dz, extent, boxes)
        x, y, z = eye[0] + t * dx, eye[1] + t * dy, eye[2] + t * dz
        points[n, 0], points[n, 1], points[n, 2], depth[n] = x, y, z, t
        if kind < 0:
            paint_room(kind, axis, x, y, z, dx, dy, walls, tiles, colour, n, normal)
        else:
            paint_box(boxes, kind, axis, x, y, z, dx, dy, dz, tiles, colour, n, normal)
        facing[n] = max(normal[0] * light[0] + normal[1] * light[1] + normal[2] * light[2], 0.0)
        if kind < -2:
            facing[n] = 0.35 + 0.3 * facing[n]  # walls have lamps of their own
        elif facing[n] > 0 and not in_light(x, y, z, normal, light, boxes):
            lit[n] = 0.0
    return colour, facing, lit, points, depth

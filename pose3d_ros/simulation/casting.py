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
def through_box(box, x, y, z, dx, dy, dz):
    """Return distance along a ray to a box (infinite if missed) and the axis of the face hit."""
    px, py = x - box[0], y - box[1]
    origin = (box[6] * px + box[7] * py, -box[7] * px + box[6] * py, z - box[2])
    ray = (box[6] * dx + box[7] * dy, -box[7] * dx + box[6] * dy, dz)
    near, far, axis = -1e9, 1e9, 0
    for c in range(3):
        if abs(ray[c]) < 1e-9:
            if abs(origin[c]) > box[3 + c]:
                return np.inf, 0
            continue
        a, b = (-box[3 + c] - origin[c]) / ray[c], (box[3 + c] - origin[c]) / ray[c]
        if a > b:
            a, b = b, a
        if a > near:
            near, axis = a, c
        far = min(far, b)
    return (near, axis) if 1e-4 < near < far else (np.inf, 0)


@njit(cache=True)
def fold(place, count, mirrored):
    """Return a whole number in [0, count) for any: round and round, or to and fro."""
    if not mirrored:
        return place % count
    place %= 2 * count
    return place if place < count else 2 * count - 1 - place


@njit(cache=True)
def sample(picture, row, column, mirrored, colour):
    """Write the colour at a place in pixels of a picture that repeats for ever, bilinear."""
    height, width = picture.shape[:2]
    i, j = int(floor(row)), int(floor(column))
    fi, fj = np.float32(row - i), np.float32(column - j)
    top, bottom = fold(i, height, mirrored), fold(i + 1, height, mirrored)
    left, right = fold(j, width, mirrored), fold(j + 1, width, mirrored)
    one = np.float32(1)
    for c in range(3):
        colour[c] = (
            (one - fi) * ((one - fj) * picture[top, left, c] + fj * picture[top, right, c])
            + fi * ((one - fj) * picture[bottom, left, c] + fj * picture[bottom, right, c]))


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
    depth = np.empty(count, np.float32)
    for n in range(count):
        dx, dy, dz = rays[n, 0], rays[n, 1], rays[n, 2]
        best, kind, axis = np.inf, -1, 2
        if dz < -1e-9:
            best, kind = -eye[2] / dz, -1
        elif dz > 1e-9:
            best, kind = (CEILING - eye[2]) / dz, -2
        for side in range(4):
            c = side // 2
            if abs(rays[n, c]) > 1e-9:
                t = (extent[side] - eye[c]) / rays[n, c]
                if 1e-4 < t < best:
                    best, kind, axis = t, -3 - side, c
        for b in range(len(boxes)):
            t, face = through_box(boxes[b], eye[0], eye[1], eye[2], dx, dy, dz)
            if t < best:
                best, kind, axis = t, b, face
        x, y, z = eye[0] + best * dx, eye[1] + best * dy, eye[2] + best * dz
        points[n, 0], points[n, 1], points[n, 2], depth[n] = x, y, z, best
        nx, ny, nz = 0.0, 0.0, 0.0
        if kind == -1:
            nz = 1.0
            sample(tiles[0], x / TILE_PIXEL, y / TILE_PIXEL, False, colour[n])
        elif kind == -2:
            nz = -1.0
            colour[n, :] = 0.85
        elif kind < -2:
            wall = walls[-3 - kind]
            along = y if axis == 0 else x
            sample(wall, min((CEILING - z) / WALL_PIXEL, wall.shape[0] - 1.01),
                   along / WALL_PIXEL, True, colour[n])
            if axis == 0:
                nx = -1.0 if dx > 0 else 1.0
            else:
                ny = -1.0 if dy > 0 else 1.0
        else:
            box = boxes[kind]
            px, py = x - box[0], y - box[1]
            ox, oy, oz = box[6] * px + box[7] * py, -box[7] * px + box[6] * py, z - box[2]
            ray = box[6] * dx + box[7] * dy if axis == 0 else -box[7] * dx + box[6] * dy
            sign = -1.0 if ray > 0 else 1.0
            if axis == 2:
                nz = -1.0 if dz > 0 else 1.0
                sample(tiles[1 + kind], ox / TILE_PIXEL, oy / TILE_PIXEL, True, colour[n])
            elif axis == 0:
                nx, ny = sign * box[6], sign * box[7]
                sample(tiles[1 + kind], oz / TILE_PIXEL, oy / TILE_PIXEL, True, colour[n])
            else:
                nx, ny = -sign * box[7], sign * box[6]
                sample(tiles[1 + kind], oz / TILE_PIXEL, ox / TILE_PIXEL, True, colour[n])
        facing[n] = max(nx * light[0] + ny * light[1] + nz * light[2], 0.0)
        if kind < -2:
            facing[n] = 0.35 + 0.3 * facing[n]  # walls have lamps of their own
        elif facing[n] > 0:
            x, y, z = x + OUTSIDE * nx, y + OUTSIDE * ny, z + OUTSIDE * nz
            for b in range(len(boxes)):
                if through_box(boxes[b], x, y, z, light[0], light[1], light[2])[0] < np.inf:
                    lit[n] = 0.0
    return colour, facing, lit, points, depth

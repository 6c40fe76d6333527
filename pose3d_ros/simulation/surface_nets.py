# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Triangles of the surface where a field on a grid is zero.

Surface nets (Gibson, MICCAI 1998): one vertex in each cell that the surface crosses, one quad for
each edge of the grid that it crosses. The grid's lines may lie at any distance from each other.
"""
import numpy as np

_CORNERS = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
_EDGES = [(a, b) for a in range(8) for b in range(a + 1, 8)
          if np.abs(_CORNERS[a] - _CORNERS[b]).sum() == 1]


def triangulate(field: np.ndarray, axes: tuple) -> tuple[np.ndarray, np.ndarray]:
    """
    Return the surface of a field that is negative inside.

    Parameters
    ----------
    field : (X, Y, Z)
        Values at the grid's points; the outermost ones must be positive.
    axes : (X,), (Y,), (Z,)
        Coordinates of the grid's lines.

    Returns
    -------
    (V, 3), (F, 3) int32
        Vertices, and triangles that run counter-clockwise seen from outside.

    """
    inside = field < 0
    cells = np.zeros(np.array(field.shape) - 1, np.int32)
    for corner in _CORNERS:
        cells += inside[_shifted(corner, cells.shape)]
    crossed = np.argwhere((cells > 0) & (cells < 8))
    number = np.full(cells.shape, -1, np.int32)
    number[tuple(crossed.T)] = np.arange(len(crossed))
    return _vertices(field, axes, crossed), _triangles(inside, number)


def _shifted(corner: np.ndarray, shape: tuple) -> tuple:
    return tuple(slice(first, first + size) for first, size in zip(corner, shape))


def _vertices(field, axes, crossed):
    """Return the mean crossing of each crossed cell's edges (V, 3)."""
    values = np.stack([field[tuple((crossed + corner).T)] for corner in _CORNERS])  # (8, V)
    total, count = np.zeros(crossed.shape), np.zeros((len(crossed), 1))
    for a, b in _EDGES:
        cut = (values[a] < 0) != (values[b] < 0)
        share = values[a] / np.where(cut, values[a] - values[b], 1)
        total += cut[:, None] * (_CORNERS[a] + share[:, None] * (_CORNERS[b] - _CORNERS[a]))
        count += cut[:, None]
    place = crossed + total / count
    return np.stack([np.interp(place[:, i], np.arange(len(axis)), axis)
                     for i, axis in enumerate(axes)], axis=1)


def _triangles(inside, number):
    """Return two triangles for each crossed edge: its four cells' vertices."""
    quads = []
    for axis in range(3):
        second, third = (axis + 1) % 3, (axis + 2) % 3
        low = [slice(1, -1)] * 3
        low[axis] = slice(0, -1)
        high = list(low)
        high[axis] = slice(1, None)
        leaving = inside[tuple(low)] & ~inside[tuple(high)]
        entering = ~inside[tuple(low)] & inside[tuple(high)]
        for mask, order in ((leaving, (0, 1, 2, 3)), (entering, (3, 2, 1, 0))):
            place = np.argwhere(mask) + [int(i != axis) for i in range(3)]
            around = []
            for back_second, back_third in ((1, 1), (0, 1), (0, 0), (1, 0)):
                cell = place.copy()
                cell[:, second] -= back_second
                cell[:, third] -= back_third
                around.append(number[tuple(cell.T)])
            quads.append(np.stack([around[i] for i in order], axis=1))
    quads = np.concatenate(quads)
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)

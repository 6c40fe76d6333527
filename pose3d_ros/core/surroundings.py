# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The depths around the pixels of joints."""
import numpy as np
from pose3d_ros.core.camera import PinholeCamera

#: Places in a window, in its radii: to the right, and down.
GRID = np.stack(np.meshgrid(*2 * [np.linspace(-1, 1, 5)])).reshape(2, -1)
PRESENT = 0.5  # share of a window's known depths that must lie near those expected
BEFORE = 0.1  # share of them that may lie in front: beside an edge nothing is certain


class Surroundings:
    """
    What a depth image shows around joints.

    Parameters
    ----------
    depth : (H, W)
        m along the optical axis, NaN unknown.
    camera : PinholeCamera
        Of the image.
    positions : (N, J, 3)
        Joints, m, camera optical frame; what is farther or nearer on their lines of sight has the
        same pixels.

    """

    def __init__(self, depth: np.ndarray, camera: PinholeCamera, positions: np.ndarray):
        self._depth = depth
        self._pixels = camera.project(positions).transpose(2, 0, 1)[..., None]
        self._focal = (camera.matrix[0, 0] + camera.matrix[1, 1]) / 2

    def at(self, places: np.ndarray, unit: np.ndarray) -> np.ndarray:
        """
        Return depths (N, J, S) beside joints; NaN unknown.

        Parameters
        ----------
        places : (2, S)
            To the right of the joints, and down.
        unit : (N, J)
            Of the places, as a slope: m at a distance of 1 m.

        """
        height, width = self._depth.shape
        beside = (self._focal * unit)[..., None] * places[:, None, None]
        column, row = np.rint(self._pixels + beside)  # (N, J, S); NaN: unknown body
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        index = np.where(inside, row * width + column, 0).astype(int)
        return np.where(inside, self._depth.take(index), np.nan)


class Windows:
    """
    The depths in a window before each joint.

    Parameters
    ----------
    depths : (N, J, S)
        m, NaN unknown, at the places of GRID.

    """

    def __init__(self, depths: np.ndarray):
        self._depths = np.sort(depths, axis=-1)  # NaN last
        self._known = np.isfinite(self._depths).sum(-1)  # (N, J)

    def median(self) -> np.ndarray:
        """Return the median (N, J) of the known depths, one of them; NaN: none."""
        return self._at(np.maximum(self._known - 1, 0) / 2)

    def median_between(self, nearest, farthest) -> tuple[np.ndarray, np.ndarray]:
        """Return the median (N, J) of depths between two, and whether it is the skin."""
        begin = (self._depths < nearest[..., None]).sum(-1)
        end = (self._depths < farthest[..., None]).sum(-1)
        there = (end - begin >= np.maximum(PRESENT * self._known, 1)) & (
            begin <= BEFORE * self._known)
        return self._at((begin + np.maximum(end - 1, begin)) / 2), there

    def _at(self, place):
        count = self._depths.shape[-1]
        first = np.arange(0, self._depths.size, count).reshape(place.shape)
        return self._depths.take(first + np.minimum(place, count - 1).astype(int))

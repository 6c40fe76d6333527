# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A recorded motion: where each named point of a skeleton was, and how it was turned."""
from dataclasses import dataclass

import numpy as np

AXES = {'x': 0, 'y': 1, 'z': 2}


@dataclass(frozen=True)
class Motion:
    """One trial, in the axes and units of its file."""

    source: str
    points: tuple[str, ...]
    positions: np.ndarray  # (F, P, 3), units of the file
    orientations: np.ndarray  # (F, P, 3, 3), world from point; identity in the rest pose
    rate: float  # frames a second

    def _index(self, point: str) -> int:
        if point not in self.points:
            raise ValueError(f"{self.source}: no joint '{point}' among {list(self.points)}")
        return self.points.index(point)

    def position(self, point: str) -> np.ndarray:
        """Return the positions (F, 3) of a point; raise ValueError when the file lacks it."""
        return self.positions[:, self._index(point)]

    def orientation(self, point: str) -> np.ndarray:
        """Return the orientations (F, 3, 3) of a point."""
        return self.orientations[:, self._index(point)]


def rotation_about(axis: str, degrees: np.ndarray) -> np.ndarray:
    """Return the rotations (..., 3, 3) about a coordinate axis 'x', 'y' or 'z'."""
    angle = np.radians(np.asarray(degrees, float))
    cos, sin = np.cos(angle), np.sin(angle)
    i = AXES[axis]
    j, k = (i + 1) % 3, (i + 2) % 3
    rotation = np.zeros((*angle.shape, 3, 3))
    rotation[..., i, i] = 1
    rotation[..., j, j] = rotation[..., k, k] = cos
    rotation[..., j, k], rotation[..., k, j] = -sin, sin
    return rotation

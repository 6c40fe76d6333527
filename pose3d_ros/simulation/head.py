# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The shape of head, neck and hair: distances of points from them.

Measured for a stature of 1.70 m; points as in flesh.py.
"""
import numpy as np
from pose3d_ros.simulation.anatomy import Anatomy
from pose3d_ros.simulation.outfit import Outfit
from pose3d_ros.simulation.shapes import ellipsoid, loft, smooth_min, tilt

# sections: place from the shoulders (0) to the ears (1), half width, half depth, shift forward
NECK = np.array([(-0.2, 0.070, 0.066, -0.012), (0.15, 0.058, 0.060, -0.006),
                 (0.55, 0.054, 0.058, -0.004), (1.0, 0.055, 0.062, -0.006)])
#: Ellipsoids of the head from the middle of the ears: centre, half axes (forward, left, up).
SKULL = ((0.000, 0.0, 0.030), (0.097, 0.076, 0.097))
FACE = ((0.040, 0.0, -0.020), (0.056, 0.058, 0.078))
JAW = ((0.052, 0.0, -0.074), (0.048, 0.045, 0.040))
NOSE = ((0.098, 0.0, -0.012), (0.021, 0.012, 0.022))
BRIDGE = ((0.090, 0.0, 0.010), (0.014, 0.008, 0.028))
EAR = ((-0.008, 0.074, 0.000), (0.019, 0.008, 0.032))
HAIRLINE = (np.array([-0.62, 0.0, 0.785]), 0.024)  # plane: its normal and distance


class Head:
    """Head, neck and hair of one person as functions of points (..., 3)."""

    def __init__(self, anatomy: Anatomy, outfit: Outfit):
        self._anatomy, self.outfit = anatomy, outfit
        self.joints, self.scale = anatomy.joints, anatomy.scale

    def head_local(self, points):
        """Return points from the middle of the ears at a stature of 1.70 m."""
        return (points - self.joints['head']) / self.scale

    def head(self, points):
        """Return distances from head and neck, without hair."""
        local = self.head_local(points)
        slim = np.array([1, 1 - 0.04 * self._anatomy.feminine, 1])
        head = smooth_min(ellipsoid(local, SKULL[0], SKULL[1] * slim),
                          ellipsoid(local, FACE[0], FACE[1] * slim), 0.03)
        head = smooth_min(head, ellipsoid(local, JAW[0], JAW[1] * slim), 0.03)
        sockets = ellipsoid(local, (0.110, 0.033, 0.026), (0.019, 0.016, 0.011))
        head = -smooth_min(-head, sockets, 0.012)
        head = smooth_min(head, ellipsoid(local, *BRIDGE), 0.014)
        head = smooth_min(head, ellipsoid(local, *NOSE), 0.010)
        head = smooth_min(head, ellipsoid(local, *EAR), 0.006)
        return smooth_min(self.scale * head, self._neck(points), 0.03 * self.scale)

    def _neck(self, points):
        low, high = self.joints['neck'], self.joints['head']
        length = high[2] - low[2]
        place = (points[..., 2] - low[2]) / length
        sections = NECK * [1, self.scale, self.scale, self.scale]
        sections[:, 1:3] *= 1 - 0.13 * self._anatomy.feminine
        return loft(place, points[..., 1],
                    points[..., 0] - 0.3 * (high[0] - low[0]) * place, sections, length)

    def hairline(self, points):
        """Return how far points of the head lie above the hairline, m."""
        normal, distance = HAIRLINE
        local = self.head_local(points)
        above = local @ normal - distance
        if self.outfit.hair == 'long':  # falls over the ears down to the shoulders
            back = np.maximum(0.012 - local[..., 0], above)
            return np.minimum(back, local[..., 2] + 0.16)
        return np.maximum(above, -0.5 * (local[..., 0] + 0.045)
                          - np.maximum(-0.062 - local[..., 2], 0))

    def hair(self, points):
        """Return distances from the hair."""
        local, volume = self.head_local(points), self.outfit.hair_volume
        style = self.outfit.hair
        cap = ellipsoid(local, SKULL[0], np.add(SKULL[1], volume))
        locks = np.sin(np.stack([70 * local[..., 0] + 60 * local[..., 2], 95 * local[..., 1] +
                                 20 * local[..., 0], 80 * local[..., 2] + 1], axis=-1)).prod(-1)
        cap = cap - (0.003 + 0.25 * volume) * locks * (not self.outfit.capped)
        if style == 'long':
            fall = ellipsoid(local, (-0.042, 0, -0.045), (0.065 + volume, 0.082 + volume, 0.13))
            cap = smooth_min(cap, fall, 0.04)
        if self.outfit.capped:
            cap = ellipsoid(local, SKULL[0], np.add(SKULL[1], 0.014))
            if style == 'cap':
                brim = ellipsoid(local @ tilt(0.1).T, (0.115, 0, 0.077), (0.07, 0.075, 0.009))
                cap = smooth_min(cap, brim, 0.01)
            return self.scale * np.maximum(cap, 0.055 - local[..., 2] + 0.25 * local[..., 0])
        cut = -smooth_min(-cap, self.hairline(points), 0.015)
        if style == 'bun':
            cut = smooth_min(cut, ellipsoid(local, (-0.10, 0, 0.075), (0.04, 0.04, 0.04)), 0.015)
        return self.scale * cut

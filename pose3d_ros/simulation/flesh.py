# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The shape of a body with its clothes: distances of points from trunk, limbs and head.

Lofts (elliptic sections along a line) and ellipsoids, measured for a stature of 1.70 m and average
girth. Everything is symmetric: points are taken to the left side. Body frame, metres; distances
are negative inside and right only near the surface, which is where they are used.
"""
import numpy as np
from pose3d_ros.simulation.anatomy import Anatomy
from pose3d_ros.simulation.head import Head
from pose3d_ros.simulation.outfit import Outfit
from pose3d_ros.simulation.shapes import ellipsoid, loft, smooth_min, tilt, turn

# sections: place along the part, half width (left), half depth (forward), shift forward
TRUNK = np.array([  # 0 at the hips, 1 at the shoulders
    (-0.26, 0.060, 0.060, -0.005), (-0.20, 0.118, 0.098, -0.012), (-0.08, 0.160, 0.122, -0.016),
    (0.05, 0.163, 0.119, -0.012), (0.20, 0.150, 0.109, 0.000), (0.36, 0.137, 0.101, 0.006),
    (0.55, 0.146, 0.110, 0.004), (0.74, 0.162, 0.121, 0.004), (0.88, 0.166, 0.108, -0.004),
    (0.96, 0.168, 0.090, -0.012), (1.02, 0.160, 0.074, -0.016), (1.07, 0.136, 0.064, -0.018),
    (1.12, 0.102, 0.058, -0.018), (1.18, 0.070, 0.054, -0.016), (1.26, 0.052, 0.048, -0.012)])
FEMININE = np.array([  # what the fully feminine trunk adds
    (-0.26, 0, 0, 0), (-0.08, 0.010, 0.004, 0), (0.05, 0.006, 0, 0), (0.36, -0.016, -0.010, 0),
    (0.55, -0.012, -0.008, 0), (0.74, -0.016, 0.004, 0.008), (0.87, -0.018, -0.010, 0),
    (1.04, -0.012, -0.008, 0), (1.26, -0.006, -0.006, 0)])
ARM = np.array([  # 0 shoulder, 1 elbow, 2 wrist
    (-0.05, 0.034, 0.040, 0), (0.06, 0.044, 0.049, 0), (0.18, 0.048, 0.052, 0),
    (0.35, 0.046, 0.048, 0.002), (0.65, 0.041, 0.043, 0.002), (0.95, 0.037, 0.039, 0),
    (1.22, 0.039, 0.042, 0), (1.55, 0.033, 0.035, 0), (1.90, 0.024, 0.028, 0),
    (2.10, 0.020, 0.029, 0)])
LEG = np.array([  # 0 hip, 1 knee, 2 ankle
    (-0.15, 0.070, 0.078, -0.012), (0.00, 0.084, 0.092, -0.010), (0.20, 0.083, 0.090, -0.002),
    (0.50, 0.071, 0.077, 0.004), (0.80, 0.059, 0.062, 0.004), (1.00, 0.053, 0.058, 0.002),
    (1.15, 0.051, 0.056, -0.008), (1.32, 0.054, 0.060, -0.018), (1.60, 0.043, 0.047, -0.014),
    (1.85, 0.034, 0.038, -0.008), (2.02, 0.033, 0.040, -0.008)])


class Flesh(Head):
    """All parts of one clothed person as functions of points (..., 3)."""

    def __init__(self, anatomy: Anatomy, outfit: Outfit):
        super().__init__(anatomy, outfit)
        limbs = (1 - 0.1 * anatomy.feminine) * (0.5 + 0.5 * anatomy.girth)
        # factors on the columns of the sections; the place along a part has none
        self._thick = np.array([1, *(self.scale * np.array([anatomy.girth, anatomy.girth, 1]))])
        self._limb_thick = np.array([1, *(self.scale * np.array([limbs, limbs, 1]))])
        self._trunk_sections = self._shape_trunk()

    def _shape_trunk(self):
        sections = TRUNK.copy()
        for i in (1, 2, 3):
            sections[:, i] += self._anatomy.feminine * np.interp(
                sections[:, 0], FEMININE[:, 0], FEMININE[:, i])
        broad = self.joints['left_shoulder'][1] / (0.174 * self.scale)
        sections[:, 1] *= 1 + (broad - 1) * np.clip((sections[:, 0] - 0.6) / 0.3, 0, 1) * (
            sections[:, 0] < 1.1)
        belly = self._anatomy.belly * np.exp(-((sections[:, 0] - 0.3) / 0.22) ** 2)
        sections[:, 2] += belly / 2
        sections[:, 3] += belly / 2
        sections = sections * self._thick
        outfit, at = self.outfit, sections[:, 0]
        hem = -outfit.shirt_hem / self._trunk_length()
        cloth = np.where(at > hem, outfit.shirt, outfit.trousers) * (at < 1.0)
        # a shirt hangs from the chest: it does not follow the waist
        sections[:, 1:3] += cloth[:, None]
        chest = sections[np.abs(at - 0.74) < 0.01, 1:3][0]
        loose = np.clip(outfit.shirt / 0.02, 0, 1) * ((at > hem) & (at < 0.74))
        sections[:, 1:3] += loose[:, None] * 0.8 * np.maximum(chest - sections[:, 1:3], 0)
        return sections

    def _trunk_length(self):
        return self.joints['neck'][2] - self.joints['pelvis'][2]

    def trunk_place(self, points):
        """Return 0 at the height of the hips, 1 at that of the shoulders."""
        return (points[..., 2] - self.joints['pelvis'][2]) / self._trunk_length()

    def limb_place(self, points, names: tuple):
        """Return place along a left limb, and the coordinates across it: left, forward."""
        root, middle, end = (self.joints[f'left_{name}'] for name in names)
        axis = (end - root) / np.linalg.norm(end - root)
        across = np.cross(axis, [1.0, 0, 0])
        relative = points - root
        along = relative @ axis
        first, second = np.linalg.norm(middle - root), np.linalg.norm(end - middle)
        place = np.where(along < first, along / first, 1 + (along - first) / second)
        return place, relative @ across, relative[..., 0]

    def trunk(self, points):
        """Return distances from the trunk."""
        return loft(self.trunk_place(points), points[..., 1], points[..., 0],
                    self._trunk_sections, self._trunk_length())

    def arm(self, points):
        """Return distances from the left arm without its hand."""
        place, across, forward = self.limb_place(points, ('shoulder', 'elbow', 'wrist'))
        bare = loft(place, across, forward, ARM * self._limb_thick, 0.25)
        inside = np.clip((self.outfit.sleeve - place) * 12, 0, 1)
        return bare - inside * 0.9 * self.outfit.shirt

    def hand(self, points):
        """Return distances from the left hand: flat, thumb forward."""
        wrist = self.joints['left_wrist']
        axis = wrist - self.joints['left_elbow']
        axis = axis / np.linalg.norm(axis)
        frame = np.stack([np.array([1.0, 0, 0]), np.cross(axis, [1.0, 0, 0]), axis])
        local = (points - wrist) @ frame.T / self.scale
        palm = ellipsoid(local, (0.0, 0, 0.045), (0.041, 0.017, 0.055))
        fingers = ellipsoid(local, (-0.002, 0.004, 0.125), (0.037, 0.012, 0.06))
        thumb = ellipsoid(local @ tilt(0.55).T, (0.008, 0.004, 0.075), (0.013, 0.012, 0.042))
        return self.scale * smooth_min(smooth_min(palm, fingers, 0.03), thumb, 0.015)

    def leg(self, points):
        """Return distances from the left leg without its foot."""
        place, across, forward = self.limb_place(points, ('hip', 'knee', 'ankle'))
        sections, outfit = LEG * self._limb_thick, self.outfit
        bare = loft(place, across, forward, sections, 0.41)
        if outfit.skirt:
            return bare
        wide = sections.copy()
        wide[:, 1:3] = np.maximum(wide[:, 1:3] + outfit.trousers, outfit.flare * self.scale)
        clothed = loft(place, across, forward, wide, 0.41)
        inside = np.clip((outfit.legs - place) * 16, 0, 1)
        return bare + inside * (clothed - bare)

    def foot(self, points):
        """Return distances from the left foot or its shoe."""
        local = (points - self.joints['left_ankle'] * [1, 1, 0]) @ turn(-0.12).T / self.scale
        thick = 0.004 if self.outfit.shoe else 0.0
        heel = ellipsoid(local, (-0.012, 0, 0.030), (0.048, 0.034, 0.05))
        instep = ellipsoid(local @ tilt(-0.32).T, (0.055, 0, 0.045), (0.09, 0.038, 0.038))
        toes = ellipsoid(local, (0.125, 0.002, 0.018), (0.065, 0.045, 0.032))
        whole = smooth_min(smooth_min(heel, instep, 0.04), toes, 0.04) - thick
        return self.scale * np.maximum(whole, -local[..., 2])

    def skirt(self, points):
        """Return distances from the skirt."""
        outfit, hip = self.outfit, self.joints['pelvis'][2]
        leg = hip - self.joints['left_ankle'][2]
        hem = -outfit.skirt / 2 * leg
        top = 0.2 * self._trunk_length()
        waist = np.array([np.interp(0.2, self._trunk_sections[:, 0], self._trunk_sections[:, i])
                          for i in (1, 2)])
        hips = np.array([np.interp(-0.08, self._trunk_sections[:, 0], self._trunk_sections[:, i])
                         for i in (1, 2)])
        low = np.maximum(outfit.skirt_width * np.array([1, 0.85]) * self.scale, hips + 0.01)
        sections = np.array([(hem, *low, -0.01), (-0.04, *(hips + 0.012), -0.01),
                             (top, *(waist + 0.004), 0.0)])
        return loft(points[..., 2] - hip, points[..., 1], points[..., 0], sections, 1.0)

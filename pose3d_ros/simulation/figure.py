# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One person's measures, and poses from where pelvis, hands and feet are."""
import numpy as np
from pose3d_ros.simulation.anatomy import Anatomy, SIDES
from pose3d_ros.simulation.pose import Pose, two_bones


class Figure:
    """Puts a person's pieces together: hips, trunk, and limbs by where they end."""

    def __init__(self, anatomy: Anatomy):
        self.joints = anatomy.joints
        self._upper = anatomy.length('left_shoulder', 'left_elbow')
        self._fore = anatomy.length('left_elbow', 'left_wrist')
        self._thigh = anatomy.length('left_hip', 'left_knee')
        self._shank = anatomy.length('left_knee', 'left_ankle')
        self.arm, self.leg = self._upper + self._fore, self._thigh + self._shank
        self.height = float(self.joints['pelvis'][2])
        self.scale = anatomy.scale

    def pose(self, pelvis, hips, chest, head, hands, ankles, feet, elbows=None) -> Pose:
        """
        Return a pose.

        Parameters
        ----------
        pelvis : (3,)
            m.
        hips, chest, head : (3, 3)
            World from the part.
        hands : (2, 3)
            Wrists from the shoulders in arm lengths, chest frame.
        ankles : (2, 3)
            World, m.
        feet : (2, 3, 3)
            World from foot.
        elbows : (2, 3), optional
            Where they bend to, chest frame.

        """
        lumbar = pelvis + hips @ (self.joints['lumbar'] - self.joints['pelvis'])
        arms, legs = [], []
        for i, (side, sign) in enumerate(SIDES.items()):
            shoulder = lumbar + chest @ (self.joints[f'{side}_shoulder'] - self.joints['lumbar'])
            pole = chest @ (np.array([-1.0, sign * 0.6, -0.5]) if elbows is None else elbows[i])
            target = shoulder + chest @ np.asarray(hands[i], float) * self.arm
            arms.append(two_bones(shoulder, target, self._upper, self._fore, pole))
            hip = pelvis + hips @ (self.joints[f'{side}_hip'] - self.joints['pelvis'])
            pole = feet[i][:, 0] + 0.3 * hips[:, 0]
            legs.append(two_bones(hip, ankles[i], self._thigh, self._shank, pole))
        return Pose(np.asarray(pelvis, float), hips, chest, head, np.stack(arms), np.stack(legs),
                    np.asarray(feet))

    def ankle(self, side: float, forward=0.0, left=0.0, up=0.0) -> np.ndarray:
        """Return where an ankle is, from where it is when the person stands upright."""
        rest = self.joints['left_ankle' if side > 0 else 'right_ankle']
        return rest + np.array([forward, left, up])

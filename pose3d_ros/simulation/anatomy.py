# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The measures of one person, and where the joints lie in the pose that the body is modelled in.

Body frame: x forward, y left, z up, metres; the origin between the feet on the floor. The person
stands upright, the arms hang away from the trunk.
"""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.mocap.body import HEAD

SIDES = {'left': 1.0, 'right': -1.0}
#: Angle between the hanging arm and the vertical in the modelled pose: between the extremes.
ARM_ANGLE = np.radians(52)
#: Means and relative deviations of parts in statures, after de Leva (J. Biomech. 1996), but with
#: hips and ankles 1 cm nearer to where people who annotate pictures put them (as a network that
#: learned from such pictures finds them here). Widths between joint centres.
PARTS = {
    'thigh': (0.242, 0.025), 'shank': (0.240, 0.025), 'upper_arm': (0.164, 0.03),
    'forearm': (0.153, 0.03), 'trunk': (0.293, 0.025), 'hips': (0.109, 0.05),
    'shoulders': (0.205, 0.05), 'neck': (0.106, 0.04), 'ankle': (0.046, 0.05),
}


@dataclass(frozen=True)
class Anatomy:
    """One person without clothes."""

    stature: float  # m
    feminine: float  # 0 to 1: how wide the hips are against the shoulders
    girth: float  # factor on all thicknesses, 1: average
    belly: float  # m that the belly stands out
    joints: dict[str, np.ndarray]  # (3,) m, body frame

    @property
    def scale(self) -> float:
        """Return the size of the person relative to one of 1.70 m."""
        return self.stature / 1.70

    def length(self, first: str, second: str) -> float:
        """Return the distance between two joints, m."""
        return float(np.linalg.norm(self.joints[first] - self.joints[second]))


def make_anatomy(rng: np.random.Generator) -> Anatomy:
    """Return a person of random sex, size and proportions."""
    feminine = float(np.clip(rng.choice([0.1, 0.9]) + rng.normal(0, 0.15), 0, 1))
    stature = float(np.clip(rng.normal(1.77 - 0.13 * feminine, 0.07), 1.5, 1.95))
    parts = {name: stature * mean * (1 + np.clip(rng.normal(0, deviation), -2 * deviation,
                                                 2 * deviation))
             for name, (mean, deviation) in PARTS.items()}
    parts['shoulders'] *= 1.03 - 0.07 * feminine
    parts['hips'] *= 0.98 + 0.05 * feminine
    girth = float(np.clip(rng.lognormal(0, 0.1), 0.82, 1.3))
    belly = float(np.clip(rng.normal(0.25 * (girth - 1), 0.012), -0.01, 0.09))
    return Anatomy(stature, feminine, girth, belly, _joints(parts, stature))


def _joints(parts: dict, stature: float) -> dict[str, np.ndarray]:
    hip_height = parts['ankle'] + parts['shank'] + parts['thigh']
    shoulder_height = hip_height + parts['trunk']
    joints = {
        'pelvis': [0, 0, hip_height],
        'lumbar': [-0.01, 0, hip_height + 0.32 * parts['trunk']],
        'neck': [-0.012, 0, shoulder_height],
        'nape': [-0.015, 0, shoulder_height + 0.25 * parts['neck']],
        'head': [0.015, 0, shoulder_height + parts['neck']],
    }
    for side, sign in SIDES.items():
        arm = np.array([0, sign * np.sin(ARM_ANGLE), -np.cos(ARM_ANGLE)])
        shoulder = np.array([-0.012, sign * parts['shoulders'] / 2, shoulder_height])
        elbow = shoulder + parts['upper_arm'] * arm
        ankle = np.array([-0.01, sign * (parts['hips'] / 2 + 0.022), parts['ankle']])
        hip = np.array([0, sign * parts['hips'] / 2, hip_height])
        knee = hip + (ankle - hip) * parts['thigh'] / (parts['thigh'] + parts['shank'])
        joints |= {
            f'{side}_sternum': [0.03, sign * 0.02, shoulder_height - 0.005],
            f'{side}_shoulder': shoulder, f'{side}_elbow': elbow,
            f'{side}_wrist': elbow + parts['forearm'] * arm,
            f'{side}_hip': hip, f'{side}_knee': knee, f'{side}_ankle': ankle,
        }
    for name, offset in HEAD.items():  # forward, left, up: the body frame's axes
        joints[name] = joints['head'] + stature * np.array(offset)
    return {name: np.asarray(joint, float) for name, joint in joints.items()}

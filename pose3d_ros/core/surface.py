# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where the skin lies in front of a body's joints, and which joints its own limbs hide."""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core.skeleton import LEGS, Skeleton

#: From skin or clothes to the joint behind it, for a stature of 1.70 m, along the line of sight:
#: where the body faces the camera or turns its back, where it shows its side, and the standard
#: deviation; then the radius of the window to look at; all m. Medians over visible joints of
#: clothed simulated people from all sides, which are half the thickness of limbs.
SKIN = {
    'pelvis': (0.125, 0.185, 0.025, 0.04), 'hip': (0.100, 0.090, 0.025, 0.04),
    'knee': (0.055, 0.050, 0.015, 0.03), 'ankle': (0.047, 0.040, 0.015, 0.02),
    'neck': (0.083, 0.120, 0.020, 0.03), 'shoulder': (0.057, 0.055, 0.015, 0.03),
    'elbow': (0.042, 0.045, 0.012, 0.02), 'wrist': (0.022, 0.022, 0.012, 0.02),
    'head': (0.092, 0.075, 0.020, 0.04), 'nose': (0.000, 0.000, 0.025, 0.015),
}
TRUNK = 0.498  # m, pelvis to neck of that stature (de Leva, J. Biomech. 1996)
SIZES = 0.5, 1.3  # from a small child to the tallest
BALLS = 0.25, 0.5, 0.75  # places along a bone of the balls that stand for its limb
NEAREST = 1.3  # skins between the middles of two limbs; side by side there are two
MARGIN = 0.06  # m, by which a limb's skin must lie in front of a joint's own to hide it
WIDER = 2.0  # times as thick, limbs of which it is not known how they lie


@dataclass(frozen=True)
class Skin:
    """Where the skin lies in front of N bodies' joints."""

    offset: np.ndarray  # (N, J) m, from skin to joint along the line of sight
    sigma: np.ndarray  # (N, J) m, its standard deviation
    radius: np.ndarray  # (N, J) m, of the window to look at
    hidden: np.ndarray  # (N, J) bool: behind another part of the same body
    crossed: np.ndarray  # (N, J) bool: perhaps behind an arm or a leg of the same body


class SkinModel:
    """The skin of bodies of a skeleton that has the joints of SKIN."""

    def __init__(self, skeleton: Skeleton):
        self._front, self._side, self._sigma, self._radius = np.array(
            [SKIN[name.split('_')[-1]] for name in skeleton.points]).T
        self._trunk = skeleton.index('pelvis'), skeleton.index('neck')
        self._hips = skeleton.index('left_hip'), skeleton.index('right_hip')
        self._paired = np.array(skeleton.mirrored) != np.arange(len(skeleton))
        self._mirrored = skeleton.mirrored
        self._balls = _balls(skeleton)
        self._others = _others(skeleton, self._balls)
        #: (2, J) the joint before each on its limb, that of the other leg; itself without one.
        self.linked = np.array([_inner(skeleton), _other_legs(skeleton)])

    def __call__(self, positions: np.ndarray) -> Skin:
        """Return the skin of bodies from their joints (N, J, 3), m, camera optical frame."""
        low, high = self._trunk
        trunk = positions[:, high] - positions[:, low]
        size = np.sqrt((trunk**2).sum(axis=-1, keepdims=True)) / TRUNK
        size = np.minimum(np.maximum(size, SIZES[0]), SIZES[1])
        offset = size * self._thickness(positions)
        hidden, crossed = self._hidden(positions, offset)
        return Skin(offset, size * self._sigma, size * self._radius, hidden, crossed)

    def twice(self, positions: np.ndarray, offset: np.ndarray) -> np.ndarray:
        """
        Return which joints (N, J) are nearer to those of the other side than limbs can be.

        Where a box hides one leg, keypoint networks find both in the other.
        """
        apart = positions - positions.take(self._mirrored, axis=1)
        return self._paired & ((apart**2).sum(-1) < (NEAREST * offset) ** 2)

    def _thickness(self, positions):
        """Return from skin to joint (N, J), as much of the side as the hips show of it."""
        left, right = self._hips
        axis, ray = positions[:, left] - positions[:, right], positions[:, left]
        square = (axis * ray).sum(-1) ** 2 / ((axis * axis).sum(-1) * (ray * ray).sum(-1))
        return self._front + square[:, None] * (self._side - self._front)

    def _hidden(self, positions, offset):
        """Return which joints (N, J) are behind a part of the same body, and which may be."""
        x, y, depth = positions[..., None].transpose(2, 0, 1, 3)  # (N, J, 1)
        across_x, across_y, far = (self._balls @ positions)[:, None].transpose(3, 0, 1, 2)
        radius = (self._balls @ offset[..., None]).swapaxes(1, 2)
        # squared distance of the ball's middle from the line of sight, in the middle's plane
        beside = (x / depth * far - across_x) ** 2 + (y / depth * far - across_y) ** 2
        square = radius**2 - beside  # (N, J, M), of half of the chord
        behind = far - (depth - offset[..., None])  # (N, J, M), the skin
        hidden = square > np.maximum(behind + MARGIN, 0) ** 2
        crossed = ((WIDER * radius) ** 2 > beside) & (radius > behind) & self._others
        return hidden.any(-1), crossed.any(-1)


def _inner(skeleton):
    """Return the next joint inwards of wrists and ankles; all others are their own."""
    inner = np.arange(len(skeleton))
    for parent, child in skeleton.bones:
        if child.endswith(('wrist', 'ankle')):
            inner[skeleton.index(child)] = skeleton.index(parent)
    return inner


def _other_legs(skeleton):
    """Return where those of the other leg are for knees and ankles; all others are their own."""
    return [skeleton.mirrored[row] if name.endswith(LEGS) else row
            for row, name in enumerate(skeleton.points)]


def _balls(skeleton):
    """Return the weights (M, J) of joints in the balls along bones and the sides of the trunk."""
    bones = skeleton.bone_indices + [
        (skeleton.index(f'{side}_hip'), skeleton.index(f'{side}_shoulder'))
        for side in ('left', 'right')]
    weights = np.zeros((len(bones), len(BALLS), len(skeleton)))
    for bone, (low, high) in zip(weights, bones):
        bone[:, low], bone[:, high] = 1 - np.array(BALLS), BALLS
    return np.concatenate([np.eye(len(skeleton)), weights.reshape(-1, len(skeleton))])


def _others(skeleton, balls):
    """Return which balls (J, M) are of arms or legs, and of no bone that ends at a joint."""
    limbs = [name.endswith((*LEGS, 'elbow', 'wrist')) for name in skeleton.points]
    return (balls[:, limbs].sum(axis=1) > 0) & (balls.T == 0)

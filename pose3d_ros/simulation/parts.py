# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which part of the body a vertex belongs to: the bones that move it, the layers that cover it."""
import numpy as np
from pose3d_ros.simulation.anatomy import SIDES
from pose3d_ros.simulation.flesh import Flesh

TRUNK_BONES = ('pelvis', 'chest', 'head')
LIMB_BONES = ('clavicle', 'upper_arm', 'forearm', 'hand', 'thigh', 'shank', 'foot')
BONES = TRUNK_BONES + tuple(f'{side}_{bone}' for side in SIDES for bone in LIMB_BONES)
#: From the outside in: the first layer with a positive field is seen; skin where none is.
LAYERS = ('hair', 'shirt', 'trousers', 'shoes')


def step(values, low, high):
    """Return 0 below low, 1 above high, smooth between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


class Parts:
    """Which part of the body each vertex belongs to, and what follows from it."""

    def __init__(self, flesh: Flesh, vertices: np.ndarray):
        self.flesh, self.vertices = flesh, vertices
        self.points = points = vertices * [1, 0, 1] + np.abs(vertices) * [0, 1, 0]
        self.is_left = vertices[:, 1] > 0
        self.trunk_place = flesh.trunk_place(points)
        self.arm_place, *self.arm_across = flesh.limb_place(points, ('shoulder', 'elbow', 'wrist'))
        self.leg_place, *_ = flesh.limb_place(points, ('hip', 'knee', 'ankle'))
        trunk = flesh.trunk(points)
        arm = np.minimum(flesh.arm(points), flesh.hand(points))
        far_out = points[:, 1] > flesh.joints['left_shoulder'][1] + 0.13  # hands near a skirt
        self.arm = np.where(far_out, 1.0, step(trunk - arm, -0.045, 0.045))
        self.arm *= self.arm_place > -0.3
        self.above_hips = points[:, 2] - flesh.joints['pelvis'][2]
        self.above_neck = (points[:, 2] - flesh.joints['neck'][2]) / (
            flesh.joints['head'][2] - flesh.joints['neck'][2])
        self.hair = self._hair()
        self.skirt = np.zeros(len(points), bool)
        if flesh.outfit.skirt:
            self.skirt = (flesh.skirt(points) < flesh.leg(points) - 0.002) & (self.arm < 0.5)

    def _hair(self) -> np.ndarray:
        """Return the field (V,) of the hair."""
        flesh, field = self.flesh, np.full(len(self.points), -1.0)
        if flesh.outfit.hair != 'bald':
            near = self.above_neck > -1.0
            points = self.points[near]
            hair, other = flesh.hair(points), np.minimum(flesh.head(points), flesh.trunk(points))
            field[near] = np.minimum(other - hair, 0.01 - hair) - 0.0015
            if flesh.outfit.hair in ('short', 'bun'):  # cut close on the nape
                behind = -0.035 - flesh.head_local(points)[:, 0]
                field[near] = np.maximum(field[near], np.minimum(behind, flesh.hairline(points)))
        return field

    def weights(self) -> np.ndarray:
        """Return the weights (V, B) of the bones."""
        head_z = self.flesh.head_local(self.points)[:, 2]
        head = np.where(self.hair > 0, step(head_z, -0.22, -0.08), step(self.above_neck, 0.1, 0.8))
        arm = self.arm * step(self.arm_place, -0.22, 0.34)
        chest = step(self.trunk_place, 0.05, 0.6)
        girdle = step(self.trunk_place, 0.62, 0.92) * step(self.points[:, 1], 0.02, 0.12) * (
            1 - head)
        weights = dict.fromkeys(BONES)
        weights['head'] = head * (1 - arm)
        rest = (1 - head) * (1 - arm)
        for side, mine in (('left', self.is_left), ('right', ~self.is_left)):
            leg = self._leg(side, mine)
            weights |= self._leg_bones(side, leg) | self._arm_bones(side, mine * arm)
            rest = rest - leg * (1 - head) * (1 - arm)
            weights[f'{side}_clavicle'] = mine * np.clip(rest, 0, 1) * girdle
        rest = np.clip(rest, 0, 1) * (1 - girdle)
        weights['chest'], weights['pelvis'] = rest * chest, rest * (1 - chest)
        weights = np.stack([weights[bone] for bone in BONES], axis=1)
        return weights / weights.sum(1, keepdims=True)

    def _leg(self, side: str, mine: np.ndarray) -> np.ndarray:
        """Return the weights (V,) of a whole leg; both move what lies between them in a skirt."""
        thigh = step(self.leg_place, -0.06, 0.26) * step(self.points[:, 1], -0.01, 0.05)
        left = step(self.vertices[:, 1], -0.13, 0.13)
        in_skirt = 0.85 * step(-self.above_hips, -0.02, 0.22)
        return np.where(self.skirt, in_skirt * (left if side == 'left' else 1 - left),
                        thigh * mine) * (1 - self.arm)

    def _leg_bones(self, side: str, leg: np.ndarray) -> dict[str, np.ndarray]:
        shank = step(self.leg_place, 0.88, 1.12) * ~self.skirt
        foot = step(self.leg_place, 1.90, 2.03) * ~self.skirt
        return {f'{side}_thigh': leg * (1 - shank), f'{side}_shank': leg * shank * (1 - foot),
                f'{side}_foot': leg * shank * foot}

    def _arm_bones(self, side: str, arm: np.ndarray) -> dict[str, np.ndarray]:
        fore, hand = step(self.arm_place, 0.86, 1.14), step(self.arm_place, 1.92, 2.08)
        return {f'{side}_upper_arm': arm * (1 - fore), f'{side}_forearm': arm * fore * (1 - hand),
                f'{side}_hand': arm * fore * hand}

    def layers(self) -> np.ndarray:
        """Return the fields (V, 4) of LAYERS."""
        flesh, outfit = self.flesh, self.flesh.outfit
        is_arm = self.arm > 0.5
        nape = self.points - flesh.joints['nape'] - [0.025, 0, 0]
        shirt = np.minimum(np.linalg.norm(nape, axis=1) - outfit.neckline * flesh.scale,
                           self.above_hips + outfit.shirt_hem)
        shirt = np.minimum(shirt, (0.25 - self.above_neck) * 0.18)  # the chin is bare
        shirt = np.where(is_arm, (outfit.sleeve - self.arm_place) * 0.25, shirt)
        if outfit.bare:
            shirt = np.full_like(shirt, -0.1)
        waist = (0.2 - self.trunk_place) * 0.5
        hem = (outfit.legs - self.leg_place) * 0.41
        if outfit.skirt:
            leg = flesh.joints['pelvis'][2] - flesh.joints['left_ankle'][2]
            hem = self.above_hips + outfit.skirt / 2 * leg + 0.004
        trousers = np.where(is_arm, -0.1, np.minimum(waist, hem))
        shoes = np.where(is_arm, -0.1, outfit.shoe * flesh.scale - self.points[:, 2])
        if not outfit.shoe:
            shoes = np.full_like(shoes, -0.1)
        return np.stack([self.hair, shirt, trousers, shoes], axis=1)

    def texture(self) -> np.ndarray:
        """Return places on the body with the arms straight down."""
        shoulder = self.flesh.joints['left_shoulder']
        across, forward = self.arm_across
        along = np.where(self.arm_place < 1, self.arm_place * 0.28, 0.28 + 0.26 * (
            self.arm_place - 1)) * self.flesh.scale
        sign = np.where(self.is_left, 1, -1)
        straight = np.stack([shoulder[0] + forward, sign * (shoulder[1] + across),
                             shoulder[2] - along], axis=1)
        return np.where(self.arm[:, None] > 0.5, straight, self.vertices)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
A person's surface, made once: triangles, the bones that move them, what covers them.

Body frame as in anatomy.py. Layers are signed fields over the vertices, positive where the layer
covers the body: interpolated to a pixel they give clean hems on coarse triangles.
"""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.simulation.anatomy import Anatomy, SIDES
from pose3d_ros.simulation.flesh import Flesh, smooth_min
from pose3d_ros.simulation.outfit import Outfit
from pose3d_ros.simulation.surface_nets import triangulate
from scipy.ndimage import map_coordinates

TRUNK_BONES = ('pelvis', 'chest', 'head')
LIMB_BONES = ('clavicle', 'upper_arm', 'forearm', 'hand', 'thigh', 'shank', 'foot')
BONES = TRUNK_BONES + tuple(f'{side}_{bone}' for side in SIDES for bone in LIMB_BONES)
#: From the outside in: the first layer with a positive field is seen; skin where none is.
LAYERS = ('hair', 'shirt', 'trousers', 'shoes')
STEP, FINE_STEP = 0.0135, 0.0085  # m, of the grid; fine around the head and the feet
FAR = 0.3  # m, field where no part is near
OCCLUSION_REACH = 0.06  # m


@dataclass(frozen=True)
class Mesh:
    """The surface of one clothed person in the modelled pose."""

    anatomy: Anatomy
    outfit: Outfit
    vertices: np.ndarray  # (V, 3) float32 m, body frame
    triangles: np.ndarray  # (F, 3) int32
    bones: np.ndarray  # (V, 4) int32, into BONES
    weights: np.ndarray  # (V, 4) float32, sum 1
    layers: np.ndarray  # (V, 4) float32, see LAYERS
    texture: np.ndarray  # (V, 3) float32 m, place on the body with the arms straight down
    openness: np.ndarray  # (V,) float32, 0 in a fold, 1 in the open


def make_mesh(anatomy: Anatomy, outfit: Outfit) -> Mesh:
    """Return the surface of a person (about 0.3 s)."""
    flesh = Flesh(anatomy, outfit)
    axes = _axes(anatomy)
    field = _field(flesh, axes)
    vertices, triangles = triangulate(field, axes)
    parts = _Parts(flesh, vertices)
    bones, weights = _strongest(parts.weights())
    return Mesh(
        anatomy, outfit, vertices.astype(np.float32), triangles, bones, weights,
        parts.layers().astype(np.float32), parts.texture().astype(np.float32),
        _openness(field, axes, vertices).astype(np.float32))


def _axes(anatomy: Anatomy) -> tuple:
    """Return the grid's lines: x, y (both sides), z."""
    scale, neck = anatomy.scale, anatomy.joints['nape'][2]
    reach = anatomy.joints['left_wrist'][1] + 0.22 * scale
    forward = np.arange(-0.30, 0.36, 0.0125) * scale
    left = np.concatenate([np.arange(0, 0.1, 0.010) * scale, np.arange(0.1 * scale, reach, STEP)])
    up = np.concatenate([np.arange(-0.02, 0.10, FINE_STEP), np.arange(0.10, neck, STEP),
                         np.arange(neck, anatomy.stature * 1.03 + 0.06, FINE_STEP)])
    return forward, np.concatenate([-left[:0:-1], left]), up


def _field(flesh: Flesh, axes: tuple) -> np.ndarray:
    """Return the body's field on the grid, each part evaluated where it can be."""
    forward, left, up = axes[0], axes[1][len(axes[1]) // 2:], axes[2]
    joints, scale = flesh.joints, flesh.scale
    field = np.full((len(forward), len(left), len(up)), FAR)
    hip, shoulder = joints['left_hip'], joints['left_shoulder']

    def add(part, blend, to_left, bottom, top, from_left=0.0):
        window = (slice(None), slice(*np.searchsorted(left, [from_left, to_left])),
                  slice(*np.searchsorted(up, [bottom, top])))
        grid = np.stack(np.meshgrid(forward, left[window[1]], up[window[2]], indexing='ij'), -1)
        field[window] = smooth_min(field[window], part(grid), blend * scale)

    add(flesh.trunk, 0.001, 0.33 * scale, hip[2] - 0.2, shoulder[2] + 0.15)
    add(flesh.leg, 0.035, 0.26 * scale, -0.01, hip[2] + 0.12)
    add(flesh.foot, 0.02, 0.25 * scale, -0.02, 0.2)
    if flesh.outfit.skirt:
        add(flesh.skirt, 0.012, 0.40, hip[2] - 0.75, hip[2] + 0.2)
    add(flesh.arm, 0.05, 9.0, joints['left_wrist'][2] - 0.1, shoulder[2] + 0.12,
        shoulder[1] - 0.1)
    add(flesh.hand, 0.015, 9.0, 0.0, joints['left_wrist'][2] + 0.06, joints['left_elbow'][1])
    add(flesh.head, 0.02, 0.16 * scale, shoulder[2] - 0.03, 9.0)
    if flesh.outfit.hair != 'bald':
        add(flesh.hair, 0.004, 0.2 * scale, shoulder[2] - 0.08, 9.0)
    return np.concatenate([field[:, :0:-1], field], axis=1)


def _openness(field, axes, vertices):
    """Return how far the body leaves the surroundings of each vertex open."""
    def sample(points):
        place = [np.interp(points[:, i], axis, np.arange(len(axis)))
                 for i, axis in enumerate(axes)]
        return map_coordinates(field, place, order=1)
    slopes = np.stack([sample(vertices + 0.01 * unit) - sample(vertices - 0.01 * unit)
                       for unit in np.eye(3)], axis=1)
    normals = slopes / (np.linalg.norm(slopes, axis=1, keepdims=True) + 1e-9)
    reached = sample(vertices + OCCLUSION_REACH * normals)
    return np.clip(0.25 + 0.75 * reached / OCCLUSION_REACH, 0.25, 1)


def step(values, low, high):
    """Return 0 below low, 1 above high, smooth between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


class _Parts:
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
        self.hair = np.full(len(points), -1.0)
        if flesh.outfit.hair != 'bald':
            near = self.above_neck > -1.0
            hair = flesh.hair(points[near])
            other = np.minimum(flesh.head(points[near]), flesh.trunk(points[near]))
            self.hair[near] = np.minimum(other - hair, 0.01 - hair) - 0.0015
            if flesh.outfit.hair in ('short', 'bun'):  # cut close on the nape
                behind = -0.035 - flesh.head_local(points[near])[:, 0]
                self.hair[near] = np.maximum(self.hair[near], np.minimum(
                    behind, flesh.hairline(points[near])))
        self.skirt = np.zeros(len(points), bool)
        if flesh.outfit.skirt:
            self.skirt = (flesh.skirt(points) < flesh.leg(points) - 0.002) & (self.arm < 0.5)

    def weights(self) -> np.ndarray:
        """Return the weights (V, B) of the bones."""
        head_z = self.flesh.head_local(self.points)[:, 2]
        head = np.where(self.hair > 0, step(head_z, -0.22, -0.08), step(self.above_neck, 0.1, 0.8))
        thigh = step(self.leg_place, -0.06, 0.26) * step(self.points[:, 1], -0.01, 0.05)
        side = step(self.vertices[:, 1], -0.13, 0.13)  # of the left thigh in a skirt
        in_skirt = 0.85 * step(-self.above_hips, -0.02, 0.22)
        chest = step(self.trunk_place, 0.05, 0.6)
        arm = self.arm * step(self.arm_place, -0.22, 0.34)
        girdle = step(self.trunk_place, 0.62, 0.92) * step(self.points[:, 1], 0.02, 0.12) * (
            1 - head)
        weights = np.zeros((len(self.points), len(BONES)))

        def put(bone, value):
            weights[:, BONES.index(bone)] = value

        put('head', head * (1 - arm))
        rest = (1 - head) * (1 - arm)
        for name, mine in (('left', self.is_left), ('right', ~self.is_left)):
            leg = np.where(self.skirt, in_skirt * (side if name == 'left' else 1 - side),
                           thigh * mine) * (1 - self.arm)
            shank = step(self.leg_place, 0.88, 1.12) * ~self.skirt
            foot = step(self.leg_place, 1.90, 2.03) * ~self.skirt
            put(f'{name}_thigh', leg * (1 - shank))
            put(f'{name}_shank', leg * shank * (1 - foot))
            put(f'{name}_foot', leg * shank * foot)
            rest = rest - leg * (1 - head) * (1 - arm)
            fore, hand = step(self.arm_place, 0.86, 1.14), step(self.arm_place, 1.92, 2.08)
            put(f'{name}_upper_arm', mine * arm * (1 - fore))
            put(f'{name}_forearm', mine * arm * fore * (1 - hand))
            put(f'{name}_hand', mine * arm * fore * hand)
            put(f'{name}_clavicle', mine * np.clip(rest, 0, 1) * girdle)
        rest = np.clip(rest, 0, 1) * (1 - girdle)
        put('chest', rest * chest)
        put('pelvis', rest * (1 - chest))
        return weights / weights.sum(1, keepdims=True)

    def layers(self) -> np.ndarray:
        """Return the fields (V, 4) of LAYERS."""
        flesh, outfit = self.flesh, self.flesh.outfit
        is_arm = self.arm > 0.5
        nape = self.points - flesh.joints['nape'] - [0.025, 0, 0]
        shirt = np.minimum(np.linalg.norm(nape, axis=1) - outfit.neckline * flesh.scale,
                           self.above_hips + outfit.shirt_hem)
        shirt = np.minimum(shirt, (0.25 - self.above_neck) * 0.18)  # the chin is bare
        shirt = np.where(is_arm, (outfit.sleeve - self.arm_place) * 0.25, shirt)
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


def _strongest(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the four strongest bones of each vertex and their weights, which add up to 1."""
    bones = np.argsort(-weights, axis=1, kind='stable')[:, :4]
    best = np.take_along_axis(weights, bones, axis=1)
    return bones.astype(np.int32), (best / best.sum(1, keepdims=True)).astype(np.float32)

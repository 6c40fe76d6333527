# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
A person's surface, made once: triangles, the bones that move them, what covers them.

Body frame as in anatomy.py. Layers are signed fields over the vertices, positive where the layer
covers the body: interpolated to a pixel they give clean hems on coarse triangles.
"""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.simulation.anatomy import Anatomy
from pose3d_ros.simulation.flesh import Flesh
from pose3d_ros.simulation.outfit import Outfit
from pose3d_ros.simulation.parts import Parts
from pose3d_ros.simulation.shapes import smooth_min
from pose3d_ros.simulation.surface_nets import triangulate
from scipy.ndimage import map_coordinates

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
    bones: np.ndarray  # (V, 4) int32, into BONES of parts.py
    weights: np.ndarray  # (V, 4) float32, sum 1
    layers: np.ndarray  # (V, 4) float32, see LAYERS of parts.py
    texture: np.ndarray  # (V, 3) float32 m, place on the body with the arms straight down
    openness: np.ndarray  # (V,) float32, 0 in a fold, 1 in the open


def make_mesh(anatomy: Anatomy, outfit: Outfit) -> Mesh:
    """Return the surface of a person (about 0.3 s)."""
    flesh = Flesh(anatomy, outfit)
    axes = _axes(anatomy)
    field = _field(flesh, axes)
    vertices, triangles = triangulate(field, axes)
    parts = Parts(flesh, vertices)
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


def _strongest(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the four strongest bones of each vertex and their weights, which add up to 1."""
    bones = np.argsort(-weights, axis=1, kind='stable')[:, :4]
    best = np.take_along_axis(weights, bones, axis=1)
    return bones.astype(np.int32), (best / best.sum(1, keepdims=True)).astype(np.float32)

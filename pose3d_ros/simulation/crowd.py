# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Several people at one time: surfaces in the world, joints, what the lamp sees of them."""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pose3d_ros.simulation.anatomy import make_anatomy
from pose3d_ros.simulation.kernels import flatten, rasterise, skin, vertex_normals
from pose3d_ros.simulation.lamp import LIGHT_DISTANCE
from pose3d_ros.simulation.looks import make_looks
from pose3d_ros.simulation.mesh import make_mesh, Mesh
from pose3d_ros.simulation.outfit import make_outfit, undress
from pose3d_ros.simulation.pose import articulate, Pose, unit

SHADOW_SIZE = 384  # px
HAND = 0.3  # m, that a body goes beyond its joints at most


@dataclass(frozen=True)
class Person:
    """Somebody: a surface and its colours."""

    mesh: Mesh
    looks: np.ndarray  # see looks.py


@dataclass(frozen=True)
class Shadow:
    """The lamp's depth map: an orthographic picture of the people."""

    depth: np.ndarray  # (S, S) float32 m
    axes: np.ndarray  # (2, 3) world, right and down in the map
    light: np.ndarray  # (3,) unit, to the lamp
    middle: np.ndarray  # (3,) m, world
    texel: float  # m


@dataclass(frozen=True)
class Moment:
    """People at one time."""

    people: Sequence[Person]
    joints: list[dict[str, np.ndarray]]  # of each person, m, world
    first_vertex: np.ndarray  # (P + 1,)
    vertices: np.ndarray  # (V, 3) float32 m, world
    normals: np.ndarray  # (V, 3) float32
    triangles: np.ndarray  # (F, 3) int32
    layers: np.ndarray  # (V, 4) float32
    texture: np.ndarray  # (V, 3) float32
    openness: np.ndarray  # (V,) float32
    who: np.ndarray  # (V,) uint8
    looks: np.ndarray  # (P, C) float32


def make_person(rng: np.random.Generator, bare: float = 0.0) -> Person:
    """Return a random person (about 0.4 s); `bare`: share of the men who wear no shirt."""
    anatomy = make_anatomy(rng)
    outfit = make_outfit(rng, anatomy.feminine)
    if anatomy.feminine < 0.5 and bare > 0 and rng.random() < bare:
        outfit = undress(rng, outfit)
    return dress(make_mesh(anatomy, outfit), rng)


def dress(mesh: Mesh, rng: np.random.Generator) -> Person:
    """Return a person with a given surface in random colours."""
    anatomy = mesh.anatomy
    looks = make_looks(rng, anatomy.joints['head'], anatomy.scale,
                       beard=anatomy.feminine < 0.5, cap=mesh.outfit.hair == 'swimcap')
    return Person(mesh, looks)


def assemble(people: Sequence[Person], poses: Sequence[Pose]) -> Moment:
    """Return people in their poses."""
    counts = [len(person.mesh.vertices) for person in people]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(int)
    vertices, normals, joints = [], [], []
    for person, pose in zip(people, poses, strict=True):
        mesh = person.mesh
        skeleton = articulate(pose, mesh.anatomy)
        moved = skin(mesh.vertices, mesh.bones, mesh.weights,
                     skeleton.turns.astype(np.float32), skeleton.shifts.astype(np.float32))
        vertices.append(moved)
        normals.append(vertex_normals(moved, mesh.triangles))
        joints.append(skeleton.joints)

    def joined(name):
        return np.concatenate([getattr(person.mesh, name) for person in people])

    return Moment(
        people, joints, first, np.concatenate(vertices), np.concatenate(normals),
        np.concatenate([person.mesh.triangles + np.int32(start)
                        for person, start in zip(people, first)]),
        joined('layers'), joined('texture'), joined('openness'),
        np.repeat(np.arange(len(people), dtype=np.uint8), counts),
        np.stack([person.looks for person in people]))


def shadow_of(moment: Moment, light: np.ndarray) -> Shadow:
    """Return what a far lamp in a direction sees of the people."""
    right = unit(np.cross([0.0, 0, 1], light))
    axes = np.stack([right, np.cross(-light, right)])
    joints = np.array([joint for joints in moment.joints for joint in joints.values()])
    middle = (joints.min(0) + joints.max(0)) / 2
    texel = 2 * (np.abs((joints - middle) @ axes.T).max() + HAND) / SHADOW_SIZE
    pixels, far = flatten(moment.vertices, middle, axes, light, texel, SHADOW_SIZE / 2,
                          LIGHT_DISTANCE)
    depth = np.full((SHADOW_SIZE, SHADOW_SIZE), np.inf, np.float32)
    hit = np.empty(depth.shape, np.int32)
    rasterise(pixels, far, moment.triangles, depth, hit, 0)
    return Shadow(depth, axes, light, middle, texel)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
How a person stands in the world, and what follows for the bones.

World: z up, metres. A limb is told by the directions of its two bones: two-bone inverse kinematics
gives them from where a hand or a foot shall be, motion capture gives them as they are.
"""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core.rotations import cross
from pose3d_ros.simulation.anatomy import Anatomy, SIDES
from pose3d_ros.simulation.parts import BONES

UP = np.array([0.0, 0, 1])
FORWARD = np.array([1.0, 0, 0])


@dataclass(frozen=True)
class Pose:
    """One person at one time. Limbs: left, right; bones of a limb: near, far."""

    pelvis: np.ndarray  # (3,) m, middle of the hips
    hips: np.ndarray  # (3, 3) world from pelvis
    chest: np.ndarray  # (3, 3) world from chest
    head: np.ndarray  # (3, 3) world from head
    arms: np.ndarray  # (2, 2, 3) unit directions
    legs: np.ndarray  # (2, 2, 3) unit directions
    feet: np.ndarray  # (2, 3, 3) world from foot

    def moved(self, turn: np.ndarray, shift: np.ndarray) -> 'Pose':
        """Return the pose turned about the world's origin by a rotation (3, 3), then shifted."""
        return Pose(turn @ self.pelvis + shift, turn @ self.hips, turn @ self.chest,
                    turn @ self.head, self.arms @ turn.T, self.legs @ turn.T, turn @ self.feet)


def blend(first: Pose, second: Pose, share: float) -> Pose:
    """Return a pose between two: share 0 is the first, 1 the second."""
    if share <= 0:
        return first
    if share >= 1:
        return second
    mixed = {name: (1 - share) * getattr(first, name) + share * getattr(second, name)
             for name in Pose.__dataclass_fields__}
    for name in ('hips', 'chest', 'head', 'feet'):
        mixed[name] = orthonormal(mixed[name])
    for name in ('arms', 'legs'):
        mixed[name] = unit(mixed[name] + 1e-6)
    return Pose(**mixed)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors (..., 3) of length 1."""
    return vectors / (np.sqrt((vectors * vectors).sum(-1, keepdims=True)) + 1e-12)


def orthonormal(matrix: np.ndarray) -> np.ndarray:
    """Return the rotations (..., 3, 3) nearest to the z and x axes of matrices."""
    up = unit(matrix[..., 2])
    left = unit(cross(up, matrix[..., 0]))
    return np.stack([cross(left, up), left, up], axis=-1)


def about(axis: int, angle: float) -> np.ndarray:
    """Return the rotation (3, 3) about axis 0 (x), 1 (y) or 2 (z) by an angle in radians."""
    i, j = (axis + 1) % 3, (axis + 2) % 3
    rotation = np.eye(3)
    rotation[i, i] = rotation[j, j] = np.cos(angle)
    rotation[i, j], rotation[j, i] = -np.sin(angle), np.sin(angle)
    return rotation


def between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the least rotation that takes one unit vector to another."""
    axis, cosine = cross(first, second), first @ second
    if cosine < -0.9999:  # any axis across the first
        axis = unit(cross(first, FORWARD if abs(first[0]) < 0.9 else UP))
        return 2 * np.outer(axis, axis) - np.eye(3)
    skew = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + skew + skew @ skew / (1 + cosine)


def two_bones(start, target, first: float, second: float, pole) -> np.ndarray:
    """
    Return the directions (2, 3) of two bones that lead from start to target.

    Parameters
    ----------
    start, target : (3,)
        World, m. A target out of reach is approached as far as the bones go.
    first, second : float
        Lengths of the bones, m.
    pole : (3,)
        Where the middle joint bends to.

    """
    line = target - start
    distance = np.clip(np.linalg.norm(line), abs(first - second) + 1e-3,
                       0.999 * (first + second))
    along = unit(line)
    cosine = (first**2 + distance**2 - second**2) / (2 * first * distance)
    across = unit(pole - (pole @ along) * along)
    near = cosine * along + np.sqrt(max(1 - cosine**2, 0)) * across
    far = (distance * along - first * near) / second
    return np.stack([near, unit(far)])


@dataclass(frozen=True)
class Skeleton3D:
    """Where the bones and the joints of a posed person are, world."""

    turns: np.ndarray  # (B, 3, 3) world from body frame
    shifts: np.ndarray  # (B, 3) m: a vertex v goes to turn @ v + shift
    joints: dict[str, np.ndarray]  # (3,) m


def articulate(pose: Pose, anatomy: Anatomy) -> Skeleton3D:
    """Return the bones of a person in a pose."""
    rig = _Rig(anatomy.joints)
    rig.place('pelvis', pose.hips, 'pelvis', pose.pelvis,
              'pelvis', 'lumbar', 'left_hip', 'right_hip')
    rig.hang('chest', pose.chest, 'lumbar', 'nape', 'left_sternum', 'right_sternum')
    rig.hang('head', pose.head, 'nape', 'nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear')
    for i, side in enumerate(SIDES):
        girdle = pose.chest @ _girdle(pose.chest.T @ pose.arms[i, 0], 1 - 2 * i)
        rig.hang(f'{side}_clavicle', girdle, f'{side}_sternum', f'{side}_shoulder')
        forearm = rig.limb(side, ('upper_arm', 'forearm'), ('shoulder', 'elbow', 'wrist'),
                           pose.arms[i], pose.chest, 1.0)
        rig.hang(f'{side}_hand', forearm, f'{side}_wrist')
        rig.limb(side, ('thigh', 'shank'), ('hip', 'knee', 'ankle'), pose.legs[i], pose.hips,
                 -1.0)
        rig.hang(f'{side}_foot', pose.feet[i], f'{side}_ankle')
    joints = rig.joints
    joints['neck'] = (joints['left_shoulder'] + joints['right_shoulder']) / 2
    joints['head'] = (joints['left_ear'] + joints['right_ear']) / 2
    turns, shifts = zip(*(rig.bones[bone] for bone in BONES))
    return Skeleton3D(np.stack(turns), np.stack(shifts), joints)


class _Rig:
    """The bones that have their place already, from the pelvis outwards, and their joints."""

    def __init__(self, rest: dict[str, np.ndarray]):
        self._rest, self.bones, self.joints = rest, {}, {}

    def place(self, bone: str, turn: np.ndarray, pivot: str, at: np.ndarray, *carried: str):
        """Turn a bone and put a joint of it somewhere; it carries others along."""
        shift = at - turn @ self._rest[pivot]
        self.bones[bone] = turn, shift
        self.joints |= {name: turn @ self._rest[name] + shift for name in carried}

    def hang(self, bone: str, turn: np.ndarray, pivot: str, *carried: str):
        """Turn a bone at a joint that another one carries."""
        self.place(bone, turn, pivot, self.joints[pivot], *carried)

    def limb(self, side: str, bones, names, directions, trunk, bend: float) -> np.ndarray:
        """Turn both bones of a limb, which bends forward (1) or backward (-1); return the far."""
        root, middle, end = (f'{side}_{name}' for name in names)
        modelled = unit(self._rest[end] - self._rest[root])
        free = trunk @ between(modelled, trunk.T @ directions[0])  # by the direction alone
        across = directions[1] - (directions[1] @ directions[0]) * directions[0]
        aim = bend * across + 0.25 * (free @ FORWARD)
        near = _frame(directions[0], aim) @ _frame(modelled, FORWARD).T
        self.hang(f'{side}_{bones[0]}', near, root, middle)
        far = between(near @ modelled, directions[1]) @ near
        self.hang(f'{side}_{bones[1]}', far, middle, end)
        return far


def _girdle(arm: np.ndarray, side: float) -> np.ndarray:
    """Return how far the shoulder girdle goes with an arm's direction in the chest frame."""
    raised = 0.42 * max(np.arcsin(np.clip(arm[2], -1, 1)) + 0.35, 0)
    return about(0, side * min(raised, 0.6)) @ about(2, -side * 0.22 * max(arm[0], 0))


def _frame(along: np.ndarray, aim: np.ndarray) -> np.ndarray:
    second = unit(aim - (aim @ along) * along)
    return np.stack([along, second, cross(along, second)], axis=1)

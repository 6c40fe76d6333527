# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
New poses out of recorded ones: mirrored, recombined, reaching, bent, crouching, fallen.

B bodies, COCO keypoints (B, 17, 3) in space, z up, mid-hips at the origin. Only the directions of
limbs matter: body.rebuild gives them their lengths afterwards.
"""
from pose3d_ros.core.skeleton import COCO_17
import torch

MIRRORED = COCO_17.mirrored
#: Part of the bodies that each change touches.
RECOMBINED_LEGS, RECOMBINED_ARMS, REACHING = 0.25, 0.25, 0.1
BENT, CROUCHING, TILTED, FALLEN, LOOSE = 0.15, 0.12, 0.2, 0.02, 0.4
#: How far the limbs of loose bodies turn: part -> what turns with it, degrees.
LOOSE_LIMBS = {
    'shoulder': (('elbow', 'wrist'), 25.0), 'elbow': (('wrist',), 20.0),
    'hip': (('knee', 'ankle'), 10.0), 'knee': (('ankle',), 8.0),
}
#: Standard deviation of how the head turns beyond the recorded, degrees: about left, up.
HEAD_TURN = (12.0, 20.0)
UP = torch.tensor([0.0, 0.0, 1.0])


def _indices(*names: str) -> list[int]:
    return [COCO_17.index(f'{side}_{name}') for name in names for side in ('left', 'right')]


_FACE = [COCO_17.index('nose'), *_indices('eye', 'ear')]
_ARMS, _LEGS = _indices('elbow', 'wrist'), _indices('hip', 'knee', 'ankle')
_UPPER = [*_FACE, *_indices('shoulder'), *_ARMS]


def augment(points: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Return as many new bodies (B, 17, 3), some of them changed."""
    partner = points[torch.randperm(len(points), generator=generator)]
    points = _take_legs(points, partner, _chosen(points, RECOMBINED_LEGS, generator))
    points = _take_arms(points, partner, _chosen(points, RECOMBINED_ARMS, generator))
    for side in ('left', 'right'):
        points = reach(points, side, _chosen(points, REACHING, generator), generator)
    points = _loosen(points, _chosen(points, LOOSE, generator), generator)
    points = _crouch(points, _chosen(points, CROUCHING, generator), generator)
    points = _bend(points, _chosen(points, BENT, generator), generator)
    points = _turn_head(points, generator)
    return _tilt(points, generator)


def mirror(points: torch.Tensor, moves: torch.Tensor, generator: torch.Generator) -> tuple:
    """Return bodies (B, T, 17, 3) and their ways (B, T, 3), half of them mirrored."""
    flip = torch.tensor([1.0, -1.0, 1.0])
    chosen = torch.rand(len(points), 1, 1, generator=generator) < 0.5
    return (torch.where(chosen[..., None], points[:, :, MIRRORED] * flip, points),
            torch.where(chosen, moves * flip, moves))


def augment_frames(points: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Return bodies (B, T, 17, 3), each changed alike in all its frames."""
    state, frames = generator.get_state(), []
    for frame in points.unbind(1):
        generator.set_state(state)
        frames.append(augment(frame, generator))
    return torch.stack(frames, 1)


def rotations(axis: torch.Tensor, angle: torch.Tensor) -> torch.Tensor:
    """Return rotations (B, 3, 3) about unit axes (B, 3) by angles (B,) in radians (Rodrigues)."""
    x, y, z = axis.unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(-1, 3, 3)
    sin, cos = torch.sin(angle)[:, None, None], torch.cos(angle)[:, None, None]
    return torch.eye(3) + sin * cross + (1 - cos) * cross @ cross


def uniform(count: int, low: float, high: float, generator: torch.Generator) -> torch.Tensor:
    """Return (count,) uniform numbers."""
    return low + (high - low) * torch.rand(count, generator=generator)


def _chosen(points: torch.Tensor, part: float, generator: torch.Generator) -> torch.Tensor:
    """Return (B, 1, 1) booleans, true for that part of the bodies."""
    return torch.rand(len(points), 1, 1, generator=generator) < part


def _across(points: torch.Tensor, name: str) -> torch.Tensor:
    """Return the unit vectors (B, 3) from the right to the left of a pair."""
    left, right = _indices(name)
    return torch.nn.functional.normalize(points[:, left] - points[:, right], dim=-1)


def _turn(points: torch.Tensor, rotation: torch.Tensor, centre=0) -> torch.Tensor:
    """Return points (B, n, 3) turned by rotations (B, 3, 3) about a centre."""
    return (points - centre) @ rotation.transpose(1, 2) + centre


def _replace(points: torch.Tensor, which: list[int], new: torch.Tensor, chosen) -> torch.Tensor:
    """Return points with some keypoints of the chosen bodies replaced."""
    points = points.clone()
    points[:, which] = torch.where(chosen, new, points[:, which])
    return points


def _take_legs(points: torch.Tensor, partner: torch.Tensor, chosen) -> torch.Tensor:
    """Take the partner's legs, turned about the vertical so that the hips face alike."""
    mine, other = _across(points, 'hip'), _across(partner, 'hip')
    yaw = torch.atan2(mine[:, 1], mine[:, 0]) - torch.atan2(other[:, 1], other[:, 0])
    legs = _turn(partner[:, _LEGS], rotations(UP.expand(len(points), 3), yaw))
    return _replace(points, _LEGS, legs, chosen)


def _take_arms(points: torch.Tensor, partner: torch.Tensor, chosen) -> torch.Tensor:
    """Take the partner's arms, as they hang on its chest."""
    rotation = _chest(points) @ _chest(partner).transpose(1, 2)
    shoulders = [*_indices('shoulder'), *_indices('shoulder')]
    arms = _turn(partner[:, _ARMS] - partner[:, shoulders], rotation) + points[:, shoulders]
    return _replace(points, _ARMS, arms, chosen)


def _chest(points: torch.Tensor) -> torch.Tensor:
    """Return the axes left, forward, up of the chests as columns (B, 3, 3)."""
    left = _across(points, 'shoulder')
    trunk = points[:, _indices('shoulder')].mean(1) - points[:, _indices('hip')].mean(1)
    forward = torch.nn.functional.normalize(torch.linalg.cross(left, trunk), dim=-1)
    return torch.stack([left, forward, torch.linalg.cross(forward, left)], -1)


def reach(points: torch.Tensor, side: str, chosen: torch.Tensor, generator) -> torch.Tensor:
    """
    Let arms reach for any point in front of the chest or beside it, by inverse kinematics.

    The elbow lies in the plane through shoulder, wrist and a pole below, outside and behind.
    """
    shoulder, elbow, wrist = (COCO_17.index(f'{side}_{n}') for n in ('shoulder', 'elbow', 'wrist'))
    count, chest = len(points), _chest(points)
    outward = 1.0 if side == 'left' else -1.0
    way = torch.randn(count, 3, generator=generator) + torch.tensor([0.6 * outward, 0.9, 0.2])
    pole = 0.4 * torch.randn(count, 3, generator=generator)
    pole = pole + torch.tensor([0.7 * outward, -0.4, -1.0])
    way, pole = (_unit((chest @ v[..., None])[..., 0]) for v in (way, pole))
    upper = (points[:, elbow] - points[:, shoulder]).norm(dim=-1, keepdim=True)
    fore = (points[:, wrist] - points[:, elbow]).norm(dim=-1, keepdim=True)
    distance = (upper + fore) * uniform(count, 0.4, 0.999, generator)[:, None]
    cos = (upper**2 + distance**2 - fore**2) / (2 * upper * distance).clamp_min(1e-6)
    aside = _unit(pole - (pole * way).sum(-1, keepdim=True) * way)
    bent = upper * (cos * way + (1 - cos**2).clamp_min(0).sqrt() * aside)
    new = points[:, shoulder, None] + torch.stack([bent, distance * way], 1)
    return _replace(points, [elbow, wrist], new, chosen)


def _unit(vectors: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(vectors, dim=-1)


def _loosen(points: torch.Tensor, chosen: torch.Tensor, generator) -> torch.Tensor:
    """Turn the limbs a little by chance: recorded people reach for less than met ones do."""
    for joint, (moved, degrees) in LOOSE_LIMBS.items():
        for side in ('left', 'right'):
            axis = torch.randn(len(points), 3, generator=generator)
            angle = torch.deg2rad(degrees * torch.randn(len(points), generator=generator))
            rotation = rotations(torch.nn.functional.normalize(axis, dim=-1), angle)
            which = [COCO_17.index(f'{side}_{name}') for name in moved]
            centre = points[:, [COCO_17.index(f'{side}_{joint}')]]
            points = _replace(points, which, _turn(points[:, which], rotation, centre), chosen)
    return points


def _bend(points: torch.Tensor, chosen: torch.Tensor, generator) -> torch.Tensor:
    """Bend the upper body forward in the hips."""
    angle = torch.deg2rad(uniform(len(points), 0, 80, generator))
    bent = _turn(points[:, _UPPER], rotations(_across(points, 'hip'), angle))
    return _replace(points, _UPPER, bent, chosen)


def _crouch(points: torch.Tensor, chosen: torch.Tensor, generator) -> torch.Tensor:
    """Raise the thighs to the front and bend the knees: from a crouch to a seat."""
    raised = torch.deg2rad(uniform(len(points), 20, 105, generator))
    bent = raised * uniform(len(points), 0.8, 1.3, generator)
    left = _across(points, 'hip')
    hips, knees, ankles = _indices('hip'), _indices('knee'), _indices('ankle')
    thigh = _turn(points[:, knees] - points[:, hips], rotations(left, -raised))
    shank = _turn(points[:, ankles] - points[:, knees], rotations(left, bent - raised))
    new_knees = points[:, hips] + thigh
    new = torch.cat([new_knees, new_knees + shank], 1)
    return _replace(points, knees + ankles, new, chosen)


def _turn_head(points: torch.Tensor, generator) -> torch.Tensor:
    """Turn every head a little, about the middle of the ears."""
    nod, shake = (torch.deg2rad(torch.randn(len(points), generator=generator) * deviation)
                  for deviation in HEAD_TURN)
    rotation = rotations(_across(points, 'ear'), nod) @ rotations(_chest(points)[..., 2], shake)
    centre = points[:, _indices('ear')].mean(1, keepdim=True)
    everybody = torch.ones(len(points), 1, 1, dtype=torch.bool)
    return _replace(points, _FACE, _turn(points[:, _FACE], rotation, centre), everybody)


def _tilt(points: torch.Tensor, generator) -> torch.Tensor:
    """Tilt some bodies a little off the vertical, and few by any angle."""
    count = len(points)
    heading = uniform(count, 0, 2 * torch.pi, generator)
    axis = torch.stack([torch.cos(heading), torch.sin(heading), torch.zeros(count)], -1)
    little = torch.deg2rad(torch.randn(count, generator=generator) * 10)
    fall = torch.deg2rad(uniform(count, 0, 100, generator))
    draw = torch.rand(count, generator=generator)
    angle = torch.where(draw < FALLEN, fall, torch.where(draw < FALLEN + TILTED, little, 0.0))
    return _turn(points, rotations(axis, angle))

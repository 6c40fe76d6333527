# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
New poses out of recorded ones: mirrored, recombined, reaching, bent, crouching, fallen.

B bodies, COCO keypoints (B, 17, 3) in space, z up, mid-hips at the origin. Only the directions of
limbs matter: body.rebuild gives them their lengths afterwards.
"""
from pose3d_ros.core.skeleton import COCO_17
from pose3d_ros.training.limbs import (
    across,
    chosen_part,
    indices,
    replace,
    rotations,
    trunk_axes,
    turn,
    uniform,
)
from pose3d_ros.training.reaching import reach
import torch

MIRRORED = COCO_17.mirrored
#: Part of the bodies that stay as recorded, and of the others those that each change touches.
UNCHANGED = 0.2
RECOMBINED_LEGS, RECOMBINED_ARMS, REACHING = 0.25, 0.25, {'arm': 0.3, 'leg': 0.15}
BENT, CROUCHING, TILTED, FALLEN, LOOSE = 0.15, 0.12, 0.2, 0.02, 0.4
#: How far the limbs of loose bodies turn: part -> what turns with it, degrees.
LOOSE_LIMBS = {
    'shoulder': (('elbow', 'wrist'), 25.0), 'elbow': (('wrist',), 20.0),
    'hip': (('knee', 'ankle'), 10.0), 'knee': (('ankle',), 8.0),
}
#: Standard deviation of how the head turns beyond the recorded, degrees: about left, up.
HEAD_TURN = (12.0, 20.0)
UP = torch.tensor([0.0, 0.0, 1.0])

_FACE = [COCO_17.index('nose'), *indices('eye', 'ear')]
_ARMS, _LEGS = indices('elbow', 'wrist'), indices('hip', 'knee', 'ankle')
_UPPER = [*_FACE, *indices('shoulder'), *_ARMS]


def augment(points: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Return as many new bodies (B, 17, 3), some of them changed."""
    recorded, unchanged = points, chosen_part(points, UNCHANGED, generator)
    partner = points[torch.randperm(len(points), generator=generator)]
    points = _take_legs(points, partner, chosen_part(points, RECOMBINED_LEGS, generator))
    points = _take_arms(points, partner, chosen_part(points, RECOMBINED_ARMS, generator))
    for limb, part in REACHING.items():
        for side in ('left', 'right'):
            points = reach(points, side, limb, chosen_part(points, part, generator), generator)
    points = _loosen(points, chosen_part(points, LOOSE, generator), generator)
    points = _crouch(points, chosen_part(points, CROUCHING, generator), generator)
    points = _bend(points, chosen_part(points, BENT, generator), generator)
    points = _tilt(_turn_head(points, generator), generator)
    return torch.where(unchanged, recorded, points)


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


def _take_legs(points: torch.Tensor, partner: torch.Tensor, chosen) -> torch.Tensor:
    """Take the partner's legs, turned about the vertical so that the hips face alike."""
    mine, other = across(points, 'hip'), across(partner, 'hip')
    yaw = torch.atan2(mine[:, 1], mine[:, 0]) - torch.atan2(other[:, 1], other[:, 0])
    legs = turn(partner[:, _LEGS], rotations(UP.expand(len(points), 3), yaw))
    return replace(points, _LEGS, legs, chosen)


def _take_arms(points: torch.Tensor, partner: torch.Tensor, chosen) -> torch.Tensor:
    """Take the partner's arms, as they hang on its chest."""
    rotation = trunk_axes(points, 'shoulder') @ trunk_axes(partner, 'shoulder').transpose(1, 2)
    shoulders = [*indices('shoulder'), *indices('shoulder')]
    arms = turn(partner[:, _ARMS] - partner[:, shoulders], rotation) + points[:, shoulders]
    return replace(points, _ARMS, arms, chosen)


def _loosen(points: torch.Tensor, chosen: torch.Tensor, generator) -> torch.Tensor:
    """Turn the limbs a little by chance: recorded people reach for less than met ones do."""
    for joint, (moved, degrees) in LOOSE_LIMBS.items():
        for side in ('left', 'right'):
            axis = torch.randn(len(points), 3, generator=generator)
            angle = torch.deg2rad(degrees * torch.randn(len(points), generator=generator))
            rotation = rotations(torch.nn.functional.normalize(axis, dim=-1), angle)
            which = [COCO_17.index(f'{side}_{name}') for name in moved]
            centre = points[:, [COCO_17.index(f'{side}_{joint}')]]
            points = replace(points, which, turn(points[:, which], rotation, centre), chosen)
    return points


def _bend(points: torch.Tensor, chosen: torch.Tensor, generator) -> torch.Tensor:
    """Bend the upper body forward in the hips."""
    angle = torch.deg2rad(uniform(len(points), 0, 80, generator))
    bent = turn(points[:, _UPPER], rotations(across(points, 'hip'), angle))
    return replace(points, _UPPER, bent, chosen)


def _crouch(points: torch.Tensor, chosen: torch.Tensor, generator) -> torch.Tensor:
    """Raise the thighs to the front and bend the knees: from a crouch to a seat."""
    raised = torch.deg2rad(uniform(len(points), 20, 105, generator))
    bent = raised * uniform(len(points), 0.8, 1.3, generator)
    left = across(points, 'hip')
    hips, knees, ankles = indices('hip'), indices('knee'), indices('ankle')
    thigh = turn(points[:, knees] - points[:, hips], rotations(left, -raised))
    shank = turn(points[:, ankles] - points[:, knees], rotations(left, bent - raised))
    new_knees = points[:, hips] + thigh
    new = torch.cat([new_knees, new_knees + shank], 1)
    return replace(points, knees + ankles, new, chosen)


def _turn_head(points: torch.Tensor, generator) -> torch.Tensor:
    """Turn every head a little, about the middle of the ears."""
    nod, shake = (torch.deg2rad(torch.randn(len(points), generator=generator) * deviation)
                  for deviation in HEAD_TURN)
    up = trunk_axes(points, 'shoulder')[..., 2]
    rotation = rotations(across(points, 'ear'), nod) @ rotations(up, shake)
    centre = points[:, indices('ear')].mean(1, keepdim=True)
    everybody = torch.ones(len(points), 1, 1, dtype=torch.bool)
    return replace(points, _FACE, turn(points[:, _FACE], rotation, centre), everybody)


def _tilt(points: torch.Tensor, generator) -> torch.Tensor:
    """Tilt some bodies a little off the vertical, and few by any angle."""
    count = len(points)
    heading = uniform(count, 0, 2 * torch.pi, generator)
    axis = torch.stack([torch.cos(heading), torch.sin(heading), torch.zeros(count)], -1)
    little = torch.deg2rad(torch.randn(count, generator=generator) * 10)
    fall = torch.deg2rad(uniform(count, 0, 100, generator))
    draw = torch.rand(count, generator=generator)
    angle = torch.where(draw < FALLEN, fall, torch.where(draw < FALLEN + TILTED, little, 0.0))
    return turn(points, rotations(axis, angle))

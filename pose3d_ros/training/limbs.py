# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
What changes bodies: which keypoints, which way they point, turned and put back.

B bodies, COCO keypoints (B, 17, 3) in space, z up.
"""
from pose3d_ros.core.skeleton import COCO_17
import torch


def indices(*names: str) -> list[int]:
    """Return which keypoints the left and right of these parts are."""
    return [COCO_17.index(f'{side}_{name}') for name in names for side in ('left', 'right')]


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


def chosen_part(points: torch.Tensor, part: float, generator: torch.Generator) -> torch.Tensor:
    """Return (B, 1, 1) booleans, true for that part of the bodies."""
    return torch.rand(len(points), 1, 1, generator=generator) < part


def across(points: torch.Tensor, name: str) -> torch.Tensor:
    """Return the unit vectors (B, 3) from the right to the left of a pair."""
    left, right = indices(name)
    return torch.nn.functional.normalize(points[:, left] - points[:, right], dim=-1)


def trunk_axes(points: torch.Tensor, pair: str) -> torch.Tensor:
    """Return the axes left, forward, up of the trunk at the shoulders or hips (B, 3, 3)."""
    left = across(points, pair)
    trunk = points[:, indices('shoulder')].mean(1) - points[:, indices('hip')].mean(1)
    forward = unit(torch.linalg.cross(left, trunk))
    return torch.stack([left, forward, torch.linalg.cross(forward, left)], -1)


def turn(points: torch.Tensor, rotation: torch.Tensor, centre=0) -> torch.Tensor:
    """Return points (B, n, 3) turned by rotations (B, 3, 3) about a centre."""
    return (points - centre) @ rotation.transpose(1, 2) + centre


def replace(points: torch.Tensor, which: list[int], new: torch.Tensor, chosen) -> torch.Tensor:
    """Return points with some keypoints of the chosen bodies replaced."""
    points = points.clone()
    points[:, which] = torch.where(chosen, new, points[:, which])
    return points


def unit(vectors: torch.Tensor) -> torch.Tensor:
    """Return vectors (..., 3) of length 1."""
    return torch.nn.functional.normalize(vectors, dim=-1)

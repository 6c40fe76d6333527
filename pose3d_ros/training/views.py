# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Cameras as robots carry them, and what they see of a body.

The world has z up and its origin in the middle of the hips; metres. Cameras are optical frames
(REP-103): z forward, x right, y down.
"""
from dataclasses import dataclass

from pose3d_ros.core.skeleton import COCO_17
from pose3d_ros.training.limbs import uniform
import torch

#: Camera height above the floor, m; a few hang on walls.
HEIGHT, WALL_HEIGHT, ON_WALL = (0.3, 3.0), (3.0, 4.5), 0.05
DISTANCE = (1.0, 8.0)  # m, from the middle of the hips
TILT = (-20.0, 60.0)  # degrees, positive down
FIELD_OF_VIEW = (40.0, 110.0)  # degrees, horizontal
ASPECT = (0.56, 1.78)  # height by width
ROLL = 3.0  # degrees, standard deviation; one camera in ten is five times as crooked
#: Bodies of which fewer keypoints lie in the picture are shown whole.
MIN_IN_PICTURE = 7
#: Keypoints nearer to the camera's plane are not seen, m.
NEAREST = 0.15
_EARS = [COCO_17.index(name) for name in ('left_ear', 'right_ear')]
_FACE = [COCO_17.index(name) for name in ('nose', 'left_eye', 'right_eye')] + _EARS


@dataclass(frozen=True)
class Cameras:
    """One camera for each of B bodies."""

    rotation: torch.Tensor  # (B, 3, 3) camera from world
    position: torch.Tensor  # (B, 3) of the camera in the world, m
    extent: torch.Tensor  # (B, 2) largest |x/z| and |y/z| in the picture


def sample_cameras(pelvis_height: torch.Tensor, generator: torch.Generator) -> Cameras:
    """
    Return cameras that look at bodies, more or less.

    Parameters
    ----------
    pelvis_height : (B,)
        Middle of the hips above the floor, m.
    generator : torch.Generator
        Source of chance.

    Returns
    -------
    Cameras
        Half of them with even heights, half with even angles above the body.

    """
    count = len(pelvis_height)
    low, high = (torch.log(torch.tensor(d)) for d in DISTANCE)
    distance = torch.exp(uniform(count, low, high, generator))
    elevation = _elevation(pelvis_height, distance, generator)
    azimuth = uniform(count, 0, 2 * torch.pi, generator)
    position = distance[:, None] * _direction(azimuth, elevation)
    extent = torch.tan(torch.deg2rad(uniform(count, *FIELD_OF_VIEW, generator)) / 2)
    extent = torch.stack([extent, extent * uniform(count, *ASPECT, generator)], -1).clamp_max(1.6)
    aside, aloft = (torch.atan(extent) * uniform(2 * count, -0.6, 0.6, generator)
                    .reshape(count, 2)).T
    low, high = (torch.deg2rad(torch.tensor(t)) for t in TILT)
    tilt = (elevation + aloft).clamp(low, high)
    roll = torch.randn(count, generator=generator) * torch.deg2rad(torch.tensor(ROLL))
    crooked = torch.rand(count, generator=generator) < 0.1
    rotation = look(azimuth + torch.pi + aside, tilt, torch.where(crooked, 5 * roll, roll))
    return Cameras(rotation, position, extent)


def _elevation(pelvis_height, distance, generator) -> torch.Tensor:
    """Return the angle (B,) at which each camera stands above the hips, radians."""
    count = len(distance)
    height = uniform(count, *HEIGHT, generator)
    on_wall = torch.rand(count, generator=generator) < ON_WALL
    height = torch.where(on_wall, uniform(count, *WALL_HEIGHT, generator), height)
    lowest, by_height, highest = (
        torch.asin(((h - pelvis_height) / distance).clamp(-0.9, 0.9))
        for h in (HEIGHT[0], height, HEIGHT[1]))
    by_angle = lowest + (highest - lowest) * torch.rand(count, generator=generator)
    even = torch.rand(count, generator=generator) < 0.5
    return torch.where(even & ~on_wall, by_angle, by_height)


def _direction(azimuth: torch.Tensor, elevation: torch.Tensor) -> torch.Tensor:
    flat = torch.cos(elevation)
    return torch.stack([flat * torch.cos(azimuth), flat * torch.sin(azimuth),
                        torch.sin(elevation)], -1)


def look(heading: torch.Tensor, tilt: torch.Tensor, roll: torch.Tensor) -> torch.Tensor:
    """Return camera from world (B, 3, 3): heading from x, tilt down, roll clockwise; radians."""
    forward = _direction(heading, -tilt)
    right = _direction(heading - torch.pi / 2, torch.zeros_like(heading))
    down = torch.linalg.cross(forward, right)
    cos, sin = torch.cos(roll)[:, None], torch.sin(roll)[:, None]
    return torch.stack([cos * right + sin * down, cos * down - sin * right, forward], 1)


def project(cameras: Cameras, points: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """
    Return rays (B, J, 2) x/z, y/z of world points (B, J, 3), and which are seen (B, J).

    Points outside the picture or behind the camera are not seen; where little of a body would be
    left, all that is in front of the camera is seen.
    """
    camera = (points - cameras.position[:, None]) @ cameras.rotation.transpose(1, 2)
    in_front = camera[..., 2] > NEAREST
    rays = camera[..., :2] / camera[..., 2:].clamp_min(NEAREST)
    inside = in_front & (rays.abs() < cameras.extent[:, None]).all(-1)
    enough = inside.sum(1, keepdim=True) >= MIN_IN_PICTURE
    return rays, torch.where(enough, inside, in_front)


def turned_away(points: torch.Tensor, position: torch.Tensor) -> torch.Tensor:
    """
    Tell which keypoints the head itself hides from the camera.

    Parameters
    ----------
    points : (B, 17, 3)
        COCO keypoints in the world, m.
    position : (B, 3)
        The camera in the world, m.

    Returns
    -------
    (B, 17)
        True where the head's surface looks away from the camera; false below the head.

    """
    centre = points[:, _EARS].mean(1, keepdim=True)
    outward = torch.nn.functional.normalize(points[:, _FACE] - centre, dim=-1)
    towards = torch.nn.functional.normalize(position[:, None] - points[:, _FACE], dim=-1)
    hidden = torch.zeros(points.shape[:2], dtype=torch.bool)
    hidden[:, _FACE] = (outward * towards).sum(-1) < -0.3
    return hidden

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training samples without end: poses, seen by chance cameras, as the lifter will get them."""
from dataclasses import dataclass, replace
from typing import Iterator

import numpy as np
from pose3d_ros.core.lifting import rotate_rays, virtual_from_camera
from pose3d_ros.core.skeleton import BODY_16, COCO_17, MIDDLES
from pose3d_ros.training.augmentation import augment, rotations
from pose3d_ros.training.noise import observe
from pose3d_ros.training.poses import Poses
from pose3d_ros.training.proportions import rebuild, sample_lengths
from pose3d_ros.training.views import project, sample_cameras, turned_away
import torch

#: Body height of the person whose size the lifter's joints have, m.
STATURE = 1.70
#: How far the robot's idea of down is off, degrees, standard deviation.
GRAVITY_ERROR = 1.0
#: The floor is at most this far below the hips when a camera is placed, statures.
MAX_PELVIS_HEIGHT = 0.6


@dataclass(frozen=True)
class Samples:
    """A batch in the lifter's contract, and the truth."""

    keypoints: torch.Tensor  # (B, 17, 2) rays in the virtual camera, 0 where not seen
    scores: torch.Tensor  # (B, 17)
    gravity: torch.Tensor  # (B, 3) down in the virtual camera, zeros when unknown
    joints: torch.Tensor  # (B, 16, 3) m, relative to the pelvis, virtual camera's axes


@dataclass(frozen=True)
class Conditions:
    """What a batch is like; the defaults are those of training."""

    augmented: bool = True
    noisy: bool = True
    whole: bool = False  # every keypoint is seen
    gravity_known: float = 0.5  # part of the bodies


def joints_of(points):
    """Return BODY_16 joints (..., 16, 3) of COCO keypoints (..., 17, 3); arrays or tensors."""
    return points[..., _FIRST, :] / 2 + points[..., _SECOND, :] / 2


_PAIRS = [MIDDLES.get(name, (name, name)) for name in BODY_16.points]
_FIRST, _SECOND = ([COCO_17.index(pair[i]) for pair in _PAIRS] for i in (0, 1))


def make_samples(points: torch.Tensor, height: torch.Tensor, conditions: Conditions,
                 generator: torch.Generator) -> Samples:
    """
    Return one view of each body.

    Parameters
    ----------
    points : (B, 17, 3)
        COCO keypoints in space, statures, mid-hips at the origin.
    height : (B,)
        Middle of the hips above the floor, statures.
    conditions : Conditions
        What to add to the recorded poses.
    generator : torch.Generator
        Source of chance.

    """
    if conditions.augmented:
        points = augment(points, generator)
    points = STATURE * rebuild(points, sample_lengths(len(points), generator))
    cameras = sample_cameras(STATURE * height.clamp(0.1, MAX_PELVIS_HEIGHT), generator)
    if conditions.whole:
        cameras = replace(cameras, extent=torch.full_like(cameras.extent, torch.inf))
    rays, seen = project(cameras, points)
    if conditions.noisy:
        hidden = turned_away(points, cameras.position)
        rays, scores = observe(rays, seen, hidden, generator, not conditions.whole)
    else:
        rays, scores = torch.where(seen[..., None], rays, 0), seen.float()
    virtual, turned = _virtual(rays, scores)
    virtual_from_world = virtual @ cameras.rotation
    gravity = virtual_from_world @ torch.tensor([0.0, 0.0, -1.0])
    return Samples(turned, scores, _gravity(gravity, conditions, generator),
                   joints_of(points) @ virtual_from_world.transpose(1, 2))


def _virtual(rays: torch.Tensor, scores: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return virtual from camera (B, 3, 3) and the rays turned into it, as at run time."""
    rotation = virtual_from_camera(rays.double().numpy(), scores.double().numpy())
    turned = np.where(scores.numpy()[..., None] > 0,
                      rotate_rays(rotation, rays.double().numpy()), 0)
    return torch.from_numpy(rotation).float(), torch.from_numpy(turned).float()


def _gravity(gravity: torch.Tensor, conditions: Conditions, generator) -> torch.Tensor:
    """Return gravity a little off, or zeros where it is unknown."""
    count = len(gravity)
    if conditions.noisy:
        axis = torch.nn.functional.normalize(torch.randn(count, 3, generator=generator), dim=-1)
        angle = torch.deg2rad(GRAVITY_ERROR * torch.randn(count, generator=generator))
        gravity = (rotations(axis, angle) @ gravity[..., None])[..., 0]
    known = torch.rand(count, 1, generator=generator) < conditions.gravity_known
    return torch.where(known, gravity, 0)


def stream(poses: Poses, batch: int, seed: int) -> Iterator[Samples]:
    """
    Yield training batches for ever, the same for the same seed.

    Subjects are drawn in proportion to the square root of their number of poses: one diligent
    dancer shall not outweigh forty walkers.
    """
    generator = torch.Generator().manual_seed(seed)
    points, height = torch.from_numpy(poses.points), torch.from_numpy(poses.height)
    _, subject, counts = np.unique(poses.subjects, return_inverse=True, return_counts=True)
    weight = torch.from_numpy(1 / np.sqrt(counts[subject]))
    while True:
        # drawn for many batches at once: a weighted draw costs as much as there are poses
        draws = torch.multinomial(weight, 64 * batch, replacement=True, generator=generator)
        for chosen in draws.split(batch):
            yield make_samples(points[chosen], height[chosen], Conditions(), generator)

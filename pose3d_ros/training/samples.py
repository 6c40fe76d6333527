# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training samples without end: poses, seen by chance cameras, as the lifter will get them."""
from dataclasses import dataclass, replace

import numpy as np
from pose3d_ros.core.lifting import hide_unseen, rotate_rays, virtual_from_camera
from pose3d_ros.core.skeleton import BODY_16, COCO_17, MIDDLES
from pose3d_ros.training.augmentation import augment_frames, mirror
from pose3d_ros.training.clips import Clips, clips_of, TEMPO
from pose3d_ros.training.limbs import rotations
from pose3d_ros.training.noise import observe
from pose3d_ros.training.poses import Poses
from pose3d_ros.training.proportions import rebuild, sample_lengths
from pose3d_ros.training.views import Cameras, project, sample_cameras, turned_away
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

    keypoints: torch.Tensor  # (B, T, 17, 2) rays in the present virtual camera, 0: not seen
    scores: torch.Tensor  # (B, T, 17)
    gravity: torch.Tensor  # (B, 3) down in the virtual camera, zeros when unknown
    way: torch.Tensor  # (B, T, 16, 3) m, joints relative to the pelvis, virtual camera's axes

    @property
    def joints(self) -> torch.Tensor:
        """Return the joints (B, 16, 3) at present."""
        return self.way[:, -1]

    def mirrored(self) -> 'Samples':
        """Return what a mirror would show."""
        flip = torch.tensor([-1.0, 1.0, 1.0])
        return Samples(self.keypoints[:, :, COCO_17.mirrored] * flip[:2],
                       self.scores[:, :, COCO_17.mirrored], self.gravity * flip,
                       self.way[:, :, BODY_16.mirrored] * flip)


@dataclass(frozen=True)
class Conditions:
    """What a batch is like; the defaults are those of training."""

    augmented: bool = True
    noisy: bool = True
    whole: bool = False  # every keypoint is seen
    gravity_known: float = 0.65  # part of the bodies


def joints_of(points):
    """Return BODY_16 joints (..., 16, 3) of COCO keypoints (..., 17, 3); arrays or tensors."""
    return points[..., _FIRST, :] / 2 + points[..., _SECOND, :] / 2


_PAIRS = [MIDDLES.get(name, (name, name)) for name in BODY_16.points]
_FIRST, _SECOND = ([COCO_17.index(pair[i]) for pair in _PAIRS] for i in (0, 1))


def make_samples(clips: Clips, conditions: Conditions, generator: torch.Generator) -> Samples:
    """
    Return one view of each body.

    Parameters
    ----------
    clips : Clips
        What the bodies do.
    conditions : Conditions
        What to add to the recorded poses.
    generator : torch.Generator
        Source of chance.

    """
    points, moves, there = clips.points, clips.moves, clips.there
    if conditions.augmented:
        points, moves = mirror(points, moves, generator)
        points = augment_frames(points, generator)
        there = there & _remembered(*there.shape, generator)
    points = STATURE * _rebuilt(points, generator)
    cameras = sample_cameras(STATURE * clips.height.clamp(0.1, MAX_PELVIS_HEIGHT), generator)
    if conditions.whole:
        cameras = replace(cameras, extent=torch.full_like(cameras.extent, torch.inf))
    rays, seen, hidden = _looked_at(cameras, points + STATURE * moves[:, :, None])
    seen &= there[..., None]
    if conditions.noisy:
        rays, scores = observe(rays, seen, hidden, generator, not conditions.whole)
    else:
        rays, scores = torch.where(seen[..., None], rays, 0), seen.float()
    virtual, turned, scores = _virtual(rays, scores)
    virtual_from_world = virtual @ cameras.rotation
    gravity = virtual_from_world @ torch.tensor([0.0, 0.0, -1.0])
    return Samples(turned, scores, _gravity(gravity, conditions, generator),
                   joints_of(points) @ virtual_from_world[:, None].transpose(2, 3))


def _remembered(count: int, frames: int, generator) -> torch.Tensor:
    """Return (B, T): a quarter of the bodies came into view less than T frames ago."""
    known = torch.randint(1, frames + 1, (count, 1), generator=generator)
    young = torch.rand(count, 1, generator=generator) < 0.25
    return ~young | (torch.arange(frames, 0, -1) <= known)


def _rebuilt(points: torch.Tensor, generator) -> torch.Tensor:
    """Return bodies (B, T, 17, 3) with drawn lengths, the same in all frames."""
    count, frames = points.shape[:2]
    lengths = {part: length.repeat_interleave(frames, 0)
               for part, length in sample_lengths(count, generator).items()}
    return rebuild(points.flatten(0, 1), lengths).reshape(points.shape)


def _looked_at(cameras: Cameras, points: torch.Tensor) -> tuple:
    """Return rays (B, T, 17, 2), which are seen and which are hidden (B, T, 17)."""
    views = [(*project(cameras, frame), turned_away(frame, cameras.position))
             for frame in points.unbind(1)]
    return tuple(torch.stack(parts, 1) for parts in zip(*views))


def _virtual(rays: torch.Tensor, scores: torch.Tensor) -> tuple:
    """Return virtual from camera (B, 3, 3), rays turned into it and scores, as at run time."""
    rotation = virtual_from_camera(rays[:, -1].double().numpy(), scores[:, -1].double().numpy())
    turned = rotate_rays(rotation[:, None], rays.double().numpy())
    turned, scores = hide_unseen(turned, scores.numpy(), 0)
    return (torch.from_numpy(rotation).float(), torch.from_numpy(turned).float(),
            torch.from_numpy(scores).float())


def _gravity(gravity: torch.Tensor, conditions: Conditions, generator) -> torch.Tensor:
    """Return gravity a little off, or zeros where it is unknown."""
    count = len(gravity)
    if conditions.noisy:
        axis = torch.nn.functional.normalize(torch.randn(count, 3, generator=generator), dim=-1)
        angle = torch.deg2rad(GRAVITY_ERROR * torch.randn(count, generator=generator))
        gravity = (rotations(axis, angle) @ gravity[..., None])[..., 0]
    known = torch.rand(count, 1, generator=generator) < conditions.gravity_known
    return torch.where(known, gravity, 0)


class Stream:
    """
    Training batches by number, the same for the same seed.

    Every pose is as likely: walkers are many, but each of them adds little that is new.
    """

    def __init__(self, poses: Poses, batch: int, seed: int, frames: int = 1):
        """Remember what to draw from."""
        self._poses, self._batch, self._seed, self._frames = poses, batch, seed, frames

    def __getitem__(self, number: int) -> Samples:
        """Return a batch."""
        return self.made(number, Conditions())

    def made(self, number: int, conditions: Conditions) -> Samples:
        """Return a batch of other conditions than those of training."""
        random = np.random.default_rng((self._seed, number % 2**63))
        generator = torch.Generator().manual_seed(int(random.integers(2**62)))
        chosen = random.integers(len(self._poses.points), size=self._batch)
        step = random.integers(*TEMPO, self._batch)
        clips = clips_of(self._poses, chosen, self._frames, step)
        return make_samples(clips, conditions, generator)

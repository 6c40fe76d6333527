# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Keypoints as heatmap networks give them: wrong by a little, seldom by much, and partly missing.

Errors grow with the person's size in the picture and with how hard a keypoint is to place (COCO's
own annotators: Ronchi and Perona, ICCV 2017, and the OKS constants of the COCO evaluation).
"""
from pose3d_ros.core.skeleton import COCO_17
import torch

MIRRORED = COCO_17.mirrored
#: OKS constants of COCO: deviation of annotators by the root of the person's area.
_OKS = {'nose': 0.026, 'eye': 0.025, 'ear': 0.035, 'shoulder': 0.079, 'elbow': 0.072,
        'wrist': 0.062, 'hip': 0.107, 'knee': 0.087, 'ankle': 0.089}
OKS = torch.tensor([_OKS[part] for part in COCO_17.parts])
#: The root of a person's area by the spread of the keypoints (root mean square from the middle).
AREA_ROOT = 2.0
#: Part of the pictures with perfect keypoints; median error of the others, in OKS constants.
PERFECT, MEDIAN_ERROR = 0.2, 0.3
#: Part of the bodies with left and right exchanged: everywhere, in the arms, in the legs.
SWAPPED = (0.005, 0.01, 0.015)
#: Part of the bodies that lack single keypoints, the legs or their ends, a side, the head.
SCATTERED, CUT, ONE_SIDE, HEADLESS = 0.35, 0.10, 0.05, 0.05
MIN_KEYPOINTS = 5
#: Part of the hidden keypoints that a network places all the same.
FOUND_HIDDEN = 0.6


def _mask(*names: str) -> torch.Tensor:
    """Return (17,) booleans, true for the keypoints whose name ends or begins so."""
    return torch.tensor([point.startswith(names) or point.endswith(names)
                         for point in COCO_17.points])


_ARMS, _LEGS = _mask('elbow', 'wrist'), _mask('hip', 'knee', 'ankle')
_FACE = _mask('nose', 'eye', 'ear')
_CUTS = torch.stack([_mask('ankle'), _mask('knee', 'ankle'), _LEGS])


def observe(rays: torch.Tensor, seen: torch.Tensor, hidden: torch.Tensor,
            generator: torch.Generator, incomplete: bool = True) -> tuple:
    """
    Return what a keypoint network would say.

    Parameters
    ----------
    rays : (B, T, 17, 2)
        True image points x/z, y/z, in T frames of the same person.
    seen : (B, T, 17)
        Which are in the picture.
    hidden : (B, T, 17)
        Which are behind the body itself: networks guess those, or leave them out.
    generator : torch.Generator
        Source of chance.
    incomplete : bool
        Whether keypoints that are in the picture may be missing.

    Returns
    -------
    (B, T, 17, 2), (B, T, 17)
        Rays and scores, both zero where nothing was found.

    """
    count, frames = rays.shape[:2]
    perfect = torch.rand(count, 1, 1, generator=generator) < PERFECT
    level = MEDIAN_ERROR * torch.exp(0.6 * torch.randn(count, 1, 1, generator=generator))
    level = level * torch.exp(0.5 * torch.randn(count, 1, 17, generator=generator))
    level = torch.where(hidden, 2.5 * level + 0.3, level)
    level = torch.where(perfect, 0, level)
    size = spread(rays.flatten(0, 1), seen.flatten(0, 1)).reshape(count, frames, 1)
    error = _lasting(count, frames, generator) * (level * OKS * AREA_ROOT * size)[..., None]
    rays = _swap(rays + error, _often_alike(count, frames, generator))
    scores = _scores(level, generator)
    # pictures without error come with and without full scores
    full = perfect & (torch.rand(count, 1, 1, generator=generator) < 0.5)
    scores = torch.where(full, 1.0, scores)
    found = seen
    if incomplete:
        found = seen & ~_missing(count, generator)[:, None]
        found &= ~hidden | perfect | (
            torch.rand(count, 1, 17, generator=generator) < FOUND_HIDDEN)
    found = torch.where(found.sum(-1, keepdim=True) < MIN_KEYPOINTS, seen, found)
    return torch.where(found[..., None], rays, 0), torch.where(found, scores, 0)


def _lasting(count: int, frames: int, generator) -> torch.Tensor:
    """Return errors (B, T, 17, 2) of deviation 1: a network errs alike in like pictures."""
    share = 0.3 + 0.7 * torch.rand(count, 1, 1, 1, generator=generator)
    lasting = _heavy(count, generator)[:, None]
    if frames == 1:
        return lasting
    fresh = _heavy(count * frames, generator).reshape(count, frames, 17, 2)
    return share * lasting + (1 - share**2).sqrt() * fresh


def _often_alike(count: int, frames: int, generator) -> torch.Tensor:
    """Return draws (B, T, 1, 1), in half of the bodies the same for all frames."""
    draw = torch.rand(count, frames, 1, 1, generator=generator)
    alike = torch.rand(count, 1, 1, 1, generator=generator) < 0.5
    return torch.where(alike, draw[:, :1], draw)


def spread(rays: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """Return the root mean square distance (B, 1) of the seen points from their middle."""
    weight = seen.float()[..., None]
    total = weight.sum(1, keepdim=True).clamp_min(1)
    middle = (rays * weight).sum(1, keepdim=True) / total
    return (((rays - middle) ** 2 * weight).sum((1, 2)) / total[:, 0, 0]).sqrt()[:, None]


def _heavy(count: int, generator) -> torch.Tensor:
    """Return (B, 17, 2) of Student's t with 4 degrees of freedom, deviation about 1."""
    normal = torch.randn(count, 17, 2, generator=generator)
    chi = torch.randn(count, 17, 4, generator=generator).square().sum(-1, keepdim=True)
    return normal / (chi / 4).sqrt().clamp_min(0.3) / 2**0.5


def _scores(level: torch.Tensor, generator) -> torch.Tensor:
    """Return scores that fall with the expected error; each network has its own habit."""
    habit = torch.exp(0.4 * torch.randn(len(level), 1, 1, generator=generator))
    noise = 0.06 * torch.randn(level.shape, generator=generator)
    return (0.93 * torch.exp(-0.5 * habit * level) + noise).clamp(0.05, 1)


def _swap(rays: torch.Tensor, draw: torch.Tensor) -> torch.Tensor:
    """Return rays with left and right exchanged in few bodies."""
    first, second, third = torch.cumsum(torch.tensor(SWAPPED), 0)
    which = torch.where(draw < first, torch.ones(17, 1, dtype=torch.bool), _ARMS[:, None])
    which = torch.where(draw < second, which, _LEGS[:, None]) & (draw < third)
    return torch.where(which, rays[..., MIRRORED, :], rays)


def _missing(count: int, generator) -> torch.Tensor:
    """Return which keypoints (B, 17) the network does not find."""
    draw = torch.rand(count, 5, 1, generator=generator)
    part = 0.4 * torch.rand(count, 1, generator=generator)
    missing = (torch.rand(count, 17, generator=generator) < part) & (draw[:, 0] < SCATTERED)
    cut = _CUTS[torch.randint(len(_CUTS), (count,), generator=generator)]
    missing |= cut & (draw[:, 1] < CUT)
    side = torch.where(draw[:, 4] < 0.5, _mask('left'), _mask('right'))
    missing |= side & (draw[:, 2] < ONE_SIDE)
    return missing | (_FACE & (draw[:, 3] < HEADLESS))

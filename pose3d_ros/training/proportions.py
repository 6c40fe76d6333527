# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Bodies rebuilt with other limb lengths.

Motion files disagree on where a joint is, and some have limbs of impossible length. What they
agree on is how limbs point: training keeps the directions and takes lengths from anthropometry.
"""
from pose3d_ros.core.skeleton import COCO_17
from pose3d_ros.mocap.body import HEAD, LEFT, LENGTHS, LIMBS, middle, RIGHT, STATURE_PARTS
import torch

_FACE = [COCO_17.index(name) for name in HEAD]


def sample_lengths(count: int, generator: torch.Generator) -> dict[str, torch.Tensor]:
    """Return lengths (count, 1) of each part, in statures, for bodies of exactly one stature."""
    noise = torch.randn(len(LENGTHS), count, 1, generator=generator).clamp(-2.5, 2.5)
    lengths = {
        part: mean * (1 + deviation * draw)
        for (part, (mean, deviation)), draw in zip(LENGTHS.items(), noise)
    }
    stature = sum(lengths[part] for part in ('knee', 'ankle', 'elbow', 'wrist', 'trunk'))
    scale = STATURE_PARTS / stature
    return {part: length * (1 if part == 'head' else scale) for part, length in lengths.items()}


def rebuild(points: torch.Tensor, lengths: dict[str, torch.Tensor]) -> torch.Tensor:
    """
    Return bodies whose limbs point as before and have the given lengths.

    Parameters
    ----------
    points : (B, 17, 3)
        COCO keypoints in space, in statures.
    lengths : dict of (B, 1)
        As sample_lengths gives them.

    Returns
    -------
    (B, 17, 3)
        With the middle of the hips at the origin.

    """
    built = torch.zeros_like(points)
    neck = lengths['trunk'] * _unit(middle(points, 'shoulder') - middle(points, 'hip'))
    for name, part, at in (('hip', 'hips', 0), ('shoulder', 'shoulders', neck)):
        across = _unit(points[:, LEFT[name]] - points[:, RIGHT[name]]) * lengths[part] / 2
        built[:, LEFT[name]], built[:, RIGHT[name]] = at + across, at - across
    for far, near in LIMBS.items():
        i, j = COCO_17.index(far), COCO_17.index(near)
        built[:, i] = built[:, j] + _unit(points[:, i] - points[:, j]) * lengths[far.split('_')[1]]
    ears = middle(points, 'ear')
    centre = neck + lengths['neck'] * _unit(ears - middle(points, 'shoulder'))
    face = (points[:, _FACE] - ears[:, None]) * lengths['head'][:, None]
    built[:, _FACE] = centre[:, None] + face
    return built


def _unit(vectors: torch.Tensor) -> torch.Tensor:
    """Return vectors (..., 3) of length 1."""
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp_min(1e-9)

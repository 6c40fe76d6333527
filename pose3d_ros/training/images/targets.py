# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the networks shall say, and how far they are from it."""
import torch
from torch import nn

STRIDE, PERSON_STRIDE = 4, 8  # px of the picture for one of the map
SIGMA = 1.25  # px of the map: of the Gaussian around a keypoint
#: Peak of a map whose keypoint is hidden: the network may guess, the score says that it guesses.
HIDDEN = 0.5
#: Gaussian around the middle of a person, of the box's sides; at least, px of the map.
PERSON_SIGMA, LEAST_SIGMA = 0.10, 0.7
#: Where the target exceeds this, boxes are learned.
NEAR_MIDDLE = 0.6
#: Logarithm of the distance, in px of the map, that a network starts with (see network.PRIOR).
BOX_START = 5.5
BOX_WEIGHT = 20.0


def strengths(visibility: torch.Tensor) -> torch.Tensor:
    """Return the peaks (B, J) of visibilities (B, J): 0 not in the picture, 1 hidden, 2 seen."""
    return torch.tensor([0.0, HIDDEN, 1.0])[visibility.long()]


def heatmaps(keypoints: torch.Tensor, peaks: torch.Tensor, size: tuple) -> torch.Tensor:
    """
    Return Gaussians around keypoints.

    Parameters
    ----------
    keypoints : (B, J, 2)
        In px of the crop.
    peaks : (B, J)
        Largest value of each map.
    size : (int, int)
        Height and width of the maps.

    Returns
    -------
    (B, J, h, w)

    """
    y, x = (torch.exp(-(torch.arange(n) - keypoints[..., axis, None] / STRIDE) ** 2
                      / (2 * SIGMA**2)) for n, axis in zip(size, (1, 0)))
    return peaks[..., None, None] * y[..., :, None] * x[..., None, :]


def heatmap_loss(maps: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return the cross entropy of maps before the sigmoid, summed over a map: nats a keypoint."""
    loss = nn.functional.binary_cross_entropy_with_logits(maps, truth, reduction='none')
    return loss.sum((-2, -1)).mean()


def person_targets(boxes: torch.Tensor, size: tuple) -> tuple[torch.Tensor, torch.Tensor]:
    """
    Return what a person network shall say of one picture.

    Parameters
    ----------
    boxes : (N, 4)
        Left, top, right, bottom in px of the picture; N may be 0.
    size : (int, int)
        Height and width of the map.

    Returns
    -------
    (h, w), (4, h, w)
        Gaussians around the middles, 1 at the nearest cell; the box of the nearest person, px.

    """
    y, x = torch.meshgrid(*(torch.arange(float(n)) for n in size), indexing='ij')
    if not len(boxes):
        return torch.zeros(size), torch.zeros(4, *size)
    corners = boxes.reshape(-1, 2, 2) / PERSON_STRIDE
    middle = corners.mean(1).round()
    sigma = (PERSON_SIGMA * (corners[:, 1] - corners[:, 0])).clamp_min(LEAST_SIGMA)
    distance = torch.stack([x, y], -1) - middle[:, None, None]  # (N, h, w, 2)
    near = torch.exp(-0.5 * (distance / sigma[:, None, None]).square().sum(-1))
    best, whose = near.max(0)
    return best, boxes[whose].permute(2, 0, 1)


def person_boxes(maps: torch.Tensor) -> torch.Tensor:
    """Return boxes (B, 4, h, w) in px of what a network says of them (B, 4, h, w)."""
    y, x = torch.meshgrid(*(torch.arange(float(n)) for n in maps.shape[-2:]), indexing='ij')
    reach = torch.exp((maps + BOX_START).clamp(-4, 4))
    cells = torch.stack([x, y, x, y])
    return PERSON_STRIDE * (cells + reach * torch.tensor([-1.0, -1, 1, 1])[:, None, None])


def person_loss(maps: torch.Tensor, middles: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    """
    Return the loss of a person network, a picture.

    Parameters
    ----------
    maps : (B, 5, h, w)
        What the network says.
    middles, boxes : (B, h, w), (B, 4, h, w)
        See person_targets.

    """
    found = nn.functional.binary_cross_entropy_with_logits(maps[:, 0], middles, reduction='sum')
    weight = torch.where(middles > NEAR_MIDDLE, middles, 0.0)
    apart = 1 - generalised_overlap(person_boxes(maps[:, 1:]), boxes)
    placed = (weight * apart).sum() / weight.sum().clamp_min(1)
    return found / len(maps) + BOX_WEIGHT * placed


def generalised_overlap(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return intersection over union less the empty share of the hull (Rezatofighi, 2019)."""
    def area(low, high):
        return (high - low).clamp_min(0).prod(1)

    shared = area(torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:]))
    hull = area(torch.minimum(a[:, :2], b[:, :2]), torch.maximum(a[:, 2:], b[:, 2:]))
    union = area(a[:, :2], a[:, 2:]) + area(b[:, :2], b[:, 2:]) - shared
    return shared / union.clamp_min(1e-6) - (hull - union) / hull.clamp_min(1e-6)

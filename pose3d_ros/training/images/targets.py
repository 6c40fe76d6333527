# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the networks shall say, and how far they are from it."""
import torch
from torch import nn

STRIDE, PERSON_STRIDE = 4, 8  # px of the picture for one of the map
SIGMA = 1.25  # px of the map: of the Gaussian around a keypoint
#: Peak of a map whose keypoint is hidden: the network may guess, the score says that it guesses.
HIDDEN = 0.5
PLACE_WEIGHT = 1.0
#: Gaussian around the middle of a person, of the box's sides; at least, px of the map.
PERSON_SIGMA, LEAST_SIGMA = 0.10, 0.7
#: Cells where it exceeds this answer for the person.
NEAR_MIDDLE = 0.3
#: Logarithm of the distance, in px of the map, that a network starts with (see network.PRIOR).
BOX_START = 5.5
BOX_WEIGHT = 4.0


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
    """
    Return the cross entropy of maps before the sigmoid: nats a keypoint.

    That of each pixel, summed over a map, and that of the place, whatever the height of the peak:
    maps and truth as distributions over their pixels. The second alone cares much about maps that
    have their peak on the other side of the body, and about hidden keypoints.
    """
    pixels = nn.functional.binary_cross_entropy_with_logits(maps, truth, reduction='none')
    places = nn.functional.logsigmoid(maps).flatten(-2).log_softmax(-1)
    share = truth.flatten(-2) / truth.sum((-2, -1))[..., None].clamp_min(1e-6)
    return (pixels.sum((-2, -1)) - PLACE_WEIGHT * (share * places).sum(-1)).mean()


def person_targets(
    boxes: torch.Tensor, others: torch.Tensor, size: tuple
) -> tuple[torch.Tensor, torch.Tensor]:
    """
    Return what a person network shall say of one picture.

    Parameters
    ----------
    boxes, others : (N, 4), (M, 4)
        Left, top, right, bottom in px of the picture, of persons that shall be found, and of
        those of whom too little is seen: either answer is right. N and M may be 0.
    size : (int, int)
        Height and width of the map.

    Returns
    -------
    (h, w), (4, h, w)
        How near the next middle is, 1 at the middle (-1: either answer is right); box of that
        person, px.

    """
    cells = torch.stack(torch.meshgrid(
        *(torch.arange(float(n)) for n in size), indexing='ij')[::-1], -1)  # (h, w, 2): x, y
    best, nearest = torch.zeros(size), torch.zeros(4, *size)
    if len(boxes):
        corners = boxes.reshape(-1, 2, 2) / PERSON_STRIDE
        sigma = (PERSON_SIGMA * (corners[:, 1] - corners[:, 0])).clamp_min(LEAST_SIGMA)
        distance = (cells - corners.mean(1)[:, None, None]) / sigma[:, None, None]
        best, whose = torch.exp(-0.5 * distance.square().sum(-1)).max(0)
        nearest = boxes[whose].permute(2, 0, 1)
    low, high = others[:, None, None, :2], others[:, None, None, 2:]
    at = PERSON_STRIDE * cells
    free = ((at >= low) & (at <= high)).all(-1).any(0) & (best <= NEAR_MIDDLE)
    return torch.where(free, -1.0, best), nearest


def person_boxes(maps: torch.Tensor) -> torch.Tensor:
    """Return boxes (B, 4, h, w) in px of what a network says of them (B, 4, h, w)."""
    y, x = torch.meshgrid(*(torch.arange(float(n)) for n in maps.shape[-2:]), indexing='ij')
    reach = torch.exp((maps + BOX_START).clamp(-4, 4))
    cells = torch.stack([x, y, x, y])
    return PERSON_STRIDE * (cells + reach * torch.tensor([-1.0, -1, 1, 1])[:, None, None])


def person_loss(maps: torch.Tensor, middles: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    """
    Return the loss of a person network, a cell that answers for a person.

    The score shall be the overlap of the cell's box with the person's, and 0 elsewhere (quality
    focal loss, Li et al., NeurIPS 2020): the best box then wins where several say the same.

    Parameters
    ----------
    maps : (B, 5, h, w)
        What the network says.
    middles, boxes : (B, h, w), (B, 4, h, w)
        See person_targets.

    """
    said, near = person_boxes(maps[:, 1:]), middles > NEAR_MIDDLE
    weight = torch.where(near, middles, 0.0)
    apart = 1 - generalised_overlap(said, boxes)
    score = torch.where(near, overlap(said, boxes).detach(), 0.0)
    found = nn.functional.binary_cross_entropy_with_logits(maps[:, 0], score, reduction='none')
    found = found * (torch.sigmoid(maps[:, 0]) - score).square()
    found = found[middles >= 0].sum() / near.sum().clamp_min(1)
    return found + BOX_WEIGHT * (weight * apart).sum() / weight.sum().clamp_min(1)


def overlap(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return the intersection over union (B, h, w) of boxes (B, 4, h, w)."""
    shared, union = _shared_and_union(a, b)
    return shared / union.clamp_min(1e-6)


def generalised_overlap(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return intersection over union less the empty share of the hull (Rezatofighi, 2019)."""
    shared, union = _shared_and_union(a, b)
    hull = _area(torch.minimum(a[:, :2], b[:, :2]), torch.maximum(a[:, 2:], b[:, 2:]))
    return shared / union.clamp_min(1e-6) - (hull - union) / hull.clamp_min(1e-6)


def _shared_and_union(a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    shared = _area(torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:]))
    return shared, _area(a[:, :2], a[:, 2:]) + _area(b[:, :2], b[:, 2:]) - shared


def _area(low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    return (high - low).clamp_min(0).prod(1)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training samples out of stored renders; every look at a render is another one."""
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.random import default_rng, Generator
from pose3d_ros.training.images import framing, parallel, spoiling
from pose3d_ros.training.images.store import open_training, Store
import torch

PLAIN = 0.6  # share of the crops that are like the pipeline's own: neither turned nor spoilt
#: Of the others: with another background, other colours, somebody else, things in front.
OTHER_BACKGROUND, REPAINTED, COMPANY, OCCLUDED = 0.5, 0.3, 0.2, 0.35
CLEAN = 0.2  # share of the others that stay as they were rendered
#: Boxes around what is seen only; that hold but a part of the person, and the picture ends there.
SEEN_ONLY, PARTIAL, AT_BORDER = 0.3, 0.18, 0.5


def heatmap_sample(rng: Generator, store: Store, index: int, size: tuple) -> tuple:
    """Return a spoilt crop (h, w, 3), its keypoints (17, 2) and visibility (17,)."""
    cut, keypoints, visibility, body, seen = store.cut(index)
    box = seen if rng.random() < SEEN_ONLY else body
    plain = rng.random() < PLAIN
    if not plain and rng.random() < PARTIAL:
        box = framing.random_part(rng, box)
        if rng.random() < AT_BORDER:
            cut, visibility = _end_at(box, cut, keypoints, visibility)
    frame = (framing.shaken_frame if plain else framing.random_frame)(rng, box, size)
    layers = framing.show(cut, frame, size, (0, 0, 0, 255))
    crop, person = np.ascontiguousarray(layers[..., :3]), layers[..., 3]
    keypoints, visibility = framing.move_keypoints(keypoints, visibility, frame, size)
    if plain or rng.random() < CLEAN:
        return crop, keypoints.astype(np.float32), visibility.astype(np.uint8)
    crop, visibility = _spoilt(rng, store, crop, person, keypoints, visibility)
    return crop, keypoints.astype(np.float32), visibility.astype(np.uint8)


def _spoilt(rng: Generator, store: Store, crop, person, keypoints, visibility) -> tuple:
    """Return the crop in other surroundings and spoilt, and what is still visible there."""
    covered = np.zeros(crop.shape[:2], np.uint8)
    if rng.random() < REPAINTED:
        crop = spoiling.repaint(rng, crop, person)
    if rng.random() < OTHER_BACKGROUND:
        crop = spoiling.blend(_background(rng, store, crop.shape[:2]), crop, person)
    if rng.random() < COMPANY:
        crop, covered = _company(rng, store, crop, person, covered)
    if rng.random() < OCCLUDED:
        crop, covered = _occlude(rng, crop, covered)
    hidden = _at(covered, keypoints) > 127
    return spoiling.spoil(rng, crop), np.where(hidden, np.minimum(visibility, 1), visibility)


def plain_sample(store: Store, index: int, size: tuple) -> tuple:
    """Return the same as heatmap_sample, but a crop as the pipeline would cut it."""
    cut, keypoints, visibility, body, _ = store.cut(index)
    frame = framing.crop_affine(body, size, framing.PADDING)
    keypoints, visibility = framing.move_keypoints(keypoints, visibility, frame, size)
    crop = framing.show(np.ascontiguousarray(cut[..., :3]), frame, size)
    return crop, keypoints.astype(np.float32), visibility.astype(np.uint8)


def _end_at(box: np.ndarray, cut: np.ndarray, keypoints, visibility) -> tuple:
    """Return the cut-out as if the picture ended at the box: black beyond, nothing known there."""
    left, top, right, bottom = np.round(box).astype(int).clip(0)
    ended = np.zeros_like(cut)
    ended[..., 3] = 255  # no other background comes there
    ended[top:bottom, left:right] = cut[top:bottom, left:right]
    inside = ((keypoints >= box[:2]) & (keypoints < box[2:])).all(1)
    return ended, np.where(inside, visibility, 0)


def _at(mask: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the values (J,) of a mask (h, w) at points (J, 2); 0 beyond it."""
    column, row = np.round(np.clip(points, -1e4, 1e4)).astype(int).T
    inside = (row >= 0) & (column >= 0) & (row < mask.shape[0]) & (column < mask.shape[1])
    return np.where(inside, mask[np.where(inside, row, 0), np.where(inside, column, 0)], 0)


def _background(rng: Generator, store: Store, size: tuple) -> np.ndarray:
    """Return a picture (h, w, 3) without the person: a texture or what is left of a scene."""
    if rng.random() < 0.7:
        return spoiling.texture(rng, size)
    scene, _, _ = store.scene(int(rng.integers(store.count('scenes'))))
    turned = np.rot90(scene, int(rng.integers(1, 4)))  # upright people would be confusing
    return cv2.resize(np.ascontiguousarray(turned), size[::-1], interpolation=cv2.INTER_AREA)


def _company(rng: Generator, store: Store, crop: np.ndarray, person: np.ndarray, covered) -> tuple:
    """Return the crop with somebody else beside, behind or in front of the person, and a mask."""
    cut, _, _, _, box = store.cut(int(rng.integers(store.count('cuts'))))
    size = crop.shape[:2]
    frame = framing.random_frame(rng, box, size)
    frame[0, 2] += rng.choice([-1, 1]) * rng.uniform(0.3, 0.9) * size[1]
    other = framing.show(cut, frame, size)
    mask = other[..., 3]
    if rng.random() < 0.6:
        mask = np.minimum(mask, 255 - person)  # behind
    else:
        covered = np.maximum(covered, mask)
    return spoiling.blend(crop, other[..., :3], mask), covered


def _occlude(rng: Generator, crop: np.ndarray, covered: np.ndarray) -> tuple:
    """Return the crop with one or a few things in front of the person, and the mask."""
    mask = np.zeros_like(covered)
    for _ in range(int(rng.integers(1, 4))):
        spoiling.draw_shape(rng, mask, 255, rng.uniform(0.08, 0.55))
    if rng.random() < 0.5:
        over = spoiling.texture(rng, mask.shape)
    else:
        over = np.broadcast_to(np.uint8(spoiling.random_colour(rng)), crop.shape)
    return spoiling.blend(crop, over, mask), np.maximum(covered, mask)


class _Stream(torch.utils.data.IterableDataset):
    """Samples for ever; each worker has its own source of chance."""

    def __init__(self, sample: Callable, store: Callable, kind: str, size: tuple, seed: int):
        self._sample, self._store, self._kind = sample, store, kind
        self._size, self._seed, self._rank = size, seed, parallel.rank()

    def __iter__(self) -> Iterator[tuple]:
        cv2.setNumThreads(0)
        info = torch.utils.data.get_worker_info()
        rng = default_rng([self._seed, self._rank, info.id if info else 0])
        while True:
            store = self._store()  # again and again: it may have grown
            for index in rng.integers(store.count(self._kind), size=4000):
                yield self._sample(rng, store, int(index), self._size)


def stream(sample: Callable, renders: Path, kind: str, size: tuple, batch: int,
           seed: int) -> Iterator[list[torch.Tensor]]:
    """Yield training batches for ever, the same for the same seed and renders."""
    samples = _Stream(sample, partial(open_training, renders), kind, size, seed)
    return iter(torch.utils.data.DataLoader(samples, batch, num_workers=1))

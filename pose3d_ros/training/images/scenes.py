# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training samples for person networks out of stored scenes, with guests from stored cut-outs."""
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from pose3d_ros.core.crop import letterbox
from pose3d_ros.training.images import framing, spoiling
from pose3d_ros.training.images.store import CUT, Store
from pose3d_ros.training.images.targets import PERSON_STRIDE, person_targets
import torch

#: Shares of the scenes: only a part, made smaller, with guests, of these nothing but guests.
PART, SMALLER, GUESTS, ONLY_GUESTS = 0.5, 0.3, 0.7, 0.3
CLEAN = 0.55  # share of the scenes that stay as they were rendered
MOST_GUESTS, LEAST_GUEST = 4, 18  # of one scene; px, height of what is seen of the smallest
#: Persons below these may be called persons or not: seen share of the surface, px of the box.
LEAST_SHARE, LEAST_HEIGHT = 0.2, 12


@dataclass(frozen=True)
class Scene:
    """A picture and its persons."""

    picture: np.ndarray  # (h, w, 3) uint8 RGB
    boxes: np.ndarray  # (N, 4) px
    shares: np.ndarray  # (N,) of their surfaces that are seen, about


def person_sample(rng: Generator, store: Store, index: int, size: tuple) -> tuple:
    """Return a spoilt letterboxed scene (h, w, 3), and middles (a, b) and boxes (4, a, b)."""
    scene = Scene(*store.scene(index))
    if rng.random() < PART:
        scene = _part(rng, scene)
    if rng.random() < 0.5:
        scene = _mirrored(scene)
    picture, scale = letterbox(np.ascontiguousarray(scene.picture), size)
    height, width = (round(scale * side) for side in scene.picture.shape[:2])
    scene = Scene(picture[:height, :width], scale * scene.boxes, scene.shares)
    if rng.random() < SMALLER:
        scene = _smaller(rng, scene)
    if rng.random() < GUESTS:
        scene = _with_guests(rng, store, scene)
    content = np.ascontiguousarray(scene.picture)
    picture[:height, :width] = content if rng.random() < CLEAN else spoiling.spoil(rng, content)
    counted = (scene.shares >= LEAST_SHARE) & (np.ptp(scene.boxes[:, 1::2], 1) >= LEAST_HEIGHT)
    grid = (size[0] // PERSON_STRIDE, size[1] // PERSON_STRIDE)
    boxes = torch.from_numpy(scene.boxes).float()
    middles, nearest = person_targets(boxes[counted], boxes[~counted], grid)
    return picture, middles.numpy(), nearest.numpy()


def _part(rng: Generator, scene: Scene) -> Scene:
    """Return a part of a scene and the persons in it."""
    extent = np.array(scene.picture.shape[1::-1])
    share = rng.uniform(0.5, 1) * rng.uniform(0.8, 1, 2)  # about the aspect that it had
    kept = np.maximum(32, (extent * share).astype(int))
    low = (rng.random(2) * (extent - kept)).astype(int)
    high = low + kept
    boxes = (np.clip(scene.boxes.reshape(-1, 2, 2), low, high) - low).reshape(-1, 4)
    left = _areas(boxes) / np.maximum(_areas(scene.boxes), 1e-9)
    there = left > 0
    return Scene(scene.picture[low[1]:high[1], low[0]:high[0]], boxes[there],
                 (scene.shares * left)[there])


def _areas(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2:] - boxes[:, :2]).prod(1)


def _mirrored(scene: Scene) -> Scene:
    left, top, right, bottom = scene.boxes.T
    width = scene.picture.shape[1]
    boxes = np.stack([width - right, top, width - left, bottom], 1)
    return Scene(scene.picture[:, ::-1], boxes, scene.shares)


def _smaller(rng: Generator, scene: Scene) -> Scene:
    """Return a scene of the same size with the old one as a small part of it."""
    factor, size = rng.uniform(0.45, 1), np.array(scene.picture.shape[:2])
    small = cv2.resize(scene.picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    top, left = (rng.random(2) * (size - small.shape[:2] + 1)).astype(int)
    canvas = _nothing(rng, size)
    canvas[top:top + small.shape[0], left:left + small.shape[1]] = small
    return Scene(canvas, factor * scene.boxes + [left, top, left, top], scene.shares)


def _nothing(rng: Generator, size: np.ndarray) -> np.ndarray:
    """Return a texture (h, w, 3)."""
    return cv2.resize(spoiling.texture(rng, tuple(size // 2)), tuple(size[::-1].tolist()))


def _with_guests(rng: Generator, store: Store, scene: Scene) -> Scene:
    """Return a scene with some persons of other renders pasted in, one in front of the other."""
    size = np.array(scene.picture.shape[:2])
    if rng.random() < ONLY_GUESTS:
        scene = Scene(_nothing(rng, size), scene.boxes[:0], scene.shares[:0])
    for _ in range(int(rng.integers(1, MOST_GUESTS + 1))):
        cut, _, _, _, seen = store.cut(int(rng.integers(store.count('cuts'))))
        scale = np.exp(rng.uniform(np.log(LEAST_GUEST), np.log(1.1 * size[0])))
        frame = _place(rng, scale / (seen[3] - seen[1]), seen, size)
        scene = _pasted(scene, framing.show(cut, frame, tuple(size)),
                        frame[1, 1]**2 * (cut[..., 3] > 127).sum())
    return scene


def _place(rng: Generator, scale: float, seen: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return a map (2, 3) that puts a cut-out somewhere, at most its border out of the picture."""
    at = rng.uniform(-0.1, 1.0, 2) * size[::-1] - scale * seen[:2]
    if rng.random() < 0.5:
        return np.array([[scale, 0, at[0]], [0, scale, at[1]]])
    return np.array([[-scale, 0, at[0] + scale * (CUT - 1)], [0, scale, at[1]]])


def _pasted(scene: Scene, layers: np.ndarray, whole: float) -> Scene:
    """Return a scene behind a guest: layers (h, w, 4), whose mask would have `whole` px."""
    mask = layers[..., 3]
    rows, columns = (np.flatnonzero((mask > 127).any(axis)) for axis in (1, 0))
    if len(rows) < 2 or len(columns) < 2:
        return scene
    box = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], float)
    share = (mask > 127).sum() / whole
    return Scene(spoiling.blend(scene.picture, layers[..., :3], mask),
                 np.concatenate([scene.boxes, box[None]]),
                 np.append(scene.shares * (1 - _covered(scene.boxes, mask)), share))


def _covered(boxes: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the shares (N,) of boxes (N, 4) that a mask covers."""
    sums = cv2.integral(mask // 255)
    limits = np.array([mask.shape[1], mask.shape[0]] * 2)
    left, top, right, bottom = np.clip(np.round(boxes), 0, limits).astype(int).T
    inside = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return inside / np.maximum((right - left) * (bottom - top), 1)

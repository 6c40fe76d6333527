# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Which part of a rendered picture a network sees: boxes that jitter, turned and mirrored crops.

Maps are (2, 3), from pixels of the render to pixels of the crop; pixel centres at whole numbers.
"""
import cv2
import numpy as np
from numpy.random import Generator
from pose3d_ros.core.crop import crop_affine
from pose3d_ros.core.skeleton import COCO_17

PADDING = 1.25  # factor that a person's box grows by before it is cut out
#: Standard deviations of the box: shift (of its side) and logarithm of its size.
SHIFT, SIZE = 0.07, 0.16
#: The same where detections and tracks are good.
LITTLE_SHIFT, LITTLE_SIZE = 0.02, 0.05
#: Crops that are turned, and by how much at most, degrees.
TURNED, TURN = 0.6, 40.0
MIRRORED = COCO_17.mirrored
STRETCH = 0.06  # standard deviation of the logarithm of width by height


def random_part(rng: Generator, box: np.ndarray) -> np.ndarray:
    """Return the box (4,) without its lower part, or without one of its sides."""
    box, kept = box.copy(), rng.uniform(0.35, 0.85)
    side = rng.choice([3, 3, 3, 0, 2, 1])
    extent = box[side % 2 + 2] - box[side % 2]
    box[side] += (1 - kept) * extent * (1 if side < 2 else -1)
    return box


def random_frame(rng: Generator, box: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """
    Return a map (2, 3) that shows a person about as a detector's box would, and mirrored or not.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    box : (4,)
        Left, top, right, bottom of the person, px of the render.
    size : (int, int)
        Height and width of the crop, px.

    """
    frame = _frame(rng, box, size, SHIFT, SIZE)
    return _about_middle(_random_turn(rng), size) @ np.vstack([frame, [0, 0, 1]])


def shaken_frame(rng: Generator, box: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a map (2, 3) that shows a person as a good detector's box does, mirrored or not."""
    frame = _frame(rng, box, size, LITTLE_SHIFT, LITTLE_SIZE)
    mirror = np.diag([rng.choice([-1.0, 1.0]), 1])
    return _about_middle(mirror, size) @ np.vstack([frame, [0, 0, 1]])


def _frame(rng: Generator, box: np.ndarray, size, shift: float, scale: float) -> np.ndarray:
    """Return the map (2, 3) of a box that is shifted and scaled by chance."""
    extent = box[2:] - box[:2]
    middle = (box[:2] + box[2:]) / 2 + shift * rng.standard_normal(2) * extent
    extent = extent * np.exp(np.clip(scale * rng.standard_normal(), -0.35, 0.4))
    return crop_affine(np.concatenate([middle - extent / 2, middle + extent / 2]), size, PADDING)


def _random_turn(rng: Generator) -> np.ndarray:
    """Return a matrix (2, 2): mirrored or not, turned, a little stretched."""
    degrees = np.clip(rng.normal(0, TURN / 2), -TURN, TURN)
    angle = np.radians(degrees) * (rng.random() < TURNED)
    cos, sin = np.cos(angle), np.sin(angle)
    stretch = np.exp(STRETCH * rng.standard_normal())
    mirror = rng.choice([-1.0, 1.0])
    return np.array([[cos, -sin], [sin, cos]]) @ np.diag([mirror * stretch, 1 / stretch])


def _about_middle(matrix: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the map (2, 3) that turns a crop about its middle."""
    middle = (np.array(size[::-1]) - 1) / 2
    return np.column_stack([matrix, middle - matrix @ middle])


def show(picture: np.ndarray, frame: np.ndarray, size: tuple[int, int], beyond=0) -> np.ndarray:
    """Return the crop (h, w, C) of a picture; `beyond` its border: one value for all or each."""
    return cv2.warpAffine(picture, frame, size[::-1], flags=cv2.INTER_LINEAR, borderValue=beyond)


def move_keypoints(
    keypoints: np.ndarray, visibility: np.ndarray, frame: np.ndarray, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """
    Return keypoints (17, 2) as a frame shows them, and visibilities (17,), 0 beyond the crop.

    In a mirrored crop left and right are exchanged.
    """
    moved = keypoints @ frame[:, :2].T + frame[:, 2]
    inside = ((moved > -0.5) & (moved < np.array(size[::-1]) - 0.5)).all(axis=1)
    visibility = np.where(inside, visibility, 0)
    if np.linalg.det(frame[:, :2]) < 0:
        return moved[MIRRORED], visibility[MIRRORED]
    return moved, visibility

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Persons cut out of the image: affine maps with an exact inverse.

A map is (2, 3) and takes image points to crop points, both in pixels with pixel centres at whole
numbers. It only scales and shifts, alike in both directions.
"""
import cv2
import numpy as np


def crop_affine(box: np.ndarray, size: tuple[int, int], padding: float) -> np.ndarray:
    """
    Return the map that shows a box, grown by padding, in the middle of a crop.

    Parameters
    ----------
    box : (4,)
        Left, top, right, bottom, px.
    size : (int, int)
        Height and width of the crop, px.
    padding : float
        Factor by which the box grows; then its shorter side is extended to the crop's aspect.

    Returns
    -------
    (2, 3)
        crop = map[:, :2] @ image + map[:, 2]

    """
    height, width = size
    left, top, right, bottom = box
    if not (np.isfinite(box).all() and right > left and bottom > top):
        raise ValueError(f'box has no area: left, top, right, bottom = {np.asarray(box).tolist()}')
    scale = min(width / (right - left), height / (bottom - top)) / padding
    centre = np.array([left + right, top + bottom]) / 2
    middle = np.array([width - 1, height - 1]) / 2
    return np.column_stack([scale * np.eye(2), middle - scale * centre])


def invert(affine: np.ndarray) -> np.ndarray:
    """Return the map of crop points to image points."""
    scale = 1 / affine[0, 0]
    return np.column_stack([scale * np.eye(2), -scale * affine[:, 2]])


def apply(affine: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the points (..., 2) mapped."""
    return points * affine[0, 0] + affine[:, 2]


def cut(image: np.ndarray, affine: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the crop (h, w, 3) uint8 of an image; black beyond the image's border."""
    height, width = size
    return cv2.warpAffine(image, affine, (width, height), flags=cv2.INTER_LINEAR)


def letterbox(image: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, float]:
    """
    Return the whole image at the top left of a grey canvas, and the scale it was drawn with.

    The grey of 114 is the one YOLOX and RTMDet were trained with.
    """
    scale = min(size[0] / image.shape[0], size[1] / image.shape[1])
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    canvas = np.full((*size, 3), 114, np.uint8)
    canvas[:height, :width] = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    return canvas, scale

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Keypoints of the persons in some boxes of an image, in one batch."""
import numpy as np
from pose3d_ros.core import crop
from pose3d_ros.core.records import Keypoints


def estimate_keypoints(
    engine, image: np.ndarray, boxes: np.ndarray, size: tuple[int, int], padding: float
) -> Keypoints:
    """
    Find the keypoints of one person in each box.

    Parameters
    ----------
    engine : callable
        A heatmap engine: crops -> keypoints, scores, spread, in pixels of the crop.
    image : (H, W, 3) uint8
        RGB.
    boxes : (N, 4)
        Left, top, right, bottom, px; N at least 1.
    size : (int, int)
        Height and width of a crop, px.
    padding : float
        Factor by which boxes grow before they are cut out.

    Returns
    -------
    Keypoints
        In pixels of the image; score 0 where the engine gives no finite position and spread.

    """
    affines = [crop.crop_affine(box, size, padding) for box in boxes]
    crops = np.stack([crop.cut(image, affine, size) for affine in affines])
    out = engine(crops=crops)
    to_image = [crop.invert(affine) for affine in affines]
    positions = [crop.apply(back, points) for back, points in zip(to_image, out['keypoints'])]
    scale = np.array([back[0, 0] for back in to_image])
    positions = np.stack(positions)
    spread = out['spread'].astype(float) * (scale**2)[:, None, None, None]
    known = np.isfinite(positions).all(axis=-1) & np.isfinite(spread).all(axis=(-2, -1))
    scores = np.where(known, np.nan_to_num(np.clip(out['scores'], 0, 1)), 0).astype(float)
    return Keypoints(positions, scores, spread)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Person boxes out of a whole image."""
import numpy as np
from pose3d_ros.core import boxes as box
from pose3d_ros.core.crop import letterbox

MAX_OVERLAP = 0.45  # of two boxes before the weaker one counts as the same person


def detect_persons(
    engine, image: np.ndarray, size: tuple[int, int], min_score: float
) -> tuple[np.ndarray, np.ndarray]:
    """
    Find persons.

    Parameters
    ----------
    engine : callable
        A detector: image -> boxes, scores of a fixed number of candidates.
    image : (H, W, 3) uint8
        RGB.
    size : (int, int)
        Height and width of the engine's input, px.
    min_score : float
        Candidates below it are dropped.

    Returns
    -------
    (N, 4), (N,)
        Boxes (left, top, right, bottom; px of the image, within it) and scores, best first.

    """
    canvas, scale = letterbox(image, size)
    out = engine(image=canvas[None])
    good = out['scores'] >= min_score
    boxes = out['boxes'][good].astype(float) / scale
    limits = [image.shape[1], image.shape[0]] * 2
    boxes = np.clip(boxes, 0, limits)
    scores = out['scores'][good]
    whole = box.area(boxes) > 0
    boxes, scores = boxes[whole], scores[whole]
    kept = box.suppress(boxes, scores, MAX_OVERLAP)
    return boxes[kept], scores[kept]

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A drawn person: the fixed input on which backends are compared, which networks take for one."""
import cv2
import numpy as np
from pose3d_ros.inference.facts import INPUTS

SMOOTH = 4  # drawn so many times larger, then reduced
SKIN, HAIR, SHIRT, TROUSERS, SHOES, EYES = (
    (205, 160, 130), (60, 40, 30), (60, 90, 160), (50, 50, 60), (30, 25, 25), (30, 30, 30))
WALL, FLOOR = (150, 160, 170), (110, 105, 95)
HORIZON = 0.75  # of the height
#: Lines of the right half: points x, y from the top of the middle, width; in picture heights.
LINES = (
    (((0.05, 0.52), (0.06, 0.70), (0.065, 0.87)), 0.065, TROUSERS),
    (((0.065, 0.88), (0.085, 0.90)), 0.035, SHOES),
    (((0.10, 0.24), (0.14, 0.37)), 0.05, SHIRT),
    (((0.14, 0.37), (0.16, 0.48), (0.165, 0.505)), 0.036, SKIN),
    (((0.0, 0.16), (0.0, 0.22)), 0.05, SKIN),
)
TORSO = ((0.105, 0.22), (0.085, 0.40), (0.09, 0.54))
#: Ellipses: middle, half axes, angles in degrees.
ELLIPSES = (
    ((0.0, 0.115), (0.043, 0.058), (0, 360), SKIN),
    ((0.0, 0.085), (0.046, 0.040), (180, 360), HAIR),
    ((-0.018, 0.108), (0.006, 0.006), (0, 360), EYES),
    ((0.018, 0.108), (0.006, 0.006), (0, 360), EYES),
)
#: The joints of the figure's left half, which is right in the picture.
POINTS = {
    'nose': (0.0, 0.125), 'eye': (0.018, 0.108), 'ear': (0.043, 0.115), 'shoulder': (0.10, 0.24),
    'elbow': (0.14, 0.37), 'wrist': (0.16, 0.48), 'hip': (0.05, 0.52), 'knee': (0.06, 0.70),
    'ankle': (0.065, 0.87), 'neck': (0.0, 0.21), 'head': (0.0, 0.05), 'pelvis': (0.0, 0.52),
}


def person_inputs(facts, batch: int) -> dict[str, np.ndarray]:
    """Return inputs of an engine that show the person, a little further aside in each row."""
    asides = [0.02 * (row % 5) for row in range(batch)]
    if facts.kind != 'lifter':
        pictures = [draw_person(*facts.size, aside) for aside in asides]
        return {name: np.stack(pictures) for name in INPUTS[facts.kind]}
    rays = np.array([[_point(name, aside) for name in facts.keypoints.points] for aside in asides])
    seen = np.isfinite(rays).all(axis=-1)
    over_time = (len(asides), facts.window, *seen.shape[1:])
    return {
        'keypoints': np.broadcast_to(
            np.nan_to_num(rays)[:, None], (*over_time, 2)).astype(np.float32),
        'scores': np.broadcast_to(seen[:, None], over_time).astype(np.float32),
        'gravity': np.tile(np.float32([0, 1, 0]), (batch, 1)),
    }


def draw_person(height: int, width: int, aside: float = 0.0) -> np.ndarray:
    """Return a picture (height, width, 3) uint8 RGB; aside: from the middle, picture widths."""
    tall = height * SMOOTH
    picture = np.full((tall, width * SMOOTH, 3), WALL, np.uint8)
    picture[int(HORIZON * tall):] = FLOOR
    middle = (0.5 + aside) * width * SMOOTH

    def pixel(x: float, y: float) -> tuple[int, int]:
        return int(middle + x * tall), int(y * tall)

    for points, thickness, colour in LINES:
        for side in (-1, 1):
            line = np.array([pixel(side * x, y) for x, y in points])
            cv2.polylines(
                picture, [line], False, colour, max(1, int(thickness * tall)), cv2.LINE_AA)
    outline = [pixel(x, y) for x, y in TORSO] + [pixel(-x, y) for x, y in TORSO[::-1]]
    cv2.fillPoly(picture, [np.array(outline)], SHIRT, cv2.LINE_AA)
    for centre, axes, angles, colour in ELLIPSES:
        half = tuple(max(1, int(axis * tall)) for axis in axes)
        cv2.ellipse(picture, pixel(*centre), half, 0, *angles, colour, -1, cv2.LINE_AA)
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def _point(name: str, aside: float) -> tuple[float, float]:
    """Return the ray x/z, y/z of a keypoint; NaN where the figure has none."""
    side, _, part = name.rpartition('_')
    x, y = POINTS.get(part, (np.nan, np.nan))
    return (-x if side == 'right' else x) / 2 + aside, (y - 0.5) / 2

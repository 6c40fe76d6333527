# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Bodies drawn onto the picture: bones by side, keypoints by score, a label with id and distance.

Colours are RGB. Left is blue and right is orange, which people with any colour vision tell apart.
"""
from collections.abc import Sequence
import zlib

import cv2
import numpy as np
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import Skeleton

SIDES = {'left': (64, 156, 255), 'right': (255, 146, 43), 'trunk': (240, 240, 240)}
#: Colours of labels: white text is readable on each.
PERSONS = ((200, 30, 90), (0, 120, 110), (110, 60, 190), (150, 90, 0), (0, 95, 170), (60, 110, 30))
OUTLINE = (20, 20, 24)
#: What a colour turns into as the score goes to zero.
FAINT = (120, 120, 120)
#: Binary places of OpenCV's coordinates: a slow movement looks smooth.
SHIFT = 4
#: OpenCV overflows on coordinates far beyond any picture, px.
FURTHEST = 30_000


def draw_bodies(
    image: np.ndarray, bodies: Sequence[Body],
    keypoint_skeleton: Skeleton, joint_skeleton: Skeleton,
) -> np.ndarray:
    """
    Draw bodies onto a picture, in place.

    Parameters
    ----------
    image : (H, W, 3)
        uint8 RGB, writable; changed.
    bodies : sequence of Body
        Keypoints with score 0 or NaN, and what hangs on them, are not drawn.
    keypoint_skeleton, joint_skeleton : Skeleton
        What the bodies' keypoints and joints are called.

    Returns
    -------
    (H, W, 3)
        The same picture.

    """
    for body in bodies:
        seen = np.isfinite(body.keypoints).all(-1) & (body.keypoint_scores > 0)
        if seen.any():
            _draw_bones(image, body, seen, keypoint_skeleton)
            _draw_keypoints(image, body, seen, keypoint_skeleton)
            _draw_label(image, body, seen, joint_skeleton)
    return image


def side_of(*names: str) -> str:
    """Return 'left' or 'right' for points that lie on one side of the body, else 'trunk'."""
    sides = {name.partition('_')[0] for name in names} & {'left', 'right'}
    return sides.pop() if len(sides) == 1 else 'trunk'


def person_colour(name: str) -> tuple[int, int, int]:
    """Return the colour of a person's label: the same for an id in every run."""
    return PERSONS[zlib.crc32(name.encode()) % len(PERSONS)]


def label_of(body: Body, joint_skeleton: Skeleton) -> str:
    """Return a person's id and, where the pelvis is known, its distance from the camera."""
    distance = np.linalg.norm(body.joints[joint_skeleton.index('pelvis')])
    return f'{body.id}  {distance:.1f} m' if np.isfinite(distance) else body.id


def line_width(image: np.ndarray) -> int:
    """Return the width of a bone in px: 2 at 640 x 480."""
    return max(1, round(min(image.shape[:2]) / 200))


def _draw_bones(image: np.ndarray, body: Body, seen: np.ndarray, skeleton: Skeleton):
    width = line_width(image)
    points = _fixed_point(body.keypoints)
    bones = [(a, b) for a, b in skeleton.bone_indices if seen[a] and seen[b]]
    # all outlines first: no bone is cut by the outline of another
    for a, b in bones:
        cv2.line(image, points[a], points[b], OUTLINE, width + 2, cv2.LINE_AA, SHIFT)
    for a, b in bones:
        colour = _shade(SIDES[side_of(skeleton.points[a], skeleton.points[b])],
                        min(body.keypoint_scores[a], body.keypoint_scores[b]))
        cv2.line(image, points[a], points[b], colour, width, cv2.LINE_AA, SHIFT)


def _draw_keypoints(image: np.ndarray, body: Body, seen: np.ndarray, skeleton: Skeleton):
    """Draw a dot for each keypoint, larger and brighter for higher scores."""
    points = _fixed_point(body.keypoints)
    unit = line_width(image) * 2**SHIFT
    for k in np.flatnonzero(seen):
        score = float(np.clip(body.keypoint_scores[k], 0, 1))
        radius = round(unit * (0.6 + 0.8 * score))
        cv2.circle(image, points[k], radius + unit // 2, OUTLINE, -1, cv2.LINE_AA, SHIFT)
        colour = _shade(SIDES[side_of(skeleton.points[k])], score)
        cv2.circle(image, points[k], radius, colour, -1, cv2.LINE_AA, SHIFT)


def _draw_label(image: np.ndarray, body: Body, seen: np.ndarray, joint_skeleton: Skeleton):
    """Write id and distance above the person, inside the picture."""
    text = label_of(body, joint_skeleton)
    height, width = image.shape[:2]
    scale, weight = min(height, width) / 1000, max(1, line_width(image) // 2)
    (text_width, text_height), below = cv2.getTextSize(
        text, cv2.FONT_HERSHEY_SIMPLEX, scale, weight)
    margin = text_height // 2
    person = np.clip(body.keypoints[seen], -FURTHEST, FURTHEST)
    left = person[:, 0].mean() - text_width / 2
    bottom = person[:, 1].min() - 3 * text_height
    left = int(np.clip(left, margin, max(margin, width - text_width - margin)))
    bottom = int(np.clip(bottom, text_height + margin, height - below - margin))
    cv2.rectangle(image, (left - margin, bottom - text_height - margin),
                  (left + text_width + margin, bottom + margin), person_colour(body.id), -1)
    cv2.putText(image, text, (left, bottom), cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255),
                weight, cv2.LINE_AA)


def _shade(colour: tuple[int, int, int], score: float) -> tuple[int, ...]:
    """Return the colour, the fainter the lower the score."""
    score = float(np.clip(score, 0, 1))
    return tuple(round(score * c + (1 - score) * f) for c, f in zip(colour, FAINT))


def _fixed_point(positions: np.ndarray) -> list[tuple[int, int]]:
    """Return positions (K, 2) px as OpenCV's fixed point coordinates; unknown ones as (0, 0)."""
    bounded = np.clip(np.nan_to_num(positions), -FURTHEST, FURTHEST)
    return [(int(u), int(v)) for u, v in np.rint(bounded * 2**SHIFT)]

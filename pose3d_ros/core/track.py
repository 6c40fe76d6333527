# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One person through time, in the image: where found last, where expected next."""
from dataclasses import dataclass, field

import numpy as np
from pose3d_ros.core import boxes as box

MARGIN = 0.1  # a person's outline lies outside the keypoints by this share of their box


@dataclass
class Track:
    """One person through time."""

    id: str
    box: np.ndarray  # (4,) px, where to look next
    vouched: float = -np.inf  # s, stamp of the last detection that lay on the person
    found: float = -np.inf  # s, stamp of the last frame that showed the person
    frames: int = 0  # in which the person was found
    keypoints: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))  # (K, 2) px, then
    seen: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))  # (K,) which count
    middle: np.ndarray = field(default_factory=lambda: np.full(3, np.nan))  # m, of the trunk, then
    expected: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))  # (K, 2) px, next
    distance: float = np.nan  # m, where expected along the optical axis; NaN unknown

    def find(self, stamp: float, keypoints: np.ndarray, seen: np.ndarray, middle) -> None:
        """Note that a frame shows the person: keypoints (K, 2) px, trunk's middle (3,) m."""
        self.found, self.frames = stamp, self.frames + 1
        self.keypoints = self.expected = keypoints
        self.seen, self.middle = seen, middle
        self.box = box.around(keypoints, seen, MARGIN)

    def expect(self, middle, pixel, pixel_then) -> None:
        """
        Move the box to where the person is expected.

        Parameters
        ----------
        middle : (3,)
            Of the trunk, where expected, m, camera optical frame; NaN unknown.
        pixel, pixel_then : (2,)
            Images of that place and of the middle when last found, px; NaN unknown.

        """
        size = self.middle[2] / middle[2] if middle[2] > 0 else np.nan
        known = np.isfinite(size) and np.isfinite(pixel - pixel_then).all()
        self.expected = (
            pixel + size * (self.keypoints - pixel_then) if known else self.keypoints)
        self.box = box.around(self.expected, self.seen, MARGIN)
        self.distance = middle[2]

    def inside(self, width: int, height: int) -> bool:
        """Return whether the person is expected in a picture of so many pixels."""
        points = self.expected[self.seen]
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        return bool(((middle >= 0) & (middle < [width, height])).all())

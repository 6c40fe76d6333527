# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One person through time, in the image: where found last, where expected next."""
from dataclasses import dataclass, field

import numpy as np
from pose3d_ros.core import boxes as box
from pose3d_ros.core.looks import Looks

CARRIED = 1.0  # s, for which a keypoint that is not seen still belongs to somebody's outline
MARGIN = 0.1  # a person's outline lies outside the keypoints by this share of their box


@dataclass(eq=False)
class Track:
    """One person through time."""

    id: str
    box: np.ndarray  # (4,) px, where to look next
    vouched: float = -np.inf  # s, stamp of the last detection that lay on the person
    alone: float = -np.inf  # s, when nobody known for longer was in the same place last
    found: float = -np.inf  # s, stamp of the last frame that showed the person
    frames: int = 0  # in which the person was found
    keypoints: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))  # (K, 2) px, then
    seen: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))  # (K,) which count
    shown: np.ndarray | float = -np.inf  # (K,) s, when each was seen last
    middle: np.ndarray = field(default_factory=lambda: np.full(3, np.nan))  # m, of the trunk, then
    expected: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))  # (K, 2) px, next
    place: np.ndarray = field(default_factory=lambda: np.full(3, np.nan))  # m, where expected
    looks: Looks = field(default_factory=Looks)

    def find(self, stamp: float, keypoints: np.ndarray, seen: np.ndarray, middle) -> None:
        """Note that a frame shows the person: keypoints (K, 2) px, trunk's middle (3,) m."""
        self.keypoints = self.expected = np.where(
            seen[:, None], keypoints, self._carried(keypoints, seen))
        self.shown = np.where(seen, stamp, self.shown)
        self.seen, self.middle, self.place = seen, middle, middle
        self.found, self.frames = stamp, self.frames + 1
        self.box = self._outline()

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
        self.box = self._outline()
        self.place = np.where(np.isfinite(middle), middle, self.place)

    def inside(self, width: int, height: int) -> bool:
        """Return whether the person is expected in a picture of so many pixels."""
        points = self.expected[self.seen]
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        return bool(((middle >= 0) & (middle < [width, height])).all())

    def _carried(self, keypoints: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Return where keypoints should be that were expected, by those that were found."""
        if not len(self.expected):
            return keypoints
        both = seen & self.seen
        return self.expected + (keypoints - self.expected)[both].sum(axis=0) / max(both.sum(), 1)

    def _outline(self) -> np.ndarray:
        """Return the box of the body, also of what was hidden lately: nobody shrinks."""
        return box.around(self.expected, self.shown >= self.found - CARRIED, MARGIN)

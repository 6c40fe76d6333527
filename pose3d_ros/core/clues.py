# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What in a frame tells who is who, besides where joints and keypoints are expected."""
from functools import cached_property

import numpy as np
from pose3d_ros.core import boxes as box
from pose3d_ros.core.association import ALIKE, SURE, within_reach
from pose3d_ros.core.looks import Resemblance
from pose3d_ros.core.records import Found
from pose3d_ros.core.track import MARGIN

MIN_OVERLAP = 0.25  # of a detection and somebody's box before they may be the same person
NOBODY = 0.1  # of a detection and the keypoints found in it: all in one place, they are of nobody
CLOSE = 0.5  # of somebody's height: persons nearer in the image could be mistaken for them
ROOM = 0.3  # m, between the trunks of two
POOR = 0.5  # mean score of the keypoints seen: a heatmap engine finds some in any crop


class Clues:
    """
    On each pair of T tracks and C persons found; computed when asked for, not in most frames.

    Parameters
    ----------
    stamp : float
        Of the frame, s.
    tracks : (T,) fields of track.py
        Who is known.
    found, middles : Found, (C, 3)
        Who is found, and the middles of their trunks, m.
    detections : (D, 4)
        In the whole frame, px.

    """

    def __init__(self, stamp: float, tracks: np.ndarray, found: Found, middles: np.ndarray,
                 detections: np.ndarray):
        self.stamp, self.tracks, self.found = stamp, tracks, found
        self._middles, self._detections = middles, detections

    @cached_property
    def reach(self) -> np.ndarray:
        """Return how far (T, C) from where tracks should be, by how far they can be from there."""
        return within_reach(
            self.tracks['place'], self._middles, self.stamp - self.tracks['found'])

    @cached_property
    def against(self) -> np.ndarray:
        """Return what colours say against pairs (T, C), see looks.py."""
        if len(self.tracks) > 1 and len(self._middles):
            apart = self.tracks['box'][:, None] - self._outlines
            apart = np.hypot(apart[..., 0] + apart[..., 2], apart[..., 1] + apart[..., 3]) / 2
            height = self._outlines[:, 3] - self._outlines[:, 1]
            # somebody expected elsewhere could be here if colours say so
            could = (apart < CLOSE * height) | (self.reach < 1)
            could[len(self.found.similarity):] &= ~self.followed  # these are not lost
            if _disputed(could | self._similar):
                near = could & self.alike | self._similar
                if _disputed(near):
                    return self._colours.against(near)
        return np.zeros((len(self.tracks), len(self._middles)))

    @property
    def alike(self) -> np.ndarray:
        """Return whether colours (T, C) are known and fit."""
        return self._colours.alike

    @cached_property
    def recognized(self) -> np.ndarray:
        """Return who (C,) looks like somebody who should be just there, or could."""
        return (self.alike & (self._similar | (self.reach < 1))).any(axis=0)

    @cached_property
    def detected(self) -> np.ndarray:
        """Return whether a detection lies on persons (C,), a little on those looked for in it."""
        overlaps = box.overlap(self._outlines, self._detections)
        least = np.where(self.found.detected, NOBODY, MIN_OVERLAP)
        return (overlaps >= least[:, None]).any(axis=1)

    @cached_property
    def strange(self) -> np.ndarray:
        """Return who (C,) is detected and does not look like somebody who should be near."""
        return self.detected & ~self.recognized

    @property
    def poor(self) -> np.ndarray:
        """Return whose keypoints (C,) are poor."""
        return self.found.scores.sum(axis=1) < POOR * self.found.seen.sum(axis=1)

    @property
    def part_of_somebody(self) -> np.ndarray:
        """Return who (C,) is but some keypoints where those of one who is followed should be."""
        few = self.found.seen.mean(axis=1) < 0.5
        return few & (self.found.similarity > SURE).any(axis=0)

    def together(self, row: int) -> np.ndarray:
        """Return who (C,) is where a person is: that one, and others who must be the same."""
        together = np.linalg.norm(self._middles - self._middles[row], axis=-1) < ROOM
        together[row] = True  # also where nothing is known
        return together

    @cached_property
    def followed(self) -> np.ndarray:
        """Return whose keypoints (C,) fit a track that is followed."""
        return self._similar.any(axis=0)

    @cached_property
    def _similar(self) -> np.ndarray:
        """Return whose keypoints fit what is expected (T, C); of the lost nothing is."""
        similarity = self.found.similarity
        similar = np.zeros((len(self.tracks), len(self._middles)), bool)
        similar[:len(similarity)] = similarity >= ALIKE
        return similar

    @cached_property
    def _colours(self) -> Resemblance:
        return Resemblance(self.tracks['looks'], self.found.colours)

    @cached_property
    def _outlines(self) -> np.ndarray:
        return box.around(self.found.keypoints.positions, self.found.seen, MARGIN)


def _disputed(near: np.ndarray) -> bool:
    """Return whether several tracks (T, C) are near any person."""
    return bool((near.sum(axis=0) > 1).any())

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which person is which: boxes followed from frame to frame, ids that are never used again."""
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core import boxes as box

MIN_OVERLAP = 0.25  # of a detection and a track before they count as the same person
DUPLICATE = 0.06  # mean distance of keypoints, in box diagonals, below which two tracks are one
MARGIN = 0.1  # a person's outline lies outside the keypoints by this share of their box


@dataclass
class Track:
    """One person through time."""

    id: str
    box: np.ndarray  # (4,) px, where to look next
    seen: float | None = None  # s, stamp of the last frame that showed the person; None: not yet


def best_pairs(values: np.ndarray, least: float) -> Iterator[tuple[int, int]]:
    """Yield row and column of values (N, M), greatest first, each row and column once."""
    values = values.copy()
    while values.size and values.max() >= least:
        row, column = np.unravel_index(values.argmax(), values.shape)
        values[row], values[:, column] = -np.inf, -np.inf
        yield int(row), int(column)


class Tracker:
    """Persons through time, by where their keypoints were one frame ago."""

    def __init__(self, max_bodies: int, timeout: float):
        self._max_bodies = max_bodies
        self._timeout = timeout
        self._count = 0
        self._stamp = -np.inf
        self.tracks: list[Track] = []

    @property
    def boxes(self) -> np.ndarray:
        """Return where to look for the persons: (N, 4) px."""
        return np.array([track.box for track in self.tracks]).reshape(-1, 4)

    @property
    def searching(self) -> bool:
        """Return whether anybody is missing: no track, or one not found in the last frame."""
        return not self.tracks or any(track.seen != self._stamp for track in self.tracks)

    def reset(self) -> None:
        """End all tracks; their ids are not used again."""
        self.tracks, self._stamp = [], -np.inf

    def advance(self, stamp: float) -> None:
        """End the tracks that are too old at a stamp; all of them when time runs backwards."""
        if stamp < self._stamp:
            self.reset()
        # without a stamp: detected in a frame that failed before its keypoints were found
        self.tracks = [
            track for track in self.tracks
            if track.seen is not None and stamp - track.seen <= self._timeout]

    def detect(self, boxes: np.ndarray) -> None:
        """Give detections (N, 4), best first, to the tracks; what is left starts new ones."""
        matched = dict(best_pairs(box.overlap(boxes, self.boxes), MIN_OVERLAP))
        for row, column in matched.items():
            self.tracks[column].box = boxes[row]
        new = [row for row in range(len(boxes)) if row not in matched]
        for row in new[: self._max_bodies - len(self.tracks)]:
            self._count += 1
            self.tracks.append(Track(f'p{self._count}', boxes[row]))

    def follow(self, positions: np.ndarray, seen: np.ndarray, min_seen: int, stamp: float):
        """
        Move each track to the keypoints found in its box.

        Parameters
        ----------
        positions : (N, J, 2)
            Keypoints, px, in the order of the tracks.
        seen : (N, J) bool
            Which of them count.
        min_seen : int
            Persons with fewer are not found in this frame.
        stamp : float
            Of the frame, s.

        Returns
        -------
        list[int], list[str]
            Which rows of the arguments show a person, and the ids of those persons.

        """
        found = []
        for row, track in enumerate(self.tracks):
            if seen[row].sum() >= min_seen and not self._doubled(positions, seen, row, found):
                track.box = box.around(positions[row], seen[row], MARGIN)
                track.seen = stamp
                found.append(row)
        ids = [self.tracks[row].id for row in found]
        self.tracks = [track for track in self.tracks if track.seen is not None]
        self._stamp = stamp
        return found, ids

    def _doubled(self, positions, seen, row, others) -> bool:
        """Return whether an older track found the same keypoints in this frame."""
        for other in others:
            both = seen[row] & seen[other]
            if both.any():
                size = np.linalg.norm(np.ptp(positions[other][seen[other]], axis=0))
                distance = np.linalg.norm(positions[row] - positions[other], axis=1)[both].mean()
                if distance < DUPLICATE * size:
                    return True
        return False

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Which person is which: tracks that begin, are expected somewhere, are found again, and end.

A track begins with a detection whose keypoints fit no other track; somebody who appears within
reach of a hidden person is that person. It is a body once it was found in `birth` frames in a
row. While it is not found, it is expected where its motion leads. It ends

- `timeout` seconds after it was found last,
- at once when it is expected outside of the picture and not found,
- at once when it is not found before it is a body,
- when no detection has lain on it for UNVOUCHED seconds and its keypoints are poor: a heatmap
  engine finds something like a person in any crop,
- when time runs backwards or leaps ahead.

Its id is never used again.
"""
import numpy as np
from pose3d_ros.core import association
from pose3d_ros.core import boxes as box
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.filtering import Estimate
from pose3d_ros.core.records import Joints, Keypoints
from pose3d_ros.core.track import MARGIN, Track

MIN_OVERLAP = 0.25  # of a detection and a track's box before they may be the same person
UNVOUCHED = 2.0  # s
POOR = 0.5  # mean score of keypoints


class Tracker:
    """
    Persons through time.

    Parameters
    ----------
    trunk : list of int
        The joints that say where a body is.
    max_bodies : int
        Most tracks at once.
    birth : int
        Frames in which somebody must be found to be a body.
    timeout : float
        Seconds that somebody may be hidden.

    """

    def __init__(self, trunk: list[int], max_bodies: int, birth: int, timeout: float):
        self._trunk = trunk
        self._max_bodies, self._birth, self._timeout = max_bodies, birth, timeout
        self._count = 0
        self.reset()

    @property
    def ids(self) -> list[str]:
        """Return the ids of all tracks."""
        return [track.id for track in self.tracks]

    @property
    def bodies(self) -> list[Track]:
        """Return the tracks that count as bodies."""
        return [track for track in self.tracks if track.frames >= self._birth]

    @property
    def boxes(self) -> np.ndarray:
        """Return where to look for persons: (N, 4) px, first of the tracks, then new ones."""
        return np.concatenate([np.reshape([t.box for t in self.tracks], (-1, 4)), self._new])

    @property
    def distances(self) -> np.ndarray:
        """Return how far away (N,) m who is looked for in boxes should be; NaN unknown."""
        return np.array([t.distance for t in self.tracks] + [np.nan] * len(self._new))

    @property
    def searching(self) -> bool:
        """Return whether anybody is missing: no track, or one not found in the last frame."""
        return not self.tracks or any(track.found != self._stamp for track in self.tracks)

    def reset(self) -> None:
        """End all tracks; their ids are not used again."""
        self.tracks: list[Track] = []
        self._stamp = -np.inf
        self._detected = self._new = np.zeros((0, 4))  # px, in this frame; those of nobody known

    def advance(self, stamp: float) -> None:
        """End the tracks that are too old at a stamp; all of them when time runs backwards."""
        if stamp < self._stamp:
            self.reset()
        self._detected = self._new = np.zeros((0, 4))
        self.tracks = [t for t in self.tracks if stamp - t.found <= self._timeout]

    def expect(self, positions: np.ndarray, camera: PinholeCamera) -> None:
        """Move the tracks' boxes to expected joints (N, J, 3) m in a camera; NaN unknown."""
        middles = self._middles(positions)
        then = np.reshape([track.middle for track in self.tracks], (-1, 3))
        pixels = camera.project(np.stack([middles, then]))
        for track, middle, pixel, pixel_then in zip(self.tracks, middles, *pixels):
            track.expect(middle, pixel, pixel_then)

    def detect(self, boxes: np.ndarray, stamp: float) -> None:
        """
        Take detections (N, 4), best first: they vouch for tracks; what is left is new.

        A track that alone claims a detection is looked for in its box: keypoints that lead from
        frame to frame may lose a foot for ever.
        """
        overlaps = box.overlap(boxes, self.boxes[:len(self.tracks)])
        near = overlaps >= MIN_OVERLAP
        for column in np.flatnonzero(near.any(axis=0)):
            self.tracks[column].vouched = stamp
        given = association.least_cost(-overlaps, near)
        for row, column in given:
            if near[row].sum() == 1:
                self.tracks[column].box = boxes[row]
        taken = [row for row, _ in given]
        new = [row for row in range(len(boxes)) if row not in taken]
        self._detected, self._new = boxes, boxes[new[:self._free]]

    def owners(self, rows: np.ndarray) -> list[str | None]:
        """Return the tracks to whom boxes belong, by their rows; None for new ones."""
        ids = self.ids
        return [ids[row] if row < len(ids) else None for row in rows]

    def assign(
        self, stamp: float, owners: list[str | None], keypoints: Keypoints, seen: np.ndarray,
        joints: Joints, expected: Estimate,
    ) -> list[str | None]:
        """
        Give what was found to the tracks, and begin new ones.

        Parameters
        ----------
        stamp : float
            Of the frame, s.
        owners : list of C
            In whose boxes they were found, see owners.
        keypoints, seen, joints : Keypoints, (C, K) bool, Joints
            Of C persons found; which keypoints count.
        expected : Estimate
            Of the tracks, in their order, at the stamp.

        Returns
        -------
        list of C
            Ids; None: nobody's.

        """
        ids: list[str | None] = [None] * len(seen)
        middles = self._middles(joints.positions)

        def give(track: Track, row: int):
            ids[row] = track.id
            track.find(stamp, keypoints.positions[row], seen[row], middles[row])

        for track, row in self._pairs(stamp, keypoints, seen, joints, expected):
            give(self.tracks[track], row)
        new = [row for row, owner in enumerate(owners) if ids[row] is None
               and (owner is None or self._is_detected(keypoints.positions[row], seen[row]))]
        for track, row in self._returned(stamp, expected, middles, new):
            give(self.tracks[track], row)
        for row in new:
            if ids[row] is None and self._free:
                give(self._begin(stamp), row)
        self._stamp = stamp
        return ids

    def end_missed(self, stamp: float, camera: PinholeCamera) -> None:
        """End the tracks not found at a stamp that never were bodies or have left the picture."""
        self.tracks = [
            track for track in self.tracks
            if track.found == stamp
            or (track.frames >= self._birth and track.inside(camera.width, camera.height))]

    @property
    def _free(self) -> int:
        """Return how many more tracks there may be."""
        return max(0, self._max_bodies - len(self.tracks))

    def _middles(self, positions: np.ndarray) -> np.ndarray:
        """Return the middles (N, 3) of the trunks of bodies (N, J, 3)."""
        return positions[:, self._trunk].mean(axis=1)

    def _pairs(self, stamp, keypoints, seen, joints, expected) -> list[tuple[int, int]]:
        """Return the tracks and what was found of them, by their rows."""
        if not self.tracks or not len(seen):
            return []
        similarity = association.keypoint_similarity(
            np.stack([t.expected for t in self.tracks]), np.stack([t.seen for t in self.tracks]),
            keypoints.positions, seen, box.area(np.stack([t.box for t in self.tracks])))
        distance, cost = association.spatial_costs(expected, joints)
        poor = (keypoints.scores * seen).sum(axis=1) < POOR * seen.sum(axis=1)
        unvouched = np.array([stamp - track.vouched > UNVOUCHED for track in self.tracks])
        doubtful = unvouched[:, None] & poor
        return association.pairs_of(
            np.where(doubtful, np.inf, distance), cost, np.where(doubtful, 0, similarity))

    def _is_detected(self, points: np.ndarray, seen: np.ndarray) -> bool:
        """Return whether a detection of this frame lies on a person's keypoints (K, 2) px."""
        overlaps = box.overlap(box.around(points, seen, MARGIN)[None], self._detected)
        return bool((overlaps >= MIN_OVERLAP).any())

    def _returned(self, stamp, expected, middles, new) -> list[tuple[int, int]]:
        """Return tracks of the hidden and who of the new appears within their reach."""
        hidden = [row for row, track in enumerate(self.tracks) if track.found < stamp]
        if not hidden or not new:
            return []
        away = np.array([stamp - self.tracks[row].found for row in hidden])
        pairs = association.within_reach(
            self._middles(expected.positions[hidden]), middles[new], away)
        return [(hidden[one], new[other]) for one, other in pairs]

    def _begin(self, stamp: float) -> Track:
        self._count += 1
        self.tracks.append(Track(f'p{self._count}', np.zeros(4), vouched=stamp))
        return self.tracks[-1]

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Which person is which: tracks are expected somewhere, looked for, found again, and end.

How persons are found again and new ones begin is in assignment.py, when tracks end in roster.py.
"""
import numpy as np
from pose3d_ros.core import association, sides, track
from pose3d_ros.core import boxes as box
from pose3d_ros.core.assignment import assign
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.clues import Clues, MIN_OVERLAP
from pose3d_ros.core.filtering import Estimate
from pose3d_ros.core.records import Found, Joints, Keypoints
from pose3d_ros.core.roster import Roster
from pose3d_ros.core.skeleton import Skeleton, TRUNK


class Tracker:
    """
    Persons through time.

    Parameters
    ----------
    keypoints, joints : Skeleton
        Of the heatmap engine and of the lifter.
    max_bodies : int
        Most tracks at once.
    birth : int
        Frames in which somebody must be found to be a body.
    timeout : float
        Seconds that somebody may be hidden.

    """

    def __init__(self, keypoints: Skeleton, joints: Skeleton, max_bodies: int, birth: int,
                 timeout: float):
        self._trunk = [row for row, part in enumerate(joints.parts) if part in TRUNK]
        self._max_bodies = max_bodies
        self._sides = sides.ImageSides(keypoints)
        self._roster = Roster(len(keypoints), birth, timeout)
        self.reset()

    @property
    def tracks(self) -> np.ndarray:
        """Return all tracks: (T,) fields of track.py."""
        return self._roster.followed

    @property
    def ids(self) -> list[str]:
        """Return the ids of all tracks."""
        return self.tracks['id'].tolist()

    @property
    def bodies(self) -> dict[str, np.ndarray]:
        """Return the boxes (4,) px of the tracks that count as bodies, by their ids."""
        bodies = self.tracks[self._roster.born]
        return dict(zip(bodies['id'].tolist(), bodies['box']))

    @property
    def boxes(self) -> np.ndarray:
        """Return where to look for persons: (N, 4) px, first of the tracks, then new ones."""
        return np.concatenate([self.tracks['box'], self._new])

    @property
    def distances(self) -> np.ndarray:
        """Return how far away (N,) m the persons looked for in boxes should be; NaN unknown."""
        return np.append(self.tracks['place'][:, 2], np.full(len(self._new), np.nan))

    @property
    def searching(self) -> bool:
        """Return whether anybody is missing: no track, or one not found in the last frame."""
        return not len(self.tracks) or bool((self.tracks['found'] != self._stamp).any())

    def reset(self) -> None:
        """End all tracks; their ids are not used again."""
        self._roster.reset()
        self._stamp = -np.inf
        self._detected = self._new = np.zeros((0, 4))  # px, in this frame; those to be looked at

    def advance(self, stamp: float) -> None:
        """End the tracks that are too old at a stamp; all of them when time runs backwards."""
        if stamp < self._stamp:
            self.reset()
        self._detected = self._new = np.zeros((0, 4))
        self._roster.end_old(stamp)

    def expect(self, positions: np.ndarray, camera: PinholeCamera) -> None:
        """Move the tracks' boxes to expected joints (N, J, 3) m in a camera; NaN unknown."""
        middles = self._middles(positions)
        pixels = camera.project(np.array([middles, self.tracks['middle']]))
        track.expect(self.tracks, middles, *pixels)

    def detect(self, boxes: np.ndarray, stamp: float) -> None:
        """
        Take detections (N, 4), best first: they vouch for tracks; what is left is new.

        A track that alone claims a detection is looked for in its box: keypoints that lead from
        frame to frame may lose a foot for ever. All other boxes may hold anybody.
        """
        overlaps = box.overlap(boxes, self.boxes[:len(self.tracks)])
        near = overlaps >= MIN_OVERLAP
        self.tracks['vouched'][near.any(axis=0)] = stamp
        alone = []
        for row, column in association.least_cost(-overlaps, near):
            if near[row].sum() == 1:
                self.tracks['box'][column] = boxes[row]
                alone.append(row)
        new = [row for row in range(len(boxes)) if row not in alone]
        self._detected, self._new = boxes, boxes[new[:self._max_bodies]]

    def sided(self, keypoints: Keypoints, seen: np.ndarray, stamp: float) -> Keypoints:
        """Return keypoints in the boxes, which count (N, K), with their sides as expected."""
        tracks, own = self.tracks, slice(len(self.tracks))
        votes = self._sides.votes(
            tracks['expected'], keypoints.positions[own], tracks['seen'] & seen[own])
        tracks['trust'] = sides.trust(tracks['trust'], votes, stamp - self._stamp)
        crossed = np.zeros(seen.shape, bool)
        crossed[own] = (votes < 0) & (tracks['trust'] > 0)
        return keypoints.exchanged(crossed, self._sides.other) if crossed.any() else keypoints

    def similarity(self, positions: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Return how well keypoints (C, K, 2) px that count (C, K) fit the tracks: (T, C)."""
        tracks = self.tracks
        return association.keypoint_similarity(
            tracks['expected'], tracks['seen'], positions, seen, box.area(tracks['box']))

    def owners(self, similarity: np.ndarray) -> list[str | None]:
        """Return the tracks that persons probably are, no matter in whose box they were found."""
        if not len(self.tracks):
            return [None] * similarity.shape[1]
        names = self.tracks['id'][similarity.argmax(axis=0)].tolist()
        likely = similarity.max(axis=0) >= association.ALIKE
        return [name if yes else None for name, yes in zip(names, likely)]

    def assign(
        self, stamp: float, found: Found, joints: Joints, expected: Estimate
    ) -> list[str | None]:
        """
        Give what was found to the tracks, and begin new ones.

        Parameters
        ----------
        stamp : float
            Of the frame, s.
        found, joints : Found, Joints
            C persons; owners and similarity as from here.
        expected : Estimate
            Of the tracks, in their order, at the stamp.

        Returns
        -------
        list of C
            Ids; None: nobody's.

        """
        middles = self._middles(joints.positions)
        clues = Clues(stamp, self._roster.known, found, middles, self._detected)
        free = max(0, self._max_bodies - len(self.tracks))
        pairs, new = assign(clues, joints, expected, stamp - self._stamp, free)
        if new:
            pairs += zip(self._roster.begin(stamp, found.keypoints.positions[new]), new)
        tracks, rows = np.array(pairs, int).reshape(-1, 2).T
        ids = self._roster.find(
            tracks, stamp, found.keypoints.positions[rows], found.seen[rows], middles[rows],
            found.colours[rows])
        self._stamp = stamp
        names = dict(zip(rows.tolist(), ids))
        return [names.get(row) for row in range(len(middles))]

    def end_missed(self, stamp: float, camera: PinholeCamera) -> None:
        """End tracks not found at a stamp that never were bodies, have left, or are doubles."""
        self._roster.end_missed(stamp, camera)

    def _middles(self, positions: np.ndarray) -> np.ndarray:
        """Return the middles (N, 3) of the trunks of bodies (N, J, 3)."""
        return positions.take(self._trunk, axis=1).sum(axis=1) / len(self._trunk)

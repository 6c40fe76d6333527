# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Which person is which: tracks that begin, are expected somewhere, are found again, and end.

A track begins with a detection whose keypoints fit no other track, where nobody else is, and who
does not look like somebody near; somebody who appears within reach of a hidden person, and does
not look like another one, is that person. It is a body once it was found in `birth` frames in a
row. While it is not found, it is expected where its motion leads. It ends

- `timeout` seconds after it was found last,
- at once when it is expected outside of the picture and not found,
- at once when it is not found before it is a body,
- at once when it is not found and has been where somebody known for longer is, for DOUBLE seconds
  or since it began: people pass one another, but do not walk in one another, and keypoints of two
  who overlap make a third for a moment,
- when no detection has lain on it for UNVOUCHED seconds and its keypoints are poor: a heatmap
  engine finds something like a person in any crop,
- when time runs backwards or leaps ahead.

Its id is not used again, with one exception: who vanished inside the picture, and whose colours
are known, is the same when somebody appears within reach who has these colours, for REMEMBERED
seconds more.
"""
import numpy as np
from pose3d_ros.core import association, track
from pose3d_ros.core import boxes as box
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.clues import Clues, MIN_OVERLAP, ROOM
from pose3d_ros.core.filtering import Estimate
from pose3d_ros.core.records import Found, Joints

UNVOUCHED = 2.0  # s
DOUBLE = 0.5  # s
OTHER = 6.0  # what colours may say against a pair
REMEMBERED = 4.0  # s
ROUNDING = 1e-6  # s, of stamps
POOR = 0.5  # mean score of keypoints


class Tracker:
    """
    Persons through time.

    Parameters
    ----------
    trunk : list of int
        The joints that say where a body is.
    keypoint_count : int
        Of the heatmap engine.
    max_bodies : int
        Most tracks at once.
    birth : int
        Frames in which somebody must be found to be a body.
    timeout : float
        Seconds that somebody may be hidden.

    """

    def __init__(self, trunk: list[int], keypoint_count: int, max_bodies: int, birth: int,
                 timeout: float):
        self._trunk, self._nobody = trunk, np.zeros(0, track.fields(keypoint_count))
        self._max_bodies, self._birth, self._timeout = max_bodies, birth, timeout
        self._count = 0
        self.reset()

    @property
    def tracks(self) -> np.ndarray:
        """Return all tracks: (T,) fields of track.py."""
        return self._known[:self._followed]

    @property
    def ids(self) -> list[str]:
        """Return the ids of all tracks."""
        return self.tracks['id'].tolist()

    @property
    def bodies(self) -> dict[str, np.ndarray]:
        """Return the boxes (4,) px of the tracks that count as bodies, by their ids."""
        born = self.tracks['frames'] >= self._birth
        return dict(zip(self.tracks['id'][born].tolist(), self.tracks['box'][born]))

    @property
    def boxes(self) -> np.ndarray:
        """Return where to look for persons: (N, 4) px, first of the tracks, then new ones."""
        return np.concatenate([self.tracks['box'], self._new])

    @property
    def distances(self) -> np.ndarray:
        """Return how far away (N,) m who is looked for in boxes should be; NaN unknown."""
        return np.append(self.tracks['place'][:, 2], np.full(len(self._new), np.nan))

    @property
    def searching(self) -> bool:
        """Return whether anybody is missing: no track, or one not found in the last frame."""
        return not len(self.tracks) or bool((self.tracks['found'] != self._stamp).any())

    def reset(self) -> None:
        """End all tracks; their ids are not used again."""
        self._known, self._followed = self._nobody, 0  # so many tracks, then the lost
        self._stamp = -np.inf
        self._detected = self._new = np.zeros((0, 4))  # px, in this frame; those to be looked at

    def advance(self, stamp: float) -> None:
        """End the tracks that are too old at a stamp; all of them when time runs backwards."""
        if stamp < self._stamp:
            self.reset()
        self._detected = self._new = np.zeros((0, 4))
        hidden = stamp - self._known['found']  # s
        old = hidden > self._timeout
        if old.any():
            body = self._known['frames'] >= self._birth
            lost = old & body & (hidden <= self._timeout + REMEMBERED)
            self._keep(np.flatnonzero(~old), np.flatnonzero(lost))

    def expect(self, positions: np.ndarray, camera: PinholeCamera) -> None:
        """Move the tracks' boxes to expected joints (N, J, 3) m in a camera; NaN unknown."""
        middles = self._middles(positions)
        pixels = camera.project(np.array([middles, self.tracks['middle']]))
        track.expect(self.tracks, middles, *pixels)

    def detect(self, boxes: np.ndarray, stamp: float) -> None:
        """
        Take detections (N, 4), best first: they vouch for tracks; what is left is new.

        A track that alone claims a detection is looked for in its box: keypoints that lead from
        frame to frame may lose a foot for ever. In all other boxes may be anybody.
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

    def similarity(self, positions: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Return how well keypoints (C, K, 2) px that count (C, K) fit the tracks: (T, C)."""
        tracks = self.tracks
        return association.keypoint_similarity(
            tracks['expected'], tracks['seen'], positions, seen, box.area(tracks['box']))

    def owners(self, similarity: np.ndarray) -> list[str | None]:
        """Return the tracks that persons probably are, in whose box ever they were found."""
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
        clues = Clues(stamp, self._known, found, middles, self._detected)
        pairs = self._pairs(stamp, found, joints, expected, clues.against[:self._followed])
        pairs += self._returned(pairs, clues)
        pairs += self._begin(stamp, found, pairs, clues)
        tracks, rows = np.array(pairs, int).reshape(-1, 2).T
        shown = self._known[tracks]
        track.find(shown, stamp, found.keypoints.positions[rows], found.seen[rows],
                   middles[rows], found.colours[rows])
        self._known[tracks], self._stamp = shown, stamp
        if (tracks >= self._followed).any():  # new, or no longer lost
            everybody = np.arange(len(self._known))
            lost = (everybody >= self._followed) & (self._known['found'] < stamp)
            self._keep(everybody[~lost], everybody[lost])
        names = dict(zip(rows.tolist(), shown['id'].tolist()))
        return [names.get(row) for row in range(len(middles))]

    def end_missed(self, stamp: float, camera: PinholeCamera) -> None:
        """End tracks not found at a stamp that never were bodies, have left, or are doubles."""
        tracks = self.tracks
        tracks['alone'][~track.crowded(tracks, ROOM)] = stamp
        found = tracks['found'] == stamp
        if not found.all():
            body = tracks['frames'] >= self._birth
            inside = track.inside(tracks, camera.width, camera.height)
            patience = np.minimum(tracks['found'] - tracks['begun'], DOUBLE)
            stay = found | body & inside & (stamp <= tracks['alone'] + patience + ROUNDING)
            self._keep(np.flatnonzero(stay), np.arange(self._followed, len(self._known)))

    @property
    def _free(self) -> int:
        """Return how many more tracks there may be."""
        return max(0, self._max_bodies - self._followed)

    def _middles(self, positions: np.ndarray) -> np.ndarray:
        """Return the middles (N, 3) of the trunks of bodies (N, J, 3)."""
        return positions.take(self._trunk, axis=1).sum(axis=1) / len(self._trunk)

    def _pairs(self, stamp, found, joints, expected, against) -> list[tuple[int, int]]:
        """Return the tracks and what was found of them, by their rows."""
        if not found.similarity.size:
            return []
        doubtful = against > OTHER
        unvouched = stamp - self.tracks['vouched'] > UNVOUCHED
        if unvouched.any():
            doubtful |= unvouched[:, None] & (found.scores.sum(1) < POOR * found.seen.sum(1))
        similarity = np.where(doubtful, 0, found.similarity)
        return association.pairs_between(
            expected, joints, similarity, against, stamp - self._stamp)

    def _returned(self, pairs, clues: Clues) -> list[tuple[int, int]]:
        """Return the hidden and the lost who are, beside the pairs, others of those found."""
        if len(pairs) == min(clues.against.shape):
            return []
        allowed = (clues.reach < 1) & (clues.against < OTHER) & (
            clues.alike | clues.detected & ~clues.recognized)
        lost = slice(self._followed, None)
        allowed[lost] &= clues.alike[lost] & ~clues.followed & (self._free > 0)
        for one, row in pairs:
            allowed[one], allowed[:, clues.together(row)] = False, False
        return association.least_cost(clues.reach + clues.against, allowed)

    def _new_ones(self, taken: list[int], clues: Clues) -> list[int]:
        """Return who of those found is nobody known, nor found twice."""
        new: list[int] = []
        for row in np.flatnonzero(clues.detected & ~clues.recognized).tolist():
            if not clues.together(row)[taken + new].any():
                new.append(row)
        return new

    def _begin(self, stamp, found, pairs, clues: Clues) -> list[tuple[int, int]]:
        """Return new tracks and who of those found they are, by their rows."""
        if len(pairs) == len(found.owners):  # most frames
            return []
        back = sum(one >= self._followed for one, _ in pairs)
        new = self._new_ones([row for _, row in pairs], clues)[:max(0, self._free - back)]
        first, self._count = self._count + 1, self._count + len(new)
        ids = [f'p{number}' for number in range(first, self._count + 1)]
        begun = track.begin(ids, stamp, found.keypoints.positions[new])
        rows = range(len(self._known), len(self._known) + len(new))
        self._known = np.concatenate([self._known, begun])
        return list(zip(rows, new))

    def _keep(self, followed: np.ndarray, lost: np.ndarray) -> None:
        """Go on with some tracks, by their rows, and remember others."""
        self._known = self._known[np.concatenate([followed, lost])]
        self._followed = len(followed)

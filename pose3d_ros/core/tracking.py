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
- at once when it is not found and has been where somebody known for longer is, for DOUBLE seconds:
  people pass one another, but do not walk in one another,
- when no detection has lain on it for UNVOUCHED seconds and its keypoints are poor: a heatmap
  engine finds something like a person in any crop,
- when time runs backwards or leaps ahead.

Its id is not used again, with one exception: who vanished inside the picture, and whose colours
are known, is the same when somebody appears within reach who has these colours, for REMEMBERED
seconds more.
"""
import numpy as np
from pose3d_ros.core import association
from pose3d_ros.core import boxes as box
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.clues import Clues, MIN_OVERLAP, ROOM
from pose3d_ros.core.filtering import Estimate
from pose3d_ros.core.records import Found, Joints
from pose3d_ros.core.track import Track

UNVOUCHED = 2.0  # s
DOUBLE = 0.5  # s
OTHER = 6.0  # what colours may say against a pair
REMEMBERED = 4.0  # s
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
        return np.array([t.place[2] for t in self.tracks] + [np.nan] * len(self._new))

    @property
    def searching(self) -> bool:
        """Return whether anybody is missing: no track, or one not found in the last frame."""
        return not self.tracks or any(track.found != self._stamp for track in self.tracks)

    def reset(self) -> None:
        """End all tracks; their ids are not used again."""
        self.tracks: list[Track] = []
        self._lost: list[Track] = []  # ended, but remembered
        self._stamp = -np.inf
        self._detected = self._new = np.zeros((0, 4))  # px, in this frame; those to be looked at

    def advance(self, stamp: float) -> None:
        """End the tracks that are too old at a stamp; all of them when time runs backwards."""
        if stamp < self._stamp:
            self.reset()
        self._detected = self._new = np.zeros((0, 4))
        self._lost = [
            t for t in self.bodies + self._lost
            if self._timeout < stamp - t.found <= self._timeout + REMEMBERED]
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
        frame to frame may lose a foot for ever. In all other boxes may be anybody.
        """
        overlaps = box.overlap(boxes, self.boxes[:len(self.tracks)])
        near = overlaps >= MIN_OVERLAP
        for column in np.flatnonzero(near.any(axis=0)):
            self.tracks[column].vouched = stamp
        alone = []
        for row, column in association.least_cost(-overlaps, near):
            if near[row].sum() == 1:
                self.tracks[column].box = boxes[row]
                alone.append(row)
        new = [row for row in range(len(boxes)) if row not in alone]
        self._detected, self._new = boxes, boxes[new[:self._max_bodies]]

    def similarity(self, positions: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Return how well keypoints (C, K, 2) px that count (C, K) fit the tracks: (T, C)."""
        if not self.tracks:
            return np.zeros((0, len(positions)))
        return association.keypoint_similarity(
            np.stack([t.expected for t in self.tracks]), np.stack([t.seen for t in self.tracks]),
            positions, seen, box.area(np.stack([t.box for t in self.tracks])))

    def owners(self, similarity: np.ndarray) -> list[str | None]:
        """Return the tracks that persons probably are, in whose box ever they were found."""
        names = np.array([*self.ids, None])
        likely = np.where(similarity < association.ALIKE, 0, similarity)
        nobody = np.full((1, similarity.shape[1]), 1e-9)
        return names[np.concatenate([likely, nobody]).argmax(axis=0)].tolist()

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
        everybody = self.tracks + self._lost
        middles = self._middles(joints.positions)
        clues = Clues(stamp, everybody, found, middles, self._detected)
        pairs = self._pairs(stamp, found, joints, expected, clues.against[:len(self.tracks)])
        pairs += self._returned(pairs, clues)
        who = {row: everybody[one] for one, row in pairs}
        new = self._new_ones(list(who), clues)
        self.tracks += [track for track in who.values() if track in self._lost]
        who |= {row: self._begin(stamp) for row in new[:self._free]}
        for row, track in who.items():
            track.find(stamp, found.keypoints.positions[row], found.seen[row], middles[row])
            track.looks.learn(found.colours[row])
        self._lost = [track for track in self._lost if track.found < stamp]
        self._stamp = stamp
        return [who[row].id if row in who else None for row in range(len(middles))]

    def end_missed(self, stamp: float, camera: PinholeCamera) -> None:
        """End tracks not found at a stamp that never were bodies, have left, or are doubles."""
        self._note_places(stamp)
        self.tracks = [
            track for track in self.tracks
            if track.found == stamp
            or (track.frames >= self._birth and track.inside(camera.width, camera.height)
                and stamp - track.alone <= DOUBLE)]

    def _note_places(self, stamp: float) -> None:
        """Note who has a place that nobody known for longer is in."""
        places = np.reshape([track.place for track in self.tracks], (-1, 3))
        apart = np.linalg.norm(places[:, None] - places, axis=-1)
        for track, others in zip(self.tracks, np.tril(apart < ROOM, -1)):
            if not others.any():
                track.alone = stamp

    @property
    def _free(self) -> int:
        """Return how many more tracks there may be."""
        return max(0, self._max_bodies - len(self.tracks))

    def _middles(self, positions: np.ndarray) -> np.ndarray:
        """Return the middles (N, 3) of the trunks of bodies (N, J, 3)."""
        return positions[:, self._trunk].mean(axis=1)

    def _pairs(self, stamp, found, joints, expected, against) -> list[tuple[int, int]]:
        """Return the tracks and what was found of them, by their rows."""
        if not self.tracks or not len(found.owners):
            return []
        distance, cost = association.spatial_costs(expected, joints, stamp - self._stamp)
        poor = found.scores.sum(axis=1) < POOR * found.seen.sum(axis=1)
        unvouched = np.array([stamp - track.vouched > UNVOUCHED for track in self.tracks])
        doubtful = unvouched[:, None] & poor | (against > OTHER)
        return association.pairs_of(
            np.where(doubtful, np.inf, distance), cost + against,
            np.where(doubtful, 0, found.similarity))

    def _returned(self, pairs, clues: Clues) -> list[tuple[int, int]]:
        """Return the hidden and the lost who are, beside the pairs, others of those found."""
        if len(pairs) == min(clues.against.shape):
            return []
        allowed = (clues.reach < 1) & (clues.against < OTHER) & (
            clues.alike | clues.detected & ~clues.recognized)
        lost = slice(len(self.tracks), None)
        allowed[lost] &= clues.alike[lost] & ~clues.followed & (self._free > 0)
        for one, row in pairs:
            allowed[one], allowed[:, clues.together(row)] = False, False
        return association.least_cost(clues.reach + clues.against, allowed)

    def _new_ones(self, taken: list[int], clues: Clues) -> list[int]:
        """Return who of those found is nobody known, nor found twice."""
        new: list[int] = []
        if len(taken) == clues.against.shape[1]:
            return new
        for row in np.flatnonzero(clues.detected & ~clues.recognized).tolist():
            if not clues.together(row)[taken + new].any():
                new.append(row)
        return new

    def _begin(self, stamp: float) -> Track:
        self._count += 1
        self.tracks.append(Track(f'p{self._count}', np.zeros(4), stamp, stamp))
        return self.tracks[-1]

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Who is followed, who is lost, and when tracks end.

A track is a body once it was found in `birth` frames in a row. It ends

- `timeout` seconds after it was found last, also when time leaps ahead,
- at once when it is expected outside of the picture and not found,
- at once when it is not found before it is a body,
- at once when it is not found and has been where somebody known for longer is, for DOUBLE seconds
  or since it began: people pass one another but do not walk inside one another, and keypoints of
  two who overlap look like a third person for a moment.

Its id is not used again, with one exception: a body that vanished inside the picture is lost for
REMEMBERED seconds more, in which it may be found again.
"""
import numpy as np
from pose3d_ros.core import track
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.clues import ROOM

DOUBLE = 0.5  # s
REMEMBERED = 4.0  # s
ROUNDING = 1e-6  # s, of stamps


class Roster:
    """
    All tracks: those followed, in the order in which they began, then the lost.

    Parameters
    ----------
    keypoint_count : int
        Of the heatmap engine.
    birth : int
        Frames in which somebody must be found to be a body.
    timeout : float
        Seconds that somebody may be hidden.

    Attributes
    ----------
    known : (T,) fields of track.py
        All tracks.

    """

    def __init__(self, keypoint_count: int, birth: int, timeout: float):
        self._nobody = np.zeros(0, track.fields(keypoint_count))
        self._birth, self._timeout = birth, timeout
        self._begun = 0
        self.reset()

    @property
    def followed(self) -> np.ndarray:
        """Return the tracks that have not ended: (T,) fields of track.py."""
        return self.known[:self._followed]

    @property
    def born(self) -> np.ndarray:
        """Return which (T,) of those followed are bodies."""
        return self.followed['frames'] >= self._birth

    def reset(self) -> None:
        """End all tracks."""
        self.known, self._followed = self._nobody, 0

    def begin(self, stamp: float, keypoints: np.ndarray) -> range:
        """Return the rows of new tracks, to be found next, for keypoints (N, K, 2) px."""
        first, self._begun = self._begun + 1, self._begun + len(keypoints)
        ids = [f'p{number}' for number in range(first, self._begun + 1)]
        self.known = np.concatenate([self.known, track.begin(ids, stamp, keypoints)])
        return range(len(self.known) - len(ids), len(self.known))

    def find(self, rows: np.ndarray, stamp: float, *shown: np.ndarray) -> list[str]:
        """Note that a frame shows some tracks, see track.find; return their ids."""
        found = self.known[rows]
        track.find(found, stamp, *shown)
        self.known[rows] = found
        if (rows >= self._followed).any():  # new, or no longer lost
            everybody = np.arange(len(self.known))
            lost = (everybody >= self._followed) & (self.known['found'] < stamp)
            self._keep(everybody[~lost], everybody[lost])
        return found['id'].tolist()

    def end_old(self, stamp: float) -> None:
        """End tracks that were not found for too long; remember bodies for a while."""
        hidden = stamp - self.known['found']  # s
        old = hidden > self._timeout
        if old.any():
            body = self.known['frames'] >= self._birth
            lost = old & body & (hidden <= self._timeout + REMEMBERED)
            self._keep(np.flatnonzero(~old), np.flatnonzero(lost))

    def end_missed(self, stamp: float, camera: PinholeCamera) -> None:
        """End tracks not found at a stamp that never were bodies, have left, or are doubles."""
        tracks = self.followed
        tracks['alone'][~track.crowded(tracks, ROOM)] = stamp
        found = tracks['found'] == stamp
        if not found.all():
            inside = track.inside(tracks, camera.width, camera.height)
            patience = np.minimum(tracks['found'] - tracks['begun'], DOUBLE)
            single = stamp <= tracks['alone'] + patience + ROUNDING
            stay = found | self.born & inside & single
            self._keep(np.flatnonzero(stay), np.arange(self._followed, len(self.known)))

    def _keep(self, followed: np.ndarray, lost: np.ndarray) -> None:
        """Go on with some tracks, by their rows, and remember others."""
        self.known = self.known[np.concatenate([followed, lost])]
        self._followed = len(followed)

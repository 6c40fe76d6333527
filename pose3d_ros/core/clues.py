# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What in a frame tells who is who, beside where joints and keypoints are expected."""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core import boxes as box
from pose3d_ros.core.association import within_reach
from pose3d_ros.core.looks import Resemblance
from pose3d_ros.core.records import Found
from pose3d_ros.core.track import MARGIN, Track

MIN_OVERLAP = 0.25  # of a detection and somebody's box before they may be the same person
CLOSE = 0.5  # of somebody's height: who is nearer in the image could be mistaken for them
ROOM = 0.3  # m, between the trunks of two


@dataclass(frozen=True)
class Clues:
    """On each pair of T tracks and C persons found."""

    middles: np.ndarray  # (C, 3) m, of their trunks
    reach: np.ndarray  # (T, C) distance by how far tracks can be from where they were expected
    against: np.ndarray  # (T, C) what colours say against a pair, see looks.py
    alike: np.ndarray  # (T, C) whether colours are known and fit
    detected: np.ndarray  # (C,) whether a detection lies on them

    def together(self, row: int) -> np.ndarray:
        """Return who (C,) is where somebody is: that person, and others who are the same."""
        together = np.linalg.norm(self.middles - self.middles[row], axis=-1) < ROOM
        together[row] = True  # also where nothing is known
        return together


def clues_of(
    stamp: float, tracks: list[Track], found: Found, middles: np.ndarray, detections: np.ndarray,
) -> Clues:
    """
    Return what tells who is who.

    Parameters
    ----------
    stamp : float
        Of the frame, s.
    tracks : list of T Track
        Who is known.
    found, middles : Found, (C, 3)
        Who is found, and the middles of their trunks, m.
    detections : (D, 4)
        In the whole frame, px.

    """
    outlines = box.around(found.keypoints.positions, found.seen, MARGIN)
    away = np.array([stamp - track.found for track in tracks])
    places = np.reshape([track.place for track in tracks], (-1, 3))
    reach = within_reach(places, middles, away)
    boxes = np.reshape([track.box for track in tracks], (-1, 1, 4))
    corners = (boxes - outlines).reshape(*reach.shape, 2, 2)
    apart = np.linalg.norm(corners.mean(axis=2), axis=-1)
    close = apart < CLOSE * (outlines[:, 3] - outlines[:, 1])
    colours = Resemblance([track.looks for track in tracks], found.colours)
    overlaps = box.overlap(outlines, detections)
    return Clues(middles, reach, colours.against(close | (reach < 1)), colours.alike,
                 found.detected | (overlaps >= MIN_OVERLAP).any(axis=1))

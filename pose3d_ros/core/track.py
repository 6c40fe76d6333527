# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Persons through time, in the image: where each was found last, where expected next."""
from collections.abc import Sequence

import numpy as np
from pose3d_ros.core import boxes as box
from pose3d_ros.core import looks

CARRIED = 1.0  # s, for which a keypoint that is not seen still belongs to somebody's outline
MARGIN = 0.1  # a person's outline lies outside the keypoints by this share of their box


def fields(keypoint_count: int) -> np.dtype:
    """Return the fields of a track of a person with some number of keypoints."""
    return np.dtype([
        ('id', 'U12'),
        ('box', float, 4),  # px, where to look next
        ('vouched', float),  # s, stamp of the last detection that lay on the person
        ('alone', float),  # s, when nobody known for longer was in the same place last
        ('found', float),  # s, stamp of the last frame that showed the person
        ('begun', float),  # s, stamp of the first such frame
        ('frames', int),  # in which the person was found
        ('keypoints', float, (keypoint_count, 2)),  # px, then
        ('seen', bool, keypoint_count),  # which count
        ('shown', float, keypoint_count),  # s, when each was seen last
        ('middle', float, 3),  # m, of the trunk, then
        ('expected', float, (keypoint_count, 2)),  # px, next
        ('place', float, 3),  # m, where expected
        ('trust', float, keypoint_count),  # s, in sides, see sides.py
        ('looks', looks.FIELDS),
    ], align=True)


def begin(ids: Sequence[str], stamp: float, keypoints: np.ndarray) -> np.ndarray:
    """Return tracks (N,) of persons who are about to be found, with keypoints (N, K, 2) px."""
    tracks = np.zeros(len(ids), fields(keypoints.shape[1]))
    tracks['id'], tracks['expected'] = ids, keypoints
    tracks['begun'] = tracks['vouched'] = tracks['alone'] = stamp
    tracks['shown'] = -np.inf
    return tracks


def find(tracks: np.ndarray, stamp: float, keypoints, seen, middles, colours) -> None:
    """
    Note that a frame shows persons.

    Parameters
    ----------
    tracks : (N,) fields
        Theirs.
    stamp : float
        Of the frame, s.
    keypoints, seen, middles, colours : (N, K, 2), (N, K), (N, 3), (N, D)
        Keypoints, px, and which of them count; the trunks' middles, m; see looks.py.

    """
    expected = tracks['expected']
    # where keypoints should be that were expected, by those that were found
    both = seen & tracks['seen']
    moved = np.where(both[..., None], keypoints - expected, 0).sum(axis=1)
    carried = expected + (moved / np.maximum(both.sum(axis=1), 1)[:, None])[:, None]
    tracks['keypoints'] = tracks['expected'] = np.where(seen[..., None], keypoints, carried)
    tracks['shown'][seen.nonzero()] = stamp
    tracks['seen'], tracks['found'] = seen, stamp
    tracks['frames'] += 1
    tracks['middle'] = tracks['place'] = middles
    tracks['box'] = _outlines(tracks)
    looks.learn(tracks['looks'], colours)


def expect(tracks: np.ndarray, middles, pixels, pixels_then) -> None:
    """
    Move the boxes to where the persons are expected.

    Parameters
    ----------
    tracks : (N,) fields
        Theirs.
    middles : (N, 3)
        Of the trunks, where expected, m, camera optical frame; NaN unknown.
    pixels, pixels_then : (N, 2)
        Images of these places and of the middles when last found, px; NaN unknown.

    """
    then = tracks['keypoints']
    size = tracks['middle'][:, 2:] / middles[:, 2:]
    moved = pixels[:, None] + size[:, None] * (then - pixels_then[:, None])
    tracks['expected'] = np.where(np.isnan(moved), then, moved)
    tracks['box'] = _outlines(tracks)
    tracks['place'] = np.where(np.isnan(middles), tracks['place'], middles)


def inside(tracks: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return who (N,) is expected inside a picture of some size, px."""
    outlines = box.around(tracks['expected'], tracks['seen'])
    middles = (outlines[:, :2] + outlines[:, 2:]) / 2
    return ((middles >= 0) & (middles < [width, height])).all(axis=1)


def crowded(tracks: np.ndarray, room: float) -> np.ndarray:
    """Return who (N,) is nearer than some room, m, to somebody known for longer: further up."""
    places, row = tracks['place'], np.arange(len(tracks))
    apart = places[:, None] - places
    near = (apart * apart).sum(axis=-1) < room**2
    return (near & (row < row[:, None])).any(axis=1)


def _outlines(tracks: np.ndarray) -> np.ndarray:
    """Return the boxes of bodies, also of what was hidden lately: nobody shrinks."""
    lately = tracks['shown'] >= tracks['found'][:, None] - CARRIED
    return box.around(tracks['expected'], lately, MARGIN)

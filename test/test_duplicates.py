# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Persons found twice in one frame."""
import numpy as np
from pose3d_ros.core.duplicates import different
from pose3d_ros.core.skeleton import COCO_17

FIGURE = np.random.default_rng(0).uniform(0, [100, 300], (len(COCO_17), 2))


def kept(shifts, scores, seen=None):
    """Return who is kept of figures shifted to the right by so many px."""
    positions = FIGURE + np.multiply.outer(shifts, [1.0, 0.0])[:, None]
    seen = np.ones(positions.shape[:2], bool) if seen is None else seen
    return different(positions, seen, np.array(scores)[:, None] * seen).tolist()


def test_of_two_finds_of_one_person_the_better_is_kept():
    assert kept([0, 5, 200], [0.7, 0.8, 0.6]) == [1, 2]
    assert kept([0, 5, 200], [0.8, 0.7, 0.6]) == [0, 2]


def test_who_stands_aside_is_another():
    assert kept([0, 50], [0.7, 0.8]) == [0, 1]


def test_who_has_no_keypoint_in_common_may_be_another():
    seen = np.ones((2, len(COCO_17)), bool)
    seen[0, 8:], seen[1, :8] = False, False
    assert kept([0, 0], [0.7, 0.8], seen) == [0, 1]


def test_nobody_is_nobody():
    assert kept([], []) == []

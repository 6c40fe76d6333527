# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Boxes: area, overlap, suppression, and boxes around points."""
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core import boxes

quick = settings(deadline=None, max_examples=40)
coordinate = st.floats(-100, 100)
some_boxes = st.lists(st.tuples(*[coordinate] * 4), max_size=8).map(
    lambda rows: np.array(rows, float).reshape(-1, 4))


def test_area_by_hand():
    np.testing.assert_allclose(
        boxes.area(np.array([[0, 0, 2, 3.0], [1, 1, 1, 5], [3, 3, 2, 9]])), [6, 0, 0])


def test_overlap_by_hand():
    a = np.array([[0, 0, 2, 2.0], [10, 10, 12, 12]])
    b = np.array([[1, 0, 3, 2.0], [0, 0, 2, 2], [5, 5, 6, 6]])
    np.testing.assert_allclose(boxes.overlap(a, b), [[2 / 6, 1, 0], [0, 0, 0]])


def test_covered_by_hand():
    shares = boxes.covered(np.array([[0.0, 0, 4, 4], [0, 0, 0, 4]]), np.array([[2.0, 0, 9, 4]]))
    assert shares.tolist() == [[0.5], [0]]


@quick
@given(some_boxes, some_boxes)
def test_overlap_is_a_share_and_the_same_both_ways(a, b):
    overlaps = boxes.overlap(a, b)
    assert overlaps.shape == (len(a), len(b))
    assert ((overlaps >= 0) & (overlaps <= 1 + 1e-9)).all()
    np.testing.assert_allclose(overlaps, boxes.overlap(b, a).T)


def test_a_box_overlaps_itself_fully_unless_it_is_empty():
    some = np.array([[3, 4, 8, 9.0], [0, 0, 0, 0]])
    np.testing.assert_allclose(np.diag(boxes.overlap(some, some)), [1, 0])


def test_suppression_by_hand():
    some = np.array([[0, 0, 10, 10.0], [50, 50, 60, 60], [0, 0, 10, 9], [0, 0, 10, 4]])
    assert boxes.suppress(some, np.array([0.8, 0.5, 0.9, 0.3]), 0.45).tolist() == [2, 1, 3]


@quick
@given(some_boxes, st.floats(0.1, 0.9))
def test_what_is_left_overlaps_little_and_what_went_overlapped_much(some, limit):
    scores = np.linspace(1, 0.5, len(some))
    kept = boxes.suppress(some, scores, limit)
    assert (np.diff(kept) > 0).all()  # best first
    among = boxes.overlap(some[kept], some[kept]) * (1 - np.eye(len(kept)))
    assert (among <= limit).all()
    gone = np.setdiff1d(np.arange(len(some)), kept)
    assert (boxes.overlap(some[gone], some[kept]) > limit).any(axis=1).all()


def test_equal_scores_keep_the_order():
    some = np.array([[0, 0, 1, 1.0], [5, 5, 6, 6], [9, 9, 10, 10]])
    assert boxes.suppress(some, np.ones(3), 0.5).tolist() == [0, 1, 2]


def test_around_counts_the_seen_only():
    points = np.array([[0, 0], [10, 20], [np.nan, 5], [900, 900.0]])
    box = boxes.around(points, np.array([True, True, False, False]), 0.1)
    np.testing.assert_allclose(box, [-1, -2, 11, 22])


def test_around_a_single_point_has_an_area():
    box = boxes.around(np.array([[7, 8.0]]), np.array([True]), 0.1)
    np.testing.assert_allclose(box, [6.9, 7.9, 7.1, 8.1])


def test_around_nothing_is_empty():
    empty = boxes.around(np.ones((3, 2)), np.zeros(3, bool), 0.1)
    assert boxes.area(empty) == 0
    assert boxes.overlap(empty[None], np.array([[0.0, 0, 9, 9]])) == 0

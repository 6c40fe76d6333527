# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What a lifter with a window gets to see of the past, at any frame rate."""
import numpy as np
from pose3d_ros.core.history import GAP, RayHistory
import pytest

INTERVAL = 0.15


def look(history, stamp, *frame):
    """Return the past of a frame, and keep the frame."""
    past = history.past(stamp, *frame)
    history.keep(stamp, *frame)
    return past


def walked(rate, seconds=1.0, speed=0.4, missing=()):
    """Return past rays (T - 1,) and scores of one keypoint that moved evenly; stamps missing."""
    history = RayHistory(4, INTERVAL)
    for frame in range(round(seconds * rate) + 1):
        stamp = frame / rate
        if any(low < stamp < high for low, high in missing):
            continue
        past = look(history, stamp, ['a'], np.full((1, 1, 2), speed * stamp), np.ones((1, 1)))
    return past[0][0, :, 0, 0], past[1][0, :, 0]


@pytest.mark.parametrize('rate', [5, 7.3, 10, 30, 60])
def test_past_rays_are_where_they_were_at_any_rate(rate):
    rays, scores = walked(rate, seconds=10)
    last = round(10 * rate) / rate
    np.testing.assert_allclose(rays, 0.4 * (last - INTERVAL * np.array([3, 2, 1])), atol=1e-9)
    assert (scores == 1).all()


def test_a_new_body_has_no_past():
    rays, scores = walked(30, seconds=0)
    assert not rays.any() and not scores.any()
    assert walked(30, seconds=0.2)[1].tolist() == [0, 0, 1]


def test_nothing_is_known_within_a_gap():
    rays, scores = walked(30, missing=[(0.5, 0.8)])  # the window looks at 0.55, 0.7, 0.85
    assert 0.8 - 0.5 > GAP
    assert scores.tolist() == [0, 0, 1] and rays[:2].tolist() == [0, 0]


def test_a_keypoint_that_was_not_seen_stays_so():
    history = RayHistory(2, 0.1)
    for stamp, score in ((0.0, 0.0), (0.1, 0.8)):
        past = look(history, stamp, ['a'], np.zeros((1, 1, 2)), np.full((1, 1), score))
    assert past[1].tolist() == [[[0]]]


def test_bodies_are_kept_apart_and_forgotten():
    history = RayHistory(2, 0.1)
    ones = np.ones((2, 1, 2))
    look(history, 0.0, ['a', 'b'], ones * [[[1]], [[2]]], np.ones((2, 1)))
    rays, scores = look(history, 0.1, ['b', 'c'], ones, np.ones((2, 1)))
    assert rays[:, 0, 0, 0].tolist() == [2, 0] and scores[:, 0, 0].tolist() == [1, 0]
    rays, scores = look(history, 9.0, ['a'], ones[:1], np.ones((1, 1)))
    assert not scores.any() and set(history._frames) == {'a'}


def test_time_that_runs_backwards_begins_anew():
    history = RayHistory(2, 0.1)
    for stamp in (1.0, 1.1, 0.5):
        past = look(history, stamp, ['a'], np.ones((1, 1, 2)), np.ones((1, 1)))
    assert not past[1].any()


def test_a_window_of_one_frame_has_no_past():
    rays, scores = look(RayHistory(1, 0.0), 0.0, ['a'], np.ones((1, 5, 2)), np.ones((1, 5)))
    assert rays.shape == (1, 0, 5, 2) and scores.shape == (1, 0, 5)

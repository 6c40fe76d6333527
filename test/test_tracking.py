# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which person is which: ids from frame to frame."""
import numpy as np
from pose3d_ros.core.tracking import best_pairs, Tracker
import pytest

MIN_SEEN = 4
SHAPE = np.array([[0, 0], [1, 0], [0.2, 0.5], [0.8, 0.5], [0, 1], [1, 1]]) * [60, 160]


def person(left, top=100):
    """Return the keypoints (6, 2) of a person 60 px wide and 160 px tall."""
    return SHAPE + [left, top]


def outline(left, top=100):
    """Return a detector's box around that person."""
    return np.array([left - 5, top - 5, left + 65, top + 165.0])


def step(tracker, stamp, *found, detections=None, seen=None):
    """Take a frame in which each track's box shows the keypoints given; return the ids."""
    tracker.advance(stamp)
    if detections is not None:
        tracker.detect(np.array(detections, float).reshape(-1, 4))
    positions = np.array(found, float).reshape(-1, 6, 2)
    assert len(positions) == len(tracker.tracks)
    seen = np.ones(positions.shape[:2], bool) if seen is None else np.array(seen)
    return tracker.follow(positions, seen, MIN_SEEN, stamp)[1]


@pytest.fixture
def tracker():
    return Tracker(max_bodies=3, timeout=0.5)


def test_one_person_keeps_the_id_without_detections(tracker):
    assert step(tracker, 0.0, person(0), detections=[outline(0)]) == ['p1']
    for frame in range(1, 50):
        assert step(tracker, frame / 30, person(4 * frame)) == ['p1']
    np.testing.assert_allclose(tracker.boxes, [[196 - 6, 100 - 16, 196 + 66, 260 + 16]])


def test_detections_go_to_the_tracks_they_overlap(tracker):
    step(tracker, 0.0, person(0), person(300), detections=[outline(0), outline(300)])
    # in another order, one step later: the same persons; the third is new
    tracker.advance(0.1)
    tracker.detect(np.array([outline(310), outline(600), outline(8)]))
    assert [track.id for track in tracker.tracks] == ['p1', 'p2', 'p3']
    np.testing.assert_allclose(tracker.boxes[:, 0], [3, 305, 595])


def test_no_more_bodies_than_allowed_and_the_best_detections_first(tracker):
    boxes = [outline(200 * index) for index in range(5)]
    ids = step(tracker, 0.0, *[person(200 * index) for index in range(3)], detections=boxes)
    assert ids == ['p1', 'p2', 'p3']
    tracker.detect(np.array(boxes))
    assert len(tracker.tracks) == 3


def test_a_person_who_leaves_ends_after_the_timeout_and_gets_a_new_id(tracker):
    step(tracker, 0.0, person(0), detections=[outline(0)])
    gone = np.full((6, 2), np.nan)
    for stamp in (0.2, 0.5):
        assert step(tracker, stamp, gone, seen=[[False] * 6]) == []
        assert tracker.searching
    assert step(tracker, 0.51) == []
    assert tracker.tracks == []
    assert step(tracker, 0.6, person(0), detections=[outline(0)]) == ['p2']


def test_a_person_found_again_in_time_keeps_the_id(tracker):
    step(tracker, 0.0, person(0), detections=[outline(0)])
    step(tracker, 0.2, person(0), seen=[[False] * 6])
    assert step(tracker, 0.4, person(20), detections=[outline(20)]) == ['p1']
    assert not tracker.searching


def test_a_detection_without_keypoints_is_forgotten_and_costs_no_place(tracker):
    for stamp in np.arange(5) / 10:
        seen = [[True] * 3 + [False] * 3]
        assert step(tracker, stamp, person(0), detections=[outline(0)], seen=seen) == []
        assert tracker.tracks == []


def test_a_frame_that_failed_after_detection_leaves_no_track(tracker):
    tracker.advance(0.0)
    tracker.detect(np.array([outline(0)]))
    # no follow: the engine raised
    tracker.advance(0.1)
    assert tracker.tracks == []


def test_the_clock_jumping_back_ends_everybody_and_ids_are_new(tracker):
    step(tracker, 100.0, person(0), detections=[outline(0)])
    assert step(tracker, 3.0, person(0), detections=[outline(0)]) == ['p2']
    assert step(tracker, 3.1, person(0)) == ['p2']


def test_the_same_stamp_twice_is_no_jump(tracker):
    step(tracker, 1.0, person(0), detections=[outline(0)])
    assert step(tracker, 1.0, person(0)) == ['p1']


def test_the_clock_jumping_far_ahead_ends_everybody(tracker):
    step(tracker, 0.0, person(0), detections=[outline(0)])
    assert step(tracker, 1000.0, person(0), detections=[outline(0)]) == ['p2']


def test_reset_ends_everybody_and_ids_are_new(tracker):
    step(tracker, 5.0, person(0), detections=[outline(0)])
    tracker.reset()
    assert tracker.boxes.shape == (0, 4) and tracker.searching
    assert step(tracker, 1.0, person(0), detections=[outline(0)]) == ['p2']


def test_two_persons_crossing_keep_their_ids(tracker):
    # one walks right, the other, 40 px lower, walks left; detections come in either order
    step(tracker, 0.0, person(0), person(400, 140), detections=[outline(0), outline(400, 140)])
    for frame in range(1, 41):
        right, left = 10 * frame, 400 - 10 * frame
        boxes = [outline(left, 140), outline(right)] if frame % 5 == 0 else None
        ids = step(tracker, frame / 30, person(right), person(left, 140), detections=boxes)
        assert ids == ['p1', 'p2']
    np.testing.assert_allclose(tracker.boxes[:, 0], [400 - 6, 0 - 6])


def test_two_tracks_on_one_person_are_one(tracker):
    step(tracker, 0.0, person(0), person(300), detections=[outline(0), outline(300)])
    ids = step(tracker, 0.1, person(150), person(151))  # the second box slipped onto the first
    assert ids == ['p1']
    assert tracker.searching  # where the other one went
    step(tracker, 0.5, person(150), person(150))
    assert step(tracker, 0.9, person(150)) == ['p1']
    assert not tracker.searching


def test_ids_are_never_used_again():
    tracker, used = Tracker(2, 0.1), []
    for stamp in range(20):
        used += step(tracker, stamp, person(0), person(300), detections=[outline(0), outline(300)])
    assert len(set(used)) == len(used) == 40
    assert all(name[0].isalpha() and name.isalnum() for name in used)


def test_nobody(tracker):
    assert step(tracker, 0.0, detections=[]) == []
    assert tracker.searching
    assert tracker.boxes.shape == (0, 4)


def test_best_pairs_by_hand():
    values = np.array([[0.5, 0.6, 0.1], [0.55, 0.9, 0.2]])
    assert list(best_pairs(values, 0.25)) == [(1, 1), (0, 0)]
    assert list(best_pairs(values, 0.05)) == [(1, 1), (0, 0)]  # each row once
    assert list(best_pairs(values, 0.95)) == []
    assert list(best_pairs(np.zeros((0, 3)), 0.2)) == list(best_pairs(np.zeros((3, 0)), 0.2)) == []
    assert values[1, 1] == 0.9  # the argument stays as it was

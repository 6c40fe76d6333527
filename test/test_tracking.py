# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which person is which: ids from frame to frame, with the filters that expect them."""
import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.filtering import Filters
from pose3d_ros.core.looks import SIGMA
from pose3d_ros.core.records import Found, Joints, Keypoints, Source
from pose3d_ros.core.skeleton import BODY_16, LEGS
from pose3d_ros.core.tracking import Tracker
import pytest

CAMERA = PinholeCamera(640, 480, [[500, 0, 320], [0, 500, 240], [0, 0, 1]])
HEIGHTS = {'pelvis': 0.0, 'hip': 0, 'knee': 0.42, 'ankle': 0.84, 'neck': -0.5, 'shoulder': -0.5,
           'elbow': -0.25, 'wrist': 0.0, 'head': -0.65, 'nose': -0.62}
WIDTHS = {'hip': 0.1, 'knee': 0.11, 'ankle': 0.12, 'shoulder': 0.18, 'elbow': 0.24, 'wrist': 0.28}
FIGURE = np.array([
    [WIDTHS.get(name.split('_')[-1], 0) * (-1 if 'right' in name else 1),
     HEIGHTS[name.split('_')[-1]], 0] for name in BODY_16.points])


class Room:
    """A tracker, filters, and persons at places (x, y, z) m, m from the camera."""

    def __init__(self, max_bodies=3, birth=1, timeout=0.5):
        self.tracker = Tracker(BODY_16, BODY_16, max_bodies, birth, timeout)
        self.filters = Filters(BODY_16)

    def step(self, stamp, *places, detected=True, seen=None, score=0.9, noise=0.0,
             colours=None):
        """Take a frame; return the ids of the persons at places, None where not found."""
        tracker = self.tracker
        tracker.advance(stamp)
        self.filters.keep(tracker.ids)
        self.filters.advance(stamp)
        expected = self.filters.estimate()
        tracker.expect(expected.positions, CAMERA)
        figures = np.reshape([FIGURE + place for place in places], (-1, 16, 3)) + noise
        pixels = CAMERA.project(figures)
        if detected:
            tracker.detect(np.concatenate(
                [pixels.min(axis=1) - 8, pixels.max(axis=1) + 8], axis=1), stamp)
        count = len(places)
        seen = np.ones((count, 16), bool) if seen is None else np.array(seen)
        keypoints = Keypoints(
            pixels, np.full((count, 16), score), np.tile(np.eye(2), (count, 16, 1, 1)))
        joints = Joints(
            figures, np.tile(np.diag([1e-4, 1e-4, 0.04]), (count, 16, 1, 1)),
            np.full((count, 16), score), np.full((count, 16), Source.LIFTED, np.uint8))
        rows = np.flatnonzero(seen.sum(axis=1) >= 6)
        colours = np.full((count, len(SIGMA)), np.nan) if colours is None else np.array(colours)
        similarity = tracker.similarity(keypoints.positions[rows], seen[rows])
        found = Found(tracker.owners(similarity), np.full(len(rows), detected), keypoints[rows],
                      keypoints.positions[rows], keypoints.scores[rows] * seen[rows], similarity,
                      colours[rows])
        ids = tracker.assign(stamp, found, joints[rows], expected)
        tracker.end_missed(stamp, CAMERA)
        known = [row for row, name in enumerate(ids) if name]
        self.filters.update([ids[row] for row in known], joints[rows][known])
        names = dict(zip(rows.tolist(), ids))
        return [names.get(row) for row in range(count)]


def test_one_person_keeps_the_id_without_detections():
    room = Room()
    assert room.step(0.0, (0, 0, 4)) == ['p1']
    for frame in range(1, 50):
        assert room.step(frame / 30, (0.02 * frame, 0, 4), detected=False) == ['p1']


@pytest.mark.parametrize('rate', [5, 7.3, 10, 30, 60])
def test_a_walking_person_is_one_at_any_rate(rate):
    room = Room()
    ids = [room.step(frame / rate, (-1.5 + 1.2 * frame / rate, 0, 4))
           for frame in range(round(2.5 * rate))]
    assert ids == [['p1']] * len(ids)


def test_sides_exchanged_for_a_moment_are_put_right_and_believed_if_they_stay():
    room = Room()
    room.step(0.0, (0, 0, 4))
    straight = Keypoints(CAMERA.project(FIGURE + (0, 0, 4))[None], np.full((1, 16), 0.9),
                         np.tile(np.eye(2), (1, 16, 1, 1)))
    arms = np.array([[not name.endswith(LEGS) for name in BODY_16.points]])
    crossed = straight.exchanged(arms, np.array(BODY_16.mirrored))

    def right(found):
        told = room.tracker.sided(found, np.ones((1, 16), bool), 0.125)
        return bool((told.positions == straight.positions).all())

    assert not right(crossed)  # nothing to trust yet
    assert [right(straight) for _ in range(9)] == [True] * 9
    assert [right(crossed) for _ in range(5)] == [True] * 3 + [False] * 2


def test_uneven_stamps_are_no_trouble():
    room, rng = Room(), np.random.default_rng(0)
    for stamp in np.cumsum(rng.uniform(0.01, 0.2, 20)):
        assert room.step(stamp, (-1 + stamp, 0, 4)) == ['p1']


def test_two_persons_who_cross_keep_their_ids():
    room = Room()
    for frame in range(61):
        way = -1.2 + 0.04 * frame
        assert room.step(frame / 30, (way, 0, 3.5), (-way, 0, 4.3)) == ['p1', 'p2']


def test_the_one_behind_coasts_while_hidden_and_is_the_same_afterwards():
    room = Room(timeout=1.0)
    for frame in range(41):
        way = -1.2 + 0.06 * frame
        hidden = 15 < frame < 26
        places = [(way, 0, 3.5)] + [(-way, 0, 4.3)] * (not hidden)
        ids = room.step(frame / 20, *places)
        assert ids == ['p1', 'p2'][:len(places)]
        assert room.tracker.ids == ['p1', 'p2']


def test_who_turns_back_while_hidden_is_still_the_same():
    room = Room(timeout=1.0)
    for frame in range(10):
        room.step(frame / 20, (-1 + 0.06 * frame, 0, 4))
    for frame in range(10, 20):  # behind a pillar
        assert room.step(frame / 20) == []
    assert room.step(1.0, (-0.6, 0, 4)) == ['p1']


def test_somebody_else_far_from_the_hidden_is_new():
    room = Room()
    room.step(0.0, (-1.2, 0, 4))
    room.step(0.1)
    assert room.step(0.2, (1.3, 0, 4)) == ['p2']


def test_a_mannequin_takes_nobodys_id():
    room = Room()
    for frame in range(60):
        way = -1.4 + 0.05 * frame
        assert room.step(frame / 30, (0.2, 0, 4.4), (way, 0, 3.6)) == ['p1', 'p2']


def test_somebody_is_a_body_once_found_often_enough():
    room = Room(birth=3)
    for frame in range(3):
        assert room.step(frame / 30, (0, 0, 4)) == ['p1']
        assert list(room.tracker.bodies) == (['p1'] if frame == 2 else [])


def test_a_find_that_does_not_last_is_forgotten_at_once():
    room = Room(birth=2)
    room.step(0.0, (0, 0, 4))
    room.step(0.03)
    assert room.tracker.ids == []


def test_who_leaves_the_picture_ends_at_once():
    room = Room(timeout=5.0)
    for frame in range(20):
        room.step(frame / 10, (0.5 + 0.12 * frame, 0, 4))
    room.step(2.0)
    assert room.tracker.ids == []


def test_who_vanishes_ends_after_the_timeout_and_is_new_when_back():
    room = Room(timeout=0.5)
    room.step(0.0, (0, 0, 4))
    room.step(0.5)
    assert room.tracker.ids == ['p1'] and room.tracker.searching
    room.step(0.51)
    assert room.tracker.ids == []
    assert room.step(0.6, (0, 0, 4)) == ['p2']


def test_keypoints_without_a_detection_do_not_live_for_ever_when_poor():
    lives = {}
    for score in (0.4, 0.8):
        room = Room()
        room.step(0.0, (0, 0, 4))
        lives[score] = sum(room.step(0.1 * frame, (0, 0, 4), detected=False, score=score) == ['p1']
                           for frame in range(1, 40))
    assert lives == {0.4: 20, 0.8: 39}


def test_no_more_tracks_than_allowed():
    room = Room(max_bodies=2)
    ids = room.step(0.0, (-1.2, 0, 4), (0, 0, 4), (1.2, 0, 4))
    assert ids == ['p1', 'p2', None] and len(room.tracker.tracks) == 2


def test_keypoints_that_nobody_detected_begin_no_track():
    assert Room().step(0.0, (0, 0, 4), detected=False) == [None]


def test_a_detection_with_few_keypoints_is_nobody():
    seen = [[True] * 5 + [False] * 11]
    assert Room().step(0.0, (0, 0, 4), seen=seen) == [None]


def test_a_frame_that_failed_after_detection_leaves_no_track():
    tracker = Room().tracker
    tracker.advance(0.0)
    tracker.detect(np.array([[10.0, 10, 50, 90]]), 0.0)
    assert len(tracker.boxes) == 1
    tracker.advance(0.1)
    assert tracker.ids == [] and tracker.boxes.shape == (0, 4)


@pytest.mark.parametrize('jump', [-50.0, 1000.0])
def test_a_clock_that_jumps_ends_everybody_and_ids_are_new(jump):
    room = Room()
    room.step(100.0, (0, 0, 4))
    assert room.step(100.0 + jump, (0, 0, 4)) == ['p2']


def test_the_same_stamp_twice_is_no_jump():
    room = Room()
    room.step(1.0, (0, 0, 4))
    assert room.step(1.0, (0, 0, 4)) == ['p1']


def test_ids_are_never_used_again():
    room, used = Room(timeout=0.1), []
    for stamp in range(20):
        used += room.step(float(stamp), (-0.5, 0, 4), (0.5, 0, 4))
    assert len(set(used)) == len(used) == 40
    assert all(name[0].isalpha() and name.isalnum() for name in used)


def test_reset_ends_everybody_and_ids_are_new():
    room = Room()
    room.step(5.0, (0, 0, 4))
    room.tracker.reset()
    assert room.tracker.boxes.shape == (0, 4) and room.tracker.searching
    assert room.step(1.0, (0, 0, 4)) == ['p2']


RED, GREEN, BLUE = [90.0, 150, 105] * 2, [100.0, -90, 50] * 2, [80.0, 20, -120] * 2


def two_apart(room, frames=10):
    """Let somebody in red and somebody in green stand side by side."""
    for frame in range(frames):
        assert room.step(frame / 10, (-0.5, 0, 4), (0.5, 0, 4), colours=[RED, GREEN]) == [
            'p1', 'p2']


@pytest.mark.parametrize('colours, ids', [
    ([GREEN, RED], ['p2', 'p1']), ([RED, RED], ['p1', None]), ([[np.nan] * 6] * 2, ['p1', 'p2'])])
def test_who_change_places_while_hidden_are_told_apart_by_their_colours(colours, ids):
    room = Room(timeout=1.0)
    two_apart(room)
    for frame in range(10, 18):
        assert room.step(frame / 10) == []
    assert room.step(1.8, (-0.5, 0, 4), (0.5, 0, 4), colours=colours) == ids


def test_keypoints_all_in_one_place_are_nobody():
    room = Room()
    detections = CAMERA.project(FIGURE + [0, 0, 4])
    box = np.concatenate([detections.min(axis=0), detections.max(axis=0)])
    room.tracker.detect = lambda _, stamp, detect=room.tracker.detect: detect(box[None], stamp)
    assert room.step(0.0, (0, 0, 40)) == [None]  # a tenth as large as the detection
    assert room.step(0.1, (0, 0, 4)) == ['p1']


def test_who_began_in_the_place_of_somebody_and_is_missed_was_nobody():
    room = Room(timeout=1.0)
    for frame in range(10):
        room.step(frame / 10, (0, 0, 4), colours=[RED])
    for frame, x in ((10, 0.35), (11, 0.2)):
        ids = room.step(frame / 10, (0, 0, 4), (x, 0, 4.1), colours=[RED, GREEN])
        assert ids == ['p1', 'p2']
    room.step(1.2, (0, 0, 4), colours=[RED])
    assert room.tracker.ids == ['p1']


def test_keypoints_on_somebody_else_lead_nobody_away():
    room = Room(max_bodies=2, timeout=1.0)
    behind, before = (0.2, 0, 4.5), (-0.2, 0, 4)
    for frame in range(10):
        room.step(frame / 10, before, behind, colours=[RED, GREEN])
    # in the box of who is behind is found, from now on, a part of who is before them
    for frame in range(10, 15):
        assert room.step(
            frame / 10, before, (0.1, 0, 4.5), colours=[RED, RED]) == ['p1', None]
    assert room.step(1.5, before, behind, colours=[RED, GREEN]) == ['p1', 'p2']


def beside(offset):
    """Return who is known after somebody was at x = 0 and another at offsets, m, hidden at 0.1."""
    room = Room(timeout=2)
    for frame, x in enumerate(offset):
        room.step(frame / 10, (0, 0, 4), *([(x, 0, 4.15)] if x != 0.1 else []))
    return room.tracker.ids


def test_who_is_long_where_somebody_else_is_was_never_there():
    assert beside([0.8, 0.7, 0.6, 0.5, 0.4, *[0.2, 0.15] * 4]) == ['p1', 'p2']
    assert beside([0.8, 0.7, 0.6, 0.5, 0.4, *[0.2, 0.15] * 4, 0.1]) == ['p1']


def test_who_passes_behind_somebody_is_there():
    assert beside([0.8, 0.65, 0.5, 0.35, 0.2, 0.1, 0.1, 0.1]) == ['p1', 'p2']


def remembered(seconds, colours, place=(0.5, 0, 4)):
    """Return the id of who appears so long after somebody in green has vanished."""
    room = Room(timeout=0.5)
    two_apart(room)
    for frame in range(10, round(10 * seconds) + 9):
        assert room.step(frame / 10, (-0.5, 0, 4), colours=[RED]) == ['p1']
    return room.step(0.9 + seconds, (-0.5, 0, 4), place, colours=[RED, colours])[1]


def test_who_has_the_colours_of_somebody_lost_is_the_same_for_a_while():
    assert remembered(2.0, GREEN) == 'p2'
    assert remembered(2.0, GREEN, (1.4, 0, 5)) == 'p2'
    assert remembered(2.0, RED) == remembered(2.0, [np.nan] * 6) == 'p3'
    assert remembered(5.0, GREEN) == 'p3'


def test_of_those_lost_no_more_come_back_than_allowed():
    room = Room(max_bodies=2, timeout=0.5)
    two_apart(room)
    for frame in range(10, 18):
        room.step(frame / 10)
    assert room.step(1.8, (0, 0, 5), colours=[BLUE]) == ['p3']
    ids = room.step(1.9, (0, 0, 5), (-0.5, 0, 4), (0.6, 0, 4), colours=[BLUE, RED, GREEN])
    assert ids == ['p3', 'p1', None] and room.tracker.ids == ['p3', 'p1']


def test_who_left_the_picture_is_new_whatever_the_colours():
    room = Room(timeout=0.5)
    for frame in range(16):
        room.step(frame / 10, (1 + 0.12 * frame, 0, 4), colours=[GREEN])
    room.step(1.7)
    assert room.step(2.0, (2.3, 0, 4), colours=[GREEN]) == ['p2']


def test_a_body_half_hidden_is_looked_for_as_a_whole():
    room, legs = Room(), np.array(['knee' in name or 'ankle' in name for name in BODY_16.points])
    room.step(0.0, (0, 0, 4))
    whole = room.tracker.boxes[0]
    for frame in range(1, 13):
        room.step(0.1 * frame, (0.02 * frame, 0, 4), detected=False, seen=[~legs])
        if frame < 10:
            np.testing.assert_allclose(room.tracker.boxes[0], whole + [2.5 * frame, 0] * 2, atol=1)
    assert room.tracker.boxes[0][3] < whole[3] - 50  # they have been hidden for too long


def test_a_detection_that_two_could_be_is_looked_at():
    room = Room()
    for frame in range(3):
        room.step(frame / 10, (-0.1, 0, 4), (0.1, 0, 4.5))
    room.tracker.advance(0.3)
    before = room.tracker.boxes
    room.tracker.detect(before[:1] + 3, 0.3)
    np.testing.assert_array_equal(room.tracker.boxes, np.concatenate([before, before[:1] + 3]))


def test_a_second_find_of_somebody_begins_nobody():
    room = Room()
    room.step(0.0, (0, 0, 4))
    assert room.step(0.1, (0, 0, 4), (0.15, 0.05, 4.1)) == ['p1', None]
    assert room.step(0.2, (0, 0, 4), (0.15, 0.05, 4.8)) == ['p1', 'p2']  # somebody behind


def test_persons_belong_to_whom_they_fit_whoever_was_looked_for():
    room = Room()
    for frame in range(2):
        room.step(frame / 10, (-0.2, 0, 4), (0.3, 0, 4.5))
    figures = CAMERA.project(FIGURE + np.array([[[0.3, 0, 4.5]], [[-0.2, 0, 4]], [[2, 0, 4]]]))
    similarity = room.tracker.similarity(figures, np.ones((3, 16), bool))
    assert room.tracker.owners(similarity) == ['p2', 'p1', None]
    assert Room().tracker.owners(np.zeros((0, 2))) == [None, None]


@pytest.mark.parametrize('place, colours, ids', [
    ((0.15, 0.05, 4.8), RED, ['p1', None]), ((0.15, 0.05, 4.8), GREEN, ['p1', 'p2']),
    ((0.9, 0, 4.8), RED, ['p1', 'p2'])])
def test_who_looks_like_somebody_begins_when_they_stand_apart(place, colours, ids):
    room = Room()
    for frame in range(6):
        room.step(frame / 10, (0, 0, 4), colours=[RED])
    assert room.step(0.6, (0, 0, 4), place, colours=[RED, colours]) == ids


@pytest.mark.parametrize('score, ids', [(0.4, [None]), (0.6, ['p1'])])
def test_poor_keypoints_begin_nobody(score, ids):
    assert Room().step(0.0, (0, 0, 4), score=score) == ids


def test_colours_mixed_by_who_passes_make_nobody_new():
    room, mixed = Room(timeout=1.0), [95.0, -40, 60] * 2  # liker to who passes behind
    for frame in range(10):
        room.step(frame / 10, (0, 0, 4), (0.8 - 0.06 * frame, 0, 4.8), colours=[RED, GREEN])
    assert room.step(1.0, (0, 0, 4), colours=[mixed]) == ['p1']
    assert room.step(1.1, (0, 0, 4), colours=[RED]) == ['p1']
    assert room.tracker.ids == ['p1', 'p2']


@pytest.mark.parametrize('count, ids', [(7, ['p1', None]), (16, ['p1', 'p2'])])
def test_some_keypoints_where_somebodys_should_be_begin_nobody(count, ids):
    room, seen = Room(), np.ones((2, 16), bool)
    for frame in range(5):
        room.step(frame / 10, (0, 0, 4))
    seen[1, count:] = False
    assert room.step(0.5, (0, 0, 4), (0.15, 0.05, 4.8), seen=seen) == ids

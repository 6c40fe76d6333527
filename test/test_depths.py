# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Which depth image belongs to a picture, which is refused, and how long a picture waits."""
import threading
import time

from builtin_interfaces.msg import Time
from message_fixtures import image, info
import numpy as np
from pose3d_ros import depths
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.depths import APART, Depths, PATIENCE
import pytest

MS = 1_000_000  # ns
FRAME = 33 * MS
CAMERA = PinholeCamera(4, 3, [[500, 0, 2], [0, 500, 1.5], [0, 0, 1]])


def depth_image(stamp: int, metres: float = 1.0, width: int = 4, encoding: str = '32FC1'):
    """Return a depth image of a stamp, ns."""
    msg = image(np.full((3, width), metres, np.float32), encoding)
    msg.header.stamp = Time(sec=stamp // 10**9, nanosec=stamp % 10**9)
    return msg


def filled(*stamps, **about) -> Depths:
    """Return what has got depth images of stamps, ns; their depth is their number, from 1."""
    found = Depths()
    for number, stamp in enumerate(stamps, start=1):
        found.add(depth_image(stamp, number, **about))
    return found


def taken(found: Depths, stamp: int):
    """Return the number of the depth image that a picture gets, None where it gets none."""
    depth = found.of(stamp, CAMERA, rectified=False)()
    return None if depth is None else int(depth[0, 0])


@pytest.mark.parametrize('apart, number', [
    (0, 2), (APART // 2, 2), (-APART // 2, 2), (APART, None), (-2 * FRAME, None)])
def test_the_nearest_counts_within_half_a_frame(apart, number):
    assert taken(filled(10 * FRAME, 11 * FRAME), 11 * FRAME + apart) == number


def test_a_fast_camera_takes_no_depth_of_the_frame_before():
    fast = FRAME // 4
    assert taken(filled(0, fast, 2 * fast), 3 * fast) is None
    assert taken(filled(0, fast, 2 * fast, 3 * fast), 3 * fast) == 4


def test_a_camera_that_does_not_stamp_gets_the_newest():
    assert taken(filled(0, 0, 0), 0) == 3


def test_the_clock_jumping_back_does_not_bring_old_depth():
    found = filled(100 * FRAME, 101 * FRAME, FRAME)
    assert taken(found, FRAME) == 3
    assert taken(found, 101 * FRAME) is None


def test_a_picture_waits_for_the_depth_that_is_due(monkeypatch):
    monkeypatch.setattr(depths, 'PATIENCE', 10.0)
    found = filled(0, FRAME)
    later = threading.Timer(0.1, found.add, [depth_image(2 * FRAME, 3)])
    later.start()
    assert taken(found, 2 * FRAME) == 3


@pytest.mark.parametrize('stamps', [(), (0,), (0, 3 * FRAME)])
def test_a_picture_does_not_wait_for_depth_that_is_not_due(monkeypatch, stamps):
    """At a third of the rate the depths of two pictures of three never come."""
    monkeypatch.setattr(depths, 'PATIENCE', 60.0)
    began = time.monotonic()
    assert taken(filled(*stamps), max(stamps, default=0) + 2 * FRAME) is None
    assert time.monotonic() - began < 30


def test_patience_is_short():
    assert taken(filled(0, FRAME), 2 * FRAME) is None
    assert PATIENCE <= 0.01


def test_depth_of_another_size_is_refused_with_advice():
    found = filled(0, width=5)
    assert taken(found, 0) is None
    assert '5 x 3 pixels, the colour image 4 x 3' in found.problem
    assert 'registered' in found.problem and 'depth_image_proc' in found.problem


def test_a_refusal_is_known_while_nobody_needs_depth():
    found = filled(0, width=5)
    found.of(0, CAMERA, rectified=False)
    assert 'registered' in found.problem
    found.add(depth_image(FRAME))
    assert not found.problem


@pytest.mark.parametrize('focal, fits', [(500, True), (503, True), (520, False)])
def test_depth_of_another_lens_is_refused_with_advice(focal, fits):
    found = filled(0)
    found.add_info(info(4, 3, focal))
    assert (taken(found, 0) == 1) == fits
    assert bool(found.problem) != fits
    if not fits:
        assert 'fx 520.0' in found.problem and 'aligned_depth_to_color' in found.problem


def test_an_unknown_encoding_is_refused_and_a_good_image_forgives():
    found = filled(0, encoding='mono16')
    assert taken(found, 0) is None
    assert "'mono16'" in found.problem
    found.add(depth_image(FRAME))
    assert taken(found, FRAME) == 1
    assert not found.problem


def test_depth_that_never_fits_is_a_problem():
    found = filled(0, FRAME)
    assert not found.problem  # nobody has asked yet
    assert taken(found, 50 * FRAME) is None
    assert 'none within 17 ms' in found.problem


def test_depth_that_comes_too_late_is_a_problem_of_its_own():
    found = Depths()
    for stamp in range(0, 3 * FRAME, FRAME):
        assert taken(found, stamp) is None
        found.add(depth_image(stamp))
    assert 'too late' in found.problem


def test_values_say_how_often_depth_was_used():
    found = filled(0, FRAME)
    for stamp in (0, FRAME, 20 * FRAME, 30 * FRAME):
        taken(found, stamp)
    values = found.values()
    assert values['depth_used_percent'] == 50
    assert values['depth_rate_hz'] > 0
    assert values['age_of_last_depth_s'] < 60
    assert Depths().values()['age_of_last_depth_s'] == float('inf')

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The process model against motions: what it leaves unexplained, and how it is measured."""
import numpy as np
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.training import motion_model
import pytest

COUNT = len(BODY_16)


def walk(frames=300, speed=1.0):
    """Return somebody (F, J, 3) whose joints all move evenly, z up."""
    places = np.zeros((frames, COUNT, 3))
    places[..., 0] = speed * np.arange(frames)[:, None] / motion_model.RATE
    places[..., 2] = np.linspace(0.2, 1.6, COUNT)
    return places


def test_even_motion_is_unexplained_only_as_far_as_it_should_have_faded():
    errors, squares = motion_model.ahead([walk(speed=2.0)], 9, body=1.0, own=0.15)
    # worked by hand: 2 m/s for 0.3 s, less 2 (1 - exp(-0.3))
    np.testing.assert_allclose(errors[..., 0], 0.6 - 2 * (1 - np.exp(-0.3)))
    np.testing.assert_allclose(errors[..., 1:], 0, atol=1e-12)
    np.testing.assert_allclose(squares, 4.0)


def test_errors_are_as_large_as_stated():
    clips = np.zeros((40, motion_model.FRAMES, COUNT, 3))
    joints, covariance = motion_model.measured(clips, 0.2, 0.03, np.random.default_rng(0))
    np.testing.assert_allclose(joints.std((0, 1, 2)), [0.03, 0.03, 0.2], rtol=0.15)
    np.testing.assert_allclose(covariance[0, 0], np.diag([0.03**2, 0.03**2, 0.2**2]))
    jump = np.diff(joints, axis=1).std((0, 1, 2)) / joints.std((0, 1, 2))
    assert (jump < 0.35).all()  # most of an error lasts


def test_who_walks_evenly_is_foreseen():
    rng = np.random.default_rng(0)
    clips = motion_model.seen([walk()], rng)
    assert np.nanmedian(clips[..., 2]) == pytest.approx(4, abs=4)
    lines = list(motion_model.foresee(clips, *motion_model.measured(clips, 0.01, 0.01, rng)))
    assert [line[:3] for line in lines] == ['0.0', '0.1', '0.3']
    gain = float(lines[1].partition('ellipsoid, ')[2].partition('%')[0])
    assert gain > 60 and '100 mm' in lines[1]

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Capsules: numbers worked out by hand, and that they hold the flesh of simulated people."""
from hypothesis import given
from hypothesis import strategies as st
from message_fixtures import body
import numpy as np
from pose3d_ros.core.capsules import CAPSULES, Capsules, capsules_of, CLOTHES, distances
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.simulation.crowd import assemble
from pose3d_ros.simulation.scene import make_views, Scene
import pytest

numbers = st.floats(-3, 3)
points = st.tuples(numbers, numbers, numbers).map(np.array)


def certain(**changes):
    """Return a body whose joints are known exactly."""
    return body(covariance=np.zeros((len(BODY_16), 3, 3)), **changes)


def test_ends_are_the_joints_and_radii_those_of_the_limbs():
    person = certain()
    capsules = capsules_of(person)
    assert capsules.ends.shape == (len(CAPSULES), 2, 3)
    forearm, hand = (CAPSULES.index(name) for name in ('left_forearm', 'left_hand'))
    elbow, wrist = (person.joints[BODY_16.index(f'left_{name}')] for name in ('elbow', 'wrist'))
    np.testing.assert_array_equal(capsules.ends[forearm], [elbow, wrist])
    np.testing.assert_array_equal(capsules.ends[hand], [wrist, wrist])
    assert capsules.radii[forearm] == pytest.approx(0.06 + CLOTHES)
    assert capsules.radii[hand] == pytest.approx(0.21 + CLOTHES)


def test_radius_grows_by_the_longest_axis_of_the_less_certain_end():
    covariance = np.zeros((len(BODY_16), 3, 3))
    covariance[BODY_16.index('left_wrist')] = np.diag([1e-4, 9e-4, 4e-4])
    covariance[BODY_16.index('left_elbow')] = 1e-4 * np.eye(3)
    person = body(covariance=covariance)
    for sigmas in (0.0, 1.0, 3.0):
        radii = capsules_of(person, sigmas).radii
        assert radii[CAPSULES.index('left_forearm')] == pytest.approx(0.08 + 0.03 * sigmas)
        assert radii[CAPSULES.index('left_upper_arm')] == pytest.approx(0.09 + 0.01 * sigmas)
        assert radii[CAPSULES.index('right_forearm')] == pytest.approx(0.08)


def test_unknown_is_nan():
    capsules = capsules_of(body(unknown=('left_elbow',)))
    unknown = [name for name, radius in zip(CAPSULES, capsules.radii) if np.isnan(radius)]
    assert unknown == ['left_upper_arm', 'left_forearm']
    assert np.isnan(capsules.ends[CAPSULES.index('left_forearm')]).all()
    covariance = np.full((len(BODY_16), 3, 3), np.nan)
    assert np.isnan(capsules_of(body(covariance=covariance)).radii).all()


def test_distances_by_hand():
    """A capsule along x from 0 to 1 m and a sphere at the origin, both of 0.1 m."""
    capsules = Capsules(np.array([[[0, 0, 0], [1, 0, 0]], [[0, 0, 0]] * 2], float),
                        np.array([0.1, 0.1]))
    np.testing.assert_allclose(distances(capsules, np.array([0.5, 0, 0.4])),
                               [0.3, np.hypot(0.5, 0.4) - 0.1])
    np.testing.assert_allclose(distances(capsules, np.array([2.0, 0, 0])), [0.9, 1.9])
    np.testing.assert_allclose(distances(capsules, np.zeros(3)), [-0.1, -0.1])


@given(points, points, points, st.floats(0, 1))
def test_distance_is_that_of_the_nearest_point_of_the_axis(start, end, point, part):
    capsules = Capsules(np.array([[start, end]]), np.array([0.2]))
    axis = start + np.linspace(0, 1, 401)[:, None] * (end - start)
    nearest = np.linalg.norm(axis - point, axis=1).min() - 0.2
    assert distances(capsules, point)[0] == pytest.approx(nearest, abs=0.03)
    assert distances(capsules, point)[0] <= nearest + 1e-9


@pytest.mark.parametrize('seed, motion', [(0, 'reach'), (3, 'sit'), (4, 'squat')])
def test_they_hold_the_flesh_and_clothes_of_simulated_people(seed, motion):
    """At least 98 of 100 points of the surface; the others, wide clothes, by some centimetres."""
    actor = Scene(make_views(1, 64, 48, 65.0, 1.3, -5.0), 1, motion, seed).actors[0]
    moment = assemble([actor.person], [actor.pose(2.0)])
    joints = np.array([moment.joints[0][name] for name in BODY_16.points])
    capsules = capsules_of(certain(joints=joints))
    outside = np.array([distances(capsules, point).min() for point in moment.vertices[::7]])
    assert (outside <= 0).mean() >= 0.98
    assert outside.max() < 0.07

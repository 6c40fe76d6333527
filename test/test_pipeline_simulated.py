# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The whole pipeline on our own engines against the truth of simulated cameras."""
import numpy as np
from pose3d_ros.simulation.scene import Scene
import pytest
from simulated import cameras, names_of, pairs, play, shoot


@pytest.fixture(scope='session')
def squats():
    """Return a film of one person alone, and the bodies found in it."""
    film = shoot(Scene(cameras(), 1, 'squat', 5), 3.0)[0]
    return film, play(film)


def test_a_person_alone_is_followed(squats):
    film, bodies = squats
    # a body is found twice before it is one
    assert names_of(film, bodies, 0) == [None] + ['p1'] * (len(film) - 1)
    assert [len(found) for found in bodies] == [0] + [1] * (len(film) - 1)


def test_a_person_alone_is_where_they_are(squats):
    for shot, found in list(zip(*squats))[1:]:
        person, body = shot.people[0], pairs(shot.people, found)[0]
        off = body.joints - person.joints
        assert np.median(np.linalg.norm(off[:, :2], axis=1)) < 0.25  # across the view
        assert abs(off[0, 2]) < 0.2 * person.joints[0, 2]  # a body's height is but assumed

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The whole pipeline on our own engines against the truth of simulated cameras."""
import numpy as np
from pose3d_ros.core.config import Config
from pose3d_ros.core.orientation import Orientation
from pose3d_ros.core.records import Source
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.simulation.bodies import in_picture
from pose3d_ros.simulation.scene import Scene
import pytest
from simulated import cameras, names_of, pairs, play, RATE, shoot

PELVIS = BODY_16.index('pelvis')
GONE = round(Config().tracking.timeout * RATE) + 1  # frames until somebody who left has ended


def watched(motion, people, seed, seconds, start=0.0, **camera):
    """Return a film, and the bodies found in it."""
    film = shoot(Scene(cameras(**camera), people, motion, seed), seconds, start=start)[0]
    return film, play(film)


@pytest.fixture(scope='session')
def squats():
    return watched('squat', 1, 5, 3.0)


@pytest.fixture(scope='session')
def crossing():
    """Two cross; the farther one is hidden for a third of a second."""
    return watched('cross', 2, 3, 3.6)


@pytest.fixture(scope='session')
def behind_a_box():
    return watched('behind', 1, 2, 4.0)


@pytest.fixture(scope='session')
def cut_off():
    return watched('stand', 1, 2, 1.0, fov=40.0, height_m=1.6, tilt=0.0)


@pytest.fixture(scope='session')
def passing():
    """Two enter one after the other, cross, and leave."""
    return watched('pass', 2, 0, 7.0, start=2.0)


@pytest.fixture(scope='session')
def turning():
    """Somebody turns about, once and altogether."""
    return watched('turn', 1, 0, 4.5)


def places(film, bodies, person):
    """Return true joints, and bodies, of a person in the frames in which they are found."""
    found = [(shot.people[person], pairs(shot.people, said).get(person))
             for shot, said in zip(film, bodies)]
    return [(truth, body) for truth, body in found if body]


def check_who(film, bodies, person):
    """Return the only id of a person, who must be found whenever nothing hides them."""
    names = names_of(film, bodies, person)
    whole = [shot.people[person].fully_visible for shot in film]
    found = [bool(name) for name, seen in zip(names, whole) if seen]
    assert len(found) > 10 and sum(found) >= 0.95 * len(found) - 1  # found twice to be a body
    name, = set(names) - {None}
    return name


def check_place(truth, body, across, along):
    """Check a body's joints: metres across the view, parts of the distance along it."""
    off = np.abs(body.joints - truth.joints)
    assert np.median(np.linalg.norm(off[:, :2], axis=1)) < across
    assert off[PELVIS, 2] < along * truth.joints[PELVIS, 2]


def test_a_person_alone_is_followed(squats):
    film, bodies = squats
    # a body is found twice before it is one
    assert names_of(film, bodies, 0) == [None] + ['p1'] * (len(film) - 1)
    assert [len(found) for found in bodies] == [0] + [1] * (len(film) - 1)


def test_a_person_alone_is_where_they_are(squats):
    for truth, body in places(*squats, 0):
        check_place(truth, body, 0.25, 0.2)  # how tall they are is not known


def test_two_who_cross_stay_who_they_are(crossing):
    film, bodies = crossing
    assert check_who(film, bodies, 0) != check_who(film, bodies, 1)
    assert all(len(said) <= 2 for said in bodies)
    for person in range(2):
        for truth, body in places(film, bodies, person):
            check_place(truth, body, 0.3, 0.2)


def test_behind_a_box_somebody_stays_who_they_are(behind_a_box):
    check_who(*behind_a_box, 0)
    assert all(len(said) <= 1 for said in behind_a_box[1])


def test_behind_a_box_only_what_is_seen_is_sure(behind_a_box):
    film, bodies = behind_a_box
    seen, hidden = [], []
    for shot, said in zip(film, bodies):
        for person, body in pairs(shot.people, said).items():
            truth = shot.people[person]
            behind = hidden_by_things(shot, truth)
            seen += body.scores[truth.joints_visible].tolist()
            hidden += body.scores[behind].tolist()
            check_place(truth, body, 0.3, 0.2)
    assert len(hidden) > 20 and np.mean(hidden) < 0.6 * np.mean(seen)


def hidden_by_things(shot, truth):
    """Return which joints (16,) lie clearly behind what the depth camera sees."""
    height, width = shot.frame.depth.shape
    x, y = np.round(shot.frame.camera.project(truth.joints)).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    depth = shot.frame.depth[np.where(inside, y, 0), np.where(inside, x, 0)]
    return inside & (depth < truth.joints[:, 2] - 0.35)


def test_beyond_the_border_nothing_is_seen(cut_off):
    film, bodies = cut_off
    beyond = film[0].frame.camera.project(film[0].people[0].joints)[:, 1] > 241
    assert 2 <= beyond.sum() < 10
    for truth, body in places(film, bodies, 0):
        assert (body.source[beyond] < Source.LIFTED).all()
        check_place(truth, body, 0.15, 0.2)
    assert names_of(film, bodies, 0)[1:] == ['p1'] * (len(film) - 1)


def test_nobody_is_there_before_the_first_enters_and_after_the_last_has_left(passing):
    film, bodies = passing
    there = [any(map(in_picture, shot.people)) for shot in film]
    first, last = there.index(True), len(there) - there[::-1].index(True)
    assert 0 < first and last + GONE < len(film)
    assert not any(bodies[:first]) and not any(bodies[last + GONE:])
    assert all(len(said) <= 2 for said in bodies)


def test_who_enters_is_found_until_they_leave(passing):
    film, bodies = passing
    assert check_who(film, bodies, 0) != check_who(film, bodies, 1)
    for person in range(2):
        for truth, body in places(film, bodies, person):
            check_place(truth, body, 0.35, 0.25)


def test_cameras_agree_within_what_they_state():
    scene = Scene(cameras(2), 1, 'wave', 6)
    films = shoot(scene, 1.5)
    worlds, spreads = [], []
    for view, film in zip(scene.views, films):
        bodies = [body for said in play(film)[1:] for body in said]
        assert len(bodies) == len(film) - 1
        turn = view.rotation.T  # world from camera
        worlds.append(np.array([body.joints for body in bodies]) @ view.rotation + view.eye)
        spreads.append(turn @ np.array([body.covariance for body in bodies]) @ turn.T)
    truth = np.array([shot.people[0].joints_world for shot in films[0][1:]])
    within(worlds[0] - truth, spreads[0])
    within(worlds[1] - truth, spreads[1])
    within(worlds[0] - worlds[1], spreads[0] + spreads[1])


def within(apart, covariance):
    """Check that differences (..., 3) are mostly such as a covariance (..., 3, 3) lets expect."""
    squared = apart[..., None, :] @ np.linalg.inv(covariance) @ apart[..., None]
    assert np.median(squared) < 7.8  # 95 % of three normal variables lie within


def test_a_turning_person_turns(turning):
    """All the way round; the body's axes follow those of the true joints, without a flip."""
    orientation, sure = Orientation(BODY_16), np.tile(1e-4 * np.eye(3), (1, 16, 1, 1))
    true = [orientation.update(['p'], shot.people[0].joints[None], sure)[0] for shot in turning[0]]
    headings = [np.arctan2(rotations[PELVIS, 2, 0], rotations[PELVIS, 0, 0]) for rotations in true]
    assert np.ptp(np.unwrap(headings)) > 2 * np.pi
    trace = np.array([
        np.trace(first[PELVIS].T @ body.rotations[PELVIS])
        for first, found in zip(true, turning[1]) for body in found])
    off = np.degrees(np.arccos((trace - 1) / 2))
    assert len(off) > 40 and np.median(off) < 15 and off.max() < 45

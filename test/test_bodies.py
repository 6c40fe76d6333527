# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Bodies put together from tracks, keypoints and joints."""
import numpy as np
from pose3d_ros.core.bodies import Bodies
from pose3d_ros.core.records import Joints, Keypoints, Source
from pose3d_ros.core.skeleton import BODY_16, COCO_17

BOX = np.array([0.0, 0, 10, 20])


def seen(z):
    """Return keypoints and joints of one person, all joints at distance z."""
    count = len(BODY_16)
    keypoints = Keypoints(np.ones((1, 17, 2)), np.ones((1, 17)), np.tile(np.eye(2), (1, 17, 1, 1)))
    joints = Joints(
        np.tile([0.0, 0, z], (1, count, 1)), np.tile(0.0009 * np.eye(3), (1, count, 1, 1)),
        np.ones((1, count)), np.full((1, count), Source.LIFTED, np.uint8))
    return keypoints, joints


def step(bodies, stamp, ids, keypoints, joints, present=('p1',)):
    """Return the bodies of a frame."""
    bodies.advance(stamp, present)
    return bodies.update(dict.fromkeys(present, BOX), ids, keypoints, joints)


def nobody():
    return Keypoints.none(len(COCO_17)), Joints.none(len(BODY_16))


def test_found_person_is_lifted_with_velocity():
    bodies = Bodies(BODY_16, 17)
    for frame in range(20):
        (body,) = step(bodies, frame / 30, ['p1'], *seen(3 + frame / 60))
    assert body.id == 'p1' and (body.source == Source.LIFTED).all()
    np.testing.assert_allclose(body.velocity[:, 2], 0.5, atol=0.1)


def test_missed_person_is_predicted_and_says_so():
    bodies = Bodies(BODY_16, 17)
    step(bodies, 0.0, ['p1'], *seen(3))
    (body,) = step(bodies, 0.1, [], *nobody())
    assert (body.source == Source.PREDICTED).all()
    assert not body.scores.any() and not body.keypoint_scores.any()
    np.testing.assert_allclose(body.joints[:, 2], 3)


def test_uncertainty_of_a_missed_person_grows():
    bodies = Bodies(BODY_16, 17)
    (first,) = step(bodies, 0.0, ['p1'], *seen(3))
    (later,) = step(bodies, 0.3, [], *nobody())
    assert (np.linalg.det(later.covariance) > np.linalg.det(first.covariance)).all()


def test_ended_person_is_forgotten():
    bodies = Bodies(BODY_16, 17)
    step(bodies, 0.0, ['p1'], *seen(3))
    assert step(bodies, 0.1, [], *nobody(), present=()) == []
    assert step(bodies, 0.2, [], *nobody()) == []


def test_person_whose_joints_were_never_placed_is_unknown():
    keypoints, joints = seen(3)
    joints = Joints(
        np.full_like(joints.positions, np.nan), np.full_like(joints.covariance, np.nan),
        np.zeros_like(joints.scores), np.zeros_like(joints.source))
    (body,) = step(Bodies(BODY_16, 17), 0.0, ['p1'], keypoints, joints)
    assert np.isnan(body.joints).all() and (body.source == Source.UNKNOWN).all()
    assert not body.scores.any()


def test_prediction_moves_on_and_says_so():
    bodies = Bodies(BODY_16, 17)
    for frame in range(20):
        (now,) = step(bodies, frame / 30, ['p1'], *seen(3 + frame / 60))
    (later,) = bodies.predict(0.1)
    assert later.id == 'p1' and (later.source == Source.PREDICTED).all()
    np.testing.assert_allclose(later.joints[:, 2] - now.joints[:, 2], 0.04, atol=0.02)
    assert (np.linalg.det(later.covariance) > np.linalg.det(now.covariance)).all()
    assert (now.source == Source.LIFTED).all()


def test_nobody_is_predicted_before_the_first_frame():
    assert Bodies(BODY_16, 17).predict(0.1) == []


def test_joints_are_expected_before_a_frame_is_looked_at():
    bodies = Bodies(BODY_16, 17)
    step(bodies, 0.0, ['p2'], *seen(3), present=('p1', 'p2'))
    expected = bodies.advance(0.1, ['p2'])
    assert expected.ids == ('p2',)
    np.testing.assert_allclose(expected.positions[0, :, 2], 3)


def test_another_time_begins_with_nobody():
    bodies = Bodies(BODY_16, 17)
    step(bodies, 9.0, ['p1'], *seen(3))
    (body,) = step(bodies, 0.0, ['p2'], *seen(4), present=('p2',))
    np.testing.assert_allclose(body.joints[:, 2], 4)

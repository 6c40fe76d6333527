# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How people move while nobody looks."""
import numpy as np
from pose3d_ros.core.motion import (
    believed,
    BODY_FADING,
    DOUBTED,
    Motion,
    OWN_FADING,
    STILL,
    transition,
)
from pose3d_ros.core.skeleton import BODY_16

COUNT, WRIST = len(BODY_16), BODY_16.index('left_wrist')


def walking(wrist=0.0):
    """Return the state of somebody who walks at 1 m/s, and whose left hand has its own speed."""
    state = np.zeros((1, COUNT, 6))
    state[..., 3] = 1.0
    state[:, WRIST, 4] = wrist
    return state


def test_transition_is_that_of_an_ornstein_uhlenbeck_velocity():
    # worked by hand after OWN_FADING ln 2: half of the velocity is left
    step, noise = transition(OWN_FADING * np.log(2))
    np.testing.assert_allclose(step, [[1, OWN_FADING / 2], [0, 0.5]])
    np.testing.assert_allclose(noise[1, 1], OWN_FADING / 2 * 0.75)
    np.testing.assert_allclose(noise[0, 1], OWN_FADING**2 / 8)
    np.testing.assert_allclose(noise[1, 0], noise[0, 1])
    np.testing.assert_allclose(noise[0, 0], OWN_FADING**3 * (np.log(2) - 0.5 - 0.125))


def test_two_steps_are_one_long_step():
    once, noise_once = transition(0.1)
    half, noise_half = transition(0.05)
    np.testing.assert_allclose(half @ half, once)
    np.testing.assert_allclose(half @ noise_half @ half.T + noise_half, noise_once)
    motion, state = Motion(BODY_16), walking(wrist=0.7)
    np.testing.assert_allclose(
        motion.moved(motion.moved(state, 0.05), 0.05), motion.moved(state, 0.1))


def test_who_walks_walks_on_and_takes_the_hands_along():
    # worked by hand: after BODY_FADING ln 2 half of the speed is left
    state = Motion(BODY_16).moved(walking(), BODY_FADING * np.log(2))
    np.testing.assert_allclose(state[..., 3], 0.5)
    np.testing.assert_allclose(state[..., 0], BODY_FADING / 2)
    assert not state[..., [1, 2, 4, 5]].any()


def test_what_a_hand_does_besides_fades_sooner():
    state = Motion(BODY_16).moved(walking(wrist=1.0), OWN_FADING * np.log(2))
    np.testing.assert_allclose(state[0, WRIST, 4], 0.5)
    np.testing.assert_allclose(state[0, WRIST, 1], OWN_FADING / 2)


def test_the_faster_the_less_foreseen_and_hands_less_than_hips():
    kicks = Motion(BODY_16).kicks(np.array([0.0, 1.0]))
    np.testing.assert_allclose(kicks[0, WRIST], 16 * STILL**2)  # worked by hand
    np.testing.assert_allclose(kicks[1, WRIST], 16 * (1 + STILL**2))
    assert (kicks[:, WRIST] > kicks[:, BODY_16.index('pelvis')]).all()


def test_velocities_that_may_be_noise_are_not_believed():
    covariance = np.zeros((1, COUNT, 9, 9))
    covariance[..., 3:6, 3:6] = np.eye(3) / 3  # 1 m/s, all axes
    state = walking()
    # worked by hand: of 1 m/s, 1 / 1.1; of 2 m/s nearly all; of the fourth root of 0.1 half
    np.testing.assert_allclose(believed(state, covariance)[..., 3], 1 / 1.1)
    np.testing.assert_allclose(believed(2 * state, covariance)[..., 3], 2 * 16 / 16.1)
    doubtful = DOUBTED**0.25 * state
    np.testing.assert_allclose(believed(doubtful, covariance)[..., 3], doubtful[..., 3] / 2)
    np.testing.assert_array_equal(believed(0 * state, covariance), 0)


def test_what_is_believed_moves_no_joint_and_turns_no_velocity():
    state, covariance = walking(wrist=0.7), np.tile(np.eye(9), (1, COUNT, 1, 1))
    state[..., :3] = [1.0, 2, 3]
    after = believed(state, covariance)
    np.testing.assert_array_equal(after[..., :3], state[..., :3])
    np.testing.assert_allclose(np.cross(after[..., 3:], state[..., 3:]), 0, atol=1e-12)
    assert (np.abs(after) <= np.abs(state)).all()

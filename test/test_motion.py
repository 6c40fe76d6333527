# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How people move while nobody looks."""
import numpy as np
from pose3d_ros.core.motion import BODY_FADING, Motion, OWN_FADING, STILL, transition
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

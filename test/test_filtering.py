# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The filter of a body: positions, velocities and their covariance through time."""
import numpy as np
from pose3d_ros.core.filtering import _transition, BodyFilter, JITTER
from pose3d_ros.core.skeleton import BODY_16
import pytest

COUNT = len(BODY_16)
WRIST = BODY_16.index('left_wrist')
RATE = 30.0


def cov(sigma):
    return np.tile(sigma**2 * np.eye(3), (COUNT, 1, 1))


def filtered(positions, sigma=0.03, rate=RATE):
    """Return a filter that has seen positions (T, 3), the same for every joint."""
    body = BodyFilter(BODY_16)
    for frame, position in enumerate(positions):
        body.update(frame / rate, np.tile(position, (COUNT, 1)), cov(sigma))
    return body


def test_transition_is_that_of_an_ornstein_uhlenbeck_velocity():
    # worked by hand for fading 1 s, kicks 2 m^2/s^3, after ln 2 s: half of the velocity is left
    step, noise = _transition(np.log(2), np.array([1.0]), np.array([2.0]))
    np.testing.assert_allclose(step[0, 0, [0, 3]], [1, 0.5])
    np.testing.assert_allclose(step[0, 3, [0, 3]], [0, 0.5])
    np.testing.assert_allclose(noise[0, 3, 3], 0.75)  # kicks fading / 2 (1 - 1/4)
    np.testing.assert_allclose(noise[0, 0, 3], 0.25)  # kicks reach^2 / 2
    np.testing.assert_allclose(noise[0, 0, 0], 2 * (np.log(2) - 0.5 - 0.125))


def test_two_steps_are_one_long_step():
    fading, kicks = np.array([0.2]), np.array([5.0])
    once, noise_once = _transition(0.1, fading, kicks)
    half, noise_half = _transition(0.05, fading, kicks)
    np.testing.assert_allclose((half @ half), once)
    np.testing.assert_allclose(half @ noise_half @ half.swapaxes(1, 2) + noise_half, noise_once)


def test_nothing_is_known_before_the_first_frame():
    positions, velocities, covariance = BodyFilter(BODY_16).predict(0.0)
    assert np.isnan(positions).all() and np.isnan(velocities).all() and np.isnan(covariance).all()


def test_first_frame_is_taken_as_it_is():
    positions, _, covariance = filtered([[1.0, 2, 3]]).predict(0.0)
    np.testing.assert_allclose(positions, np.tile([1.0, 2, 3], (COUNT, 1)))
    np.testing.assert_allclose(covariance, cov(0.03))


def test_velocity_of_even_motion_is_found():
    times = np.arange(30) / RATE
    body = filtered(np.outer(times, [0.5, 0, 0]), sigma=0.01)
    _, velocity, _ = body.predict(29 / RATE)
    np.testing.assert_allclose(velocity[:, 0], 0.5, atol=0.05)
    np.testing.assert_allclose(velocity[:, 1:], 0, atol=1e-9)


def test_delay_behind_even_motion_is_below_20_ms():
    times = np.arange(60) / RATE
    body = filtered(np.outer(times, [0.5, 0, 0]))
    positions, *_ = body.predict(59 / RATE)
    delay = (0.5 * 59 / RATE - positions[:, 0]) / 0.5
    assert delay.max() < 0.020


def test_noise_is_smoothed():
    rng = np.random.default_rng(1)
    jitter = 0.03 * np.sqrt(JITTER)
    body, errors = BodyFilter(BODY_16), []
    for frame in range(200):
        body.update(frame / RATE, rng.normal(0, jitter, (COUNT, 3)), cov(0.03))
        errors.append(body.predict(frame / RATE)[0])
    assert np.std(errors[20:]) < 0.9 * jitter


def test_what_frames_share_stays_in_the_covariance():
    body = filtered(np.zeros((300, 3)), sigma=0.1)
    _, _, covariance = body.predict(299 / RATE)
    assert (covariance[:, 0, 0] > (1 - JITTER) * 0.1**2).all()


def test_one_wrong_frame_is_not_believed():
    body = filtered(np.zeros((30, 3)))
    body.update(30 / RATE, np.full((COUNT, 3), 0.8), cov(0.03))
    assert np.abs(body.predict(30 / RATE)[0]).max() < 0.01


def test_a_jump_that_stays_is_believed_within_a_tenth_of_a_second():
    body = filtered(np.zeros((30, 3)))
    for frame in (30, 31, 32):
        body.update(frame / RATE, np.full((COUNT, 3), 0.8), cov(0.03))
    np.testing.assert_allclose(body.predict(32 / RATE)[0], 0.8, atol=0.01)


@pytest.mark.parametrize('rate', [5.0, 15.0, 60.0])
def test_even_motion_is_followed_at_any_rate(rate):
    times = np.arange(40) / rate
    body = filtered(np.outer(times, [0.4, 0, 0]), rate=rate)
    np.testing.assert_allclose(body.predict(39 / rate)[0][:, 0], 0.4 * 39 / rate, atol=0.03)


def test_covariance_grows_while_nothing_is_measured():
    body = filtered(np.zeros((30, 3)))
    now, later = (np.trace(body.predict(29 / RATE + s)[2][WRIST]) for s in (0.0, 0.3))
    assert later > 2 * now


def test_far_joints_are_less_certain_ahead_than_the_trunk():
    covariance = filtered(np.zeros((30, 3))).predict(29 / RATE + 0.3)[2]
    assert np.trace(covariance[WRIST]) > np.trace(covariance[BODY_16.index('pelvis')])


def test_unknown_joint_is_predicted_from_earlier_frames():
    body = filtered(np.zeros((30, 3)))
    positions = np.zeros((COUNT, 3))
    positions[WRIST] = np.nan
    body.update(30 / RATE, positions, cov(0.03))
    np.testing.assert_allclose(body.predict(30 / RATE)[0][WRIST], 0, atol=1e-6)


def test_prediction_beats_holding_on_a_reach():
    def reach(time):  # minimum jerk, 0.5 m in 1 s (Flash and Hogan 1985)
        s = np.clip(time, 0, 1)
        return 0.5 * (10 * s**3 - 15 * s**4 + 6 * s**5)

    body, predicted, held = BodyFilter(BODY_16), [], []
    for frame in range(36):
        time = frame / RATE
        body.update(time, np.tile([reach(time), 0, 0], (COUNT, 1)), cov(0.01))
        predicted.append(body.predict(time + 0.1)[0][WRIST, 0] - reach(time + 0.1))
        held.append(body.predict(time)[0][WRIST, 0] - reach(time + 0.1))
    assert np.abs(predicted).mean() < 0.6 * np.abs(held).mean()


def test_stated_covariance_holds_for_motion_of_its_own_kind():
    rng = np.random.default_rng(3)
    fading, kicks = 0.33, 4.0  # the trunk's
    position, velocity = np.zeros(3), np.zeros(3)
    body, inside, fine = BodyFilter(BODY_16), [], 20
    pelvis = BODY_16.index('pelvis')
    for frame in range(400):
        for _ in range(fine):
            step = 1 / RATE / fine
            position = position + velocity * step
            velocity = velocity * (1 - step / fading) + rng.normal(0, np.sqrt(kicks * step), 3)
        noise = rng.normal(0, 0.05 * np.sqrt(JITTER), 3)
        body.update((frame + 1) / RATE, np.tile(position + noise, (COUNT, 1)), cov(0.05))
        body._lasting[:] = 0  # this motion has no error that lasts
        estimate, _, covariance = body.predict((frame + 1) / RATE)
        error = estimate[pelvis] - position
        inside.append(error @ np.linalg.inv(covariance[pelvis]) @ error < 7.81)
    assert 0.90 < np.mean(inside) < 0.99

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The filters of bodies: positions, velocities and their covariance through time."""
import numpy as np
from pose3d_ros.core.filtering import _transition, Filters, JITTER
from pose3d_ros.core.records import Joints, Source
from pose3d_ros.core.skeleton import BODY_16
import pytest

COUNT = len(BODY_16)
PELVIS, WRIST = BODY_16.index('pelvis'), BODY_16.index('left_wrist')
RATE = 30.0


def cov(sigma):
    return np.tile(sigma**2 * np.eye(3), (COUNT, 1, 1))


def seen(*positions, sigma=0.03):
    """Return joints of bodies at positions: (3,) for all joints alike, or (J, 3)."""
    positions = np.array([np.broadcast_to(place, (COUNT, 3)) for place in positions], float)
    count = len(positions)
    return Joints(positions, np.stack([cov(sigma)] * count), np.ones((count, COUNT)),
                  np.full((count, COUNT), Source.LIFTED, np.uint8))


def step(filters, stamp, *positions, sigma=0.03):
    """Let filters take the bodies p1, p2 and so on at positions."""
    filters.advance(stamp)
    filters.update([f'p{n + 1}' for n in range(len(positions))], seen(*positions, sigma=sigma))


def filtered(positions, sigma=0.03, rate=RATE):
    """Return filters of one body that was at positions (T, 3), one a frame."""
    filters = Filters(BODY_16)
    for frame, position in enumerate(positions):
        step(filters, frame / rate, position, sigma=sigma)
    return filters


def only(filters, ahead=0.0):
    """Return positions, velocities and covariance of the joints of the only body."""
    estimate = filters.estimate(ahead)
    assert estimate.ids == ('p1',)
    return estimate.positions[0], estimate.velocity[0], estimate.covariance[0]


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


def test_nobody_is_there_before_the_first_frame():
    estimate = Filters(BODY_16).estimate(0.1)
    assert estimate.ids == ()
    assert estimate.positions.shape == estimate.velocity.shape == (0, COUNT, 3)
    assert estimate.covariance.shape == (0, COUNT, 3, 3)


def test_first_frame_is_taken_as_it_is():
    positions, velocity, covariance = only(filtered([[1.0, 2, 3]]))
    np.testing.assert_allclose(positions, np.tile([1.0, 2, 3], (COUNT, 1)))
    np.testing.assert_allclose(covariance, cov(0.03))
    assert not velocity.any()


def test_joint_that_was_never_known_stays_unknown():
    place = np.zeros((COUNT, 3))
    place[WRIST] = np.nan
    positions, velocity, covariance = only(filtered([place, place]), ahead=0.1)
    assert np.isnan(positions[WRIST]).all() and np.isnan(velocity[WRIST]).all()
    assert np.isnan(covariance[WRIST]).all()
    assert np.isfinite(positions[PELVIS]).all() and np.isfinite(covariance[PELVIS]).all()


def test_velocity_of_even_motion_is_found():
    times = np.arange(30) / RATE
    _, velocity, _ = only(filtered(np.outer(times, [0.5, 0, 0]), sigma=0.01))
    np.testing.assert_allclose(velocity[:, 0], 0.5, atol=0.05)
    np.testing.assert_allclose(velocity[:, 1:], 0, atol=1e-9)


def test_delay_behind_even_motion_is_below_20_ms():
    times = np.arange(60) / RATE
    positions, *_ = only(filtered(np.outer(times, [0.5, 0, 0])))
    delay = (0.5 * 59 / RATE - positions[:, 0]) / 0.5
    assert delay.max() < 0.020


def test_noise_is_smoothed():
    rng = np.random.default_rng(1)
    jitter = 0.03 * np.sqrt(JITTER)
    filters, errors = Filters(BODY_16), []
    for frame in range(200):
        step(filters, frame / RATE, rng.normal(0, jitter, (COUNT, 3)))
        errors.append(only(filters)[0])
    assert np.std(errors[20:]) < 0.9 * jitter


def test_what_frames_share_stays_in_the_covariance():
    _, _, covariance = only(filtered(np.zeros((300, 3)), sigma=0.1))
    assert (covariance[:, 0, 0] > (1 - JITTER) * 0.1**2).all()


def test_one_wrong_frame_is_not_believed():
    filters = filtered(np.zeros((30, 3)))
    step(filters, 30 / RATE, np.full(3, 0.8))
    assert np.abs(only(filters)[0]).max() < 0.01


def test_a_jump_that_stays_is_believed_within_a_tenth_of_a_second():
    filters = filtered(np.zeros((30, 3)))
    for frame in (30, 31, 32):
        step(filters, frame / RATE, np.full(3, 0.8))
    np.testing.assert_allclose(only(filters)[0], 0.8, atol=0.01)


@pytest.mark.parametrize('rate', [5.0, 15.0, 60.0])
def test_even_motion_is_followed_at_any_rate(rate):
    times = np.arange(40) / rate
    filters = filtered(np.outer(times, [0.4, 0, 0]), rate=rate)
    np.testing.assert_allclose(only(filters)[0][:, 0], 0.4 * 39 / rate, atol=0.03)


def test_covariance_grows_while_nothing_is_measured():
    filters = filtered(np.zeros((30, 3)))
    now, later = (np.trace(only(filters, ahead)[2][WRIST]) for ahead in (0.0, 0.3))
    assert later > 2 * now


def test_far_joints_are_less_certain_ahead_than_the_trunk():
    covariance = only(filtered(np.zeros((30, 3))), 0.3)[2]
    assert np.trace(covariance[WRIST]) > np.trace(covariance[PELVIS])


def test_looking_ahead_and_getting_there_without_measurement_are_the_same():
    filters = filtered(np.outer(np.arange(30) / RATE, [0.5, 0.2, 0]))
    ahead = only(filters, 0.2)
    filters.advance(29 / RATE + 0.07)
    filters.advance(29 / RATE + 0.2)
    for one, other in zip(ahead, only(filters)):
        np.testing.assert_allclose(one, other)


def test_unknown_joint_is_predicted_from_earlier_frames():
    filters = filtered(np.zeros((30, 3)))
    place = np.zeros((COUNT, 3))
    place[WRIST] = np.nan
    step(filters, 30 / RATE, place)
    np.testing.assert_allclose(only(filters)[0][WRIST], 0, atol=1e-6)


def test_bodies_do_not_touch_each_other():
    rng = np.random.default_rng(2)
    walks = rng.normal(0, 0.02, (3, 20, 3)).cumsum(axis=1)
    together = Filters(BODY_16)
    for frame in range(20):
        step(together, frame / RATE, *walks[:, frame])
    for name, row, walk in zip(together.ids, range(3), walks):
        alone, estimate = only(filtered(walk)), together.estimate()
        assert name == f'p{row + 1}'
        np.testing.assert_allclose(estimate.positions[row], alone[0])
        np.testing.assert_allclose(estimate.velocity[row], alone[1])
        np.testing.assert_allclose(estimate.covariance[row], alone[2])


def test_an_estimate_stays_as_it_was_returned():
    filters = filtered([np.zeros(3)])
    before = filters.estimate()
    step(filters, 0.1, np.full(3, 0.05))
    assert not before.positions.any() and not before.velocity.any()


def test_order_of_the_ids_does_not_matter():
    filters = Filters(BODY_16)
    step(filters, 0.0, np.zeros(3), np.ones(3))
    filters.advance(0.1)
    filters.update(['p2', 'p1'], seen(np.ones(3), np.zeros(3)))
    np.testing.assert_allclose(filters.estimate().positions[:, 0, 0], [0, 1])


def test_bodies_that_are_not_kept_begin_anew():
    filters = Filters(BODY_16)
    step(filters, 0.0, np.zeros(3), np.ones(3))
    filters.keep(['p2'])
    assert filters.ids == ('p2',)
    step(filters, 0.1, np.full(3, 7.0))
    assert filters.ids == ('p2', 'p1')
    np.testing.assert_allclose(filters.estimate().positions[:, 0, 0], [1, 7])


def test_time_does_not_run_backwards():
    filters = filtered(np.zeros((2, 3)))
    with pytest.raises(ValueError, match='expected a stamp from .* s on, 0.0 given'):
        filters.advance(0.0)
    filters.keep([])
    filters.advance(0.0)
    assert filters.estimate().ids == ()


def test_prediction_beats_holding_on_a_reach():
    def reach(time):  # minimum jerk, 0.5 m in 1 s (Flash and Hogan 1985)
        s = np.clip(time, 0, 1)
        return 0.5 * (10 * s**3 - 15 * s**4 + 6 * s**5)

    filters, predicted, held = Filters(BODY_16), [], []
    for frame in range(36):
        time = frame / RATE
        step(filters, time, [reach(time), 0, 0], sigma=0.01)
        predicted.append(only(filters, 0.1)[0][WRIST, 0] - reach(time + 0.1))
        held.append(only(filters)[0][WRIST, 0] - reach(time + 0.1))
    assert np.abs(predicted).mean() < 0.6 * np.abs(held).mean()


def test_stated_covariance_holds_for_motion_of_its_own_kind():
    rng = np.random.default_rng(3)
    fading, kicks = 0.33, 4.0  # the trunk's
    position, velocity = np.zeros(3), np.zeros(3)
    filters, inside, fine = Filters(BODY_16), [], 20
    for frame in range(400):
        for _ in range(fine):
            short = 1 / RATE / fine
            position = position + velocity * short
            velocity = velocity * (1 - short / fading) + rng.normal(0, np.sqrt(kicks * short), 3)
        noise = rng.normal(0, 0.05 * np.sqrt(JITTER), 3)
        step(filters, (frame + 1) / RATE, position + noise, sigma=0.05)
        estimate, _, covariance = only(filters)
        covariance = covariance[PELVIS] - (1 - JITTER) * 0.05**2 * np.eye(3)  # nothing lasts here
        error = estimate[PELVIS] - position
        inside.append(error @ np.linalg.inv(covariance) @ error < 7.81)
    assert 0.90 < np.mean(inside) < 0.99

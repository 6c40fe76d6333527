# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The filters of bodies: positions, velocities and their covariance through time."""
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core.filtering import EXCHANGE, Filters
from pose3d_ros.core.kalman import JITTER, LASTING
from pose3d_ros.core.records import Joints, Source
from pose3d_ros.core.skeleton import BODY_16, LEGS
from pose3d_ros.evaluation.metrics import CHI2_3
import pytest

COUNT = len(BODY_16)
PELVIS, WRIST = BODY_16.index('pelvis'), BODY_16.index('left_wrist')
MIRRORED = BODY_16.mirrored
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


def test_nobody_is_there_before_the_first_frame():
    estimate = Filters(BODY_16).estimate(0.1)
    assert estimate.ids == ()
    assert estimate.positions.shape == estimate.velocity.shape == (0, COUNT, 3)
    assert estimate.covariance.shape == (0, COUNT, 3, 3)


def test_first_frame_is_taken_as_it_is():
    positions, velocity, covariance = only(filtered([[1.0, 2, 3]]))
    np.testing.assert_allclose(positions, np.tile([1.0, 2, 3], (COUNT, 1)))
    np.testing.assert_allclose(covariance, cov(0.03), rtol=1e-4, atol=1e-9)
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
    assert (covariance[:, 0, 0] > 0.9 * 0.1**2).all()


def test_depth_that_is_measured_at_last_is_believed():
    filters = filtered(np.tile([0.0, 0, 4], (30, 1)), sigma=0.2)
    step(filters, 30 / RATE, [0.0, 0, 4.3], sigma=0.02)
    positions, _, covariance = only(filters)
    np.testing.assert_allclose(positions[:, 2], 4.3, atol=0.01)
    assert (covariance[:, 2, 2] < 0.025**2).all()


def test_depth_that_was_measured_lasts_when_it_is_missing():
    filters = filtered(np.tile([0.0, 0, 4], (30, 1)), sigma=0.02)
    for frame in range(30, 36):
        step(filters, frame / RATE, [0.0, 0, 4.3], sigma=0.2)
    positions, _, covariance = only(filters)
    assert (np.abs(positions[:, 2] - 4) < 0.05).all()
    assert (covariance[:, 2, 2] > 0.02**2).all()


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
    filters = filtered(np.outer(np.arange(30) / RATE, [1.5, 0.6, 0]), sigma=0.01)  # surely
    ahead = only(filters, 0.2)
    filters.advance(29 / RATE + 0.07)
    filters.advance(29 / RATE + 0.2)
    for one, other in zip(ahead, only(filters)):
        np.testing.assert_allclose(one, other, atol=0.02)
    np.testing.assert_allclose(ahead[2], only(filters)[2])


def test_who_stands_is_foreseen_to_stand():
    rng = np.random.default_rng(1)
    filters, foreseen, straight_on = Filters(BODY_16), [], []
    for frame in range(200):
        step(filters, frame / RATE, rng.normal(0, 0.004, (COUNT, 3)), sigma=0.03)
        now, velocity, _ = only(filters)
        foreseen.append(only(filters, 0.1)[0] - now)
        straight_on.append(velocity * 0.1)
    assert np.abs(foreseen[20:]).mean() < 0.5 * np.abs(straight_on[20:]).mean()


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


def reach(time):
    """Return where a hand is that reaches 0.5 m in 1 s (minimum jerk: Flash and Hogan 1985)."""
    share = np.clip(time, 0, 1)
    return 0.5 * (10 * share**3 - 15 * share**4 + 6 * share**5)


def standing():
    """Return the joints (J, 3) of somebody whose sides are 0.4 m apart."""
    sides = [name.startswith('left_') - name.startswith('right_') for name in BODY_16.points]
    return np.array([[0.2 * side, 0.1 * row, 4.0] for row, side in enumerate(sides)])


def stood(frames=30):
    filters = Filters(BODY_16)
    for frame in range(frames):
        step(filters, frame / RATE, standing())
    return filters


def test_prediction_beats_holding_on_a_reach():
    filters, predicted, held = Filters(BODY_16), [], []
    for frame in range(36):
        time = frame / RATE
        step(filters, time, [reach(time), 0, 0], sigma=0.01)
        predicted.append(only(filters, 0.1)[0][WRIST, 0] - reach(time + 0.1))
        held.append(only(filters)[0][WRIST, 0] - reach(time + 0.1))
    assert np.abs(predicted).mean() < 0.6 * np.abs(held).mean()


@pytest.mark.parametrize('sigma', [0.02, 0.03, 0.1])
def test_a_reach_is_seen_without_delay(sigma):
    filters, found, true = Filters(BODY_16), [], []
    for frame in range(-30, 36):
        step(filters, frame / RATE, [reach(frame / RATE), 0, 0], sigma=sigma)
        found.append(only(filters)[0][:, 0])
        true.append(reach(frame / RATE))
    rate = np.gradient(true) * RATE
    delay = ((np.array(true)[:, None] - found) * rate[:, None]).sum(0) / (rate**2).sum()
    assert delay.max() < 0.020


@pytest.mark.parametrize('sigma', [0.02, 0.03, 0.05])
def test_half_of_a_step_is_seen_within_20_ms(sigma):
    # a step of 4 cm, which no gate takes for an error; crossings between frames are interpolated
    filters = filtered(np.zeros((30, 3)), sigma=sigma)
    found = []
    for frame in range(30, 36):
        step(filters, frame / RATE, [0.04, 0, 0], sigma=sigma)
        found.append(only(filters)[0][:, 0].min())
    path = np.concatenate([[0], found])
    # the frame that shows the step is number 1; measurements cross half of it at 0.5
    assert (np.interp(0.02, path, np.arange(len(path))) - 0.5) / RATE < 0.020


def with_legs_exchanged():
    wrong = standing()
    legs = [row for row, name in enumerate(BODY_16.points) if name.endswith(LEGS)]
    wrong[legs] = wrong[[MIRRORED[row] for row in legs]]
    return wrong


def test_legs_exchanged_for_some_frames_are_put_right():
    filters = stood()
    for frame in range(30, 34):
        step(filters, frame / RATE, with_legs_exchanged())
        np.testing.assert_allclose(only(filters)[0], standing(), atol=0.005)
    step(filters, 34 / RATE, standing())
    np.testing.assert_allclose(only(filters)[0], standing(), atol=0.005)


@pytest.mark.parametrize('source', [Source.LIFTED, Source.MEASURED])
def test_legs_exchanged_at_first_are_put_right_once_knees_are_measured(source):
    filters = Filters(BODY_16)
    step(filters, 0, with_legs_exchanged())
    step(filters, 1 / RATE, with_legs_exchanged())
    for frame in (2, 3, 4):
        filters.advance(frame / RATE)
        joints = seen(standing())
        filters.update(['p1'], replace(joints, source=np.full_like(joints.source, source)))
    right = standing() if source == Source.MEASURED else with_legs_exchanged()
    np.testing.assert_allclose(only(filters)[0], right, atol=0.02)


def test_legs_that_stay_exchanged_are_believed():
    filters = stood()
    for frame in range(30, 34 + round(EXCHANGE * RATE)):
        step(filters, frame / RATE, with_legs_exchanged())
    np.testing.assert_allclose(only(filters)[0], with_legs_exchanged(), atol=0.01)


def test_hands_that_cross_keep_their_sides():
    filters, moved = stood(), standing()
    for frame in range(30, 60):
        share = (frame - 29) / 30
        for hand in (WRIST, MIRRORED[WRIST]):
            moved[hand, 0] = standing()[hand, 0] * (1 - 2 * share)
        step(filters, frame / RATE, moved)
    np.testing.assert_allclose(only(filters)[0], moved, atol=0.02)


def test_a_punch_is_no_outlier():
    # 0.6 m in 0.2 s: 5.6 m/s and 87 m/s^2 at most
    filters, errors = stood(), []
    for frame in range(30, 42):
        moved = standing()
        moved[WRIST, 2] -= 1.2 * reach((frame - 30) / RATE / 0.2)
        step(filters, frame / RATE, moved)
        errors.append(np.linalg.norm(only(filters)[0][WRIST] - moved[WRIST]))
    assert max(errors) < 0.06


@given(st.lists(st.tuples(
    st.floats(0.016, 0.3), st.floats(0.005, 1.0), st.floats(-3, 3), st.booleans()), min_size=1,
    max_size=12))
def test_covariance_is_always_symmetric_and_positive(frames):
    filters, stamp = Filters(BODY_16), 0.0
    for seconds, sigma, place, there in [(0.0, 0.1, 0.0, True), *frames]:
        stamp += seconds
        filters.advance(stamp)
        if there:  # longer along the line of sight than across it
            joints = seen([place, 0, 4], sigma=sigma)
            joints.covariance[..., 2, 2] *= 25
            filters.update(['p1'], joints)
        for estimate in (filters.estimate(), filters.estimate(0.3)):
            for matrices in (estimate.covariance[0], estimate.changing[0]):
                np.testing.assert_allclose(matrices, matrices.swapaxes(1, 2), atol=1e-9)
                assert (np.linalg.eigvalsh(matrices) > 0).all()
            assert np.isfinite(estimate.positions).all() and np.isfinite(estimate.velocity).all()


def test_stated_covariance_holds():
    rng = np.random.default_rng(3)
    filters, inside, sigma, count = Filters(BODY_16), {0.0: [], 0.1: []}, 0.05, 600
    lasting = rng.normal(0, sigma, (COUNT, 3))
    velocity, walk = np.zeros((COUNT, 3)), np.zeros((count, COUNT, 3))
    for frame in range(1, count):  # somebody who walks at 1 m/s and sways
        velocity = 0.8 * velocity + rng.normal(0, 0.2, (COUNT, 3))
        walk[frame] = walk[frame - 1] + (velocity + [1, 0, 0]) / RATE
    kept = np.exp(-1 / RATE / LASTING)
    for frame in range(count - 3):
        lasting = kept * lasting + np.sqrt(1 - kept**2) * rng.normal(0, sigma, (COUNT, 3))
        noise = np.sqrt(JITTER) * rng.normal(0, sigma, (COUNT, 3))
        step(filters, frame / RATE, walk[frame] + np.sqrt(1 - JITTER) * lasting + noise,
             sigma=sigma)
        for ahead, found in inside.items():
            places, _, covariance = only(filters, ahead)
            error = (places - walk[frame + round(ahead * RATE)])[..., None]
            square = error.swapaxes(1, 2) @ np.linalg.inv(covariance) @ error
            found.append(square[:, 0, 0] < CHI2_3[0.95])
    assert 0.92 < np.mean(inside[0.0]) < 0.97
    assert 0.92 < np.mean(inside[0.1])


def test_a_joint_that_was_not_measured_for_long_is_unknown():
    filters = Filters(BODY_16, patience=0.5)
    filters.advance(0.0)
    filters.update(['p1'], Joints(
        np.ones((1, 16, 3)), np.tile(1e-4 * np.eye(3), (1, 16, 1, 1)), np.ones((1, 16)),
        np.full((1, 16), 2, np.uint8)))
    for stamp, known in ((0.5, True), (0.51, False)):
        filters.advance(stamp)
        estimate = filters.estimate()
        assert np.isfinite(estimate.positions).all() == known
        assert np.isfinite(estimate.covariance).all() == known

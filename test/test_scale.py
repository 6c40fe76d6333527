# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is learned about the size of bodies: by hand, over time, and against wrong evidence."""
import numpy as np
from pose3d_ros.core.scale import BELOW, FADING, FRESH, POSE, REMEMBERED, Scales
import pytest

NOTHING = np.array([np.nan]), np.array([np.nan])


def told(scales, value, sigma=0.03, source='floor'):
    """Return scale and deviation of one body after a piece of evidence."""
    scale, deviation = scales.learn(source, np.array([value]), np.array([sigma]))
    scales.keep(['p1'])
    return scale[0], deviation[0]


def taught(value, seconds, sigma=0.03, rate=10.0, scales=None, start=0.0):
    """Return scales after evidence at a rate for some time."""
    scales = scales or Scales(1.0, 0.06)
    for k in range(int(seconds * rate)):
        scales.at(start + k / rate, ['p1'])
        told(scales, value, sigma)
    return scales


def test_before_any_evidence_the_prior_and_the_pose_by_hand():
    scale, sigma = Scales(1.03, 0.06).at(0.0, ['p1', 'p2'])
    np.testing.assert_allclose(scale, [1.03, 1.03])
    np.testing.assert_allclose(sigma, np.hypot(0.06, 1.03 * POSE))


def test_one_piece_of_evidence_by_hand():
    scales = Scales(1.0, 0.06)
    scales.at(0.0, ['p1'])
    scale, sigma = told(scales, 0.95, 0.03)
    prior, noise = 0.06**2 + POSE**2, 0.03**2  # 0.0040, 0.0009
    assert scale == pytest.approx(1 - 0.05 * prior / (prior + noise))
    assert sigma == pytest.approx((prior * noise / (prior + noise)) ** 0.5)


def test_who_seems_tall_from_the_floor_may_stand_on_something_by_hand():
    scales = Scales(1.0, 0.06)
    scales.at(0.0, ['p1'])
    scale, sigma = told(scales, 1.05, 0.03)
    prior, noise = 0.06**2 + POSE**2, 0.03**2 + 0.05**2  # 0.0040, 0.0034
    assert scale == pytest.approx(1 + 0.05 * prior / (prior + noise))
    assert sigma == pytest.approx((prior * noise / (prior + noise)) ** 0.5)


def test_nothing_is_learned_from_nothing():
    scales = Scales(1.0, 0.06)
    before = scales.at(0.0, ['p1'])
    np.testing.assert_array_equal(scales.learn('floor', *NOTHING), before)
    scales.keep(['p1'])
    assert scales.learned == {}
    assert [values.shape for values in scales.at(0.1, [])] == [(0,), (0,)]
    assert [len(values) for values in scales.learn('floor', np.zeros(0), np.zeros(0))] == [0, 0]


def test_what_was_learned_stays_while_the_feet_are_hidden():
    scales = taught(0.92, 3.0)
    after, sigma = (values[0] for values in scales.at(8.0, ['p1']))
    assert after == pytest.approx(0.92, abs=0.02)
    assert 0.015 < sigma < 0.05  # the pose of now is not that of then


def test_a_thousand_frames_with_the_same_error_are_no_thousand_measurements():
    few, many = (taught(0.97, 20.0, rate=rate).at(20.0, ['p1'])[1][0] for rate in (5.0, 50.0))
    assert many > 0.7 * few
    assert many > 0.018
    # the part that frames share is left after any number of them at once
    scales = Scales(1.0, 0.06)
    scales.at(0.0, ['p1'])
    for _ in range(1000):
        _, sigma = told(scales, 1.0, 0.03)
    shared = (1 - FRESH) * 0.03**2
    prior = 0.06**2 + POSE**2
    assert sigma == pytest.approx((prior * shared / (prior + shared)) ** 0.5, rel=0.01)


def test_the_deviation_is_as_large_as_the_errors():
    # people and errors drawn from what the filter assumes
    rng, count, step, sigma = np.random.default_rng(1), 400, 0.2, 0.03
    stationary = np.array([0.06, POSE, 1.0])
    state = rng.normal(size=(count, 3)) * stationary
    left = np.exp(-step / FADING[[0, 1, 3]])
    scales, ids = Scales(1.0, 0.06), [f'p{n}' for n in range(count)]
    squared = []
    for k in range(60):
        believed, deviation = scales.at(step * k, ids)
        scale = 1 + state[:, 0] + state[:, 1]
        squared.append((((believed - scale) / deviation) ** 2).mean())
        fresh = rng.normal(size=count) * FRESH**0.5 * sigma
        shared = (1 - FRESH) ** 0.5 * sigma * state[:, 2]
        evidence = np.where(rng.random(count) < 0.6, scale + shared + fresh, np.nan)
        scales.learn('depth', evidence, np.full(count, sigma))
        scales.keep(ids)
        state = left * state + rng.normal(size=state.shape) * stationary * np.sqrt(1 - left**2)
    assert 0.85 < np.mean(squared) < 1.2


def test_who_stands_on_a_box_does_not_grow():
    scale, sigma = taught(1.4, 5.0).at(5.0, ['p1'])  # 40 cm high, the camera at 1.4 m
    assert scale[0] < 1.02 and sigma[0] > 0.06
    # the better a size is known, the lower the step that is noticed: 10 cm below 1.5 m
    scales = taught(0.95, 5.0)
    assert told(scales, 0.95 * 1.5 / 1.4)[0] == pytest.approx(0.95, abs=0.02)


def test_who_steps_down_from_what_was_taken_for_the_floor_is_known_anew():
    scales = taught(1.0, 5.0)
    before = scales.at(5.0, ['p1'])
    scale, sigma = told(scales, 0.88)
    assert scale == pytest.approx(0.88, abs=0.03)
    assert sigma > before[1][0]
    assert 1.0 - 0.88 > BELOW * before[1][0]  # what the words of this test rest on


def test_sources_err_apart():
    floor, both = Scales(1.0, 0.06), Scales(1.0, 0.06)
    for scales in (floor, both):
        scales.at(0.0, ['p1'])
        told(scales, 0.97)
    _, alone = told(floor, 0.97)
    _, together = told(both, 0.97, 0.03, 'depth')
    assert together < alone
    size, sigma, sources = both.learned['p1']
    assert sources == ['floor', 'depth']
    assert 0.97 < size < 1.0 and 0.01 < sigma < 0.06


def test_bodies_do_not_mix_and_are_forgotten():
    scales = Scales(1.0, 0.06)
    scales.at(0.0, ['p1', 'p2'])
    scales.learn('depth', np.array([1.1, np.nan]), np.array([0.02, 0.02]))
    scales.keep(['p1', 'p2'])
    scale, _ = scales.at(0.1, ['p3', 'p2', 'p1'])
    np.testing.assert_allclose(scale, [1, 1, 1.1], atol=0.02)
    scale, _ = scales.at(0.1 + REMEMBERED, ['p1'])
    assert scale[0] > 1.05
    scales.keep([None])
    assert scales.at(0.1 + REMEMBERED, ['p1'])[0][0] == 1.0


def test_what_was_learned_of_somebody_new_is_theirs_once_they_have_a_name():
    scales = Scales(1.0, 0.06)
    scales.at(0.0, [None, None])
    scales.learn('depth', np.array([1.1, 0.95]), np.array([0.02, 0.02]))
    scales.keep([None, 'p7'])
    np.testing.assert_allclose(scales.at(0.1, ['p7', None])[0], [0.95, 1], atol=0.01)


def test_what_was_learned_of_somebody_who_is_another_is_lost():
    scales = Scales(1.0, 0.06)
    scales.at(0.0, [None, None])
    scales.learn('depth', np.array([1.1, 0.95]), np.array([0.02, 0.02]))
    scales.keep(['p1', 'p2'])
    scales.at(0.1, ['p1', 'p2'])
    scales.learn('depth', np.array([1.05, 1.0]), np.array([0.02, 0.02]))
    scales.keep(['p2', 'p3'])  # the crop of p1 showed p2, that of p2 somebody unknown
    np.testing.assert_allclose(scales.at(0.2, ['p1', 'p2', 'p3'])[0], [1.1, 0.95, 1], atol=0.02)


def test_who_is_known_again_is_as_large_as_before():
    scales = taught(0.9, 3.0)
    scales.at(3.1, [None])
    scales.keep(['p1'])  # nobody thought so before
    scale, _ = scales.at(3.2, ['p1'])
    assert scale[0] == pytest.approx(0.9, abs=0.03)


def test_a_clock_that_jumps_back_forgets_everybody():
    scales = taught(1.1, 2.0)
    scale, sigma = scales.at(0.0, ['p1'])
    assert scale[0] == 1.0 and sigma[0] == pytest.approx(np.hypot(0.06, POSE))

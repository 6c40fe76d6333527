# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Measures of accuracy against numbers worked out by hand, and what must not change them."""
import cv2
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
from pose3d_ros.evaluation import metrics
import pytest

#: A right-angled figure: easy to work out by hand.
FIGURE = np.array([[[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3]]], float)

coordinates = st.floats(-2, 2)
bodies = hnp.arrays(float, (2, 12, 3), elements=coordinates)
#: Bodies that fill space: aligning a point or a line is not defined.
full_bodies = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).normal(0, 0.5, (2, 12, 3)))
vectors = hnp.arrays(float, 3, elements=st.floats(-5, 5))
scales = st.floats(0.2, 5)


def rotation(vector):
    """Return the rotation matrix of a rotation vector."""
    return cv2.Rodrigues(np.asarray(vector, float))[0]


def mpjpe(predicted, true):
    """Return the root-relative error, the first joint being the root."""
    errors = metrics.joint_errors(
        metrics.root_relative(predicted, predicted[:, 0]),
        metrics.root_relative(true, true[:, 0]),
    )
    return metrics.mean_of_known(errors)


def pa_mpjpe(predicted, true):
    """Return the error after the best similarity."""
    aligned = metrics.similarity_aligned(predicted, true)
    return metrics.mean_of_known(metrics.joint_errors(aligned, true))


def n_mpjpe(predicted, true):
    """Return the error after the best scale."""
    return metrics.mean_of_known(
        metrics.joint_errors(metrics.scale_aligned(predicted, true), true))


def test_mpjpe_by_hand():
    predicted = FIGURE.copy()
    predicted[0, 1] += [0.3, 0.4, 0]  # 0.5 away
    predicted[0, 3] += [0, 0, 0.1]  # 0.1 away
    assert mpjpe(predicted, FIGURE) == pytest.approx(0.6 / 4)


def test_scale_by_hand():
    predicted = np.array([[[1, 0, 0], [0, 1, 0]]], float)
    true = np.array([[[2, 0, 0], [0, 4, 0]]], float)
    # s = (2 + 4) / 2 = 3: each joint is 1 off
    np.testing.assert_allclose(metrics.scale_aligned(predicted, true)[0], [[3, 0, 0], [0, 3, 0]])
    assert n_mpjpe(predicted, true) == pytest.approx(1)


def test_similarity_aligns_a_turned_figure():
    turned = 0.5 * FIGURE @ rotation([0, 0, np.pi / 2]).T + [1, 2, 3]
    np.testing.assert_allclose(metrics.similarity_aligned(turned, FIGURE), FIGURE, atol=1e-9)


def test_similarity_by_hand():
    predicted = np.array([[[2, 0, 0], [-2, 0, 0], [0, 1, 0], [0, -1, 0]]], float)
    true = np.array([[[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]], float)
    # nothing to turn; s = (2 + 2 + 1 + 1) / (4 + 4 + 1 + 1) = 0.6: errors 0.2, 0.2, 0.4, 0.4
    assert pa_mpjpe(predicted, true) == pytest.approx(0.3)


def test_similarity_does_not_mirror():
    assert pa_mpjpe(FIGURE * [-1, 1, 1], FIGURE) > 0.1


def test_unknown_joints_are_left_out():
    predicted, true = FIGURE + 0.0, FIGURE + 0.0
    predicted[0, 1] = np.nan
    true[0, 2] = np.nan
    predicted[0, 3] += [0, 0, 0.3]
    assert mpjpe(predicted, true) == pytest.approx(0.3 / 2)
    assert np.isnan(pa_mpjpe(predicted, true))  # two joints are too few to align


def test_nothing_known_gives_nan():
    nothing = np.full((1, 4, 3), np.nan)
    assert np.isnan(mpjpe(nothing, FIGURE))
    assert np.isnan(n_mpjpe(nothing, FIGURE))
    assert np.isnan(pa_mpjpe(nothing, FIGURE))
    assert np.isnan(metrics.mean_of_known(np.zeros(0)))


def test_pck_by_hand():
    torso = metrics.torso_lengths(
        np.array([[[90, 100], [110, 100]]], float), np.array([[[95, 200], [105, 200]]], float))
    np.testing.assert_allclose(torso, [100])
    true = np.array([[[0, 0], [0, 0], [0, 0], [np.nan, np.nan]]], float)
    predicted = np.array([[[12, 16], [12, 16.1], [np.nan, np.nan], [0, 0]]], float)
    np.testing.assert_array_equal(
        metrics.correct_keypoints(predicted, true, torso), [[1, 0, 0, np.nan]])


def test_ray_errors_by_hand():
    true = np.array([[0, 0, 4], [3, 0, 4], [0, 0, 2]], float)
    predicted = np.array([[0.3, 0.4, 3.5], [3.6, 0, 4.8], [np.nan, 0, 2]])
    along, across = metrics.ray_errors(predicted, true)
    np.testing.assert_allclose(along, [-0.5, 1, np.nan])
    np.testing.assert_allclose(across, [0.5, 0, np.nan], atol=1e-9)


def test_deviations_by_hand():
    covariance = np.array([[np.diag([0.01, 0.04, 1]), np.eye(3), np.zeros((3, 3))]])
    predicted = np.array([[[0, 0, 0], [np.nan, 0, 0], [0, 0, 0]]], float)
    true = np.array([[[0.1, 0.4, 0], [0, 0, 0], [0, 0, 0]]], float)
    # 0.1^2 / 0.01 + 0.4^2 / 0.04 = 5; unknown; a covariance of zero says nothing
    deviations = metrics.squared_deviations(predicted, true, covariance)
    np.testing.assert_allclose(deviations, [[5, np.nan, np.nan]])
    assert metrics.coverage(deviations, 0.50) == 0
    assert metrics.coverage(deviations, 0.95) == 1
    assert np.isnan(metrics.coverage(deviations[:, 1:], 0.95))


def test_coverage_of_an_honest_covariance():
    random = np.random.default_rng(0)
    square = random.normal(size=(3, 3))
    covariance = square @ square.T + 0.1 * np.eye(3)
    true = random.multivariate_normal(np.zeros(3), covariance, (2000, 2))
    deviations = metrics.squared_deviations(
        np.zeros_like(true), true, np.broadcast_to(covariance, (2000, 2, 3, 3)))
    for share in (0.50, 0.95):
        assert metrics.coverage(deviations, share) == pytest.approx(share, abs=0.03)


def test_quantiles_are_those_of_chi_square():
    stats = pytest.importorskip('scipy.stats')
    for share, quantile in metrics.CHI2_3.items():
        assert stats.chi2.cdf(quantile, 3) == pytest.approx(share, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(bodies, bodies, vectors)
def test_mpjpe_does_not_see_translation(predicted, true, shift):
    assert mpjpe(predicted + shift, true) == pytest.approx(mpjpe(predicted, true), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(full_bodies, full_bodies, vectors, vectors, scales)
def test_pa_mpjpe_does_not_see_similarity(predicted, true, turn, shift, scale):
    moved = scale * predicted @ rotation(turn).T + shift
    assert pa_mpjpe(moved, true) == pytest.approx(pa_mpjpe(predicted, true), abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(full_bodies, bodies, scales)
def test_n_mpjpe_does_not_see_scale(predicted, true, scale):
    assert n_mpjpe(scale * predicted, true) == pytest.approx(n_mpjpe(predicted, true), abs=1e-9)


def test_motion_errors_by_hand():
    true = np.zeros((4, 1, 3))
    predicted = true.copy()
    predicted[:, 0, 0] = [0.1, 0.1, 0.2, 0.1]  # a constant error is none of motion
    velocity, jitter = metrics.motion_errors(predicted, true, np.full(3, 0.5))
    np.testing.assert_allclose(velocity[:, 0], [0, 0.2, 0.2], atol=1e-12)
    np.testing.assert_allclose(jitter[:, 0], [0.1, 0.2], atol=1e-12)

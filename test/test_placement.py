# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From root-relative joints to places in the camera frame: exact, calibrated, never invented."""
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core.fitting import fit_root, project
from pose3d_ros.core.placement import DEFINITION, joints_of, MIN_JOINTS, with_definition
from pose3d_ros.core.records import Source
import pytest
from standing import balls, observations, POSE

quick = settings(deadline=None, max_examples=40)
JOINTS = len(POSE)
roots = st.tuples(st.floats(-1, 1), st.floats(-0.7, 0.7), st.floats(1.5, 20)).map(
    lambda r: np.array([r[0] * r[2], r[1] * r[2], r[2]]))  # up to 45 degrees off the axis


def place(relative, relative_cov, rays, ray_cov, scores, scale, scale_sigma):
    """Return persons where they fit best, as the pipeline does without floor and depth."""
    fit = fit_root(relative, relative_cov, rays, ray_cov, scores > 0, scale, scale_sigma)
    return joints_of(fit, relative, relative_cov, rays, ray_cov, scores)


def placed(joints, relative=POSE, sigma=0.05, scores=1.0, scale=1.0, scale_sigma=0.06):
    """Return the placement of persons whose joints (N, J, 3) are seen where they are."""
    shape = joints.shape[:2]
    rays, covariance = observations(joints)
    return place(np.broadcast_to(relative, joints.shape), balls(sigma, shape), rays, covariance,
                 np.broadcast_to(scores, shape), scale, scale_sigma)


def hidden(*unseen):
    """Return scores with some joints unseen."""
    scores = np.ones((1, JOINTS))
    scores[:, list(unseen)] = 0
    return scores


def test_rays_and_their_derivative_by_hand():
    rays, slope = project(np.array([1.0, -2, 4]))
    np.testing.assert_allclose(rays, [0.25, -0.5])
    np.testing.assert_allclose(slope, [[0.25, 0, -1 / 16], [0, 0.25, 2 / 16]])


@quick
@given(roots)
def test_exact_observations_give_back_where_the_person_is(root):
    truth = (POSE + root)[None]
    result = placed(truth)
    np.testing.assert_allclose(result.positions, truth, rtol=1e-3, atol=1e-3)
    assert (result.source == Source.LIFTED).all()
    seen = np.ones((1, JOINTS), bool)
    fit = fit_root(POSE[None], balls(0.05, seen.shape), *observations(truth), seen, 1, 0.06)
    np.testing.assert_allclose(fit.state[0], [*root, 1], rtol=1e-3, atol=1e-3)


@quick
@given(roots, st.floats(0.6, 1.5))
def test_the_distance_is_proportional_to_the_scale_prior(root, scale):
    # the same picture: a child nearby or a giant far away
    truth = (POSE + root)[None]
    result = placed(truth, scale=scale, scale_sigma=0.06 * scale)
    np.testing.assert_allclose(result.positions, scale * truth, rtol=2e-3, atol=2e-3)


@quick
@given(roots, st.integers(0, 2**JOINTS - 1))
def test_covariances_are_symmetric_and_positive_whatever_is_seen(root, bits):
    scores = np.array([[bits >> joint & 1 for joint in range(JOINTS)]], float)
    result = placed((POSE + root)[None], scores=scores)
    if scores.sum() < MIN_JOINTS:
        assert np.isnan(result.positions).all()
        return
    covariance = result.covariance[0]
    np.testing.assert_allclose(covariance, covariance.swapaxes(1, 2), rtol=1e-9, atol=1e-9)
    assert (np.linalg.eigvalsh(covariance) > 0).all()
    np.testing.assert_array_equal(
        result.source[0], np.where(scores[0] > 0, Source.LIFTED, Source.PREDICTED))


@quick
@given(roots)
def test_uncertainty_is_large_along_the_ray_and_small_across(root):
    covariance = placed((POSE + root)[None], sigma=0.02).covariance[0, 0]
    ray = root / np.linalg.norm(root)
    along = np.sqrt(ray @ covariance @ ray)
    across = np.sqrt((np.trace(covariance) - along**2) / 2)
    # along: the 6 % of the scale prior and a little; across: less than two pixels
    assert 0.055 < along / np.linalg.norm(root) < 0.12
    assert across < 2 / 500 * np.linalg.norm(root)**2 / root[2]


def test_a_known_height_makes_the_distance_sure():
    truth = (POSE + [0, 0, 4])[None]
    sure, unsure = (placed(truth, sigma=0.01, scale_sigma=sigma).covariance[0, 0, 2, 2]**0.5
                    for sigma in (0.005, 0.1))
    assert sure < 0.06
    np.testing.assert_allclose(unsure, 0.4, rtol=0.1)


@pytest.mark.parametrize('root, sigma, px, unseen', [
    ((0.3, 0.1, 4), 0.05, 2, ()),
    ((2, 0, 3), 0.05, 2, ()),
    ((0, 0, 10), 0.02, 1, ()),
    ((0, 0, 1.5), 0.05, 4, ()),
    ((0.3, 0.1, 4), 0.05, 2, (2, 3, 5, 6)),
])
def test_the_covariance_is_as_large_as_the_errors(root, sigma, px, unseen):
    # the truth scatters around what the lifter says, as a lifter's sigma means it
    rng, count = np.random.default_rng(0), 3000
    noise = rng.normal(0, sigma, (count, JOINTS, 3))
    noise[:, 0] = 0  # joints are relative to the pelvis
    sigmas = balls(sigma, (count, JOINTS)).copy()
    sigmas[:, 0] = balls(1e-3, ())
    truth = np.array(root) + rng.normal(1, 0.06, (count, 1, 1)) * (POSE + noise)
    rays, covariance = observations(truth, px)
    rays = rays + rng.normal(0, px / 500, rays.shape)
    scores = np.broadcast_to(hidden(*unseen), (count, JOINTS))
    result = place(np.broadcast_to(POSE, truth.shape), sigmas, rays, covariance, scores, 1, 0.06)
    error = result.positions - truth
    # mean squared error in standard deviations: 1 where the covariance is right
    squared = np.einsum('nja,njab,njb->nj', error, np.linalg.inv(result.covariance), error) / 3
    assert 0.8 < squared.mean() < 1.25
    assert (squared.mean(axis=0) < 1.7).all()
    distance = error[:, 0, 2]**2 / result.covariance[:, 0, 2, 2]
    assert 0.8 < distance.mean() < 1.25
    assert abs(error[:, 0, 2].mean()) < 0.02 * root[2]


def test_a_seen_joint_lies_on_its_ray_and_an_unseen_one_where_the_lifter_says():
    truth = (POSE + [0.2, 0, 3])[None]
    wrong = POSE.copy()
    wrong[10] += [0.1, 0, 0]  # the lifter's left wrist
    seen = placed(truth, relative=wrong, scores=hidden())
    unseen = placed(truth, relative=wrong, scores=hidden(10))
    rays = observations(truth)[0]
    np.testing.assert_allclose(project(seen.positions)[0][0, 10], rays[0, 10], atol=3e-3)
    np.testing.assert_allclose(
        unseen.positions[0, 10] - unseen.positions[0, 0], wrong[10], atol=5e-3)
    assert unseen.source[0, 10] == Source.PREDICTED and unseen.scores[0, 10] == 0
    assert np.trace(unseen.covariance[0, 10]) > np.trace(seen.covariance[0, 10])


def test_what_the_lifter_says_along_and_across_the_ray_stays_so():
    along, across = 0.1, 0.02
    stated = np.broadcast_to(np.diag([across, across, along])**2, (1, JOINTS, 3, 3))
    truth = (POSE + [0, 0, 4])[None]
    rays, covariance = observations(truth)
    result = place(POSE[None], stated, rays, covariance, hidden(10), 1, 0.001)
    deviations = np.sqrt(np.diagonal(result.covariance[0, 10]))
    assert deviations[2] == pytest.approx(along, rel=0.25)  # and the pelvis' own
    np.testing.assert_allclose(deviations[:2], across, rtol=0.25)


def test_one_wild_keypoint_does_not_move_the_person():
    truth = (POSE + [0.2, 0, 3])[None]
    rays, covariance = observations(truth)
    rays = rays.copy()
    rays[0, 13] += [0.3, 0.1]  # 150 px
    result = place(POSE[None], balls(0.03, (1, JOINTS)), rays, covariance,
                   np.ones((1, JOINTS)), 1, 0.06)
    np.testing.assert_allclose(result.positions[0, 0], truth[0, 0], atol=0.15)


@pytest.mark.parametrize('seen', range(4))
def test_persons_of_whom_too_little_is_seen_are_unknown(seen):
    joints = np.concatenate([(POSE + [0, 0, 3])[None], (POSE + [0.5, 0, 4])[None]])
    scores = np.ones((2, JOINTS))
    scores[0, seen:] = 0
    result = placed(joints, scores=scores)
    unknown = seen < MIN_JOINTS
    assert np.isnan(result.positions[0]).all() == np.isnan(result.covariance[0]).all() == unknown
    assert (result.source[0] == Source.UNKNOWN).all() == (not result.scores[0].any()) == unknown
    # whatever the first one is, the second is where it is
    np.testing.assert_allclose(result.positions[1], joints[1], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize('what', ['joints', 'sigma', 'rays'])
def test_what_is_not_finite_makes_that_person_unknown_and_no_other(what):
    joints = np.concatenate([(POSE + [0, 0, 3])[None], (POSE + [0.5, 0, 4])[None]])
    rays, covariance = observations(joints)
    values = {'joints': np.stack([POSE, POSE]), 'sigma': balls(0.05, (2, JOINTS)), 'rays': rays}
    values[what] = values[what].copy()
    values[what][0, 5] = np.nan
    result = place(*values.values(), covariance, np.ones((2, JOINTS)), 1, 0.06)
    assert np.isnan(result.positions[0]).all() and not result.scores[0].any()
    np.testing.assert_allclose(result.positions[1], joints[1], rtol=1e-3, atol=1e-3)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.5, 5.0]))
def test_nonsense_is_unknown_or_before_the_camera_and_never_an_error(seed, spread):
    rng = np.random.default_rng(seed)
    rays = rng.normal(0, spread, (3, JOINTS, 2))
    joints = rng.normal(0, 0.4, (3, JOINTS, 3))
    covariance = np.broadcast_to(np.eye(2) * 1e-5, (3, JOINTS, 2, 2))
    scores = (rng.random((3, JOINTS)) < 0.6).astype(float)
    result = place(joints, balls(0.05, (3, JOINTS)), rays, covariance, scores, 1, 0.06)
    known = np.isfinite(result.positions).all(axis=(1, 2))
    assert (result.positions[known][..., 2] > 0).all()
    assert np.isfinite(result.covariance[known]).all()
    assert np.isnan(result.positions[~known]).all() and not result.scores[~known].any()


def test_a_person_very_near_is_placed():
    truth = (POSE + [0, 0, 0.6])[None]
    np.testing.assert_allclose(placed(truth).positions, truth, atol=0.02)


def test_nobody():
    result = placed(np.zeros((0, JOINTS, 3)))
    assert result.positions.shape == (0, JOINTS, 3)
    assert result.covariance.shape == (0, JOINTS, 3, 3)
    assert result.source.dtype == np.uint8


def test_keypoints_are_not_joints():
    sure = placed((POSE + [0, 0, 3])[None])
    stated = with_definition(sure)
    np.testing.assert_allclose(stated.covariance - sure.covariance,
                               np.broadcast_to(DEFINITION**2 * np.eye(3), (1, JOINTS, 3, 3)))
    np.testing.assert_array_equal(stated.positions, sure.positions)


def test_unsure_keypoints_may_be_elsewhere():
    sure = placed((POSE + [0, 0, 3])[None])
    unsure = replace(sure, scores=np.full_like(sure.scores, 0.5))
    added = with_definition(unsure).covariance - sure.covariance
    np.testing.assert_allclose(added[0, 0], 0.002 * np.eye(3), atol=1e-12)  # 2 and 4 cm


@pytest.mark.parametrize('wrong', [
    POSE * [1, -1, 1],  # upside down
    POSE[::-1],  # every joint another's
    -POSE,
])
def test_a_body_that_does_not_fit_its_picture_is_unknown_and_not_far_away(wrong):
    result = placed((POSE + [0.2, 0, 3])[None], relative=wrong)
    assert np.isnan(result.positions).all() and not result.scores.any()
    assert (result.source == Source.UNKNOWN).all()


@pytest.mark.parametrize('count', [1, 2, 3])
def test_a_wrong_limb_does_not_make_a_person_unknown(count):
    wrong = POSE.copy()
    wrong[10:10 + count] = [0.6, -0.9, 0]
    assert np.isfinite(placed((POSE + [0.2, 0, 3])[None], relative=wrong).positions).all()


@quick
@given(roots, st.floats(0.8, 1.25), st.floats(0.01, 0.1))
def test_a_fit_with_another_scale_is_the_fit_that_knew_it(root, scale, sigma):
    truth = (POSE + root)[None]
    seen = np.ones((1, JOINTS), bool)
    given_ = POSE[None], balls(0.02, seen.shape), *observations(truth), seen
    known = fit_root(*given_, np.array([scale]), np.array([sigma]))
    told = fit_root(*given_, 1.0, 0.06).with_scale(np.array([scale]), np.array([sigma]))
    np.testing.assert_allclose(told.state, known.state, rtol=0.01, atol=0.01)
    np.testing.assert_allclose(told.covariance[0, 3, 3], sigma**2, rtol=1e-6)
    along = [np.sqrt(fit.covariance[0, 2, 2]) for fit in (told, known)]
    np.testing.assert_allclose(*along, rtol=0.3)


def test_each_person_has_a_scale():
    truth = np.stack([POSE + [0, 0, 4], POSE + [0, 0, 4]])
    result = placed(truth, scale=np.array([1.0, 1.2]), scale_sigma=np.array([0.06, 0.01]))
    np.testing.assert_allclose(result.positions[:, 0, 2], [4, 4.8], rtol=2e-3)
    sure, unsure = result.covariance[1, 0, 2, 2], result.covariance[0, 0, 2, 2]
    assert sure < unsure / 4

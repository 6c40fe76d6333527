# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth moves joints to where they are, or says nothing: occluders, backgrounds, holes."""
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.depth import fuse_depth, GUESS
from pose3d_ros.core.records import Joints, Source
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.core.surface import SkinModel
import pytest

quick = settings(deadline=None, max_examples=40)
CAMERA = PinholeCamera(640, 480, [[500, 0, 320], [0, 500, 240], [0, 0, 1]])
MODEL = SkinModel(BODY_16)
NOISE = 0.002  # m at 1 m
WALL = 6.0  # m
#: A person who faces the camera with the arms spread, m from the pelvis, joints as in BODY_16.
FACING = np.array([
    [0, 0, 0], [0.1, 0, 0], [0.12, 0.42, 0.03], [0.12, 0.83, 0.08], [-0.1, 0, 0],
    [-0.12, 0.42, -0.05], [-0.12, 0.83, 0], [0, -0.5, 0], [0.18, -0.5, 0], [0.42, -0.5, -0.1],
    [0.62, -0.5, -0.25], [-0.18, -0.5, 0], [-0.42, -0.5, 0.1], [-0.62, -0.5, 0.2],
    [0, -0.68, 0], [0, -0.66, -0.09]])
LEGS = [BODY_16.index(f'{side}_{name}')
        for side in ('left', 'right') for name in ('knee', 'ankle')]
TRUE = FACING + [0.3, 0, 3.0]


def placed(true=TRUE, ratio=1.0, own=0.05, shared=0.08):
    """Return one person placed at the true place divided by ratio, in front of CAMERA."""
    at = true[None] / ratio
    covariance = own**2 * np.eye(3) + shared**2 * at[..., None] * at[..., None, :]
    shape = at.shape[:2]
    return Joints(at, covariance, np.ones(shape), np.full(shape, Source.LIFTED, np.uint8))


def painted(true=TRUE, bodies=range(len(TRUE)), radius=0.07):
    """Return a depth image of a wall, and of a disc of skin before each of some joints."""
    depth = np.full((480, 640), WALL, np.float32)
    rows, columns = np.indices(depth.shape)
    offset = MODEL(true[None]).offset[0]
    for joint in bodies:
        x, y = CAMERA.project(true[joint])
        disc = np.hypot(columns - x, rows - y) < 500 * radius / true[joint, 2]
        depth[disc] = np.minimum(depth[disc], true[joint, 2] - offset[joint])
    return depth


def fused(joints, depth, noise=NOISE):
    """Return the joints of the first person after fusion, and the distance found."""
    joints, distance = fuse_depth(joints, depth, CAMERA, MODEL, noise)
    return joints, distance


def errors(joints, true=TRUE):
    """Return how far joints (J,) of the first person are from the truth, m."""
    return np.linalg.norm(joints.positions[0] - true, axis=-1)


def names(mask):
    """Return the joints in a mask (J,)."""
    return {name for name, each in zip(BODY_16.points, mask) if each}


@pytest.mark.parametrize('ratio', [0.9, 1.0, 1.1])
def test_a_body_placed_at_a_wrong_distance_is_put_right(ratio):
    joints, distance = fused(placed(ratio=ratio), painted())
    assert (joints.source == Source.MEASURED).all()
    assert distance.ratio[0] == pytest.approx(ratio, abs=0.005)
    assert distance.sigma[0] < 0.01
    assert errors(joints).max() < 0.02
    assert np.sqrt(joints.covariance[0, :, 2, 2]).max() < 0.035


def test_one_joint_by_hand():
    """A joint lifted 10 cm too deep: both variances decide how far it comes back."""
    elbow = BODY_16.index('left_elbow')
    lifted = placed(own=0.05)
    lifted.positions[0, elbow] *= (TRUE[elbow, 2] + 0.1) / TRUE[elbow, 2]
    joints, distance = fused(lifted, painted())
    skin = MODEL(lifted.positions).sigma[0, elbow]**2 + (NOISE * 3**2)**2
    # the body's distance stays, and with it the elbow's own 5 cm
    own = 0.05**2 + (0.08**2 * 0.05 + distance.sigma[0]**2) * 3**2
    left = 0.1 * skin / (own + skin)
    assert joints.positions[0, elbow, 2] - TRUE[elbow, 2] == pytest.approx(left, abs=0.004)


def test_half_of_every_window_unknown_changes_nothing():
    depth = painted()
    depth[:, ::2] = np.nan
    whole, _ = fused(placed(ratio=1.06), painted())
    half, _ = fused(placed(ratio=1.06), depth)
    assert (half.source == Source.MEASURED).all()
    np.testing.assert_allclose(half.positions, whole.positions, atol=1e-3)


def test_legs_behind_a_box_come_along_but_are_not_measured():
    depth = painted()
    knees = int(CAMERA.project(TRUE[LEGS[0]])[1])
    depth[knees - 30:] = 2.4
    joints, distance = fused(placed(ratio=1.1), depth)
    assert names(joints.source[0] == Source.LIFTED) == {BODY_16.points[leg] for leg in LEGS}
    assert distance.ratio[0] == pytest.approx(1.1, abs=0.01)
    assert errors(joints).max() < 0.06  # also of the legs: the body's distance is theirs
    variance = joints.covariance[0, LEGS][..., np.arange(3), np.arange(3)]
    assert (variance > GUESS**2).all()


def test_most_of_the_body_behind_a_box_is_not_taken_for_the_box():
    """Nobody can be seen through: the head and the arms behind the box's plane decide."""
    depth = painted()
    shoulders = int(CAMERA.project(TRUE[BODY_16.index('neck')])[1])
    depth[shoulders + 12:] = 2.5
    joints, distance = fused(placed(), depth)
    assert distance.ratio[0] == pytest.approx(1, abs=0.015)
    assert 'pelvis' not in names(joints.source[0] == Source.MEASURED)
    assert 'head' in names(joints.source[0] == Source.MEASURED)


def test_keypoints_beside_the_body_do_not_take_the_wall():
    wrists = {BODY_16.index('left_wrist'), BODY_16.index('right_wrist')}
    joints, _ = fused(placed(ratio=1.05), painted(bodies=set(range(len(TRUE))) - wrists))
    assert names(joints.source[0] == Source.LIFTED) == {'left_wrist', 'right_wrist'}
    assert errors(joints).max() < 0.03


def test_a_hand_at_the_edge_of_a_box_is_not_measured():
    depth = painted()
    column, _ = CAMERA.project(TRUE[BODY_16.index('left_wrist')]).astype(int)
    depth[:, column + 2:] = 2.0
    joints, _ = fused(placed(), depth)
    assert 'left_wrist' in names(joints.source[0] == Source.LIFTED)


@pytest.mark.parametrize(('score', 'distance', 'measured'), [
    (0.7, 2.0, False), (0.7, WALL, True), (1.0, 2.0, True)])
def test_a_keypoint_on_the_body_beside_a_box_must_be_clear(score, distance, measured):
    """Networks put the joints that a box hides on what they see beside it."""
    depth = painted()
    ankle = BODY_16.index('left_ankle')
    column, row = CAMERA.project(TRUE[ankle]).astype(int)
    depth[row - 60:, column + 25:] = distance
    joints = placed()
    joints.scores[0, ankle] = score
    joints, _ = fused(joints, depth)
    found = names(joints.source[0] == Source.MEASURED)
    assert {'head', 'left_knee', 'right_knee'} <= found
    assert ('left_ankle' in found) == ('right_ankle' in found) == measured  # which leg is hidden?


def test_joints_on_somebody_nearer_are_not_measured():
    """Of somebody behind only head and arms are seen, the rest is found on who is before."""
    before = TRUE + [0, 0.45, -0.8]
    joints, distance = fused(placed(), np.minimum(painted(), painted(before, radius=0.2)))
    lower = {'pelvis', 'left_hip', 'right_hip'} | {BODY_16.points[leg] for leg in LEGS}
    measured = names(joints.source[0] == Source.MEASURED)
    assert not lower & measured
    assert {'head', 'left_elbow', 'right_elbow', 'left_wrist', 'right_wrist'} <= measured
    assert distance.ratio[0] == pytest.approx(1, abs=0.015)


def test_a_distance_at_which_half_of_the_body_is_seen_through_is_no_distance():
    """The legs alone would agree on a distance at which the wall shows through the rest."""
    lifted = placed(ratio=1.08, shared=0.02)
    depth = painted(bodies=LEGS)
    joints, distance = fused(lifted, depth)
    assert np.isnan(distance.ratio[0])
    np.testing.assert_array_equal(joints.source, lifted.source)
    # nobody knows where it is: 12 % of the distance more, along the lines of sight
    more = joints.covariance[0] - lifted.covariance[0]
    at = lifted.positions[0]
    np.testing.assert_allclose(more, 0.12**2 * at[:, :, None] * at[:, None], atol=1e-12)


def test_a_hip_at_which_a_wrist_may_be_is_measured_less_surely():
    """The wrist 12 cm before the hip's middle: which of the two depth shows is not certain."""
    hip, wrist = BODY_16.index('left_hip'), BODY_16.index('left_wrist')
    true = TRUE.copy()
    true[wrist] = TRUE[hip] * (1 - 0.12 / TRUE[hip, 2])
    skin = MODEL(true[None])
    assert skin.crossed[0, hip] and not skin.hidden[0, hip] and not skin.crossed[0, wrist]
    assert not MODEL(TRUE[None]).crossed[0, hip]
    free, crossed = (
        fused(placed(each), painted(TRUE, bodies=set(range(16)) - {wrist}))[0].covariance[0, hip]
        for each in (TRUE, true))
    free, crossed = (1 / each[2, 2] for each in (free, crossed))
    sigma = skin.sigma[0, hip]**2 + (NOISE * 3**2)**2
    assert free - crossed == pytest.approx(1 / sigma - 1 / (sigma + 0.06**2), rel=0.05)


def test_one_leg_found_twice_is_not_measured():
    left, right = LEGS[:2], LEGS[2:]
    doubled = TRUE.copy()
    doubled[right] = TRUE[left] * (TRUE[left][:, 2:] + 0.05) / TRUE[left][:, 2:]
    joints, _ = fused(placed(doubled), painted(bodies=set(range(len(TRUE))) - set(right)))
    assert {'left_knee', 'right_knee', 'left_ankle', 'right_ankle'} == names(
        joints.source[0] == Source.LIFTED)


@pytest.mark.parametrize(('box', 'measured'), [(2.0, False), (WALL, True)])
def test_legs_one_before_the_other_are_not_measured_beside_a_box(box, measured):
    """From the side both are seen at one place; the leg that is seen may be either then."""
    turned = FACING[:, [2, 1, 0]] * [1, 1, -1] + [0, 0, 3.0]  # left side to the camera
    turned[LEGS[2:], :2] = turned[LEGS[:2], :2] * (turned[LEGS[2:], 2:] / turned[LEGS[:2], 2:])
    depth = painted(turned)
    row, column = CAMERA.project(turned[LEGS[0]]).astype(int)[::-1]
    depth[row - 20:, column + 30:] = box
    joints, _ = fused(placed(turned), depth)
    assert ('left_knee' in names(joints.source[0] == Source.MEASURED)) == measured


def test_the_far_side_of_a_person_seen_from_the_side_is_not_measured():
    turned = FACING[:, [2, 1, 0]] * [1, 1, -1] + [0, 0, 3.0]  # left side to the camera
    joints, _ = fused(placed(turned), painted(turned))
    measured = names(joints.source[0] == Source.MEASURED)
    assert {'left_hip', 'left_shoulder', 'left_knee'} <= measured
    assert not {'right_hip', 'right_shoulder'} & measured


@pytest.mark.parametrize('there', [False, True])
def test_what_hides_a_wrist_is_seen_before_it(there):
    """The head should be before it: only where it is the wrist cannot be measured."""
    hidden, before = BODY_16.index('right_wrist'), BODY_16.index('head')
    lifted = TRUE.copy()
    lifted[before] = lifted[hidden] * (1 - 0.15 / lifted[hidden, 2])
    assert MODEL(lifted[None]).hidden[0, hidden]
    true = lifted if there else TRUE
    joints, _ = fused(placed(lifted), painted(true))
    assert (joints.source[0, hidden] == Source.LIFTED) == there
    assert errors(joints, true)[hidden] < 0.03


def test_a_limb_that_was_lifted_too_near_is_measured_where_it_is():
    """Nobody can be seen through: what is seen farther away than expected is that limb."""
    lifted = placed()
    wrist = BODY_16.index('left_wrist')
    lifted.positions[0, wrist] *= 1 - 0.22 / TRUE[wrist, 2]
    joints, _ = fused(lifted, painted())
    assert joints.source[0, wrist] == Source.MEASURED
    assert errors(joints)[wrist] < 0.04


@pytest.mark.parametrize('depth', [np.nan, WALL, 0.3])
def test_an_image_without_the_person_changes_no_place(depth):
    lifted = placed()
    joints, distance = fused(lifted, np.full((480, 640), depth, np.float32))
    np.testing.assert_array_equal(joints.positions, lifted.positions)
    np.testing.assert_array_equal(joints.source, lifted.source)
    assert np.isnan(distance.ratio).all() and np.isnan(distance.sigma).all()
    contradicted = not np.isnan(depth)
    assert (joints.covariance[0, 0, 2, 2] > lifted.covariance[0, 0, 2, 2]) == contradicted


def test_joints_that_are_not_seen_move_with_the_body_only():
    lifted = placed(ratio=1.08)
    lifted.source[0, LEGS] = Source.PREDICTED
    joints, _ = fused(lifted, painted())
    assert (joints.source[0, LEGS] == Source.PREDICTED).all()
    assert errors(joints).max() < 0.03
    shares = joints.positions[0, LEGS] / lifted.positions[0, LEGS]
    np.testing.assert_allclose(shares, shares[0, 0])  # along their lines of sight


def test_each_body_has_its_own_distance_and_unknown_ones_stay_unknown():
    beside = TRUE + [-1.2, 0, 1.5]
    both = [placed(ratio=1.08), placed(ratio=np.nan), placed(beside, ratio=0.93)]
    joints = Joints(*(np.concatenate([getattr(each, name) for each in both])
                      for name in ('positions', 'covariance', 'scores', 'source')))
    joints.source[1], joints.scores[1] = Source.UNKNOWN, 0
    found, distance = fused(joints, np.minimum(painted(), painted(beside)))
    np.testing.assert_allclose(distance.ratio, [1.08, np.nan, 0.93], atol=0.01)
    np.testing.assert_allclose(found.positions[2], beside, atol=0.03)
    assert np.isnan(found.positions[1]).all() and (found.source[1] == Source.UNKNOWN).all()


def test_nobody_is_no_problem():
    joints, distance = fused(Joints.none(len(BODY_16)), painted())
    assert joints.positions.shape == (0, 16, 3) and distance.ratio.shape == (0,)


@quick
@given(st.integers(0, 10_000), st.floats(0.9, 1.1), st.floats(0.02, 0.1), st.floats(0.02, 0.2))
def test_whatever_the_image_covariances_are_covariances(seed, ratio, own, shared):
    rng = np.random.default_rng(seed)
    depth = painted() + rng.normal(0, 0.1, (480, 640)).astype(np.float32)
    depth[rng.random(depth.shape) < rng.random()] = np.nan
    lifted = placed(ratio=ratio, own=own, shared=shared)
    lifted.source[0, rng.random(16) < 0.3] = Source.PREDICTED
    joints, _ = fused(lifted, depth)
    assert (np.linalg.eigvalsh(joints.covariance) > 0).all()
    assert (lifted.source[joints.source == Source.MEASURED] == Source.LIFTED).all()
    measured = joints.source == Source.MEASURED
    assert (joints.covariance[measured][:, 2, 2] < lifted.covariance[measured][:, 2, 2]).all()


def test_a_noisier_camera_counts_less():
    wrong = painted() + np.float32(0.1)
    near, far = (fused(placed(), wrong, noise)[0] for noise in (0.001, 0.05))
    assert near.positions[0, :, 2].mean() > far.positions[0, :, 2].mean()
    assert near.covariance[0, 0, 2, 2] < far.covariance[0, 0, 2, 2]

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How bodies and limbs stand."""
from human_fixtures import FACING, person, turned
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn
import numpy as np
from pose3d_ros.core.orientation import Orientation
from pose3d_ros.core.skeleton import BODY_16
import pytest

quick = settings(deadline=None, max_examples=50)
angles = st.one_of(
    st.floats(-np.pi, np.pi), st.sampled_from([0, 1e-9, np.pi / 2, np.pi - 1e-9, np.pi, -np.pi]))
directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)
#: Bent a little, as everybody is: every frame is what the two bones say.
BENT = {f'{side}_{joint}': bend for side in 'lr' for joint, bend in (
    ('elbow', 0.5), ('knee', -0.4))}
#: Whole bodies of which the orientation needs all.
TRUNK = ['pelvis', 'neck', 'left_hip', 'right_hip', 'left_shoulder', 'right_shoulder']


class Watch:
    """One person, frame after frame."""

    def __init__(self):
        self.orientation = Orientation(BODY_16)

    def __call__(self, joints, sigma=None):
        """Return camera_from_joint (16, 3, 3); sigma: m, of each joint."""
        sigma = np.full(len(BODY_16), 0.01) if sigma is None else sigma
        covariance = sigma[:, None, None] ** 2 * np.eye(3)
        return self.orientation.update(['p1'], joints[None], covariance[None])[0]


def seen(joints):
    """Return camera_from_joint (16, 3, 3) of somebody never seen before."""
    return Watch()(joints)


def of(rotations, name):
    """Return the rotation of a joint by name."""
    return rotations[BODY_16.index(name)]


def between(first, second):
    """Return the angles (...) between rotations (..., 3, 3), rad."""
    trace = np.einsum('...ab,...ab->...', first, second)
    return np.arccos(np.clip((trace - 1) / 2, -1, 1))


def put(joints, **places):
    """Return joints with some at other places, by name."""
    joints = joints.copy()
    for name, place in places.items():
        joints[BODY_16.index(name)] = place
    return joints


def test_facing_the_camera_by_hand():
    """Chest towards the camera (-z), their left is the image's right (x), head up (-y)."""
    rotations = seen(person()[0])
    np.testing.assert_allclose(
        rotations, np.broadcast_to([[0, 1, 0], [0, 0, -1], [-1, 0, 0]], (16, 3, 3)), atol=1e-8)


def test_t_pose_by_hand():
    """Straight arms aside: z leads back to the shoulder, elbows still bend to the front."""
    rotations = seen(person({'l_p_shoulder': np.pi / 2, 'r_p_shoulder': np.pi / 2})[0])
    for joint in ('shoulder', 'elbow', 'wrist'):
        for side, left in (('left', 1), ('right', -1)):
            np.testing.assert_allclose(  # columns x, y, z: front, up or down, to the trunk
                of(rotations, f'{side}_{joint}'),
                np.transpose([[0, 0, -1], [0, -left, 0], [-left, 0, 0]]), atol=1e-8)


def test_sitting_by_hand():
    """Thighs to the camera: their front is up; shanks hang, their front is the camera's side."""
    quarter = np.pi / 2
    rotations = seen(person({
        'l_r_hip': quarter, 'l_knee': -quarter, 'r_r_hip': quarter, 'r_knee': -quarter})[0])
    for side in ('left', 'right'):
        np.testing.assert_allclose(of(rotations, f'{side}_hip'), np.transpose(
            [[0, -1, 0], [1, 0, 0], [0, 0, 1]]), atol=1e-8)
        for joint in ('knee', 'ankle'):
            np.testing.assert_allclose(of(rotations, f'{side}_{joint}'), FACING, atol=1e-8)


def test_head_by_hand():
    """They look to their left, which is the image's right."""
    rotations = seen(person({'y_head': np.pi / 2})[0])
    for joint in ('head', 'nose'):
        np.testing.assert_allclose(of(rotations, joint), np.transpose(
            [[1, 0, 0], [0, 0, 1], [0, -1, 0]]), atol=1e-8)


@quick
@given(directions, angles, st.lists(st.floats(-0.6, 0.6), min_size=15, max_size=15))
def test_frames_are_the_links_of_human_description(axis, angle, values):
    names = [f'{side}_{joint}' for side in 'lr' for joint in (
        'y_shoulder', 'p_shoulder', 'r_shoulder', 'y_hip', 'p_hip', 'r_hip')]
    pose = dict(zip([*names, 'r_head', 'y_head', 'p_head'], values)) | BENT
    joints, expected = person(pose, turned(axis, angle))
    np.testing.assert_allclose(seen(joints), expected, atol=1e-7)


@quick
@given(directions, angles, st.floats(0, 2.5))
def test_all_turns_with_the_person_also_straight_limbs(axis, angle, raised):
    """Frame by frame, from one position to the next: nothing winds up."""
    pose = {'l_p_shoulder': raised, 'r_y_shoulder': 1.0, 'r_p_shoulder': raised, 'l_r_hip': raised}
    watch = Watch()
    local = [(of(r, 'pelvis').T @ r) for r in (
        watch(person(pose, turned(axis, step * angle) @ FACING)[0]) for step in range(4))]
    np.testing.assert_allclose(local[1:], np.broadcast_to(local[0], (3, 16, 3, 3)), atol=1e-6)


def test_a_full_turn_with_noise_has_no_flip():
    """360 degrees in 3 s at 30 Hz, joints 3 cm wrong: yaw within 10 degrees in the median."""
    rng, watch, yaws, steps = np.random.default_rng(4), Watch(), [], []
    before = None
    for step in range(90):
        yaw = turned([0, -1, 0], 2 * np.pi * step / 90) @ FACING
        joints = person(BENT, yaw)[0]
        rotations = watch(joints + rng.normal(0, 0.03 / np.sqrt(3), joints.shape))
        yaws.append(between(of(rotations, 'pelvis'), yaw))
        steps.append(0 if before is None else between(of(rotations, 'pelvis'), before))
        before = of(rotations, 'pelvis')
    assert np.median(yaws) < np.radians(6) and np.max(yaws) < np.radians(25)
    assert np.max(steps) < np.radians(30)


def test_the_surer_line_decides():
    """Hips 30 degrees off, shoulders right: in the middle, or where the surer ones say."""
    standing = person()[0]
    twist = turned([0, -1, 0], np.radians(30))
    hips = {name: of(standing, name) - [0, 0, 3] for name in ('left_hip', 'right_hip')}
    twisted = put(standing, **{name: twist @ place + [0, 0, 3] for name, place in hips.items()})
    sigma = np.full(len(BODY_16), 0.02)
    both = between(of(Watch()(twisted, sigma), 'pelvis'), FACING)
    sigma[[BODY_16.index(name) for name in hips]] = 0.2
    assert np.radians(8) < both < np.radians(15)
    assert between(of(Watch()(twisted, sigma), 'pelvis'), FACING) < np.radians(1)


def test_hips_may_lean():
    rotation = of(seen(put(person()[0], left_hip=(0.1, 0.05, 3))), 'pelvis')
    np.testing.assert_allclose(rotation[:, 2], [0, -1, 0], atol=1e-8)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)


def test_lying_is_like_standing():
    side = FACING @ turned([1, 0, 0], np.pi / 2)  # on their right side; the head is to the left
    np.testing.assert_allclose(of(seen(person(BENT, side)[0]), 'pelvis'), side, atol=1e-8)
    back = turned([1, 0, 0], np.pi / 2) @ FACING  # seen from the head
    np.testing.assert_allclose(of(seen(person(BENT, back)[0]), 'pelvis'), back, atol=1e-8)


@pytest.mark.parametrize('first', [True, False])
def test_hips_shoulders_and_trunk_on_one_line(first):
    """As before, turned as little as the trunk asks for; at first as if facing the camera."""
    watch, away = Watch(), turned([0, -1, 0], 1.0) @ FACING
    if not first:
        watch(person(camera_from_body=away)[0])
    line = {name: (0, -0.1 * row, 3) for row, name in enumerate(TRUNK)}
    rotation = of(watch(put(person()[0], **line)), 'pelvis')
    np.testing.assert_allclose(rotation, FACING if first else away, atol=1e-7)


def test_straight_arm_remembers_how_it_bent():
    """The forearm points to the left of the person, then the arm is straight: y stays."""
    watch = Watch()
    across = {'l_r_shoulder': np.pi / 2}
    bent = watch(person(across | {'l_elbow': 1.0})[0])
    straight = watch(person(across | {'l_elbow': 0.0})[0])
    np.testing.assert_allclose(of(bent, 'left_shoulder')[:, 0], [1, 0, 0], atol=1e-8)
    np.testing.assert_allclose(
        of(straight, 'left_shoulder'), of(bent, 'left_shoulder'), atol=1e-8)
    np.testing.assert_allclose(
        of(straight, 'left_wrist'), of(straight, 'left_shoulder'), atol=1e-8)
    fresh = of(seen(person(across)[0]), 'left_shoulder')
    np.testing.assert_allclose(fresh, FACING, atol=1e-8)  # nothing to remember: the least turn


def test_a_bend_the_other_way_comes_step_by_step():
    """A straight arm's noise says the opposite: little by little, the more the more it bends."""
    watch, largest = Watch(), 0.0
    before = watch(person({'l_elbow': 0.5, 'l_r_shoulder': 1.5})[0])
    for step in range(60):
        bend = 0.6 * abs(1 - step / 30)
        side = 1.5 if step < 30 else -1.5
        now = watch(person({'l_elbow': bend, 'l_r_shoulder': side})[0])
        largest = max(largest, between(of(now, 'left_shoulder'), of(before, 'left_shoulder')))
        before = now
    assert largest < np.radians(50)
    np.testing.assert_allclose(
        of(before, 'left_shoulder'), of(seen(person({'l_elbow': 0.6, 'l_r_shoulder': -1.5})[0]),
                                        'left_shoulder'), atol=1e-6)


@pytest.mark.parametrize('centre, radius', [
    (np.pi, 0.3),  # overhead
    (np.pi / 2, 0.3),  # aside
    (0.0, 0.3),  # hanging
])
def test_a_straight_arm_in_a_circle(centre, radius):
    """Frames follow in steps like those of the arm, and a closed way leads back to the start."""
    watch, frames = Watch(), []
    for phase in np.linspace(0, 4 * np.pi, 81):
        up = FACING @ turned([1, 0, 0], centre + radius * np.cos(phase)) @ turned(
            [0, 1, 0], radius * np.sin(phase)) @ [0, 0, -1]
        joints = person()[0]
        shoulder = of(joints, 'left_shoulder')
        frames.append(watch(put(
            joints, left_elbow=shoulder + 0.28 * up, left_wrist=shoulder + 0.53 * up)))
    arm = np.array([of(frame, 'left_shoulder') for frame in frames])
    assert between(arm[1:], arm[:-1]).max() < np.radians(9)
    np.testing.assert_allclose(arm[40], arm[0], atol=1e-6)
    np.testing.assert_allclose(arm[-1], arm[0], atol=1e-6)


def check(rotations):
    """Assert that rotations (..., 3, 3) are proper, or NaN altogether; return which are known."""
    known = np.isfinite(rotations).all((-2, -1))
    assert np.isnan(rotations[~known]).all()
    some = rotations[known]
    np.testing.assert_allclose(some @ some.swapaxes(-1, -2), np.broadcast_to(
        np.eye(3), some.shape), atol=1e-5)
    assert (np.linalg.det(some) > 0).all()
    return known


coordinates = st.one_of(st.floats(-4, 4), st.sampled_from([0.0, 0.0, 1.0, -1.0, 3.0, np.nan]))


@settings(deadline=None, max_examples=200)
@given(st.lists(stn.arrays(float, (16, 3), elements=coordinates), min_size=1, max_size=3))
def test_always_proper(clip):
    watch = Watch()
    for joints in clip:
        known = check(watch(joints))
        there = np.isfinite(joints).all(-1)
        if there[[BODY_16.index(name) for name in TRUNK]].all():
            assert known[BODY_16.index('pelvis')]
        assert not known[BODY_16.index('left_shoulder')] or of(there, 'left_elbow')
        assert there.all() == known.all()


def test_always_proper_on_lattices():
    """Joints on few places: all the coincidences that chance would never bring."""
    rng, covariance = np.random.default_rng(1), np.full((64, 16, 3, 3), 1e-4 * np.eye(3))
    ids = [f'p{row}' for row in range(64)]
    for size in (0.0, 1e-12, 1e-9, 1e-6):
        orientation = Orientation(BODY_16)
        for _ in range(50):
            joints = rng.integers(-1, 2, (64, 16, 3)) + size * rng.normal(size=(64, 16, 3))
            assert check(orientation.update(ids, joints, covariance)).all()


@pytest.mark.parametrize('name', TRUNK)
def test_unknown_trunk(name):
    watch = Watch()
    first = watch(person(BENT)[0])
    assert np.isnan(watch(put(person()[0], **{name: np.nan}))).all()
    np.testing.assert_allclose(watch(person(BENT)[0]), first, atol=1e-12)


def test_unknown_wrist_takes_the_forearm_only():
    known = check(seen(put(person(BENT)[0], left_wrist=np.nan)))
    unknown = {name for name, there in zip(BODY_16.points, known) if not there}
    assert unknown == {'left_elbow', 'left_wrist'}


def test_unknown_shoulder_of_a_known_forearm():
    joints = put(person(BENT)[0], left_elbow=np.nan)
    unknown = {name for name, there in zip(BODY_16.points, check(seen(joints))) if not there}
    assert unknown == {'left_shoulder', 'left_elbow', 'left_wrist'}


def test_bodies_are_told_apart_and_forgotten():
    orientation, covariance = Orientation(BODY_16), np.broadcast_to(1e-4 * np.eye(3), (16, 3, 3))
    across = person({'l_r_shoulder': np.pi / 2, 'l_elbow': 1.0})[0]
    straight = person()[0]

    def update(ids, *people):
        return orientation.update(ids, np.array(people), np.stack([covariance] * len(people)))
    update(['a', 'b'], across, straight)
    b, a = update(['b', 'a'], straight, straight)
    assert between(of(a, 'left_shoulder'), of(b, 'left_shoulder')) > 1.5
    again, = update(['a'], straight)
    np.testing.assert_allclose(again, a, atol=1e-12)
    update(['b'], straight)
    forgotten, = update(['a'], straight)
    np.testing.assert_allclose(of(forgotten, 'left_shoulder'), FACING, atol=1e-8)


def test_nobody_has_no_orientation():
    empty = Orientation(BODY_16).update([], np.zeros((0, 16, 3)), np.zeros((0, 16, 3, 3)))
    assert empty.shape == (0, 16, 3, 3)

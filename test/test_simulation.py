# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The simulated camera against its own truth: pixels, depth, who hides whom."""
from dataclasses import replace

import numpy as np
from pose3d_ros.core.camera import CameraError
from pose3d_ros.core.skeleton import BODY_16, COCO_17, LIMB_JOINTS
from pose3d_ros.simulation.bodies import bodies_of, in_picture, truth_line
from pose3d_ros.simulation.crowd import make_person
from pose3d_ros.simulation.kernels import project
from pose3d_ros.simulation.lens import look_from, pinhole, View
from pose3d_ros.simulation.mocap import MotionError
from pose3d_ros.simulation.parts import LAYERS
from pose3d_ros.simulation.samples import Sampler
from pose3d_ros.simulation.scene import make_views, MOTIONS, Scene
from pose3d_ros.simulation.truth import THICKNESS
import pytest

LIMBS = [COCO_17.index(name) for name in LIMB_JOINTS]
SIZE = (320, 240)  # px


def view(width=SIZE[0], height=SIZE[1], fov=65.0, **others):
    return make_views(1, width, height, fov, others.pop('height_m', 1.3),
                      others.pop('tilt', -5.0), **others)


@pytest.fixture(scope='module')
def crossing():
    """Return two people who cross: what is seen every 0.1 s."""
    scene = Scene(view(), 2, 'cross', 3)
    return [scene.at(time)[0] for time in np.arange(0.2, 3.6, 0.1)]


@pytest.fixture(scope='module')
def squatting():
    """Return one person alone, seen through a lens with distortion, at some times."""
    scene = Scene(view(distortion=(-0.15, 0.03, 0.001, -0.001, 0)), 1, 'squat', 5)
    return scene.views[0], [scene.at(time)[0] for time in (0.0, 0.7, 1.4, 2.0)]


def test_some_men_take_off_their_shirt():
    dressed, bare = (make_person(np.random.default_rng(1), share) for share in (0.0, 1.0))
    assert dressed.mesh.anatomy.feminine < 0.5
    skin, shirt = ((person.mesh.layers > 0) for person in (bare, dressed))
    assert shirt[:, LAYERS.index('shirt')].any() and not skin[:, LAYERS.index('shirt')].any()
    assert skin[:, LAYERS.index('trousers')].any()


@pytest.mark.parametrize('motion', ['mixed', 'sit'])
def test_same_seed_same_bytes(motion):
    first, second = (Scene(view(), 2, motion, 4).at(1.3)[0].picture for _ in range(2))
    for name in ('image', 'depth', 'owner'):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    other = Scene(view(), 2, motion, 5).at(1.3)[0].picture
    assert (other.image != first.image).any()


def test_a_time_looks_the_same_whatever_was_seen_before():
    scene = Scene(view(), 1, 'mixed', 1)
    first = scene.at(4.0)[0].picture.image
    scene.at(0.3)
    assert np.array_equal(scene.at(4.0)[0].picture.image, first)


def test_visible_keypoints_lie_on_the_person(squatting):
    _, pictures = squatting
    for seen in pictures:
        truth, owner = seen.people[0], seen.picture.owner
        assert truth.fully_visible
        x, y = np.round(truth.keypoints[LIMBS]).astype(int).T
        # also limbs that the person's own body hides lie behind it
        assert (owner[y, x] == 1).mean() > 0.9
        assert truth.visible[LIMBS].sum() >= 6


def test_depth_agrees_with_the_truth(squatting):
    lens, pictures = squatting
    for seen in pictures:
        truth = seen.people[0]
        depth = truth.joints[:, 2]
        x, y = np.round(lens.camera.project(truth.joints)).astype(int).T
        behind = depth - seen.picture.depth[y, x]  # of the surface
        for name, distance, visible in zip(BODY_16.points, behind, truth.joints_visible):
            limit = 1.2 * THICKNESS[name.split('_')[-1]]
            assert not visible or -0.05 < distance < limit, (name, distance)


def test_joints_and_keypoints_are_one_truth(squatting):
    lens, pictures = squatting
    truth = pictures[1].people[0]
    for name in LIMB_JOINTS:
        pixel = lens.camera.project(truth.joints[BODY_16.index(name)])
        assert np.allclose(pixel, truth.keypoints[COCO_17.index(name)], atol=1e-6)
    hips = [truth.joints[BODY_16.index(f'{side}_hip')] for side in ('left', 'right')]
    assert np.allclose(truth.joints[BODY_16.index('pelvis')], np.mean(hips, axis=0), atol=1e-9)
    assert np.allclose(lens.into_camera(truth.joints_world), truth.joints)


def test_box_holds_the_person(squatting):
    _, pictures = squatting
    for seen in pictures:
        y, x = np.nonzero(seen.picture.owner == 1)
        left, top, right, bottom = seen.people[0].box
        assert np.allclose([x.min(), y.min(), x.max(), y.max()], [left, top, right, bottom],
                           atol=1.5)


def test_lens_is_the_camera_of_the_pipeline():
    lens = View(pinhole(320, 240, 80, (-0.2, 0.05, 0.002, -0.001, 0.01)),
                look_from([-3, 0.4, 1.2], 0.1, -0.2))
    points = np.random.default_rng(0).uniform([-1, -1, 0], [1, 1, 2], (50, 3))
    pixels, depth = project(points.astype(np.float32), lens.rotation,
                            lens.camera_from_world[:3, 3], lens.camera.matrix, lens.lens,
                            lens.reach)
    local = lens.into_camera(points)
    assert np.allclose(pixels, lens.camera.project(local), atol=0.01)
    assert np.allclose(depth, local[:, 2], atol=1e-5)


def test_of_two_who_cross_the_farther_one_is_hidden(crossing):
    near, far = ([seen.people[n] for seen in crossing] for n in (0, 1))
    assert all(truth.fully_visible for truth in near)
    shares = np.array([truth.share for truth in far])
    assert far[0].fully_visible and far[-1].fully_visible and shares.min() < 0.6
    hidden = crossing[int(shares.argmin())].people[1]
    assert hidden.visible[LIMBS].sum() < 8 and not hidden.fully_visible


def test_a_box_hides_who_walks_behind_it():
    scene = Scene(view(), 1, 'behind', 2)
    truths = [scene.at(time)[0].people[0] for time in np.arange(0.2, 4.0, 0.2)]
    least = min(truths, key=lambda truth: truth.share)
    assert truths[0].fully_visible and least.share < 0.6
    ankle = COCO_17.index('left_ankle')
    assert not least.visible[ankle] and np.isfinite(least.keypoints[ankle]).all()


def test_truncation_at_the_border():
    seen = Scene(view(fov=30.0, height_m=1.6, tilt=0.0), 1, 'stand', 2).at(0.5)[0]
    truth = seen.people[0]
    assert not truth.fully_visible and 0.1 < truth.share < 0.9
    assert truth.box[3] == SIZE[1] - 1  # cut off below
    knee = COCO_17.index('left_knee')
    assert truth.keypoints[knee, 1] > SIZE[1] and not truth.visible[knee]


def test_people_leave_and_others_enter():
    scene = Scene(view(), 2, 'pass', 0)
    present = np.array([[in_picture(truth) for truth in scene.at(time)[0].people]
                        for time in np.arange(0, 14, 0.5)])
    for person in present.T:
        changes = np.flatnonzero(np.diff(person.astype(int)))
        assert not person[0] and len(changes) >= 2
    assert (present.sum(1) == 0).any() and (present.sum(1) == 2).any()


def test_several_cameras_see_the_same_people():
    scene = Scene(make_views(3, *SIZE, 65.0, 1.4, -6.0), 2, 'walk', 6)
    pictures = scene.at(2.2)
    for seen, lens in zip(pictures, scene.views):
        for truth, first in zip(seen.people, pictures[0].people):
            assert np.array_equal(truth.joints_world, first.joints_world)
            back = (truth.joints - lens.camera_from_world[:3, 3]) @ lens.rotation
            assert np.allclose(back, truth.joints_world)
            assert in_picture(truth)


def test_bodies_and_lines_of_the_truth(crossing):
    now, before = crossing[10].people, crossing[9].people
    bodies = bodies_of(now, before, 0.1)
    assert [body.id for body in bodies] == ['p1', 'p2']
    speed = np.linalg.norm(bodies[0].velocity[BODY_16.index('pelvis')])
    assert 0.7 < speed < 1.4
    assert np.isnan(bodies_of(now)[0].velocity).all()
    away = replace(now[0], box=np.full(4, np.nan))
    assert len(bodies_of([away, now[1]])) == 1
    assert '"fully_visible":true' in truth_line(3, 0.3, now)


@pytest.mark.parametrize('motion', sorted(set(MOTIONS) - {'mixed', 'cross', 'squat'}))
def test_every_motion_stays_on_the_floor(motion):
    scene = Scene(view(64, 48), 1, motion, 8)
    for time in (0.4, 2.3):
        moment = scene.at(time)[0].people[0].joints_world
        assert np.isfinite(moment).all()
        assert -0.02 < moment[:, 2].min() < 0.25 and moment[:, 2].max() < 2.6


def test_an_empty_room():
    seen = Scene(view(), 0, 'walk', 0).at(1.0)[0]
    assert seen.people == [] and not seen.picture.owner.any()
    assert (seen.picture.depth > 0.1).all()


def test_crops_repeat_and_know_their_keypoints():
    first, second = (Sampler(1, people=2, rooms=1) for _ in range(2))
    second.crop(np.random.default_rng(1), (96, 72))  # what came before does not matter
    a, b = (sampler.crop(np.random.default_rng(7), (96, 72)) for sampler in (first, second))
    assert a.image.shape == (96, 72, 3) and a.image.tobytes() == b.image.tobytes()
    assert np.array_equal(a.keypoints, b.keypoints, equal_nan=True)
    assert a.visible.sum() >= 3 and a.mask.any()
    x, y = np.round(a.keypoints[a.visible]).astype(int).T
    assert a.mask[y, x].mean() > 0.7
    shot = first.shot(np.random.default_rng(2), (96, 128))
    assert shot.image.shape == (96, 128, 3) and shot.depth.shape == (96, 128)


@pytest.mark.parametrize('change, says', [
    ({'fov': 200.0}, 'field of view 200'), ({'width': 2}, '2 x 240 pixels'),
    ({'height_m': -1.0}, 'height -1.0 m'), ({'tilt': 100.0}, 'tilt 100.0'),
    ({'distortion': (-2.0, 0, 0, 0, 0)}, 'several directions fall on the same pixel'),
])
def test_impossible_cameras(change, says):
    with pytest.raises(CameraError, match=says):
        view(**change)


def test_too_many_people_or_cameras():
    with pytest.raises(ValueError, match='people: expected 0 to 5, 9 given'):
        Scene(view(), 9)
    with pytest.raises(CameraError, match='cameras: expected 1 to 8, 0 given'):
        make_views(0, *SIZE, 65.0, 1.3, 0.0)
    with pytest.raises(ValueError, match='seed: expected 0 or more, -1 given'):
        Scene(view(), 1, 'walk', -1)


def test_unknown_and_broken_motions(tmp_path):
    with pytest.raises(MotionError, match="unknown motion 'jump': expected one of mixed, walk"):
        Scene(view(), 1, 'jump')
    with pytest.raises(MotionError, match='no BVH file in this folder'):
        Scene(view(), 1, str(tmp_path))
    (tmp_path / 'mapping.yaml').write_text('name: [')
    (tmp_path / 'any.bvh').write_text('')
    with pytest.raises(MotionError, match='mapping.yaml: cannot be read'):
        Scene(view(), 1, str(tmp_path / 'any.bvh'))
    (tmp_path / 'mapping.yaml').unlink()
    broken = tmp_path / 'broken.bvh'
    broken.write_text('HIERARCHY\nROOT Hips\n{\n OFFSET 0 0\n')
    with pytest.raises(MotionError, match='broken.bvh: not a BVH file, or cut short'):
        Scene(view(), 1, str(broken))

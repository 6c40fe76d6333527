# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Bodies, chance cameras and samples; needs PyTorch, which training needs and nothing else."""
from dataclasses import replace

import numpy as np
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.mocap.body import stature_of
from pose3d_ros.training.augmentation import augment
from pose3d_ros.training.clips import Clips, clips_of
from pose3d_ros.training.proportions import rebuild, sample_lengths
from pose3d_ros.training.reaching import reach
from pose3d_ros.training.samples import Conditions, make_samples, STATURE
from pose3d_ros.training.views import Cameras, look, project, sample_cameras
import pytest
import torch


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def bodies():
    """Return 200 bodies of random directions, mid-hips at the origin, statures."""
    points = torch.randn(200, len(COCO_17), 3, generator=chance())
    return rebuild(points, sample_lengths(200, chance(1)))


def standing(bodies, frames=1):
    """Return clips of bodies that stay as they are, mid-hips at their height."""
    clips = Clips.of(bodies, torch.full((len(bodies),), 0.55))
    return Clips(*(value.repeat_interleave(frames, 1) if value.ndim > 1 else value for value in
                   (clips.points, clips.moves, clips.height, clips.there)))


def test_rebuilt_bodies_have_one_stature_and_old_directions(bodies):
    np.testing.assert_allclose(stature_of(bodies.numpy()), 1, atol=1e-5)
    again = rebuild(bodies, sample_lengths(200, chance(2)))
    for far, near in (('left_knee', 'left_hip'), ('right_wrist', 'right_elbow')):
        i, j = COCO_17.index(far), COCO_17.index(near)
        before, after = bodies[:, i] - bodies[:, j], again[:, i] - again[:, j]
        np.testing.assert_allclose(torch.cosine_similarity(before, after), 1, atol=1e-5)


def test_changed_bodies_stay_whole(bodies):
    changed = augment(bodies, chance())
    assert torch.isfinite(changed).all()
    i, j = COCO_17.index('left_wrist'), COCO_17.index('left_elbow')
    before = (bodies[:, i] - bodies[:, j]).norm(dim=-1)
    after = (changed[:, i] - changed[:, j]).norm(dim=-1)
    assert (after.sort().values.median() - before.median()).abs() < 0.02


def camera_at(position, heading=0.0, tilt=0.0):
    angles = (torch.tensor([heading]), torch.tensor([tilt]), torch.tensor([0.0]))
    return Cameras(look(*angles), torch.tensor([position]), torch.tensor([[2.0, 2.0]]))


def test_a_level_camera_sees_left_left_and_up_up():
    camera = camera_at([-4.0, 0.0, 0.0])
    left_and_up = torch.tensor([[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [-5.0, 0.0, 0.0]]])
    rays, seen = project(camera, left_and_up)
    np.testing.assert_allclose(rays[0, :2], [[-0.25, 0], [0, -0.25]], atol=1e-6)
    assert seen.tolist() == [[True, True, False]]  # the last is behind the camera


def test_a_tilted_camera_looks_down():
    rays, _ = project(camera_at([-1.0, 0.0, 1.0], tilt=torch.pi / 4), torch.zeros(1, 1, 3))
    np.testing.assert_allclose(rays, 0, atol=1e-6)


def test_projection_round_trip(bodies):
    cameras = sample_cameras(torch.full((len(bodies),), 0.9), chance())
    np.testing.assert_allclose(cameras.rotation @ cameras.rotation.transpose(1, 2),
                               torch.eye(3).expand(len(bodies), 3, 3), atol=1e-5)
    rays, seen = project(cameras, bodies)
    camera = (bodies - cameras.position[:, None]) @ cameras.rotation.transpose(1, 2)
    back = torch.cat([rays, torch.ones_like(rays[..., :1])], -1) * camera[..., 2:]
    back = back @ cameras.rotation + cameras.position[:, None]
    np.testing.assert_allclose(back[seen], bodies[seen], atol=1e-4)
    assert seen.float().mean() > 0.7


def test_samples_keep_the_contract(bodies):
    samples = make_samples(standing(bodies), Conditions(), chance())
    assert (samples.joints[:, BODY_16.index('pelvis')] == 0).all()
    unseen = samples.scores == 0
    assert unseen.any() and (samples.keypoints[unseen] == 0).all()
    length = samples.gravity.norm(dim=-1)
    assert ((length == 0) | ((length - 1).abs() < 1e-4)).all()
    assert 0.3 < (length == 0).float().mean() < 0.7


def test_samples_agree_with_their_truth(bodies):
    conditions = Conditions(augmented=False, noisy=False, gravity_known=1)
    samples = make_samples(standing(bodies), conditions, chance())
    knee, hip = (samples.joints[:, BODY_16.index(n)] for n in ('left_knee', 'left_hip'))
    assert ((knee - hip).norm(dim=-1) / STATURE).mean().item() == pytest.approx(0.246, abs=0.005)
    seen = (samples.scores[:, 0, COCO_17.index('left_hip')] > 0).numpy()
    # one pelvis depth puts a joint on its ray: x = u (z + d), y = v (z + d)
    ray = samples.keypoints[seen, 0, COCO_17.index('left_hip')].double().numpy()
    knee_ray = samples.keypoints[seen, 0, COCO_17.index('left_knee')].double().numpy()
    both = knee_ray.any(-1)
    ray, knee_ray = ray[both], knee_ray[both]
    hip, knee = hip[seen][both].double().numpy(), knee[seen][both].double().numpy()
    # unknown pelvis (3), four equations
    for r1, r2, a, b in zip(ray, knee_ray, hip, knee):
        rows = np.array([[1, 0, -r[i]] if i == 0 else [0, 1, -r[i]]
                         for r in (r1, r2) for i in (0, 1)])
        right = np.array([r[i] * p[2] - p[i] for r, p in ((r1, a), (r2, b)) for i in (0, 1)])
        pelvis, *_ = np.linalg.lstsq(rows, right, rcond=None)
        np.testing.assert_allclose(rows @ pelvis, right, atol=1e-4)


def test_same_seed_same_samples(bodies):
    first, second = (make_samples(standing(bodies), Conditions(), chance(7)) for _ in range(2))
    assert torch.equal(first.keypoints, second.keypoints)
    assert torch.equal(first.joints, second.joints)


def test_frames_of_a_still_body_are_alike_and_changed_alike(bodies):
    conditions = Conditions(noisy=False, whole=True)
    samples = make_samples(standing(bodies, 4), conditions, chance())
    seen = (samples.scores > 0).all(1)
    for frame in range(3):
        np.testing.assert_allclose(samples.keypoints[:, frame][seen],
                                   samples.keypoints[:, 3][seen], atol=1e-5)
    young = 1 - (samples.scores > 0).any(-1).float().mean(0)
    assert young[3] == 0 and 0.1 < young[0] < 0.3


def test_clips_end_with_the_chosen_frame_and_stay_in_their_stretch():
    from pose3d_ros.training.poses import Poses

    points = np.arange(8, dtype=np.float32)[:, None, None] * np.ones((1, 17, 3), np.float32)
    poses = Poses(points, points[:, 0], np.array([0] * 4 + [1] * 4), np.array(['1'] * 8), ())
    clips = clips_of(poses, np.array([3, 5, 1]), 3, np.array([1, 1, 2]))
    assert clips.points[:, :, 0, 0].tolist() == [[1, 2, 3], [5, 4, 5], [1, 1, 1]]
    assert clips.there.tolist() == [[True] * 3, [False, True, True], [False, False, True]]
    assert clips.moves[0, :, 0].tolist() == [-2, -1, 0]


@pytest.mark.parametrize('limb, joints', [
    ('arm', ('shoulder', 'elbow', 'wrist')), ('leg', ('hip', 'knee', 'ankle'))])
def test_reaching_limbs_keep_their_lengths(bodies, limb, joints):
    everybody = torch.ones(len(bodies), 1, 1, dtype=torch.bool)
    reached = reach(bodies, 'left', limb, everybody, chance())
    for far, near in zip(joints[1:], joints):
        i, j = COCO_17.index(f'left_{far}'), COCO_17.index(f'left_{near}')
        np.testing.assert_allclose((reached[:, i] - reached[:, j]).norm(dim=-1),
                                   (bodies[:, i] - bodies[:, j]).norm(dim=-1), atol=1e-4)


@pytest.fixture
def onnx_is_there():
    for name in ('onnx', 'onnxruntime'):
        pytest.importorskip(name, reason=f'{name} is not installed')


@pytest.mark.parametrize('window, structured', [(1, False), (4, False), (1, True)])
def test_engine_file_equals_its_network(onnx_is_there, bodies, tmp_path, window, structured):
    from pose3d_ros.training import autoencoder
    from pose3d_ros.training.export import EngineFile, export_lifter
    from pose3d_ros.training.network import lift_symmetric, Lifter

    torch.manual_seed(0)
    network = Lifter(window, autoencoder.decoder() if structured else None)
    samples = make_samples(standing(bodies, window), Conditions(), chance())
    network.train()
    network(samples.keypoints, samples.scores, samples.gravity)  # gives the norms their statistics
    export_lifter(network, tmp_path / 'a.onnx', {'kind': 'lifter'})
    with torch.no_grad():
        expected = lift_symmetric(network.eval(), samples)
    for given, wanted in zip(EngineFile(tmp_path / 'a.onnx')(samples), expected):
        np.testing.assert_allclose(given, wanted, atol=1e-3)  # weights of 16 bits


def test_a_network_starts_where_an_engine_file_ended(onnx_is_there, bodies, tmp_path):
    from pose3d_ros.training.export import EngineFile, export_lifter
    from pose3d_ros.training.network import lift_symmetric, Lifter
    from pose3d_ros.training.warm import start_from_engine

    samples = make_samples(standing(bodies), Conditions(), chance())
    network = Lifter()
    network(samples.keypoints, samples.scores, samples.gravity)
    export_lifter(network, tmp_path / 'a.onnx', {'kind': 'lifter'})
    longer = make_samples(standing(bodies, 4), Conditions(), chance())
    started = Lifter(4)
    start_from_engine(started, tmp_path / 'a.onnx', longer)
    now = replace(longer, keypoints=longer.keypoints[:, 3:], scores=longer.scores[:, 3:])
    with torch.no_grad():
        joints, _ = lift_symmetric(started.eval(), longer)
    np.testing.assert_allclose(joints, EngineFile(tmp_path / 'a.onnx')(now)[0], atol=1e-3)
    (tmp_path / 'b.onnx').write_text('no network')
    with pytest.raises(ValueError, match='b.onnx: cannot be read'):
        start_from_engine(started, tmp_path / 'b.onnx', longer)

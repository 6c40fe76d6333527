# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Bodies, chance cameras and samples; needs PyTorch, which training needs and nothing else."""
import numpy as np
from pose3d_ros.core.skeleton import BODY_16, COCO_17
import pytest

torch = pytest.importorskip('torch', reason='PyTorch is not installed: it is needed to train')

from pose3d_ros.training.augmentation import augment  # noqa: E402
from pose3d_ros.training.body import stature_of  # noqa: E402
from pose3d_ros.training.proportions import rebuild, sample_lengths  # noqa: E402
from pose3d_ros.training.samples import Conditions, make_samples, STATURE  # noqa: E402
from pose3d_ros.training.views import Cameras, look, project, sample_cameras  # noqa: E402


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def bodies():
    """Return 200 bodies of random directions, mid-hips at the origin, statures."""
    points = torch.randn(200, len(COCO_17), 3, generator=chance())
    return rebuild(points, sample_lengths(200, chance(1)))


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
    samples = make_samples(bodies, torch.full((len(bodies),), 0.55), Conditions(), chance())
    assert (samples.joints[:, BODY_16.index('pelvis')] == 0).all()
    unseen = samples.scores == 0
    assert unseen.any() and (samples.keypoints[unseen] == 0).all()
    length = samples.gravity.norm(dim=-1)
    assert ((length == 0) | ((length - 1).abs() < 1e-4)).all()
    assert 0.3 < (length == 0).float().mean() < 0.7


def test_samples_agree_with_their_truth(bodies):
    conditions = Conditions(augmented=False, noisy=False, gravity_known=1)
    samples = make_samples(bodies, torch.full((len(bodies),), 0.55), conditions, chance())
    knee, hip = (samples.joints[:, BODY_16.index(n)] for n in ('left_knee', 'left_hip'))
    assert ((knee - hip).norm(dim=-1) / STATURE).mean().item() == pytest.approx(0.246, abs=0.005)
    seen = (samples.scores[:, COCO_17.index('left_hip')] > 0).numpy()
    # one pelvis depth puts a joint on its ray: x = u (z + d), y = v (z + d)
    ray = samples.keypoints[seen, COCO_17.index('left_hip')].double().numpy()
    knee_ray = samples.keypoints[seen, COCO_17.index('left_knee')].double().numpy()
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
    height = torch.full((len(bodies),), 0.55)
    first, second = (make_samples(bodies, height, Conditions(), chance(7)) for _ in range(2))
    assert torch.equal(first.keypoints, second.keypoints)
    assert torch.equal(first.joints, second.joints)


def test_engine_file_equals_its_network(bodies, tmp_path):
    pytest.importorskip('onnx', reason='onnx is not installed')
    pytest.importorskip('onnxruntime', reason='onnxruntime is not installed')
    from pose3d_ros.training.export import check_parity, export_lifter
    from pose3d_ros.training.network import ResidualLifter

    torch.manual_seed(0)
    network = ResidualLifter()
    samples = make_samples(bodies, torch.full((len(bodies),), 0.55), Conditions(), chance())
    network.train()
    network(samples.keypoints, samples.scores, samples.gravity)  # gives the norms their statistics
    export_lifter(network, tmp_path / 'a.onnx', {'kind': 'lifter'})
    assert check_parity(network, tmp_path / 'a.onnx', samples) < 1e-5

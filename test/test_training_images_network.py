# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Image networks: sizes, targets and losses worked by hand, a short training, their engines."""
import numpy as np
from pose3d_ros import inference
from pose3d_ros.graphs.saving import save_engine
from pose3d_ros.training.images import targets
from pose3d_ros.training.images.export import heatmap_engine, person_engine
from pose3d_ros.training.images.fitting import Fit, fit
from pose3d_ros.training.images.muon import orthogonal
from pose3d_ros.training.images.network import (
    heatmap_network,
    normalised,
    person_network,
    weights,
)
from pose3d_ros.training.images.spread import Spread
from pose3d_ros.training.images.warm import start_from_engine
import pytest
import torch

NOBODY = torch.zeros(0, 4)
SIZE = (64, 64)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # several wait for each other on a busy machine
    yield
    torch.set_num_threads(before)


@pytest.fixture
def picture():
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, (1, *SIZE, 3), np.uint8))


def test_networks_are_small():
    assert weights(heatmap_network()) <= 2_000_000
    assert weights(person_network()) <= 500_000


def test_heatmap_target_peaks_at_its_keypoint():
    keypoints = torch.tensor([[[8.0, 20.0], [10.0, 20.0]]])
    maps = targets.heatmaps(keypoints, torch.tensor([[1.0, 0.5]]), (16, 12))
    assert maps.shape == (1, 2, 16, 12)
    assert maps[0, 0, 5, 2] == 1 and maps[0, 1].max() < 0.5  # between two pixels
    assert maps[0, 0, 5, 3].item() == pytest.approx(np.exp(-1 / (2 * 1.25**2)))


def test_peaks_follow_visibility():
    assert targets.strengths(torch.tensor([[0, 1, 2]])).tolist() == [[0, 0.5, 1]]


def test_loss_of_an_ignorant_network():
    maps = torch.zeros(2, 17, 4, 3)  # says one half everywhere: log 2 nats a pixel
    assert targets.heatmap_loss(maps, torch.rand(maps.shape)).item() == pytest.approx(
        12 * np.log(2) + np.log(12), rel=1e-5)  # and twelve places are as good as each other


def test_absent_keypoints_have_no_place():
    maps = torch.zeros(1, 17, 4, 3)
    assert targets.heatmap_loss(maps, torch.zeros(maps.shape)).item() == pytest.approx(
        12 * np.log(2), rel=1e-5)


def test_muon_turns_all_directions_alike():
    rotation = torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(0)))[0]
    matrix = rotation[:3] * torch.tensor([100.0, 5, 20])[:, None]  # (3, 8)
    for turned in (orthogonal(matrix), orthogonal(matrix.T).T / (8 / 3) ** 0.5):
        assert ((turned * rotation[:3]).sum(1) - 1).abs().max() < 0.35
        assert (turned @ rotation[3:].T).abs().max() < 1e-4


def test_person_target_and_perfect_answer():
    boxes = torch.tensor([[16.0, 8, 32, 40]])  # its middle: cell (3, 3)
    middles, nearest = targets.person_targets(boxes, NOBODY, (8, 8))
    assert middles[3, 3] == 1 and middles.sum() < 4
    assert nearest[:, 0, 0].tolist() == boxes[0].tolist()
    reach = torch.tensor([1.0, 2, 1, 2])  # cells from the middle to the sides
    maps = (reach.log() - targets.BOX_START).reshape(1, 4, 1, 1).expand(1, 4, 8, 8)
    assert torch.allclose(targets.person_boxes(maps)[0, :, 3, 3], boxes[0], atol=1e-3)
    scores = torch.where(middles > targets.NEAR_MIDDLE, 9.0, -9.0)[None, None]
    perfect = targets.person_loss(torch.cat([scores, maps], 1), middles[None], nearest[None])
    worse = targets.person_loss(torch.cat([-scores, maps], 1), middles[None], nearest[None])
    assert 0 <= perfect < 0.5 * worse


def test_nobody_is_no_target():
    middles, _ = targets.person_targets(NOBODY, NOBODY, (8, 8))
    assert not middles.any()


def test_of_persons_who_are_hardly_seen_either_answer_is_right():
    hidden = torch.tensor([[16.0, 8, 40, 40]])
    middles, nearest = targets.person_targets(NOBODY, hidden, (8, 8))
    assert (middles == -1).sum() == 4 * 5 and middles[3, 3] == -1 and middles[0, 0] == 0
    nothing, somebody = torch.full((1, 5, 8, 8), -9.0), torch.full((1, 5, 8, 8), -9.0)
    somebody[:, 0, middles == -1] = 9.0
    losses = [targets.person_loss(maps, middles[None], nearest[None])
              for maps in (nothing, somebody)]
    assert losses[0] == losses[1]


def test_generalised_overlap():
    a, b = torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[2.0, 0, 4, 2]])
    assert targets.generalised_overlap(a, a).item() == 1
    assert targets.generalised_overlap(a, b).item() == pytest.approx(0)  # touching, no gap
    assert targets.generalised_overlap(a, b + 4).item() == pytest.approx(-40 / 48)


def test_training_learns_and_repeats(tmp_path, picture):
    def run():
        torch.manual_seed(0)
        truth = torch.zeros(1, 17, 16, 16)
        truth[:, :, 3, 4] = 1
        network = heatmap_network()
        losses = []

        def loss_of(maps, truth):
            losses.append(targets.heatmap_loss(maps, truth))
            return losses[-1]

        fit(network, iter(lambda: (picture, truth), None), loss_of,
            Fit(tmp_path, tmp_path / 'a.onnx', steps=5))
        return [loss.item() for loss in losses]

    losses = run()
    assert losses[-1] < losses[0]
    assert losses == run()


def test_heatmap_engine_says_what_the_network_says(tmp_path, picture):
    network, path = heatmap_network().eval(), tmp_path / 'keypoints.onnx'
    torch.nn.init.normal_(network.head.weight, std=1.0)
    spread = Spread(np.zeros(17), 0.0, 0.0)  # 1 px^2 whatever the map says
    save_engine(heatmap_engine(network, SIZE, 'keypoints', 'test', spread), path,
                inference.read_facts)
    out = inference.load(path, 'heatmap')(crops=picture.numpy().repeat(2, 0))
    with torch.no_grad():
        maps = torch.sigmoid(network(normalised(picture)))[0]
    best, at = maps.flatten(1).max(1)
    np.testing.assert_allclose(out['scores'][1], best, atol=1e-4)
    peaks = torch.stack([at % 16, at // 16], 1).numpy() * 4
    assert np.abs(out['keypoints'][1] - peaks).max() <= 3 * 4
    np.testing.assert_allclose(out['spread'].trace(axis1=2, axis2=3), 2, rtol=1e-3)


def test_a_training_starts_where_the_engine_was(tmp_path, picture):
    network, path = heatmap_network(), tmp_path / 'keypoints.onnx'
    torch.nn.init.normal_(network.head.weight, std=1.0)
    pictures = torch.rand(4, *SIZE, 3, generator=torch.Generator().manual_seed(0)).mul(255).byte()
    with torch.no_grad():
        network.train()(normalised(pictures))  # its normalisations are not those of the start
    save_engine(heatmap_engine(network, SIZE, 'keypoints', 'test'), path, inference.read_facts)
    started = heatmap_network()
    start_from_engine(started, path, pictures)
    with torch.no_grad():
        np.testing.assert_allclose(started.eval()(normalised(picture)),
                                   network.eval()(normalised(picture)), rtol=1e-3, atol=1e-3)
    with pytest.raises(ValueError, match='not an engine to start from'):
        start_from_engine(person_network(), path, pictures)
    with pytest.raises(ValueError, match='cannot be read'):
        start_from_engine(started, tmp_path / 'nothing.onnx', pictures)


def test_person_engine_says_what_the_network_says(tmp_path, picture):
    network, path = person_network().eval(), tmp_path / 'persons.onnx'
    torch.nn.init.normal_(network.head.weight, std=0.2)
    save_engine(person_engine(network, SIZE, 'persons', 'test', 1.0), path, inference.read_facts)
    out = inference.load(path, 'detector')(image=picture.numpy())
    with torch.no_grad():
        maps = network(normalised(picture))
    assert (np.diff(out['scores']) <= 0).all()
    best = maps[0, 0].flatten().argmax().item()
    assert out['scores'][0] == pytest.approx(torch.sigmoid(maps[0, 0].max() + 1).item(), abs=1e-4)
    box = targets.person_boxes(maps[:, 1:])[0].flatten(1)[:, best]
    np.testing.assert_allclose(out['boxes'][0], box, rtol=1e-3, atol=1e-2)

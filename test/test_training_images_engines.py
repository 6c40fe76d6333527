# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The image engines that come with the package: contract, sizes, a rendered person."""
from pathlib import Path

import numpy as np
from pose3d_ros import inference
from pose3d_ros.core.detection import detect_persons
from pose3d_ros.core.keypoints import estimate_keypoints
from pose3d_ros.core.skeleton import COCO_17, LIMB_JOINTS
from pose3d_ros.inference.trial import try_engine
import pytest

ENGINES = Path(__file__).resolve().parents[1] / 'engines'
LIMBS = [COCO_17.index(name) for name in LIMB_JOINTS]


@pytest.fixture(scope='module')
def heatmap():
    return inference.load(ENGINES / 'sim-pose-128x96.onnx', 'heatmap')


@pytest.fixture(scope='module')
def detector():
    return inference.load(ENGINES / 'sim-person-192x256.onnx', 'detector')


@pytest.fixture(scope='module')
def shots():
    """Return rendered pictures of up to two people, of nobody that was trained on."""
    pytest.importorskip('numba', reason='numba is not installed: it is needed to render')
    from pose3d_ros.simulation.samples import Sampler

    sampler, rng = Sampler(4711, people=4, rooms=2), np.random.default_rng(4711)
    return [sampler.shot(rng, (240, 320), most=2) for _ in range(40)]


def weights(path):
    onnx = pytest.importorskip('onnx', reason='onnx is not installed')
    return sum(np.prod(tensor.dims) for tensor in onnx.load(path).graph.initializer)


def test_heatmap_engine_keeps_the_contract(heatmap):
    facts = heatmap.facts
    assert (facts.size, facts.padding, facts.keypoints) == ((128, 96), 1.25, COCO_17)
    assert facts.licence == 'Apache-2.0' and 'renders' in facts.source
    outputs, _ = try_engine(heatmap, calls=1, batch=3)
    assert ((outputs['scores'] >= 0) & (outputs['scores'] <= 1)).all()
    assert (np.linalg.eigvalsh(outputs['spread']) > 0).all()


def test_detector_keeps_the_contract(detector):
    assert detector.facts.size == (192, 256)
    outputs, _ = try_engine(detector, calls=1)
    assert outputs['boxes'].shape == (32, 4) and (np.diff(outputs['scores']) <= 0).all()


def test_engines_are_small(heatmap, detector):
    assert weights(heatmap.facts.path) <= 2_000_000
    assert weights(detector.facts.path) <= 500_000


def test_a_batch_is_as_good_as_single_crops(heatmap):
    crops = np.random.default_rng(0).integers(0, 256, (3, 128, 96, 3), np.uint8)
    batch = heatmap(crops=crops)['scores']
    single = np.concatenate([heatmap(crops=crop[None])['scores'] for crop in crops])
    np.testing.assert_allclose(batch, single, atol=1e-4)


def test_nobody_in_an_empty_room(heatmap, detector):
    room = np.full((240, 320, 3), 120, np.uint8)
    boxes, _ = detect_persons(detector, room, detector.facts.size, 0.4)
    assert len(boxes) == 0
    scores = heatmap(crops=np.full((1, 128, 96, 3), 120, np.uint8))['scores']
    assert scores.max() < 0.4


def test_rendered_persons_are_found(detector, shots):
    found = [_nearest(detect_persons(detector, shot.image, detector.facts.size, 0.4)[0], person)
             for shot in shots for person in shot.people if person.fully_visible]
    assert len(found) >= 10 and np.mean(found) > 0.65


def _nearest(boxes, person):
    """Return whether one of the boxes (N, 4) lies on a person."""
    gaps = np.abs(boxes - person.box).max(axis=1) / np.ptp(person.box[[1, 3]])
    return bool(len(gaps)) and gaps.min() < 0.25


def test_keypoints_of_rendered_persons(heatmap, shots):
    right = []
    for shot in shots:
        for person in shot.people:
            if person.fully_visible:
                keypoints = estimate_keypoints(heatmap, shot.image, person.box[None],
                                               heatmap.facts.size, heatmap.facts.padding)
                gap = np.linalg.norm(keypoints.positions[0] - person.keypoints, axis=-1)
                right.append(gap[LIMBS] < 0.1 * np.ptp(person.box[[1, 3]]))
    assert np.mean(right) > 0.7

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The lifter that comes with the package: contract, symmetry, a real person's poses."""
import os
from pathlib import Path

import numpy as np
from pose3d_ros import inference
from pose3d_ros.calibration import load_calibration
from pose3d_ros.core.lifting import lift
from pose3d_ros.core.skeleton import BODY_16, COCO_17, LIMB_JOINTS, MIDDLES
from pose3d_ros.evaluation.metrics import joint_errors, similarity_aligned
from pose3d_ros.evaluation.truth import load_truth
import pytest

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get('POSE3D_DATA', ROOT.parent / 'shared'))
CLIP = DATA / 'video' / 'balancing'


@pytest.fixture(scope='module')
def engine():
    return inference.load(ROOT / 'engines' / 'residual.onnx', 'lifter')


@pytest.fixture
def view():
    """Return keypoints, scores and gravity of eight made-up views."""
    random = np.random.default_rng(0)
    scores = random.uniform(0.3, 1, (8, 1, len(COCO_17)))
    scores[random.uniform(size=scores.shape) < 0.2] = 0
    keypoints = 0.2 * random.standard_normal((*scores.shape, 2)) * (scores > 0)[..., None]
    gravity = np.tile([0.0, 1, 0], (8, 1))
    gravity[4:] = 0
    return {name: value.astype(np.float32) for name, value in
            {'keypoints': keypoints, 'scores': scores, 'gravity': gravity}.items()}


def test_facts(engine):
    facts = engine.facts
    assert (facts.name, facts.keypoints, facts.joints) == ('residual', COCO_17, BODY_16)
    assert (facts.window, facts.stature) == (1, 1.70)
    assert 'mocap.cs.cmu.edu' in facts.source
    assert facts.path.stat().st_size <= 4e6


def test_contract(engine, view):
    out = engine(**view)
    joints, sigma = out['joints'], out['sigma']
    assert joints.shape == (8, 16, 3) and sigma.shape == (8, 16)
    assert np.isfinite(joints).all() and (sigma > 0).all()
    assert (joints[:, BODY_16.index('pelvis')] == 0).all()
    assert (sigma[:, BODY_16.index('pelvis')] < 0.002).all()
    for middle in ('pelvis', 'neck'):
        pair = [BODY_16.index(name) for name in MIDDLES[middle]]
        np.testing.assert_allclose(joints[:, BODY_16.index(middle)], joints[:, pair].mean(1),
                                   atol=1e-5)


def test_a_body_alone_is_lifted_as_in_company(engine, view):
    alone = engine(**{name: value[:1] for name, value in view.items()})
    np.testing.assert_allclose(alone['joints'], engine(**view)['joints'][:1], atol=1e-5)


def test_nothing_seen_is_survived(engine):
    out = engine(keypoints=np.zeros((1, 1, 17, 2), np.float32),
                 scores=np.zeros((1, 1, 17), np.float32), gravity=np.zeros((1, 3), np.float32))
    assert np.isfinite(out['joints']).all() and np.isfinite(out['sigma']).all()


def test_mirror_image_of_a_view_gives_mirror_image_of_the_joints(engine, view):
    mirrored = {
        'keypoints': view['keypoints'][:, :, COCO_17.mirrored] * np.float32([-1, 1]),
        'scores': view['scores'][:, :, COCO_17.mirrored],
        'gravity': view['gravity'] * np.float32([-1, 1, 1]),
    }
    given, turned = engine(**view), engine(**mirrored)
    np.testing.assert_allclose(turned['joints'][:, BODY_16.mirrored] * [-1, 1, 1],
                               given['joints'], atol=1e-4)
    np.testing.assert_allclose(turned['sigma'][:, BODY_16.mirrored], given['sigma'], atol=1e-4)


@pytest.mark.skipif(not CLIP.is_dir(), reason=f'the balancing clip is not in {CLIP}')
@pytest.mark.parametrize('camera', ['cam01', 'cam02', 'cam04'])
def test_true_keypoints_of_a_real_person(engine, camera):
    """Triangulated joints of a real person, projected and lifted again, in that person's size."""
    calibration = load_calibration(CLIP / f'{camera}.yaml')
    people = load_truth(CLIP / 'truth.csv', calibration).frames.values()
    truth = np.stack([person.joints[0] for person in people])  # (F, 16, 3) camera frame, m
    rays, scores = np.zeros((len(truth), 17, 2)), np.zeros((len(truth), 17))
    for i, name in enumerate(COCO_17.points):
        if name in BODY_16.points:
            point = truth[:, BODY_16.index(name)]
            rays[:, i], scores[:, i] = point[:, :2] / point[:, 2:], 1
    down = calibration.camera_from_world[:3, :3] @ [0, 0, -1]
    joints, _ = lift(engine, rays, scores, down)
    limbs = [BODY_16.index(name) for name in LIMB_JOINTS]
    relative = truth[:, limbs] - truth[:, [BODY_16.index('pelvis')]]
    errors = joint_errors(joints[:, limbs], relative)
    aligned = joint_errors(similarity_aligned(joints[:, limbs], relative), relative)
    print(f'{camera}: MPJPE {1e3 * errors.mean():.0f} mm, PA-MPJPE {1e3 * aligned.mean():.0f} mm')
    assert errors.mean() < 0.13
    assert aligned.mean() < 0.10

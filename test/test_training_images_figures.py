# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Figures of image engines with numbers worked by hand, and the calibration of spread."""
import numpy as np
from onnx import helper, TensorProto
import onnxruntime
from pose3d_ros.graphs.writing import GraphWriter
from pose3d_ros.training.images import figures
from pose3d_ros.training.images.spread import calibrated, Spread, squared_distances
import pytest


@pytest.fixture
def measured():
    """Return errors whose deviation is 3 (1.2 - score) px, and a decoder that says 1 px."""
    rng = np.random.default_rng(0)
    scores = rng.uniform(0.3, 1, (4000, 17))
    errors = rng.standard_normal((4000, 17, 2)) * 3 * (1.2 - scores)[..., None]
    raw = np.eye(2) * rng.uniform(0.9, 1.1, (4000, 17, 1, 1))
    return errors, raw, scores


def test_calibrated_spread_covers_what_it_states(measured):
    errors, raw, scores = measured
    spread = calibrated(errors, raw, scores, np.ones(scores.shape, bool))
    within = squared_distances(errors, spread(raw, scores)) < 5.991
    assert within.mean() == pytest.approx(0.95, abs=0.005)
    assert within[scores < 0.5].mean() > 0.9 and within[scores > 0.8].mean() > 0.9


def test_nothing_found_leaves_the_spread_as_it_is(measured):
    errors, raw, scores = measured
    spread = calibrated(errors, raw, scores, np.zeros(scores.shape, bool))
    np.testing.assert_allclose(spread(raw, scores), raw)


def test_graph_and_numpy_state_the_same_spread(measured):
    _, raw, scores = measured
    raw, scores = raw[:3].astype(np.float32), scores[:3].astype(np.float32)
    spread, write = Spread(np.linspace(-1, 1, 17), 0.7, -2.0), GraphWriter()
    spread.write(write, 'raw', 'scores', 'spread')
    tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in
               (('raw', [3, 17, 2, 2]), ('scores', [3, 17]), ('spread', [3, 17, 2, 2]))]
    model = helper.make_model(
        helper.make_graph(write.nodes, 'spread', tensors[:2], tensors[2:], write.constants),
        opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    out, = session.run(None, {'raw': raw, 'scores': scores})
    np.testing.assert_allclose(out, spread(raw, scores), rtol=1e-4)


def found(boxes, scores, *persons):
    """Return a scene whose persons are given as box, seen share and height."""
    return figures.Found(np.reshape(boxes, (-1, 4)).astype(float), np.array(scores, float),
                         np.array([box for box, *_ in persons], float),
                         *(np.array([each[n] for each in persons], float) for n in (1, 2)))


def test_recall_and_precision():
    person = [0, 0, 10, 20], 1.0, 60
    boxes = [[0, 0, 10, 18], [0, 0, 10, 15], [30, 30, 40, 40]]
    results = [found(boxes, [0.9, 0.8, 0.3], person), found([], [], person)]
    row = figures.person_figures(results, 0.5)  # one of two found, one said twice
    assert (row['recall'], row['precision'], row['persons']) == (0.5, 0.5, 2)
    assert row['recall, fully visible'] == 0.5
    assert figures.best_score(results) > 0.8  # then nobody is said twice


@pytest.mark.parametrize('share, height', [(0.3, 60), (1.0, 15)])
def test_who_is_hidden_or_small_is_neither_missed_nor_wrong(share, height):
    person, other = ([0, 0, 10, 20], 0.6, 60), ([50, 0, 60, 20], share, height)
    seen = found([[0, 0, 10, 20], [50, 8, 60, 20]], [0.9, 0.8], person, other)
    for results in ([seen], [found([[0, 0, 10, 20]], [0.9], person, other)]):
        row = figures.person_figures(results, 0.5)
        assert (row['recall'], row['precision'], row['persons']) == (1, 1, 1)
    row = figures.person_figures([seen], 0.5, share=0.2, height=10)
    assert (row['recall'], row['precision'], row['persons']) == (1, 1, 2)
    assert figures.person_figures([found([80, 0, 90, 20], [0.9], other)], 0.5)['precision'] == 0


def test_keypoint_figures():
    truth = np.zeros((1, 17, 2))
    truth[0, [5, 6], 1], truth[0, [11, 12], 1] = 10, 60  # a torso of 50 px: right within 10 px
    said = {'truth': truth, 'visibility': np.full((1, 17), 2), 'scores': np.full((1, 17), 0.9),
            'keypoints': truth + [0, 3], 'spread': np.tile(np.eye(2), (1, 17, 1, 1))}
    said['keypoints'][0, 0, 0] = 50
    said['visibility'][0, 1], said['scores'][0, 1] = 0, 0.1
    row = figures.heatmap_figures(said)
    assert row['PCK'] == pytest.approx(15 / 16) and row['PCK limbs'] == 1
    assert row['median error px'] == pytest.approx(3)
    assert (row['found seen'], row['found absent']) == (1, 0)
    assert row['within 95 %'] == 0  # 9 px^2 of 1 px^2 is more than 5.99

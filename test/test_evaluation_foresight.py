# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Predictions of the near future against what came: numbers worked out by hand."""
import json

import numpy as np
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.evaluation import predictions
from pose3d_ros.evaluation.report import evaluate
from pose3d_ros.evaluation.table import table
import pytest
from test_evaluation import body_at, CAMERA, written

SPEED = 0.4  # m a frame; frames come every 0.1 s


def walking(path, horizon=0.1, wrong=0.0, frames=5):
    """Write and read a person who walks to the right; foreseen at a horizon, somewhat wrong."""
    lines = []
    for frame in range(frames):
        x = SPEED * (frame - 2)
        later = body_at((x + 10 * SPEED * horizon + wrong, 0, 5))
        lines.append(predictions.to_line(
            frame, frame / 10, [body_at((x, 0, 5))], COCO_17, BODY_16,
            (frame / 10 + horizon, [later])))
    path.write_text('\n'.join(lines) + '\n')
    return predictions.read(path)


def foresight(tmp_path, **how):
    given = walking(tmp_path / 'given.jsonl', **how)
    true = written(tmp_path / 'true.jsonl',
                   [[body_at((SPEED * (frame - 2), 0, 5))] for frame in range(5)])
    return evaluate(given, true, CAMERA)


def test_what_is_foreseen_survives_the_file(tmp_path):
    read = walking(tmp_path / 'given.jsonl', frames=2)
    assert read.stamps == {0: 0, 1: 0.1}
    assert read.foreseen.stamps == {0: 0.1, 1: 0.2}
    np.testing.assert_allclose(
        read.foreseen.frames[0].joints, read.frames[1].joints, atol=1e-4)
    line = json.loads((tmp_path / 'given.jsonl').read_text().splitlines()[0])
    assert line['foreseen']['bodies'][0]['id'] == 'a1'


@pytest.mark.parametrize('horizon', [0.1, 0.15])
def test_a_perfect_prediction_gains_everything(tmp_path, horizon):
    """Between frames, too: the truth is taken on a straight line."""
    found = foresight(tmp_path, horizon=horizon)['foresight']
    assert found['horizon_s'] == pytest.approx(horizon)
    assert found['error_mm']['p95'] == pytest.approx(0, abs=0.2)
    assert found['holding_error_mm']['median'] == pytest.approx(10000 * SPEED * horizon, abs=0.2)
    assert found['gain'] == pytest.approx(1, abs=1e-3)
    assert found['covariance']['coverage_50'] == 1


def test_a_wrong_prediction_by_hand(tmp_path):
    """0.1 m off where the person goes 0.4 m: three quarters are gained."""
    report = foresight(tmp_path, wrong=0.1)
    found = report['foresight']
    assert found['error_mm']['mean'] == pytest.approx(100, abs=0.2)
    assert found['motion_mm']['mean'] == pytest.approx(400, abs=0.2)
    assert found['gain'] == pytest.approx(0.75, abs=1e-3)
    # four of five frames have a truth 0.1 s later
    assert found['covariance']['count'] == 4 * 13
    assert '100 ms ahead' in table(report) and 'gain on holding' in table(report)


def test_beyond_the_truth_there_is_nothing_to_compare(tmp_path):
    found = foresight(tmp_path, horizon=2.0)['foresight']
    assert found['error_mm']['mean'] is None and found['gain'] is None


def test_without_predictions_there_is_no_table(tmp_path):
    recording = written(tmp_path / 'a.jsonl', [[body_at((0, 0, 5))]])
    report = evaluate(recording, recording, CAMERA)
    assert report['foresight'] == {'horizon_s': None}
    assert 'ahead' not in table(report)

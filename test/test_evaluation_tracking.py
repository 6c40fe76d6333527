# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Who is who, who was missed, who was hidden: against numbers worked out by hand."""
from collections import Counter
from dataclasses import replace

import numpy as np
from pose3d_ros.evaluation.matching import match
from pose3d_ros.evaluation.pairs import pair
from pose3d_ros.evaluation.report import evaluate
from pose3d_ros.evaluation.tracking import idf1, mota
import pytest
from test_evaluation import body_at, CAMERA, report_of, written


def hidden(body, *rows):
    """Return a true body of which some joints, or all, are hidden."""
    scores = np.ones(len(body.joints))
    scores[list(rows) or slice(None)] = 0.5
    return replace(body, scores=scores)


def test_mota_by_hand():
    assert mota(100, missed=10, extra=5, switches=2) == pytest.approx(0.83)
    assert mota(10, missed=10, extra=5, switches=0) == pytest.approx(-0.5)


def test_idf1_by_hand():
    """Anna is a1 for 6 frames and then b2 for 4, Ben is c3 for 5 of 10: 11 of 20 are right."""
    near = Counter({('anna', 'a1'): 6, ('anna', 'b2'): 4, ('ben', 'c3'): 5})
    assert idf1(near, true=20, predicted=15) == pytest.approx(2 * 11 / 35)


def test_idf1_gives_each_body_to_one_person():
    near = Counter({('anna', 'a1'): 6, ('ben', 'a1'): 5, ('anna', 'b2'): 4})
    assert idf1(near, 20, 15) == pytest.approx(2 * (5 + 4) / 35)
    assert idf1(Counter(), 20, 0) == 0


def test_a_pair_of_before_stays_one_while_it_is_allowed():
    costs = np.array([[0.2, 0.01], [0.01, 0.2]])
    assert match(costs) == {0: 1, 1: 0}
    assert match(costs, {0: 0, 1: 1}) == {0: 0, 1: 1}
    assert match(costs, {0: 0}) == {0: 0, 1: 1}
    costs[0, 0] = 0.3  # beyond the gate
    assert match(costs, {0: 0}) == {0: 1, 1: 0}


def test_people_who_cross_are_not_mixed_up(tmp_path):
    """Behind one another in the image for a moment: who is nearer there must not decide."""
    places = np.linspace(-1, 1, 9)
    true = [[body_at((x, 0, 4), 'anna'), body_at((-x, 0, 5), 'ben')] for x in places]
    frames = [[body_at((x + 0.05, 0, 4), 'a1'), body_at((0.05 - x, 0, 5), 'b2')] for x in places]
    report = report_of(tmp_path, frames, true)
    assert (report['id_switches'], report['mota'], report['idf1']) == (0, 1, 1)


def test_a_truth_of_one_person_says_nothing_of_others(tmp_path):
    true = written(tmp_path / 'truth.jsonl', [[body_at((0, 0, 4))]])
    given = written(tmp_path / 'given.jsonl', [[body_at((0, 0, 4)), body_at((1, 0, 9), 'b2')]])
    report = evaluate(given, replace(true, everybody=False), CAMERA)
    assert report['mota'] is None and report['idf1'] is None
    assert report['extra_bodies'] == 1


def test_a_person_whom_nobody_can_see_may_be_predicted_but_need_not(tmp_path):
    seen, unseen = body_at((-1, 0, 4), 'anna'), hidden(body_at((1, 0, 4), 'ben'))
    for bodies, count in (([seen], 1), ([seen, replace(unseen, id='b2')], 2)):
        report = report_of(tmp_path, [bodies], [[seen, unseen]])
        assert (report['missed_bodies'], report['extra_bodies'], report['mota']) == (0, 0, 1)
        assert sum(person['frames'] for person in report['persons'].values()) == count
    report = report_of(tmp_path, [[seen]], [[seen, hidden(unseen, 1, 2)]])
    assert report['missed_bodies'] == 1 and report['mota'] == 0.5


def test_errors_and_ellipsoids_of_the_visible_and_the_hidden(tmp_path):
    """Left knee (row 2) hidden and 0.3 m off at a sigma of 0.1 m, all else exact."""
    true = hidden(body_at((0, 0, 4)), 2)
    given = body_at((0, 0, 4))
    given.joints[2] += [0, 0, 0.3]
    given.source[2] = 1
    report = report_of(tmp_path, [[given]], [[true]])
    assert report['visible_joint_error_mm']['p95'] == pytest.approx(0, abs=1e-3)
    assert report['hidden_joint_error_mm']['median'] == pytest.approx(300)
    assert report['lifted_joint_error_mm']['p95'] == pytest.approx(0, abs=1e-3)
    assert report['predicted_joint_error_mm']['median'] == pytest.approx(300)
    assert report['measured_joint_error_mm']['mean'] is None
    parts = report['covariance']['by_source']
    assert {name: part['count'] for name, part in parts.items()} == {
        'predicted, hidden': 1, 'lifted, visible': 12}
    assert parts['predicted, hidden']['coverage_95'] == 0
    assert parts['predicted, hidden']['nees'] == pytest.approx(9 / 3)
    assert parts['lifted, visible']['coverage_50'] == 1


def test_a_truth_without_scores_does_not_say_what_is_hidden(tmp_path):
    recording = written(tmp_path / 'a.jsonl', [[body_at((0, 0, 4))]])
    assert np.isnan(pair(recording, recording, CAMERA).visible).all()
    report = evaluate(recording, recording, CAMERA)
    assert set(report['covariance']['by_source']) == {'lifted'}
    assert report['visible_joint_error_mm']['mean'] is None

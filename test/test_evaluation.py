# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Predictions, truth, matching and the report: round trips, made-up scenes, refusals."""
import argparse
import json

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
import numpy as np
from pose3d_ros.calibration import Calibration
from pose3d_ros.commands import evaluate as command
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import BODY_16, COCO_17, LIMB_JOINTS
from pose3d_ros.evaluation import predictions
from pose3d_ros.evaluation.matching import costs_of, match
from pose3d_ros.evaluation.report import evaluate
from pose3d_ros.evaluation.table import table
from pose3d_ros.evaluation.truth import load_truth
import pytest

CAMERA = PinholeCamera(640, 480, [[500, 0, 320], [0, 500, 240], [0, 0, 1]])
CALIBRATION_FILE = """
image_width: 640
image_height: 480
camera_matrix: {data: [500, 0, 320, 0, 500, 240, 0, 0, 1]}
camera_from_world: {rotation: [0, -1, 0, 0, 0, -1, 1, 0, 0], translation: [0, 1, 0]}
"""

#: A person 1.5 m high who faces the camera, metres, camera optical frame, pelvis at the origin.
STANDING = {
    'pelvis': (0, 0, 0), 'neck': (0, -0.5, 0), 'head': (0, -0.7, 0), 'nose': (0, -0.7, -0.1),
    'hip': (0.1, 0, 0), 'knee': (0.1, 0.4, 0), 'ankle': (0.1, 0.8, 0),
    'shoulder': (0.2, -0.5, 0), 'elbow': (0.3, -0.3, 0), 'wrist': (0.3, 0, 0),
}


def standing(pelvis):
    """Return the joints (16, 3) of a person standing there."""
    def place(name):
        side, _, joint = name.rpartition('_')
        return np.array(STANDING[joint]) * (-1 if side == 'right' else 1, 1, 1)
    return np.array([place(name) for name in BODY_16.points]) + pelvis


def body_at(pelvis, name='a1', error=(0, 0, 0), deviation=0.1):
    """Return a body whose keypoints are right and whose joints are off by an error."""
    joints = standing(pelvis)
    keypoints = np.full((len(COCO_17), 2), np.nan)
    for point in (*LIMB_JOINTS, 'nose'):
        keypoints[COCO_17.index(point)] = CAMERA.project(joints[BODY_16.index(point)])
    count = len(joints)
    return Body(
        id=name,
        box=np.r_[np.nanmin(keypoints, 0), np.nanmax(keypoints, 0)],
        keypoints=keypoints,
        keypoint_scores=np.isfinite(keypoints[:, 0]).astype(float),
        joints=joints + error,
        velocity=np.zeros_like(joints),
        covariance=np.tile(deviation**2 * np.eye(3), (count, 1, 1)),
        scores=np.ones(count),
        source=np.full(count, 2, np.uint8),
    )


def written(path, frames):
    """Write and read back the bodies of every frame."""
    path.write_text(''.join(
        predictions.to_line(frame, frame / 10, bodies, COCO_17, BODY_16) + '\n'
        for frame, bodies in enumerate(frames)
    ))
    return predictions.read(path)


def report_of(tmp_path, frames, true_frames):
    """Return the report of frames of bodies against true ones."""
    return evaluate(
        written(tmp_path / 'predictions.jsonl', frames),
        written(tmp_path / 'truth.jsonl', true_frames),
        CAMERA,
    )


def test_line_is_the_documented_format():
    body = body_at((0, 0, 4))
    body.joints[3] = np.nan
    line = predictions.to_line(7, 0.25, [body], COCO_17, BODY_16)
    assert '\n' not in line and 'NaN' not in line
    record = json.loads(line)
    assert (record['frame'], record['stamp']) == (7, 0.25)
    described = record['bodies'][0]
    assert described['id'] == 'a1'
    assert described['keypoints']['left_hip'] == [332.5, 240.0, 1.0]
    assert 'left_ear' not in described['keypoints']  # unknown
    assert described['joints']['pelvis'] == [0.0, 0.0, 4.0]
    assert described['covariance']['pelvis'] == [0.01, 0.0, 0.0, 0.01, 0.0, 0.01]
    unknown = BODY_16.points[3]
    assert described['joints'][unknown] is None
    assert described['covariance'][unknown] is None
    assert described['scores'][unknown] == 0.0


@settings(max_examples=25, deadline=None)
@given(
    hnp.arrays(float, (16, 3), elements=st.floats(-9, 9) | st.just(np.nan)),
    hnp.arrays(float, (17, 2), elements=st.floats(-99, 999) | st.just(np.nan)),
    hnp.arrays(float, (16, 3, 3), elements=st.floats(-1, 1)),
)
def test_round_trip(tmp_path_factory, joints, keypoints, factor):
    covariance = factor @ factor.transpose(0, 2, 1)
    body = Body('b2', np.zeros(4), keypoints, np.full(17, 0.5), joints, joints, covariance,
                np.full(16, 0.25), np.zeros(16, np.uint8))
    recording = written(tmp_path_factory.getbasetemp() / 'round.jsonl', [[], [body, body]])
    assert len(recording.frames[0]) == 0
    people = recording.frames[1]
    assert people.ids == ('b2', 'b2') and recording.stamps == {0: 0, 1: 0.1}
    known = np.isfinite(joints).all(-1)
    expected = np.where(known[:, None], joints, np.nan)
    assert recording.joint_names == BODY_16.points
    np.testing.assert_allclose(people.joints[1], expected, atol=5.1e-5)
    np.testing.assert_allclose(people.covariance[1][known], covariance[known], rtol=1e-5)
    assert np.isnan(people.covariance[1][~known]).all()
    np.testing.assert_array_equal(people.scores[1], np.where(known, 0.25, 0))
    for k, name in enumerate(recording.keypoint_names):
        np.testing.assert_allclose(
            people.keypoints[1, k], keypoints[COCO_17.index(name)], atol=5.1e-3)


def test_the_source_survives_the_file_and_older_files_have_none(tmp_path):
    body = body_at((0, 0, 4))
    body.source[:3] = 1, 3, 0
    assert list(written(tmp_path / 'a.jsonl', [[body]]).frames[0].source[0, :4]) == [1, 3, 0, 2]
    lines = [json.loads((tmp_path / 'a.jsonl').read_text())]
    del lines[0]['bodies'][0]['source']
    (tmp_path / 'old.jsonl').write_text(json.dumps(lines[0]))
    old = predictions.read(tmp_path / 'old.jsonl')
    assert not old.frames[0].source.any()
    assert list(evaluate(old, old, CAMERA)['covariance']['by_source']) == ['source not stated']


@pytest.mark.parametrize('line, reason', [
    ('{', 'line 2'),
    ('[]', 'expected an object'),
    ('{"stamp": 0, "bodies": []}', "'frame' is missing"),
    ('{"frame": 0.5, "stamp": 0, "bodies": []}', 'whole number'),
    ('{"frame": 0, "stamp": 0, "bodies": []}', 'twice'),
    ('{"frame": 1, "stamp": NaN, "bodies": []}', 'NaN is not JSON'),
    ('{"frame": 1, "stamp": 0, "bodies": [{"joints": {}}]}', "'id' is missing"),
    ('{"frame": 1, "stamp": 0, "bodies": [{"id": "a", "joints": {"nose": [1, 2]}}]}',
     'joint nose must be 3 numbers'),
    ('{"frame": 1, "stamp": 0, "bodies": [{"id": "a", "joints": {"nose": [1, 2, "x"]}}]}',
     'joint nose must be 3 numbers'),
    ('{"frame": 1, "stamp": 0, "bodies": [{"id": "a", "joints": {}, "source": {"nose": 3}}]}',
     "source of nose must be one of ['unknown', 'predicted', 'lifted', 'measured'], not 3"),
    ('{"frame": 1, "stamp": 0, "bodies": [{"id": "a", "joints": {}, "fully_visible": "yes"}]}',
     "fully_visible must be true or false, not 'yes'"),
    ('{"frame": 1, "stamp": 0, "bodies": [], "foreseen": {"bodies": []}}', "'stamp' is missing"),
])
def test_a_bad_line_is_named(tmp_path, line, reason):
    path = tmp_path / 'bad.jsonl'
    path.write_text('{"frame": 0, "stamp": 0, "bodies": []}\n' + line + '\n')
    with pytest.raises(predictions.PredictionsError, match='bad.jsonl, line 2') as caught:
        predictions.read(path)
    assert reason in str(caught.value)


def test_empty_and_missing_files_are_refused(tmp_path):
    path = tmp_path / 'empty.jsonl'
    with pytest.raises(ValueError, match='empty.jsonl: cannot be read'):
        predictions.read(path)
    path.write_text('\n')
    with pytest.raises(ValueError, match='empty.jsonl: the file is empty'):
        predictions.read(path)


def table_file(path, rows=3):
    """Write a truth table: one person, facing the camera, who goes 1 m a row away from it."""
    names = {'RHip': (0, 0.1, 1), 'LHip': (0, -0.1, 1), 'LShoulder': (0, -0.2, 1.5),
             'RShoulder': (0, 0.2, 1.5), 'Head': (0, 0, 1.8)}
    header = [f'{name}_{axis}' for name in names for axis in 'xyz']
    lines = ['frame,time_s,' + ','.join(header)]
    for row in range(rows):
        cells = [str(value) for x, y, z in names.values() for value in (x + 3 + row, y, z)]
        lines.append(f'{row},{row / 10},' + ','.join(cells))
    path.write_text('\n'.join(lines) + '\n')
    return path


def calibration():
    """Return a camera in the world's origin, 1 m high, that looks along x."""
    pose = np.eye(4)
    pose[:3, :3] = [[0, -1, 0], [0, 0, -1], [1, 0, 0]]
    pose[:3, 3] = [0, 1, 0]
    return Calibration(CAMERA, pose)


def test_truth_table(tmp_path):
    truth = load_truth(table_file(tmp_path / 'truth.csv'), calibration())
    joints = dict(zip(truth.joint_names, truth.frames[1].joints[0]))
    np.testing.assert_allclose(joints['left_hip'], [0.1, 0, 4])
    np.testing.assert_allclose(joints['pelvis'], [0, 0, 4])
    np.testing.assert_allclose(joints['neck'], [0, -0.5, 4])
    assert np.isnan(joints['head']).all()  # the table's Head is the crown
    assert np.isnan(joints['left_wrist']).all()


def test_truth_offset(tmp_path):
    path = table_file(tmp_path / 'truth.csv')
    late = load_truth(path, calibration(), offset=-1)
    assert sorted(late.frames) == [1, 2, 3]
    np.testing.assert_allclose(late.frames[1].joints[0, 0], [0, 0, 3])  # row 0


def test_truth_refusals(tmp_path):
    with pytest.raises(ValueError, match='needs camera_from_world'):
        load_truth(table_file(tmp_path / 'truth.csv'), Calibration(CAMERA, None))
    with pytest.raises(ValueError, match='truth.csv: the file is empty'):
        load_truth(table_file(tmp_path / 'truth.csv', rows=0), calibration())
    (tmp_path / 'other.csv').write_text('a,b\n1,2\n')
    with pytest.raises(ValueError, match='no column names a joint'):
        load_truth(tmp_path / 'other.csv', calibration())
    (tmp_path / 'word.csv').write_text('LHip_x,LHip_y,LHip_z\n1,2,up\n')
    with pytest.raises(ValueError, match="column LHip_z holds 'up'"):
        load_truth(tmp_path / 'word.csv', calibration())


def test_match_takes_the_least_total_cost():
    square = np.array([[0, 0], [100, 0], [100, 100], [0, 100]], float)
    true = np.stack([square, square + [30, 0]])
    bodies = np.stack([square + [500, 0], square + [25, 0], square + [-5, 0]])
    assert match(costs_of(bodies, true)) == {0: 2, 1: 1}
    assert match(costs_of(bodies[:1], true)) == {}  # beyond the gate
    assert match(costs_of(np.full((1, 4, 2), np.nan), true)) == {}
    assert match(costs_of(np.zeros((0, 4, 2)), true)) == {}


def test_a_perfect_prediction(tmp_path):
    frames = [[body_at((0, 0, 4))], [body_at((0.1, 0, 4))]]
    report = report_of(tmp_path, frames, frames)
    for name in ('mpjpe_mm', 'pa_mpjpe_mm', 'n_mpjpe_mm'):
        assert report[name]['mean'] == pytest.approx(0, abs=1e-3)
    assert report['pck']['mean'] == report['detection_rate'] == 1
    assert report['covariance']['coverage_50'] == 1
    assert (report['id_switches'], report['extra_bodies'], report['unknown_joints']) == (0, 0, 0)


def test_a_body_too_far_away(tmp_path):
    report = report_of(tmp_path, [[body_at((0, 0, 4), error=(0, 0.03, 0.3))]],
                       [[body_at((0, 0, 4))]])
    assert report['mpjpe_mm']['mean'] == pytest.approx(0, abs=1e-3)
    assert report['root']['along_bias_m'] == pytest.approx(0.3)
    assert report['root']['along_percent']['median'] == pytest.approx(7.5)
    assert report['root']['across_m']['mean'] == pytest.approx(0.03)
    # 9.09 squared deviations of 0.1 m
    assert report['covariance']['coverage_95'] == 0


def test_a_missed_person_counts_against_pck(tmp_path):
    true = [[body_at((0, 0, 4))]] * 4
    report = report_of(tmp_path, [*true[:3], []], true)
    assert report['detection_rate'] == 0.75
    assert report['pck']['mean'] == 0.75
    assert report['mpjpe_mm']['mean'] == pytest.approx(0, abs=1e-3)


def test_the_fully_visible_are_reported_beside_all(tmp_path):
    near, far = body_at((-1, 0, 4), 'near'), body_at((1, 0, 6), 'far')
    true = tmp_path / 'truth.jsonl'
    written(true, [[near, far]] * 4)
    marked = [json.loads(line) for line in true.read_text().splitlines()]
    for frame, record in enumerate(marked):
        for body in record['bodies']:
            body['fully_visible'] = body['id'] == 'near' or frame == 3
    true.write_text(''.join(json.dumps(record) + '\n' for record in marked))
    seen = written(tmp_path / 'predictions.jsonl', [[near], [near], [far], [near, far]])
    report = evaluate(seen, predictions.read(true), CAMERA)
    assert report['detection_rate'] == report['pck']['mean'] == 5 / 8
    assert report['fully_visible_detection_rate'] == report['pck']['fully_visible'] == 4 / 5
    assert table(report).count('fully visible persons') == 2
    silent = report_of(tmp_path, [[near]], [[near]])
    assert silent['fully_visible_detection_rate'] is silent['pck']['fully_visible'] is None
    assert 'fully visible' not in table(silent)


def test_switched_ids_and_bystanders(tmp_path):
    here, there = (-0.6, 0, 4), (0.6, 0, 4)
    true = [[body_at(here, 'anna'), body_at(there, 'ben')]] * 3
    stranger = body_at((0, 0, 9), 'c3')
    frames = [
        [body_at(here, 'a1'), body_at(there, 'b2')],
        [body_at(there, 'a1'), body_at(here, 'b2'), stranger],
        [body_at(there, 'a1'), body_at(here, 'b2'), stranger],
    ]
    report = report_of(tmp_path, frames, true)
    assert report['detection_rate'] == 1
    assert report['id_switches'] == 2  # one each
    assert report['mota'] == pytest.approx(1 - (0 + 2 + 2) / 6, rel=1e-5)
    # the best one body each is right in two of three frames; 6 true persons, 8 bodies
    assert report['idf1'] == pytest.approx(2 * 4 / (6 + 8), rel=1e-5)
    assert report['persons']['anna']['ids'] == ['a1', 'b2']
    assert (report['extra_bodies'], report['frames_with_extra_bodies']) == (2, 2)


def test_unknown_joints_are_reported(tmp_path):
    body = body_at((0, 0, 4))
    body.joints[[BODY_16.index(name) for name in ('left_wrist', 'left_elbow', 'nose')]] = np.nan
    report = report_of(tmp_path, [[body]], [[body_at((0, 0, 4))]])
    assert report['unknown_joints'] == pytest.approx(2 / 12, rel=1e-4)
    assert report['mpjpe_by_joint_mm']['left_wrist'] is None
    assert report['mpjpe_mm']['mean'] == pytest.approx(0, abs=1e-3)


def test_files_that_do_not_belong_together(tmp_path):
    true = [[body_at((0, 0, 4))]]
    with pytest.raises(ValueError, match='none of the 1 predicted bodies'):
        report_of(tmp_path, [[body_at((2, 0, 8))]], true)
    with pytest.raises(ValueError, match='not made with this camera'):
        report_of(tmp_path, [[body_at((0, 0, 4), error=(2, 0, 0))]], true)
    with pytest.raises(ValueError, match='no true person lies in the picture'):
        report_of(tmp_path, true, [[body_at((9, 0, 4))]])
    with pytest.raises(ValueError, match='frames 0 to 0 against 1 to 1'):
        recording = written(tmp_path / 'predictions.jsonl', true)
        evaluate(recording, recording.shifted(-1), CAMERA)


def test_no_common_joints(tmp_path):
    path = tmp_path / 'predictions.jsonl'
    path.write_text('{"frame": 0, "stamp": 0, "bodies": [{"id": "a", "joints": {"tail": null}}]}')
    truth = written(tmp_path / 'truth.jsonl', [[body_at((0, 0, 4))]])
    with pytest.raises(ValueError, match='the predictions hold none of the joints.*given tail'):
        evaluate(predictions.read(path), truth, CAMERA)


def test_no_body_at_all_is_a_report(tmp_path):
    report = report_of(tmp_path, [[], []], [[body_at((0, 0, 4))]] * 2)
    assert report['detection_rate'] == 0
    assert set(report['mpjpe_mm'].values()) == {None}


def test_the_command_prints_and_writes(tmp_path, capsys):
    written(tmp_path / 'predictions.jsonl', [[body_at((0, 0, 4))], [body_at((0, 0, 5))]])
    (tmp_path / 'camera.yaml').write_text(CALIBRATION_FILE)
    table_file(tmp_path / 'truth.csv')
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    out = tmp_path / 'out' / 'metrics.json'
    args = parser.parse_args([
        f'--predictions={tmp_path / "predictions.jsonl"}', f'--camera={tmp_path / "camera.yaml"}',
        f'--truth={tmp_path / "truth.csv"}', '--truth-offset=1', f'--out={out}'])
    assert command.main(args) == 0
    printed = capsys.readouterr().out
    assert 'MPJPE                   mm                0.000    0.000' in printed
    assert 'detection rate                            1.000' in printed
    report = json.loads(out.read_text())
    assert (report['frames'], report['frames_of_truth']) == (2, 3)
    assert report['mpjpe_by_joint_mm']['left_hip'] == pytest.approx(0, abs=1e-3)
    assert report['mpjpe_by_joint_mm']['left_wrist'] is None  # not in that table


def test_a_table_of_the_wrong_view_says_so(tmp_path):
    body = body_at((0, 0, 4))
    body.keypoints[:] += [40, 0]  # more than 0.2 of the torso, less than the gate
    report = report_of(tmp_path, [[body]], [[body_at((0, 0, 4))]])
    assert 'same clip' in table(report)
    assert 'same clip' not in table(report_of(tmp_path, [[body_at((0, 0, 4))]],
                                              [[body_at((0, 0, 4))]]))

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The command `pose3d run`: what it writes, the same each time, and one line where it cannot."""
import json

from engine_fixtures import DATA
import numpy as np
from pose3d_ros.cli import main
from pose3d_ros.clip import Clip, ClipError, ClipWriter
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.evaluation import predictions
from pose3d_ros.inference import EngineError, find_engine
import pytest

VIEW = DATA / 'video' / 'balancing' / 'cam02'
FRAMES = 8
SMALL = 'tinypose-128x96'


@pytest.fixture(scope='module')
def clip(tmp_path_factory):
    """Return the path of the first frames of a clip of a person, or skip the test."""
    try:
        for name in ('person-192', SMALL):
            find_engine(name)
        whole = Clip(VIEW.with_suffix('.mp4'), 540, 960)
    except (EngineError, ClipError) as error:
        pytest.skip(f'{error}; set POSE3D_DATA and call make setup')
    path = tmp_path_factory.mktemp('run') / 'short.mp4'
    writer = ClipWriter(path, whole.rate)
    for _, (_, image) in zip(range(FRAMES), whole):
        writer.write(image)
    writer.close()
    return path


@pytest.fixture
def run(clip, tmp_path):
    """Return a function that calls `pose3d run` on the short clip: (exit code, output's path)."""
    def _run(*more, out='out.jsonl', **changed):
        options = {'video': clip, 'camera': VIEW.with_suffix('.yaml'), 'heatmap': SMALL,
                   'out': tmp_path / out} | changed
        words = [word for name, value in options.items() for word in (f'--{name}', str(value))]
        return main(['run', *words, *more]), options['out']
    return _run


def test_a_line_for_each_frame_in_the_promised_form(run, capsys):
    code, out = run()
    assert code == 0
    assert f'{FRAMES - 1} of {FRAMES} frames show somebody: {out}' in capsys.readouterr().out
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert [record['frame'] for record in records] == list(range(FRAMES))
    stamps = [record['stamp'] for record in records]
    np.testing.assert_allclose(stamps, np.arange(FRAMES) / 60, atol=1e-3)
    for record in records:
        for body in record['bodies']:
            assert set(body['keypoints']) <= set(COCO_17.points)
            for group in ('joints', 'scores', 'covariance'):
                assert tuple(body[group]) == BODY_16.points
            assert all(len(point) == 3 for point in body['keypoints'].values())
            assert all(joint is None or len(joint) == 3 for joint in body['joints'].values())
            assert all(cov is None or len(cov) == 6 for cov in body['covariance'].values())
    assert len(predictions.read(out).frames) == FRAMES  # the reader reads it


def test_the_person_is_a_few_metres_away_with_the_head_up(run):
    _, out = run()
    for line in out.read_text().splitlines()[1:]:  # a body is found twice before it is one
        joints = json.loads(line)['bodies'][0]['joints']
        assert 2 < joints['pelvis'][2] < 8
        assert joints['head'][1] < joints['pelvis'][1] < joints['left_ankle'][1]  # y is down


def test_the_same_bytes_each_time(run):
    one, other = (run(out=name)[1].read_bytes() for name in ('one.jsonl', 'other.jsonl'))
    assert one == other


def test_what_is_foreseen_can_be_written_as_well(run):
    code, out = run('--horizon', '0.1')
    assert code == 0
    read = predictions.read(out)
    assert read.foreseen.stamps[0] == pytest.approx(read.stamps[0] + 0.1)
    now, later = (each.frames[FRAMES - 1] for each in (read, read.foreseen))
    assert now.ids == later.ids
    moved = np.linalg.norm(later.joints - now.joints, axis=-1)
    assert 0 < np.nanmax(moved) < 1  # m
    assert (later.source[later.source > 0] == 1).all()  # predicted


def test_the_overlay_shows_the_skeleton(run, clip, tmp_path):
    code, _ = run('--overlay', str(tmp_path / 'overlay.mp4'))
    assert code == 0
    before, after = (list(Clip(path)) for path in (clip, tmp_path / 'overlay.mp4'))
    assert len(after) == len(before)
    changed = np.abs(after[3][1].astype(int) - before[3][1]).max(axis=-1) > 60
    assert 200 < changed.sum() < changed.size / 10


def test_parameters_count(run):
    _, out = run('--set', 'placement.height=2.5')
    tall = json.loads(out.read_text().splitlines()[1])['bodies'][0]['joints']['pelvis'][2]
    _, out = run('--set', 'placement.height=1.25')
    small = json.loads(out.read_text().splitlines()[1])['bodies'][0]['joints']['pelvis'][2]
    np.testing.assert_allclose(tall / small, 2, rtol=0.01)


def test_nobody_is_found_where_nothing_counts(run, capsys):
    code, out = run('--set', 'detection.min_score=1.0')
    assert code == 0 and f'0 of {FRAMES}' in capsys.readouterr().out
    assert all(json.loads(line)['bodies'] == [] for line in out.read_text().splitlines())


@pytest.mark.parametrize('changed, message', [
    ({'video': 'none.mp4'}, 'none.mp4: no such file'),
    ({'camera': 'none.yaml'}, 'none.yaml: cannot be read: No such file'),
    ({'detector': 'none'}, "no engine 'none'"),
    ({'heatmap': 'none.onnx'}, 'there is no engine file none.onnx'),
    ({'lifter': 'person-192'}, 'is a detector: expected a lifter'),
    ({'out': 'nowhere/out.jsonl'}, 'nowhere/out.jsonl'),
    ({'overlay': 'nowhere/out.mp4'}, 'nowhere/out.mp4: cannot be written'),
    ({'set': 'detection.every'}, '--set detection.every: expected NAME=VALUE'),
    ({'set': 'detection.evry=3'}, '--set detection.evry=3: expected NAME=VALUE, NAME one of'),
    ({'set': 'detection.every=often'}, "detection.every: expected int, 'often' given"),
    ({'set': 'detection.every=0'}, 'detection.every: expected 1 to 1000 frames, 0 given'),
    ({'set': 'camera.transport=tape'}, 'camera.transport: expected one of'),
    ({'horizon': '-1'}, '--horizon: expected seconds, 0 or more, -1.0 given'),
    ({'set': 'output.tf=1'}, "output.tf: expected bool, '1' given"),
])
def test_what_is_wrong_is_said_in_one_line(run, capsys, changed, message):
    code, out = run(**changed)
    output, errors = capsys.readouterr()
    assert code == 2
    assert errors.startswith('pose3d: ') and errors.count('\n') == 1
    assert message in errors


def test_a_calibration_of_another_shape_is_refused(run, capsys, tmp_path):
    text = VIEW.with_suffix('.yaml').read_text()
    wide = tmp_path / 'wide.yaml'
    wide.write_text(text.replace('image_width: 1080', 'image_width: 1920')
                    .replace('image_height: 1920', 'image_height: 1080'))
    code, out = run(camera=wide)
    assert code == 2 and not out.exists()
    errors = capsys.readouterr().err
    assert '1920 x 1080 pixels, the image has 540 x 960' in errors and errors.count('\n') == 1


def test_a_truncated_engine_is_refused(run, capsys, tmp_path):
    torn = tmp_path / 'torn.onnx'
    torn.write_bytes(find_engine('residual').read_bytes()[:100000])
    assert run(lifter=torn)[0] == 2
    errors = capsys.readouterr().err
    assert 'torn.onnx' in errors and errors.count('\n') == 1


def test_a_floor_needs_a_camera_whose_place_is_known(run, capsys, tmp_path):
    text = VIEW.with_suffix('.yaml').read_text()
    nowhere = tmp_path / 'nowhere.yaml'
    nowhere.write_text(text[:text.index('camera_from_world')])
    assert run('--floor', camera=nowhere)[0] == 2
    errors = capsys.readouterr().err
    assert 'nowhere.yaml does not say where the camera stands' in errors
    assert errors.count('\n') == 1

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The command pose3d train: what it refuses, and a whole run on motions made up here."""
import argparse
import json
import sys

import numpy as np
from pose3d_ros.commands import train
import pytest


def arguments(*words):
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    return parser.parse_args(['lifter', *map(str, words)])


def write_walker(path, seed):
    """Write a BVH file of the CMU kind: a body that waves its limbs, 30 frames."""
    random = np.random.default_rng(seed)
    arm = ('Shoulder', (8, 30, 0)), ('Elbow', (0, -16, 0)), ('Wrist', (0, -15, 0))
    leg = ('Hip', (6, 0, 0)), ('Knee', (0, -24, 0)), ('Ankle', (0, -24, 0))
    lines, joints = ['HIERARCHY', 'ROOT Hips', '{', 'OFFSET 0 0 0', 'CHANNELS 6 Xposition '
                     'Yposition Zposition Zrotation Yrotation Xrotation'], 1
    for chain in (arm, leg):
        for side, sign in (('Left', 1), ('Right', -1)):
            for name, (x, y, z) in chain:
                lines += [f'JOINT {side}{name}', '{', f'OFFSET {sign * x} {y} {z}',
                          'CHANNELS 3 Zrotation Yrotation Xrotation']
            lines += ['End Site', '{', 'OFFSET 0 -5 0', '}', *'}}}']
            joints += 3
    lines += ['JOINT Head', '{', 'OFFSET 0 36 0', 'CHANNELS 3 Zrotation Yrotation Xrotation',
              'End Site', '{', 'OFFSET 0 8 0', *'}}}']
    angles = 20 * np.sin(random.uniform(0, 6, 3 * (joints + 1))
                         + np.linspace(0, 3, 30)[:, None])
    rows = np.hstack([np.tile([0, 50, 0], (30, 1)), angles])
    lines += ['MOTION', 'Frames: 30', 'Frame Time: 0.033333']
    path.write_text('\n'.join(lines + [' '.join(f'{v:.4f}' for v in row) for row in rows]))


def test_training_without_pytorch_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, 'torch', None)
    with pytest.raises(ValueError, match='pip install torch'):
        train.main(arguments('--mocap', tmp_path, '--out', tmp_path / 'a.onnx'))


@pytest.fixture
def extras():
    for name in ('torch', 'onnx', 'onnxruntime', 'tqdm'):
        pytest.importorskip(name, reason=f'{name} is not installed: it is needed to train')


@pytest.mark.parametrize('words, message', [
    (('--mapping', 'no_such.yaml'), 'no_such.yaml: cannot be read'),
    ((), r'no \.bvh or \.amc files here'),
    (('--steps', 0), 'must be positive'),
    (('--minutes', 0), 'must be positive'),
])
def test_refusals(extras, tmp_path, words, message):
    with pytest.raises(ValueError, match=message):
        (tmp_path / '04_01.bvh').write_text('x') if '--mapping' in words else None
        train.main(arguments('--mocap', tmp_path, '--out', tmp_path / 'a.onnx', *words))


def test_broken_and_foreign_files_are_named_and_left_out(extras, tmp_path, monkeypatch):
    from pose3d_ros.training.poses import load_poses

    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    folder = tmp_path / 'mocap'
    folder.mkdir()
    (folder / '04_01.bvh').write_text('not a motion')
    (folder / '04_02.amc').write_text('1\nroot 0')
    with pytest.raises(ValueError, match='no usable poses(.|\n)*04_01.bvh: not a BVH file'
                                         '(.|\n)*04_02.amc: no .asf skeleton beside it'):
        load_poses(folder, 120.0)
    write_walker(folder / '04_03.bvh', 1)
    poses = load_poses(folder, 120.0)
    assert len(poses.points) == 30 and set(poses.subjects) == {'4'}
    assert len(poses.report) == 2
    again = load_poses(folder, 120.0)  # from the cache
    assert np.array_equal(again.points, poses.points) and again.report == poses.report


def test_a_copy_without_a_number_stays_with_its_subject(extras, tmp_path, monkeypatch):
    from pose3d_ros.training.poses import load_poses

    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    write_walker(tmp_path / '07_01.bvh', 1)
    write_walker(tmp_path / 'a_copy.bvh', 1)
    poses = load_poses(tmp_path, 120.0)
    assert set(poses.subjects) == {'7'}
    training, held_out = poses.split(['7'])
    assert len(training.points) == 0 and len(held_out.points) == 60


@pytest.fixture
def mocap(extras, tmp_path, monkeypatch):
    """Return a folder of three people's motions."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    for i in (1, 2, 3):
        write_walker(tmp_path / f'0{i}_01.bvh', i)
    return tmp_path


def made(mocap, name, *words):
    """Train a little; return the engine file."""
    words = ('--mocap', mocap, '--out', mocap / name, '--steps', 2, '--held-out', '2,3', *words)
    assert train.main(arguments(*words)) == 0
    return mocap / name


def test_same_seed_same_engine(mocap, capsys):
    assert made(mocap, 'a.onnx').read_bytes() == made(mocap, 'b.onnx').read_bytes()
    assert '| true 2D, gravity |' in capsys.readouterr().out
    with pytest.raises(ValueError, match="held out .*expected some but not all of .*'1'"):
        made(mocap, 'a.onnx', '--held-out', '9')


def test_training_goes_on_where_it_stopped(mocap):
    with pytest.raises(ValueError, match='a.training.pt: nothing to resume'):
        made(mocap, 'a.onnx', '--resume')
    made(mocap, 'a.onnx', '--steps', 1)
    again = made(mocap, 'a.onnx', '--steps', 3, '--resume')
    import onnx
    source = {p.key: p.value for p in onnx.load(again).metadata_props}['source']
    assert source.endswith('3 steps')
    with pytest.raises(ValueError, match='not of this kind of lifter'):
        made(mocap, 'a.onnx', '--kind', 'temporal', '--resume')


@pytest.mark.parametrize('kind, window', [('temporal', 4), ('structured', 1), ('matching', 1)])
def test_every_kind_becomes_an_engine_file(mocap, monkeypatch, kind, window):
    from pose3d_ros import inference
    from pose3d_ros.inference.trial import try_engine
    from pose3d_ros.training import matching

    monkeypatch.setattr(matching, 'SIZE', 512)
    engine = inference.load(made(mocap, f'{kind}.onnx', '--kind', kind), 'lifter')
    assert (engine.facts.name, engine.facts.window) == (kind, window)
    outputs, _ = try_engine(engine, calls=1)
    assert np.isfinite(outputs['joints']).all()
    assert outputs['sigma'].shape == outputs['depth_sigma'].shape == (1, 16)


FOREIGN = """name: foreign
sides: [Left, Right]
limbs: ['*Shoulder', '*Elbow', '*Hand', '*Hip', '*Knee', '*Ankle']
skull: Skull
head: Skull
ears: [0.0, 0.03]
"""


def test_a_foreign_skeleton_is_read_with_a_mapping(mocap):
    from pose3d_ros.training.poses import load_poses

    for path in mocap.glob('*.bvh'):
        path.write_text(path.read_text().replace('Wrist', 'Hand').replace('Head', 'Skull'))
    with pytest.raises(ValueError, match="nearest is 'cmu', which also needs.*'LeftWrist'"):
        load_poses(mocap, 120.0)
    mapping = mocap / 'foreign.yaml'
    mapping.write_text(FOREIGN)
    assert len(load_poses(mocap, 120.0, mapping).points) == 90
    mapping.write_text(FOREIGN.replace('Skull', 'Crown'))
    with pytest.raises(ValueError, match=r"nearest is 'foreign', which also needs \['Crown'\]"):
        load_poses(mocap, 120.0, mapping)


@pytest.mark.parametrize('old, new, message', [
    ('ears: [0.0, 0.03]', '', "expected the fields .*'ears'"),
    ('[0.0, 0.03]', '[near, far]', 'ears: expected two numbers'),
    ("'*Ankle'", "'*Ankle', '*Toe'", 'limbs: expected a list of 6'),
    ('name: foreign', 'name: [', 'cannot be read'),
])
def test_bad_mappings_are_refused(extras, tmp_path, old, new, message):
    from pose3d_ros.mocap.mapping import read_family

    path = tmp_path / 'mapping.yaml'
    path.write_text(FOREIGN.replace(old, new))
    with pytest.raises(ValueError, match=f'mapping.yaml: {message}'):
        read_family(path)


def test_suite_compares_lifters_on_the_people_held_out(mocap, capsys):
    from pose3d_ros.commands import suite

    engines = [made(mocap, 'one.onnx'), made(mocap, 'two.onnx', '--kind', 'temporal')]
    parser = argparse.ArgumentParser()
    suite.add_arguments(parser)
    capsys.readouterr()
    args = parser.parse_args([
        '--lifters', *map(str, engines), '--mocap', str(mocap), '--held-out', '2,3',
        '--out', str(mocap / 'suite.json')])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('pose3d_ros.training.trials.SECONDS', 0.6)
        patch.setattr('pose3d_ros.training.trials.PEOPLE', 3)
        assert suite.main(args) == 0
    out = capsys.readouterr().out
    for words in ('| followed at 5 Hz | MPJPE | MPJVE |', '| true 2D, gravity |', 'Human3.6M',
                  '| people, noisy 2D | 2 | 3 | mean of people |'):
        assert words in out
    results = json.loads((mocap / 'suite.json').read_text())
    assert set(results) == {'one', 'two'}
    assert all(np.isfinite(list(row.values())).all() for row in results['two'].values())

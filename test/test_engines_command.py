# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`pose3d engines` and the command line around it."""
import os
import subprocess
import sys

from engine_fixtures import heatmap_engine, heatmaps, network, real_network, save
import onnx
from pose3d_ros import cli, inference
from pose3d_ros.graphs.catalogue import read_catalogue
import pytest

SHARED = {'tinypose-256x192': 'tinypose_256x192', 'tinypose-128x96': 'tinypose_128x96',
          'person-192': 'person_192'}


@pytest.fixture
def user(tmp_path, monkeypatch):
    """Return the user's engine folder, which does not exist yet."""
    monkeypatch.setenv('POSE3D_ENGINES', str(tmp_path / 'engines'))
    return tmp_path / 'engines'


def run(capsys, *arguments):
    """Run the command line; return exit code, output lines, error text."""
    code = cli.main([str(each) for each in arguments])
    out, err = capsys.readouterr()
    return code, out.splitlines(), err


def test_import_makes_an_engine_file(capsys, tmp_path, user):
    model = save(network({'maps': heatmaps((20, 10))}), tmp_path / 'network.onnx')
    output = tmp_path / 'new' / 'mine.onnx'
    code, out, err = run(
        capsys, 'engines', 'import', model, '--kind', 'heatmap', '-o', output,
        '--mean', 1, 2, 3, '--std', 4, 5, 6, '--decoder', 'taylor', '--licence', 'MIT',
    )
    assert (code, err) == (0, '') and 'mine' in out[0]
    facts = inference.load(output, 'heatmap').facts
    assert (facts.name, facts.licence, facts.source) == ('mine', 'MIT', 'unknown')
    assert [path.name for path in output.parent.iterdir()] == ['mine.onnx']


def test_check_prints_facts_outputs_and_time(capsys, tmp_path, user):
    path = save(heatmap_engine(licence='MIT'), tmp_path / 'e.onnx')
    code, out, err = run(capsys, 'engines', 'check', path)
    assert (code, err) == (0, '')
    table = {line.split()[0]: line.split()[1:] for line in out}
    assert table['kind'] == ['heatmap'] and table['size'] == ['256x192']
    assert table['keypoints'] == ['coco_17'] and table['licence'] == ['MIT']
    assert table['time'][1:4] == ['ms', 'a', 'call,']


def test_list_shows_engines_broken_ones_and_the_catalogue(capsys, user):
    user.mkdir()
    save(heatmap_engine(licence='MIT'), user / 'mine.onnx')
    (user / 'broken.onnx').write_bytes(b'?')
    code, out, err = run(capsys, 'engines', 'list')
    assert (code, err) == (0, '')
    rows = {line.split()[0]: line for line in out if line}
    assert rows['mine'].split()[1:5] == ['heatmap', '256x192', 'coco_17', 'MIT']
    assert 'truncated or not an ONNX file' in rows['broken']
    assert 'tinypose-256x192' in out[-1]


@pytest.mark.parametrize('name', SHARED)
def test_add_imports_by_the_catalogue(capsys, user, name):
    code, out, err = run(capsys, 'engines', 'add', name, '--from', real_network(SHARED[name]))
    assert (code, err) == (0, '')
    facts = inference.load(name).facts
    assert (facts.name, facts.licence, facts.path) == (name, 'Apache-2.0', user / f'{name}.onnx')
    assert run(capsys, 'engines', 'check', name)[0] == 0


def test_add_refuses_another_file_unless_forced(capsys, tmp_path, user):
    model = save(network({'maps': heatmaps((20, 10))}), tmp_path / 'network.onnx')
    code, out, err = run(capsys, 'engines', 'add', 'tinypose-256x192', '--from', model)
    assert code == 2 and 'not the file of the catalogue: expected sha256' in err
    assert not user.exists()
    forced = run(capsys, 'engines', 'add', 'tinypose-256x192', '--from', model, '--force')
    assert forced[0] == 0 and inference.load('tinypose-256x192').facts.padding == 1.25


@pytest.mark.parametrize(('arguments', 'message'), [
    (['check', 'nothing'], "no engine 'nothing'"),
    (['add', 'nothing', '--from', 'x'], "'nothing' is not in the catalogue: expected one of"),
    (['add', 'person-192', '--from', 'x.onnx'], 'No such file'),
    (['import', 'x.onnx', '--kind', 'heatmap', '-o', 'y.onnx'], 'No such file'),
    (['import', __file__, '--kind', 'heatmap', '-o', 'y.onnx'], 'truncated or not an ONNX file'),
])
def test_errors_are_one_line_and_code_2(capsys, user, arguments, message):
    code, out, err = run(capsys, 'engines', *arguments)
    assert (code, out) == (2, [])
    assert err.startswith('pose3d: ') and message in err and err.count('\n') == 1


def test_import_refuses_what_does_not_fit_and_keeps_the_old_file(capsys, tmp_path, user):
    model = save(network({'maps': heatmaps((1, 1))}, batch=1), tmp_path / 'network.onnx')
    output = save(heatmap_engine(), tmp_path / 'old.onnx')
    before = output.read_bytes()
    code, out, err = run(capsys, 'engines', 'import', model, '--kind', 'heatmap', '-o', output)
    assert code == 2 and f'{model} cannot be imported: expected a free batch size' in err
    assert output.read_bytes() == before


def test_every_catalogue_entry_makes_sense():
    entries = read_catalogue(inference.package_folder() / 'catalogue.yaml')
    assert {name for name, entry in entries.items() if entry.tried} == set(SHARED)
    for name, entry in entries.items():
        assert entry.recipe.name == name and entry.recipe.licence == 'Apache-2.0'
        assert entry.recipe.source.startswith('https://') and entry.recipe.size
        assert entry.sha256 is None or len(entry.sha256) == 64


@pytest.mark.parametrize(('entry', 'message'), [
    ('{recipe: {kind: heatmap}, source: s}', "entry 'x': .*licence"),
    ('{recipe: {kind: heatmap, colour: red}, source: s, licence: l}', 'colour'),
    ('{recipe: {kind: oracle}, source: s, licence: l}', 'oracle'),
])
def test_catalogue_errors_name_the_entry(tmp_path, entry, message):
    path = tmp_path / 'catalogue.yaml'
    path.write_text(f'x: {entry}')
    with pytest.raises(ValueError, match=message):
        read_catalogue(path)


def test_only_the_chosen_command_is_imported():
    code = ("import sys; from pose3d_ros import cli; cli.main(['engines', 'list']); "
            "sys.exit(any(name in sys.modules for name in "
            "('onnx', 'onnxruntime', 'rclpy', 'cv2', 'pose3d_ros.commands.run')))")
    subprocess.run([sys.executable, '-c', code], check=True, stdout=subprocess.DEVNULL)


def test_a_command_that_cannot_be_imported_breaks_no_other(capsys, user, monkeypatch):
    monkeypatch.setitem(sys.modules, 'pose3d_ros.commands.train', None)
    code, out, err = run(capsys, 'train')
    assert code == 2 and err.startswith('pose3d: ')
    assert run(capsys, 'engines', 'list')[0] == 0


def test_interruption_is_quiet(capsys, user, monkeypatch):
    def interrupt(args):
        raise KeyboardInterrupt

    monkeypatch.setattr('pose3d_ros.commands.engines.main', interrupt)
    assert run(capsys, 'engines', 'list') == (130, [], '')


def test_a_reader_that_leaves_is_no_error(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, '-m', 'pose3d_ros.cli', 'engines', 'list'],
                          stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b'')


@pytest.mark.parametrize('arguments', [[], ['nonsense'], ['engines'], ['engines', 'check']])
def test_wrong_usage_exits_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 2 and 'usage: pose3d' in capsys.readouterr().err


def test_an_engine_is_self_contained_and_checked(capsys, tmp_path, user):
    model = save(network({'maps': heatmaps((20, 10))}, opset=11), tmp_path / 'old.onnx')
    output = tmp_path / 'new.onnx'
    assert run(capsys, 'engines', 'import', model, '--kind', 'heatmap', '-o', output)[0] == 0
    engine = onnx.load(output, load_external_data=False)
    onnx.checker.check_model(engine, full_check=True)
    assert not any(weight.external_data for weight in engine.graph.initializer)

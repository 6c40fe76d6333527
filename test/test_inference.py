# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Engine files: facts, names, calls, and what happens to broken ones."""
from pathlib import Path
import subprocess
import sys

from engine_fixtures import gaussian, heatmap_engine, heatmaps, network, REAL, real_network, save
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from onnx import helper, TensorProto
from pose3d_ros import inference
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.graphs.importing import import_network
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.graphs.saving import read_network
from pose3d_ros.inference import EngineError
from pose3d_ros.inference.trial import check_same, try_engine
import pytest

CROPS = np.zeros((2, 256, 192, 3), np.uint8)


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Return the user's and the package's engine folder, both empty."""
    user, package = tmp_path / 'user', tmp_path / 'package'
    user.mkdir(), package.mkdir()
    monkeypatch.setenv('POSE3D_ENGINES', str(user))
    monkeypatch.setattr('pose3d_ros.inference.folders.package_folder', lambda: package)
    return user, package


@pytest.fixture
def engine(tmp_path):
    """Return a loaded heatmap engine."""
    return inference.load(save(heatmap_engine(), tmp_path / 'test.onnx'), 'heatmap')


def lifter(**changes):
    """Return a lifter that gives zeros."""
    info, floats = helper.make_tensor_value_info, TensorProto.FLOAT
    nodes = [
        helper.make_node('ReduceSum', ['gravity'], ['sum'], keepdims=0),
        helper.make_node('Constant', [], ['joints'], value=helper.make_tensor(
            'j', floats, (1, 16, 3), np.zeros(48, np.float32))),
        helper.make_node('Constant', [], ['sigma'], value=helper.make_tensor(
            's', floats, (1, 16), np.ones(16, np.float32))),
    ]
    graph = helper.make_graph(
        nodes, 'lifter',
        [info('keypoints', floats, ('B', 1, 17, 2)), info('scores', floats, ('B', 1, 17)),
         info('gravity', floats, ('B', 3))],
        [info('joints', floats, (1, 16, 3)), info('sigma', floats, (1, 16))],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    facts = {'contract': '1', 'kind': 'lifter', 'name': 'zero', 'keypoints': 'coco_17',
             'joints': 'body_16', 'window': '1', 'stature': '1.7'} | changes
    helper.set_model_props(model, facts)
    return model


def test_facts_of_a_heatmap_engine(engine, tmp_path):
    facts = engine.facts
    assert (facts.kind, facts.name, facts.size, facts.padding) == (
        'heatmap', 'test', (256, 192), 1.25)
    assert facts.keypoints is COCO_17
    assert (facts.joints, facts.window, facts.stature) == (None, None, None)
    assert facts.path == tmp_path / 'test.onnx'


def test_facts_of_a_lifter(tmp_path):
    engine = inference.load(save(lifter(), tmp_path / 'l.onnx'), 'lifter')
    assert (engine.facts.joints, engine.facts.window, engine.facts.stature) == (BODY_16, 1, 1.7)
    assert engine.facts.size is None
    outputs, seconds = try_engine(engine, calls=2)
    assert outputs['sigma'].shape == (1, 16) and seconds > 0


def test_a_call_gives_named_arrays(engine):
    out = engine(crops=CROPS)
    assert {name: array.shape for name, array in out.items()} == {
        'keypoints': (2, 17, 2), 'scores': (2, 17), 'spread': (2, 17, 2, 2)}
    assert all(array.dtype == np.float32 for array in out.values())


@pytest.mark.parametrize(('arrays', 'message'), [
    ({}, r"expects inputs \['crops'\], given \[\]"),
    ({'image': CROPS}, r"expects inputs \['crops'\], given \['image'\]"),
    ({'crops': CROPS.astype(np.float32)},
     r"'crops' of test: expected uint8 \(B, 256, 192, 3\), given float32 \(2, 256, 192, 3\)"),
    ({'crops': CROPS[0]}, r'given uint8 \(256, 192, 3\)'),
    ({'crops': CROPS.transpose(0, 2, 1, 3)}, r'given uint8 \(2, 192, 256, 3\)'),
    ({'crops': CROPS[:0]}, r'given uint8 \(0, 256, 192, 3\)'),
    ({'crops': None}, 'given no array'),
])
def test_a_call_that_does_not_fit_names_the_tensor(engine, arrays, message):
    with pytest.raises(EngineError, match=message):
        engine(**arrays)


def test_inputs_of_a_call_must_agree_on_the_batch(tmp_path):
    engine = inference.load(save(lifter(), tmp_path / 'l.onnx'))
    with pytest.raises(EngineError, match=r"'scores' of zero: expected float32 \(2, 1, 17\)"):
        engine(keypoints=np.zeros((2, 1, 17, 2), np.float32),
               scores=np.zeros((3, 1, 17), np.float32), gravity=np.zeros((2, 3), np.float32))


@pytest.mark.parametrize(('changes', 'message'), [
    ({'window': '4'}, "window of 4 frames and lacks 'interval'"),
    ({'window': '4', 'interval': '0'}, "bad 'interval' .* positive"),
    ({'window': '4', 'interval': '0.1'}, r"'keypoints' .* expected float32 \(B, 4, 17, 2\)"),
    ({'joints': 'body_15'}, "bad 'joints' .* unknown skeleton 'body_15'"),
    ({'keypoints': 'body_16'}, r"'keypoints' .* expected float32 \(B, 1, 16, 2\)"),
])
def test_lifters_with_another_window_or_skeleton_are_refused(tmp_path, changes, message):
    with pytest.raises(EngineError, match=message):
        inference.load(save(lifter(**changes), tmp_path / 'l.onnx'), 'lifter')


@pytest.mark.parametrize(('metadata', 'message'), [
    ({'contract': None}, "is not an engine file: import it with 'pose3d engines import'"),
    ({'contract': '2'}, 'has contract 2: expected 1'),
    ({'kind': 'oracle'}, "unknown kind 'oracle': expected one of"),
    ({'keypoints': 'coco_18'}, "bad 'keypoints' .* unknown skeleton 'coco_18'"),
    ({'keypoints': None}, "lacks 'keypoints'"),
    ({'size': None}, "lacks 'size'"),
    ({'size': '256'}, "bad 'size'"),
    ({'size': '-1 5'}, "bad 'size' .* positive"),
    ({'padding': 'much'}, "bad 'padding'"),
    ({'padding': 'nan'}, "bad 'padding' .* positive"),
    ({'size': '128 96'}, r"'crops' .* expected uint8 \(B, 128, 96, 3\)"),
    ({'kind': 'lifter', 'joints': 'body_16', 'window': '1', 'stature': '1.7'},
     "no tensor 'keypoints', which a lifter must have"),
])
def test_engine_files_with_wrong_facts_are_refused(tmp_path, metadata, message):
    path = save(heatmap_engine(**metadata), tmp_path / 'broken.onnx')
    with pytest.raises(EngineError, match=message) as caught:
        inference.load(path)
    assert str(path) in str(caught.value) and '\n' not in str(caught.value)


def test_an_engine_of_another_kind_is_refused(tmp_path):
    path = save(heatmap_engine(), tmp_path / 'h.onnx')
    with pytest.raises(EngineError, match='is a heatmap: expected a detector'):
        inference.load(path, 'detector')


def test_a_plain_network_is_no_engine(tmp_path):
    path = save(network({'maps': heatmaps((1, 1))}), tmp_path / 'network.onnx')
    with pytest.raises(EngineError, match='not an engine file'):
        inference.load(path)


@pytest.mark.parametrize('content', [b'', b'\x00' * 100, b'hello\n' * 100, b'\x89PNG\r\n\x1a\n'])
def test_files_that_are_no_onnx_are_refused(tmp_path, content):
    path = tmp_path / 'file.onnx'
    path.write_bytes(content)
    with pytest.raises(EngineError, match='truncated or not an ONNX file'):
        inference.load(path)


WHOLE = heatmap_engine().SerializeToString()


@settings(max_examples=60, deadline=None)
@given(length=st.integers(0, len(WHOLE) - 1))
def test_a_truncated_engine_is_always_one_clear_error(tmp_path_factory, length):
    path = tmp_path_factory.mktemp('cut') / 'cut.onnx'
    path.write_bytes(WHOLE[:length])
    with pytest.raises(EngineError) as caught:
        inference.load(path)
    assert '\n' not in str(caught.value)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_one_clear_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp('bytes') / 'bytes.onnx'
    path.write_bytes(content)
    with pytest.raises(EngineError):
        inference.read_facts(path)


def test_names_are_found_in_the_users_folder_first(folders):
    user, package = folders
    save(heatmap_engine(name='ours'), package / 'one.onnx')
    assert inference.load('one').facts.name == 'ours'
    save(heatmap_engine(name='mine'), user / 'one.onnx')
    assert inference.load('one').facts.name == 'mine'
    assert inference.load(package / 'one.onnx').facts.name == 'ours'
    assert [path.parent for path in inference.engine_files()] == [user]


@pytest.mark.parametrize(('name', 'message'), [
    ('two', r"no engine 'two' \(known: one\): see 'pose3d engines list'"),
    ('two.onnx', 'there is no engine file two.onnx'),
    ('here/two', 'there is no engine file here/two'),
])
def test_unknown_names_say_what_is_known(folders, name, message):
    save(heatmap_engine(), folders[0] / 'one.onnx')
    with pytest.raises(EngineError, match=message):
        inference.load(name)


def test_the_users_folder_follows_xdg(monkeypatch):
    monkeypatch.delenv('POSE3D_ENGINES', raising=False)
    monkeypatch.setenv('XDG_DATA_HOME', '/data')
    assert inference.user_folder() == Path('/data/pose3d_ros/engines')
    monkeypatch.delenv('XDG_DATA_HOME')
    monkeypatch.setenv('HOME', '/home/me')
    assert inference.user_folder() == Path('/home/me/.local/share/pose3d_ros/engines')


def test_the_package_has_an_engine_folder():
    assert (inference.package_folder() / 'catalogue.yaml').is_file()


def run_without(modules, code, *arguments):
    """Run code in a new process where some modules cannot be imported."""
    block = f'import sys\nfor name in {modules}: sys.modules[name] = None\n'
    subprocess.run([sys.executable, '-c', block + code, *map(str, arguments)], check=True)


def test_facts_need_neither_onnx_nor_onnxruntime(tmp_path):
    path = save(heatmap_engine(), tmp_path / 'e.onnx')
    run_without(['onnx', 'onnxruntime', 'rclpy'], 'from pathlib import Path\n'
                'from pose3d_ros import inference\n'
                'assert inference.read_facts(Path(sys.argv[1])).kind == "heatmap"', path)


def test_running_an_engine_needs_no_onnx(tmp_path):
    path = save(heatmap_engine(), tmp_path / 'e.onnx')
    run_without(['onnx', 'yaml', 'rclpy'], 'from pose3d_ros import inference\n'
                'inference.load(sys.argv[1])', path)


def test_making_engines_needs_no_onnxruntime():
    run_without(['onnxruntime', 'rclpy'], 'import pose3d_ros.graphs.importing\n'
                'import pose3d_ros.graphs.catalogue')


def test_an_engine_that_gives_nan_fails_its_trial(tmp_path):
    maps = np.full((1, 17, 64, 48), np.nan)
    model = import_network(network({'maps': maps}), Recipe('heatmap', name='nan'))
    engine = inference.load(save(model, tmp_path / 'nan.onnx'))
    with pytest.raises(EngineError, match='of nan is not finite'):
        try_engine(engine)


def test_a_conversion_that_changes_results_is_noticed():
    first, second = (network({'maps': gaussian(x, 5)[None, None]}).SerializeToString()
                     for x in (5, 6))
    check_same(first, first)
    with pytest.raises(EngineError, match='changed the results'):
        check_same(first, second)


@pytest.mark.parametrize('name', REAL)
def test_threads_do_not_change_results(tmp_path, name):
    model = import_network(read_network(real_network(name)), REAL[name])
    path = save(model, tmp_path / 'e.onnx')
    one, two = (try_engine(inference.load(path, threads=threads), calls=1)[0]
                for threads in (1, 2))
    for output, array in one.items():
        assert two[output] == pytest.approx(array, abs=1e-2)

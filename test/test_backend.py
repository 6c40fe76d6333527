# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The choice of a backend, the check of results, the progress of a build, the commands."""
import sys

from engine_fixtures import heatmap_engine, real_network, save
from gpu_fixtures import config, fake_gpu, heatmap_model, MODELS
import numpy as np
from pose3d_ros import cli, inference
from pose3d_ros.graphs.half import to_half
from pose3d_ros.inference.backend import choose_backend
from pose3d_ros.inference.engine_cache import cache_folder, Entry
from pose3d_ros.inference.figure import person_inputs
from pose3d_ros.inference.progress import Progress
from pose3d_ros.inference.selfcheck import check_engine, difference
import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Give every test a cache of its own."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    return cache_folder()


@pytest.mark.parametrize(('version', 'environment', 'reason'), [
    ('10.3.0', {'FAKE_NO_DRIVER': 1}, 'pycuda finds no CUDA driver: libcuda.so.1: cannot open'),
    ('10.3.0', {'FAKE_DEVICES': 0}, 'the CUDA driver sees no GPU'),
    ('none', {}, "Python's tensorrt is not installed"),
    ('8.5.3.1', {}, 'TensorRT 8.5.3.1 is too old: 8.6 or later is needed'),
])
def test_what_is_missing_is_named(monkeypatch, version, environment, reason):
    with fake_gpu(monkeypatch, version, **environment):
        found = choose_backend('auto')
        assert (found.name, found.gpu) == ('onnxruntime', None)
        assert found.reason == f'no TensorRT, {reason}' or reason in found.reason
        with pytest.raises(inference.EngineError, match='cannot be used') as caught:
            choose_backend('tensorrt')
        text = str(caught.value)
        assert reason in text and 'JetPack 6 and 7' in text and 'desktop' in text
        assert choose_backend('onnxruntime').reason == 'asked for'


def test_a_driver_that_fails_is_no_driver(monkeypatch):
    with fake_gpu(monkeypatch, FAKE_FAIL_AT=1):
        assert choose_backend('auto').reason == (
            'no TensorRT, the CUDA driver refuses: fake failure in init')


def test_without_a_gpu_tensorrt_is_not_even_imported(monkeypatch):
    with fake_gpu(monkeypatch, FAKE_DEVICES=0):
        choose_backend('auto')
        assert 'tensorrt' not in sys.modules


def test_without_pycuda(monkeypatch):
    for name in ('pycuda', 'pycuda.driver'):
        monkeypatch.setitem(sys.modules, name, None)
    inference.cuda.find_gpu.cache_clear()
    assert 'pycuda' in choose_backend('auto').reason


def test_tensorrt_is_named_with_its_gpu(monkeypatch):
    with fake_gpu(monkeypatch, '11.4.0'):
        for wanted in ('auto', 'tensorrt'):
            found = choose_backend(wanted)
            assert str(found) == 'tensorrt: TensorRT 11.4.0 on Paper GPU'
        assert choose_backend('onnxruntime').gpu is None


def test_an_error_of_the_configuration_reaches_the_user(tmp_path):
    with pytest.raises(ValueError, match=r"inference.backend: expected one of \['auto'"):
        config(tmp_path, **{'inference.backend': 'cuda'})


@pytest.mark.parametrize('stage', MODELS)
def test_the_drawn_person_suits_every_kind(tmp_path, stage):
    engine = inference.load(save(MODELS[stage](), tmp_path / 'e.onnx'))
    batches = (1,) if stage == 'detection' else (1, 3)
    for batch in batches:
        out = engine(**person_inputs(engine.facts, batch))
        assert all(np.isfinite(array).all() for array in out.values())
    check_engine(engine, engine, batches)


@pytest.mark.parametrize('name', ['tinypose-256x192', 'tinypose-128x96', 'person-192'])
def test_networks_take_the_drawn_person_for_one(name):
    try:
        engine = inference.load(name)
    except inference.EngineError as error:
        pytest.skip(str(error))
    out = engine(**person_inputs(engine.facts, 1))
    scores = out['scores'] if engine.facts.kind == 'heatmap' else out['scores'].max()
    assert scores.min() > 0.5


def results(kind):
    """Return outputs of an engine of some kind."""
    random = np.random.default_rng(0)
    return {
        'heatmap': {'keypoints': 100 * random.random((2, 17, 2)), 'scores': np.full((2, 17), 0.9),
                    'spread': np.tile(np.eye(2), (2, 17, 1, 1))},
        'lifter': {'joints': random.random((2, 16, 3)), 'sigma': np.full((2, 16), 0.03)},
        'detector': {'boxes': 100 * random.random((8, 4)), 'scores': np.linspace(0.9, 0.1, 8)},
    }[kind]


@pytest.mark.parametrize(('kind', 'output', 'change', 'problem'), [
    ('heatmap', 'keypoints', lambda x: x + 0.4, ''),
    ('heatmap', 'keypoints', lambda x: x + 0.6, r"'keypoints' is off by 0.6 px, more than 0.5"),
    ('heatmap', 'scores', lambda x: x - 0.06, "'scores' is off by 0.06"),
    ('heatmap', 'spread', lambda x: x * 1.3, "'spread' is off by 0.3 px"),
    ('heatmap', 'keypoints', lambda x: x * np.nan, "'keypoints' is not finite"),
    ('heatmap', 'keypoints', lambda x: x[:1], 'has shape (1, 17, 2) instead of (2, 17, 2)'),
    ('lifter', 'joints', lambda x: x + 0.0019, ''),
    ('lifter', 'joints', lambda x: x + 0.0021, "'joints' is off by 0.0021 m, more than 0.002"),
    ('lifter', 'sigma', lambda x: x * 2, "'sigma' is off"),
    ('detector', 'boxes', lambda x: x + 0.4, ''),
    ('detector', 'boxes', lambda x: x + 1, 'is missing'),
    ('detector', 'scores', lambda x: x * 0, 'is missing'),
])
def test_tolerances(kind, output, change, problem):
    wanted = results(kind)
    given = wanted | {output: change(wanted[output])}
    found = difference(kind, given, wanted)
    assert problem in found if problem else not found


def test_what_is_not_seen_may_lie_anywhere():
    wanted, given = results('heatmap'), results('heatmap')
    wanted['scores'][0, 3] = given['scores'][0, 3] = 0.2
    given['keypoints'][0, 3] += 50
    assert not difference('heatmap', given, wanted)


def test_the_order_of_boxes_is_free():
    wanted = results('detector')
    assert not difference('detector', {k: v[::-1] for k, v in wanted.items()}, wanted)


def test_progress_goes_from_phase_to_phase_and_never_back():
    progress, shares = Progress(), []

    def tell(what, *arguments):
        getattr(progress, what)(*arguments)
        shares.append(progress.share)

    tell('start', 'all', None, 2)
    tell('start', 'first', 'all', 4)
    tell('step', 'first', 0)
    assert shares[-1] == pytest.approx(1 / 8)
    tell('finish', 'first')
    tell('step', 'all', 0)
    assert shares[-1] == pytest.approx(1 / 2)
    tell('start', 'more', 'all', 0)
    tell('step', 'more', 7)
    tell('step', 'unknown', 1)
    tell('step', 'all', 1)
    tell('finish', 'all')
    assert shares[-1] == 1 and shares == sorted(shares)


def test_half_an_engine_stays_what_it_was(tmp_path):
    whole = inference.load(save(heatmap_model(), tmp_path / 'whole.onnx'))
    half = inference.load(save(to_half(heatmap_model()), tmp_path / 'half.onnx'))
    assert (whole.facts.precision, half.facts.precision) == (None, 'half')
    inputs = person_inputs(whole.facts, 2)
    assert half(**inputs)['scores'] == pytest.approx(whole(**inputs)['scores'], abs=2e-3)


@pytest.mark.parametrize('name', ['tinypose-128x96', 'person-192'])
def test_real_engines_in_half_precision(name, tmp_path, monkeypatch, capsys):
    network = real_network(name.replace('-', '_'))
    monkeypatch.setenv('POSE3D_ENGINES', str(tmp_path))
    assert cli.main(['engines', 'add', name, '--half', '--from', str(network)]) == 0
    path = tmp_path / f'{name}.onnx'
    assert inference.read_facts(path).precision == 'half'
    assert path.stat().st_size < 0.6 * network.stat().st_size


def test_a_half_engine_that_gives_something_else_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr('pose3d_ros.graphs.half.to_half', lambda engine: heatmap_engine())
    network = real_network('tinypose_128x96')
    monkeypatch.setenv('POSE3D_ENGINES', str(tmp_path))
    assert cli.main(['engines', 'add', 'tinypose-128x96', '--half', '--from', str(network)]) == 2
    assert not list(tmp_path.iterdir())


def test_a_note_about_an_engine_can_be_taken_back(tmp_path):
    place = Entry(tmp_path / 'cache' / 'e.engine')
    assert place.read() is None and not place.rejected()
    place.write(b'plan')
    assert place.read() == b'plan'
    place.reject('wrong')
    assert place.read() is None and place.rejected() == 'wrong'
    place.forget()
    assert not place.rejected() and not list(place.path.parent.iterdir())


def arguments(setting):
    return ['--detector', setting.detection.engine, '--heatmap', setting.keypoints.engine,
            '--lifter', setting.lifting.engine, '--set', 'detection.max_bodies=2']


def test_engines_build(monkeypatch, tmp_path, capsys, cache):
    setting = config(tmp_path)
    with fake_gpu(monkeypatch) as gpu:
        command = ['engines', 'build', *arguments(setting)]
        assert cli.main(command) == 0
        assert f'the engines are in {cache}' in capsys.readouterr().out
        assert len(list(cache.glob('*.engine'))) == 3
        gpu.wrong = True
        assert cli.main(command) == 1
        assert 'gives wrong results' in capsys.readouterr().out
        gpu.wrong = False
        assert cli.main(command) == 1
        assert cli.main([*command, '--force']) == 0
        assert 'building' in capsys.readouterr().out


def test_engines_build_without_a_gpu_says_what_is_missing(tmp_path, capsys, monkeypatch):
    with fake_gpu(monkeypatch, FAKE_DEVICES=0):
        assert cli.main(['engines', 'build', *arguments(config(tmp_path))]) == 2
        assert 'the CUDA driver sees no GPU' in capsys.readouterr().err


def test_doctor_tells_the_backend(monkeypatch, capsys):
    with fake_gpu(monkeypatch):
        cli.main(['doctor'])
    out = capsys.readouterr().out
    assert 'ok       TensorRT: TensorRT 10.3.0 on Paper GPU' in out
    assert 'inference.backend auto means tensorrt' in out


def test_engines_are_measured_by_batch(monkeypatch, tmp_path, capsys):
    from pose3d_ros.commands.bench_engines import measure_engines, show_engines

    with fake_gpu(monkeypatch):
        about = measure_engines(config(tmp_path))
    assert {name: list(batches) for name, batches in about['engines'].items()} == {
        'two': ['1'], 'bright': ['1', '2'], 'mixture': ['1', '2']}
    assert about['gpu'] == {'name': 'Paper GPU', 'engines_mb': 0}
    show_engines(about)
    assert 'MB of GPU memory' in capsys.readouterr().out

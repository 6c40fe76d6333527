# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The way through TensorRT and pycuda, on fakes that have only the names of each version."""
import gc
import json
from multiprocessing import Pipe
import os
from pathlib import Path
import sys
import threading
import time

from engine_fixtures import DATA, save
from gpu_fixtures import build_here, config, fake_gpu, FAKES, heatmap_model, inputs, VERSIONS
import numpy as np
from pose3d_ros import inference
from pose3d_ros.graphs.half import to_half
from pose3d_ros.inference import building
from pose3d_ros.inference.accelerated import Accelerated
from pose3d_ros.inference.backend import choose_backend
from pose3d_ros.inference.engine_cache import cache_folder
from pose3d_ros.inference.engines import Engines, KINDS
import pytest

NAMES = json.loads((FAKES.parent / 'tensorrt_names.json').read_text())
REFERENCE = DATA / 'reference'


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Give every test a cache of its own."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    return cache_folder()


@pytest.fixture
def here(monkeypatch):
    """Build engines in this process."""
    monkeypatch.setattr('pose3d_ros.inference.accelerated.build_apart', build_here)


@pytest.fixture
def gpu(monkeypatch):
    """Return the fake GPU."""
    with fake_gpu(monkeypatch) as gpu:
        monkeypatch.setattr('pose3d_ros.inference.trt_network.TRIALS', 2)
        yield gpu


class Log:
    """Takes the sentences for the log."""

    def __init__(self):
        self.told, self.warned = [], []

    def engines(self, config) -> Engines:
        """Return engines that write here."""
        return Engines(config, self.told.append, self.warned.append)


def assert_right(engines, config, seeds=range(2)):
    """Fail unless engines give what ONNX Runtime gives, for changing batches."""
    for stage, engine in zip(KINDS, engines, strict=True):
        plain = inference.load(getattr(config, stage).engine)
        for seed, batch in zip(seeds, (2, 1), strict=True):
            given = inputs(batch, seed)[stage]
            outputs = engine(**given)
            for name, wanted in plain(**given).items():
                assert outputs[name] == pytest.approx(wanted, abs=1e-5), (stage, name)


@pytest.mark.parametrize('version', VERSIONS)
def test_same_results_with_every_version(here, version, monkeypatch, tmp_path):
    with fake_gpu(monkeypatch, version) as gpu:
        log, setting = Log(), config(tmp_path)
        engines = log.engines(setting)
        assert str(engines.backend) == f'tensorrt: TensorRT {version} on Paper GPU'
        engines.accelerate()
        assert not log.warned and not engines.problem
        assert all(f'TensorRT {version}' in state for state in engines.values().values())
        assert_right(engines, setting)
        engines.close()
        assert not gpu.memory and not gpu.graphs and not gpu.contexts.stack
        assert_right(engines, setting)


@pytest.mark.parametrize('version', VERSIONS)
def test_names_are_those_of_the_real_version(version):
    path = REFERENCE / f'trt_api_{version}.json'
    if not path.is_file():
        pytest.skip(f'{path} is missing: the names were checked where it is')
    real = json.loads(path.read_text())
    for owner, members in NAMES['classes'].items():
        everywhere = NAMES['versions']
        assert (owner in real) == (version in NAMES['only'].get(owner, everywhere)), owner
        for member in members if owner in real else ():
            name = f'{owner}.{member}'
            there = version in NAMES['only'].get(name, everywhere)
            assert (member in real[owner]) == there, name


def test_a_name_that_a_version_lacks_is_an_error(monkeypatch):
    with fake_gpu(monkeypatch, '8.6.0'):
        import tensorrt as trt

        assert not hasattr(trt, 'IProgressMonitor')
        assert not hasattr(trt.NetworkDefinitionCreationFlag, 'STRONGLY_TYPED')
        with pytest.raises(AttributeError, match='has no IBuilderConfig.progress_monitor'):
            trt.IBuilderConfig().progress_monitor = None
        with pytest.raises(AttributeError, match='has no IExecutionContext.execute_async_v2'):
            trt.IExecutionContext(None).execute_async_v2(0)


def test_the_second_start_builds_nothing(here, gpu, tmp_path, cache):
    log, setting = Log(), config(tmp_path)
    log.engines(setting).accelerate()
    assert sum('building' in text for text in log.told) >= 3
    times = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert len(times) == 3
    again = Log()
    engines = again.engines(setting)
    engines.accelerate()
    assert not any('building' in text for text in again.told)
    assert times == {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert_right(engines, setting)


def test_progress_is_told(gpu, tmp_path, monkeypatch):
    monkeypatch.setenv('FAKE_STEP_SECONDS', '0.02')
    log = Log()
    engines, states = log.engines(config(tmp_path)), set()
    engines.start()
    while engines._thread.is_alive():
        states.update(engines.values().values())
        time.sleep(0.005)
    assert any('being built, ' in state and not state.endswith(' 0 %') for state in states)
    assert any('of bright: 50 %' in text for text in log.told)


def test_another_version_another_engine(here, tmp_path, monkeypatch, cache):
    setting = config(tmp_path)
    for number, version in enumerate(('8.6.0', '11.4.0'), start=1):
        with monkeypatch.context() as patch, fake_gpu(patch, version):
            log = Log()
            log.engines(setting).accelerate()
            assert len(list(cache.glob('*.engine'))) == 3 * number and not log.warned


def test_wrong_results_are_found_noted_and_not_published(here, gpu, tmp_path, cache):
    log, setting = Log(), config(tmp_path)
    gpu.wrong = True
    engines = log.engines(setting)
    engines.accelerate()
    assert_right(engines, setting)
    assert not list(cache.glob('*.engine')) and len(list(cache.glob('*.rejected'))) == 3
    assert sum('TensorRT gives wrong results' in text for text in log.warned) == 3
    assert engines.problem == 'TensorRT cannot be used for detection, keypoints, lifting'
    again = Log()
    again.engines(setting).accelerate()
    assert not any('building' in text for text in again.told)
    assert all("'pose3d engines build --force'" in text for text in again.warned)
    assert not gpu.memory


@pytest.mark.parametrize('damage', [
    lambda path: path.write_bytes(path.read_bytes()[:-1]),
    lambda path: path.write_bytes(b''),
    lambda path: path.write_bytes(path.read_bytes()[:60] + b'x' + path.read_bytes()[61:]),
    lambda path: path.chmod(0o666),
    lambda path: (path.unlink(), path.symlink_to('/dev/zero')),
    lambda path: (path.unlink(), path.mkdir()),
])
def test_a_damaged_cache_is_built_again(here, gpu, tmp_path, cache, damage):
    log, setting = Log(), config(tmp_path)
    log.engines(setting).accelerate()
    for path in list(cache.iterdir()):
        damage(path)
    engines = log.engines(setting)
    engines.accelerate()
    assert sum('is built again' in text for text in log.warned) >= 3
    assert not engines.problem
    assert_right(engines, setting)


def test_an_engine_of_somebody_else_is_not_loaded(here, gpu, tmp_path, cache, monkeypatch):
    log, setting = Log(), config(tmp_path)
    log.engines(setting).accelerate()
    monkeypatch.setattr('os.geteuid', lambda: os.getuid() + 1)
    engines = log.engines(setting)
    engines.accelerate()
    assert sum('belongs to somebody else' in text for text in log.warned) == 6  # read and write
    assert not engines.problem


def test_a_full_disk_costs_only_the_cache(here, gpu, tmp_path, cache, monkeypatch):
    def full(*_, **__):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr('pose3d_ros.inference.engine_cache.tempfile.mkstemp', full)
    log, setting = Log(), config(tmp_path)
    engines = log.engines(setting)
    engines.accelerate()
    assert sum('it cannot be kept: [Errno 28] No space left' in text for text in log.warned) == 3
    assert not engines.problem and not list(cache.iterdir())
    assert_right(engines, setting)


def test_a_cache_that_cannot_be_made(here, gpu, tmp_path, monkeypatch):
    (tmp_path / 'file').touch()
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'file'))
    log, setting = Log(), config(tmp_path)
    engines = log.engines(setting)
    engines.accelerate()
    assert not engines.problem and len(log.warned) >= 3
    assert_right(engines, setting)


def test_the_cache_is_private(here, gpu, tmp_path, cache):
    old = os.umask(0)
    try:
        Log().engines(config(tmp_path)).accelerate()
    finally:
        os.umask(old)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in cache.iterdir()} == {0o600}


def run_once(plain, log) -> None:
    """Do what a node does with one engine: start, use, go on using, stop, use."""
    try:
        backend = choose_backend('auto')
        engine = Accelerated(plain, backend, 2, log.told.append, log.warned.append)
        if backend.gpu:
            engine.accelerate(lambda: False)
        for batch in (1, 2, 1):
            assert_same(engine, plain, batch)
    finally:
        engine.close()
    assert_same(engine, plain, 1)


def assert_same(engine, plain, batch) -> None:
    given = inputs(batch, batch)['keypoints']
    outputs = engine(**given)
    for name, wanted in plain(**given).items():
        assert np.abs(outputs[name] - wanted).max() < 1e-4, name


@pytest.mark.parametrize('refuse', [False, True], ids=['raises', 'refuses'])
def test_a_driver_that_fails_at_any_call_does_no_harm(here, gpu, tmp_path, refuse):
    plain, failed, told = inference.load(config(tmp_path).keypoints.engine), set(), set()
    run_once(plain, Log())  # the engine is built: its building is another test
    for call in range(1, 10000):
        inference.cuda.find_gpu.cache_clear()
        gpu.contexts.stack.clear()
        gpu.reset(call, refuse)
        log = Log()
        run_once(plain, log)
        if not gpu.failed:
            break
        failed.add(gpu.failed)
        if log.warned or not log.told:
            told.add(gpu.failed)
        assert gpu.failed == 'Context.pop' or not gpu.contexts.stack, gpu.failed
    needed = {'init', 'Context.push', 'mem_alloc', 'execute_async_v3', 'Stream.synchronize',
              'memcpy_dtoh_async', 'deserialize_cuda_engine', 'set_tensor_address'}
    assert needed <= told
    assert {'cuGraphInstantiateWithFlags', 'PagelockedHostAllocation.free'} <= failed


def test_a_build_that_fails_at_any_call_says_why(gpu, tmp_path, monkeypatch):
    path, failed = config(tmp_path).keypoints.engine, []
    for refuse in (False, True):
        for call in range(1, 1000):
            sys.modules.pop('pose3d_ros.inference.trt_build', None)
            gpu.reset(call, refuse)
            ours, theirs = Pipe(duplex=False)
            building.main(str(os.dup(theirs.fileno())), path, '2')
            theirs.close()
            while ours.poll() and (told := ours.recv())[0] == 'progress':
                pass
            if not gpu.failed:
                assert told[0] == 'plan'
                break
            failed.append(gpu.failed)
            assert told[0] in ('error', 'plan') and told[1]
            assert told[0] == 'error', gpu.failed
    assert {'Builder', 'create_network', 'parse', 'build_serialized_network'} <= set(failed)


@pytest.mark.parametrize(('environment', 'reason'), [
    ({'FAKE_FAIL_AT': '5'}, 'fake failure in'),
    ({'FAKE_FAIL_AT': '4', 'FAKE_REFUSE': '1'}, 'TensorRT'),
    ({'FAKE_CRASH': 'SIGSEGV'}, 'was ended by SIGSEGV'),
    ({'FAKE_CRASH': 'SIGKILL'}, 'was ended by SIGKILL'),
])
def test_a_build_process_that_fails(gpu, tmp_path, monkeypatch, environment, reason):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    log, setting = Log(), config(tmp_path)
    engines = log.engines(setting)
    engines.accelerate()
    assert reason in log.warned[0]
    assert engines.problem
    assert_right(engines, setting)


@pytest.mark.parametrize('version', ['8.6.0', '10.3.0'])
def test_a_build_is_stopped_at_once(version, tmp_path, monkeypatch, cache):
    with fake_gpu(monkeypatch, version, FAKE_STEP_SECONDS=10):
        log, setting = Log(), config(tmp_path)
        engines = log.engines(setting)
        engines.start()
        assert_right(engines, setting)  # meanwhile, ONNX Runtime
        time.sleep(1.5)  # well into the build, which takes minutes
        begin = time.monotonic()
        engines.close()
        assert time.monotonic() - begin < 5
        assert not log.warned and not cache.exists()
        assert_right(engines, setting)


def test_a_build_whose_parent_is_gone_ends(gpu, tmp_path):
    facts = inference.read_facts(Path(config(tmp_path).keypoints.engine))
    ours, theirs = os.pipe()
    gpu.step_seconds = 0.01
    process = building._start(facts.path, 2, theirs)
    os.close(theirs), os.close(ours)
    process.wait(timeout=20)


def test_calls_while_engines_move_to_the_gpu_and_back(here, gpu, tmp_path):
    setting = config(tmp_path)
    engines, errors = Log().engines(setting), []
    done = threading.Event()

    def use():
        try:
            while not done.is_set():
                assert_right(engines, setting)
        except BaseException as error:
            errors.append(error)

    users = [threading.Thread(target=use) for _ in range(2)]
    for thread in users:
        thread.start()
    engines.start()
    engines._thread.join()
    time.sleep(0.3)
    engines.close()
    time.sleep(0.1)
    done.set()
    for thread in users:
        thread.join()
    assert not errors and not gpu.memory


def test_two_nodes_in_one_process(here, gpu, tmp_path):
    setting, log = config(tmp_path), Log()
    both = [log.engines(setting) for _ in range(2)]
    for engines in both:
        engines.start()
    for engines in both:
        engines._thread.join()
        assert_right(engines, setting)
    both[0].close()
    assert_right(both[1], setting)
    assert not log.warned and gpu.memory
    both[1].close()
    assert not gpu.memory


def test_a_forgotten_engine_gives_its_memory_back(here, gpu, tmp_path):
    engines = Log().engines(config(tmp_path))
    engines.accelerate()
    assert gpu.memory
    del engines
    gc.collect()
    assert not gpu.memory and not gpu.graphs


def test_a_cuda_graph_is_used_where_it_is_faster(here, gpu, tmp_path, monkeypatch):
    pace = {'launch': 0.0, '_enqueue': 1.0}
    monkeypatch.setattr('pose3d_ros.inference.trt_network._Context._time',
                        lambda self, start: pace[start.__name__])
    setting = config(tmp_path)
    engines = Log().engines(setting)
    engines.accelerate()
    assert 'CUDA graphs for batches [1, 2]' in engines.values()['backend_keypoints']
    before = gpu.launches
    assert_right(engines, setting)
    assert gpu.launches == before + 6
    pace['launch'] = 2.0
    engines.close()
    assert not gpu.graphs
    engines = Log().engines(setting)
    engines.accelerate()
    assert not gpu.graphs and 'CUDA graph' not in engines.values()['backend_keypoints']


def test_outputs_that_do_not_arrive_are_unknown(here, gpu, tmp_path, monkeypatch):
    setting = config(tmp_path)
    engines = Log().engines(setting)
    engines.accelerate()
    monkeypatch.setattr('tensorrt.IExecutionContext._run', lambda self: None)
    monkeypatch.setattr('pycuda.driver._load', lambda destination, address: None)
    for stage, engine in zip(KINDS, engines, strict=True):
        assert all(np.isnan(array).all() for array in engine(**inputs(2)[stage]).values())


def test_a_wrong_call_is_not_the_fault_of_the_gpu(here, gpu, tmp_path):
    engines = Log().engines(config(tmp_path))
    engines.accelerate()
    heatmap = list(engines)[1]
    with pytest.raises(inference.EngineError, match='expects inputs'):
        heatmap(image=np.zeros(3))
    with pytest.raises(inference.EngineError, match='built for batches up to 2, given 3'):
        heatmap(**inputs(3)['keypoints'])
    assert not engines.problem


def test_a_half_engine_asks_8_for_half_precision(tmp_path, monkeypatch):
    path = save(to_half(heatmap_model()), tmp_path / 'half.onnx')
    assert inference.read_facts(path).precision == 'half'
    with fake_gpu(monkeypatch, '8.6.0'):
        from pose3d_ros.inference.trt_build import build
        import tensorrt as trt

        asked = []
        monkeypatch.setattr(trt.IBuilderConfig, 'set_flag', lambda self, flag: asked.append(flag))
        facts = inference.read_facts(path)
        shapes = building.profile(facts, 4)
        assert shapes == {'crops': ((1, 32, 24, 3), (4, 32, 24, 3), (4, 32, 24, 3))}
        for half in (True, False):
            assert build(path.read_bytes(), shapes, half, lambda share: True)
        assert asked == [trt.BuilderFlag.FP16]

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
TensorRT on a real GPU: `make test-gpu`. Skipped, with the reason, where there is none.

Needs numpy, OpenCV, ONNX Runtime, TensorRT, pycuda and pytest; neither ROS nor, for most, onnx.
"""
from contextlib import closing, contextmanager
from dataclasses import replace
import json
import os
from pathlib import Path
import subprocess
import sys
import threading

from pose3d_ros import inference
from pose3d_ros.commands.bench_engines import measure_engines, show_engines
from pose3d_ros.core.config import Config
from pose3d_ros.inference.backend import choose_backend
from pose3d_ros.inference.building import build_apart
from pose3d_ros.inference.calls import Signature
from pose3d_ros.inference.figure import person_inputs
from pose3d_ros.inference.selfcheck import check_engine, difference
import pytest

DATA = Path(os.environ.get('POSE3D_DATA') or Path(__file__).parents[2] / 'shared')
CALLS = int(os.environ.get('POSE3D_GPU_CALLS', 10_000))
LARGEST = 8  # batch
LEAK = 8e6  # bytes that may be gone for other reasons
NAMED = {path.stem: path for path in inference.engine_files()}
OTHERS = sorted((DATA / 'engines').glob('*.onnx'))  # networks of the catalogue, not engines yet


@pytest.fixture(scope='module')
def backend():
    """Return TensorRT and its GPU, or skip."""
    try:
        return choose_backend('tensorrt')
    except inference.EngineError as error:
        pytest.skip(str(error))


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Return a folder for caches and engine files."""
    return tmp_path_factory.mktemp('gpu')


@pytest.fixture
def cache(folder, monkeypatch):
    """Let all tests share a cache that is not the user's."""
    monkeypatch.setenv('XDG_CACHE_HOME', str(folder))


@contextmanager
def on_gpu(path, backend, batch=LARGEST):
    """Yield an engine on TensorRT, built now, and the same on ONNX Runtime."""
    from pose3d_ros.inference.trt_engine import TensorRTEngine

    plain = inference.load(path, threads=os.cpu_count())
    plan = build_apart(plain.facts, batch, lambda share: None, lambda: False)
    with closing(TensorRTEngine(plain.facts, plan, backend.gpu, batch)) as fast:
        yield fast, plain


def batches(engine):
    signature = Signature(engine.facts)
    return range(1, LARGEST + 1) if signature.shapes(1) != signature.shapes(2) else (1,)


def engine_file(path, folder, half):
    """Return an engine file of an engine or of a network that the catalogue knows."""
    if path.parent != DATA / 'engines' and not half:
        return path
    onnx = pytest.importorskip('onnx', reason='onnx, which makes engine files, is not installed')
    from pose3d_ros.graphs.catalogue import read_catalogue
    from pose3d_ros.graphs.half import to_half
    from pose3d_ros.graphs.importing import import_network

    model = onnx.load(path)
    if path.parent == DATA / 'engines':
        catalogue = read_catalogue(inference.package_folder() / 'catalogue.yaml')
        recipe = catalogue[path.stem.replace('_', '-')].recipe
        model = import_network(model, replace(recipe, name=path.stem))
    output = folder / f"{path.stem}{'-half' if half else ''}.onnx"
    output.write_bytes((to_half(model) if half else model).SerializeToString())
    return output


@pytest.mark.parametrize('half', [False, True], ids=['single', 'half'])
@pytest.mark.parametrize('path', [*NAMED.values(), *OTHERS], ids=lambda path: path.name)
def test_parity(path, half, backend, folder):
    with on_gpu(engine_file(path, folder, half), backend) as (fast, plain):
        check_engine(fast, plain, tuple(batches(fast)))


def test_graphs_give_what_plain_calls_give(backend, monkeypatch):
    for pace in (lambda self, start: 0.0 if start.__name__ == 'launch' else 1.0,
                 lambda self, start: 1.0 if start.__name__ == 'launch' else 0.0):
        monkeypatch.setattr('pose3d_ros.inference.trt_network._Context._time', pace)
        with on_gpu(NAMED['residual'], backend) as (fast, plain):
            check_engine(fast, plain, tuple(batches(fast)) * 2)
            assert fast.graphs in (list(batches(fast)), [])


def resident() -> float:
    """Return the bytes of this process's memory."""
    pages = Path('/proc/self/statm').read_text().split()[1]
    return float(pages) * os.sysconf('SC_PAGE_SIZE')


def test_nothing_leaks(backend):
    with on_gpu(NAMED['residual'], backend) as (fast, _):
        inputs = [person_inputs(fast.facts, batch) for batch in batches(fast)]
        for step in range(CALLS + 200):
            fast(**inputs[step % len(inputs)])
            if step == 200:
                with backend.gpu.current():
                    free, host = backend.gpu.memory()[0], resident()
        with backend.gpu.current():
            assert free - backend.gpu.memory()[0] < LEAK
        assert resident() - host < LEAK


def test_closing_gives_the_memory_back(backend):
    free = []
    for _ in range(4):
        with on_gpu(NAMED['residual'], backend):
            pass
        with backend.gpu.current():
            free.append(backend.gpu.memory()[0])
    assert free[0] - free[-1] < LEAK  # the first loads what stays


def test_two_threads(backend):
    """One engine from two threads, each with results of its own."""
    errors = []
    with on_gpu(NAMED['residual'], backend) as (fast, plain):
        def use(batch):
            inputs = person_inputs(fast.facts, batch)
            wanted = plain(**inputs)
            problems = {difference('lifter', fast(**inputs), wanted) for _ in range(500)}
            errors.extend(problems - {''})

        threads = [threading.Thread(target=use, args=(batch,)) for batch in (1, 3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not errors


CODE = """
import sys, threading
from pose3d_ros import inference
from pose3d_ros.core.config import Config
from pose3d_ros.inference.figure import person_inputs

config = Config.from_values({
    'inference.backend': 'tensorrt', 'detection.engine': sys.argv[1],
    'keypoints.engine': sys.argv[2], 'lifting.engine': sys.argv[3]})

def use():
    for engine in engines:
        engine(**person_inputs(engine.facts, 1))

def warn(text):
    raise SystemExit(text)

both = [inference.Engines(config, print, warn) for _ in range(2)]  # two nodes in one process
for engines in both:
    engines.accelerate()
    assert not engines.problem, engines.problem
    thread = threading.Thread(target=use)
    thread.start(), thread.join()
    use()
if sys.argv[4] == 'closed':
    for engines in both:
        engines.close()
"""


@pytest.mark.parametrize('end', ['closed', 'forgotten'])
def test_exit_without_a_cuda_error(backend, cache, end):
    config = Config()
    names = [config.detection.engine, config.keypoints.engine, config.lifting.engine]
    if missing := [name for name in names if name not in NAMED]:
        pytest.skip(f'no engine files {missing}: see pose3d engines add')
    done = subprocess.run(
        [sys.executable, '-c', CODE, *names, end], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'cuda' not in done.stderr.lower() and 'context' not in done.stderr, done.stderr


def test_throughput(backend, cache, capsys, folder):
    config = Config.from_values({
        'detection.max_bodies': LARGEST, 'inference.backend': 'tensorrt'})
    for stage in ('detection', 'keypoints', 'lifting'):
        if getattr(config, stage).engine not in NAMED:
            pytest.skip(f'no engine file of {stage}: see pose3d engines add')
    about = measure_engines(config)
    with capsys.disabled():
        print(f'\n{backend}')
        show_engines(about)
        print(json.dumps(about))
    assert all(state.startswith('tensorrt') for state in about['backend'].values()), about

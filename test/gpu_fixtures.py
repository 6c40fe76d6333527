# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Small engines whose results depend on what they are given, and a fake GPU to run them on."""
from contextlib import contextmanager
import json
import os
from pathlib import Path
import sys

from engine_fixtures import network, save
import numpy as np
from onnx import helper, numpy_helper, TensorProto
from pose3d_ros import inference
from pose3d_ros.core.config import Config
from pose3d_ros.graphs.importing import import_network
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.inference import cuda
from pose3d_ros.inference.building import profile

FAKES = Path(__file__).parent / 'fakes'
VERSIONS = json.loads((FAKES.parent / 'tensorrt_names.json').read_text())['versions']
OURS = ['trt_build', 'trt_engine', 'trt_journal', 'trt_network']
MODULES = ['fake_gpu', 'pycuda', 'pycuda.driver', 'tensorrt',
           *(f'pose3d_ros.inference.{name}' for name in OURS)]
FLOATS = TensorProto.FLOAT


@contextmanager
def fake_gpu(monkeypatch, version='10.3.0', **environment):
    """Make `import tensorrt` and `import pycuda` find the fakes, here and in new processes."""
    path = os.pathsep.join(filter(None, [str(FAKES), os.environ.get('PYTHONPATH')]))
    monkeypatch.setenv('PYTHONPATH', path)
    monkeypatch.setenv('FAKE_TENSORRT', version)
    for name, value in environment.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.syspath_prepend(str(FAKES))
    _forget()
    try:
        from fake_gpu import FakeLibcuda, GPU

        library = FakeLibcuda()
        monkeypatch.setattr(cuda, '_driver_library', lambda: library)
        yield GPU
    finally:
        _forget()


def _forget() -> None:
    cuda.find_gpu.cache_clear()
    for name in MODULES:
        sys.modules.pop(name, None)
        if name.startswith('pose3d_ros'):
            vars(inference).pop(name.split('.')[-1], None)


def heatmap_model(height=32, width=24):
    """Return a heatmap engine: keypoints where the picture is bright."""
    info = helper.make_tensor_value_info
    scale = np.linspace(0.5, 1.0, 17, dtype=np.float32).reshape(1, 17, 1, 1)
    graph = helper.make_graph(
        [helper.make_node('ReduceMean', ['in'], ['grey'], axes=[1], keepdims=1),
         helper.make_node('AveragePool', ['grey'], ['small'], kernel_shape=[4, 4], strides=[4, 4]),
         helper.make_node('Mul', ['small', 'scale'], ['maps'])],
        'heatmap', [info('in', FLOATS, ('B', 3, height, width))],
        [info('maps', FLOATS, ('B', 17, height // 4, width // 4))],
        [numpy_helper.from_array(scale, 'scale')])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    return import_network(model, Recipe('heatmap', name='bright', std=(255.0,) * 3))


def detector_model():
    """Return a detector that always finds the same two persons."""
    dets = np.array([[[1, 2, 20, 30, 0.9], [5, 6, 25, 28, 0.6]]], float)
    model = network({'dets': dets, 'labels': np.zeros((1, 2), int)}, 32, 32, batch=1)
    return import_network(model, Recipe('detector', name='two', candidates=8))


def lifter_model():
    """Return a lifter: joints are a fixed mixture of the keypoints."""
    info = helper.make_tensor_value_info
    mixture = np.random.default_rng(0).normal(size=(34, 48)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node('Flatten', ['keypoints'], ['flat']),
         helper.make_node('MatMul', ['flat', 'mixture'], ['mixed']),
         helper.make_node('Reshape', ['mixed', 'shape'], ['joints']),
         helper.make_node('ReduceSum', ['gravity', 'axis'], ['down']),
         helper.make_node('Mul', ['down', 'ones'], ['some']),
         helper.make_node('ReduceSum', ['scores', 'axes'], ['all'], keepdims=0),
         helper.make_node('Unsqueeze', ['all', 'axis'], ['column']),
         helper.make_node('Add', ['some', 'column'], ['sigma'])],
        'lifter',
        [info('keypoints', FLOATS, ('B', 1, 17, 2)), info('scores', FLOATS, ('B', 1, 17)),
         info('gravity', FLOATS, ('B', 3))],
        [info('joints', FLOATS, ('B', 16, 3)), info('sigma', FLOATS, ('B', 16))],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in {
            'mixture': mixture, 'shape': np.int64([-1, 16, 3]), 'axis': np.int64([1]),
            'axes': np.int64([1, 2]), 'ones': np.ones((1, 16), np.float32)}.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    helper.set_model_props(model, {
        'contract': '1', 'kind': 'lifter', 'name': 'mixture', 'keypoints': 'coco_17',
        'joints': 'body_16', 'window': '1', 'stature': '1.7'})
    return model


def build_here(facts, max_batch, progress, cancelled) -> bytes:
    """Build in this process: the other takes a second to start."""
    from pose3d_ros.inference.trt_build import build

    def report(share: float) -> bool:
        progress(share)
        return not cancelled()

    half = facts.precision == 'half'
    return build(facts.path.read_bytes(), profile(facts, max_batch), half, report)


MODELS = {'detection': detector_model, 'keypoints': heatmap_model, 'lifting': lifter_model}


def config(folder: Path, **values) -> Config:
    """Return a configuration with the small engines, saved in a folder."""
    engines = {f'{stage}.engine': str(save(make(), folder / f'{stage}.onnx'))
               for stage, make in MODELS.items()}
    return Config.from_values({**engines, 'detection.max_bodies': 2, **values})


def inputs(batch: int, seed: int = 0) -> dict[str, dict[str, np.ndarray]]:
    """Return inputs for every stage."""
    random = np.random.default_rng(seed)
    return {
        'detection': {'image': random.integers(0, 256, (1, 32, 32, 3), np.uint8)},
        'keypoints': {'crops': random.integers(0, 256, (batch, 32, 24, 3), np.uint8)},
        'lifting': {
            'keypoints': random.normal(size=(batch, 1, 17, 2)).astype(np.float32),
            'scores': random.random((batch, 1, 17), np.float32),
            'gravity': random.normal(size=(batch, 3)).astype(np.float32)}}

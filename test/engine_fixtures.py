# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Small networks and engine files for tests, and where the real ones are."""
import os
from pathlib import Path

import numpy as np
from onnx import helper, ModelProto, numpy_helper, TensorProto
from pose3d_ros.graphs.importing import import_network
from pose3d_ros.graphs.recipe import Recipe
import pytest

DATA = Path(os.environ.get('POSE3D_DATA') or Path(__file__).parents[2] / 'shared')
IMAGENET = {'mean': (123.675, 116.28, 103.53), 'std': (58.395, 57.12, 57.375)}
REAL = {
    'tinypose_256x192': Recipe(kind='heatmap', **IMAGENET),
    'tinypose_128x96': Recipe(kind='heatmap', **IMAGENET),
    'person_192': Recipe(kind='detector', channels='bgr'),
}


def real_network(name: str) -> Path:
    """Return the path of a third-party network, or skip the test."""
    path = DATA / 'engines' / f'{name}.onnx'
    if not path.is_file():
        pytest.skip(f'{path} is missing: set POSE3D_DATA')
    return path


def network(outputs: dict, height=256, width=192, opset=17, batch='B', extra=()) -> ModelProto:
    """Return a network that takes pictures and gives the same arrays whatever it sees."""
    picture = helper.make_tensor_value_info('in', TensorProto.FLOAT, (batch, 3, height, width))
    axes = {'axes': [1, 2, 3]} if opset < 18 else {}
    more = ['axes'] if opset >= 18 else []
    nodes = [
        helper.make_node('ReduceMean', ['in', *more], ['mean'], keepdims=0, **axes),
        helper.make_node('Mul', ['mean', 'zero'], ['nothing']),
        *extra,
    ]
    constants = [numpy_helper.from_array(np.float32(0), 'zero')]
    constants += [numpy_helper.from_array(np.int64([1, 2, 3]), 'axes')] if more else []
    infos = []
    for name, array in outputs.items():
        array = np.asarray(array)
        shape = np.int64([-1] + [1] * (array.ndim - 1))
        constants.append(numpy_helper.from_array(array.astype(np.float32), f'{name}.values'))
        constants.append(numpy_helper.from_array(shape, f'{name}.shape'))
        kind = TensorProto.FLOAT if array.dtype.kind == 'f' else TensorProto.INT64
        nodes += [
            helper.make_node('Reshape', ['nothing', f'{name}.shape'], [f'{name}.nothing']),
            helper.make_node('Add', [f'{name}.nothing', f'{name}.values'], [f'{name}.float']),
            helper.make_node('Cast', [f'{name}.float'], [name], to=kind),
        ]
        infos.append(helper.make_tensor_value_info(name, kind, (batch, *array.shape[1:])))
    graph = helper.make_graph(nodes, 'test', [picture], infos, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', opset)], ir_version=8)


def gaussian(x: float, y: float, height=64, width=48, deviation=2.0, peak=1.0) -> np.ndarray:
    """Return a heatmap (height, width) with its peak there, px."""
    rows, columns = np.mgrid[:height, :width]
    return peak * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * deviation**2))


def heatmaps(*peaks, **options) -> np.ndarray:
    """Return heatmaps (1, 17, 64, 48): peaks (x, y) of the first ones, the last one repeated."""
    maps = [gaussian(*peak, **options) for peak in peaks]
    return np.stack(maps + maps[-1:] * (17 - len(maps)))[None]


def heatmap_engine(**metadata) -> ModelProto:
    """Return a heatmap engine; metadata given here replaces its own, None removes it."""
    model = import_network(network({'maps': heatmaps((20, 10))}), Recipe('heatmap', name='test'))
    facts = {each.key: each.value for each in model.metadata_props} | metadata
    del model.metadata_props[:]
    helper.set_model_props(model, {key: text for key, text in facts.items() if text is not None})
    return model


def save(model: ModelProto, path: Path) -> Path:
    """Write a model and return its path."""
    path.write_bytes(model.SerializeToString())
    return path

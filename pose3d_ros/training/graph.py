# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Lifters as engine files: a graph written node by node, and what all lifters have in common."""
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper, TensorProto
from pose3d_ros.core.skeleton import BODY_16, COCO_17

OPSET, IR_VERSION = 17, 8


class Graph:
    """Nodes and weights as they are added."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def constant(self, values, dtype=np.float32) -> str:
        """Add a constant; return its name."""
        name = f'w{len(self.weights)}'
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def stored(self, values) -> str:
        """Add a large constant, kept with 16 bits and used with 32; return its name."""
        return self.add('Cast', self.constant(values, np.float16), to=TensorProto.FLOAT)

    def whole(self, *values: int) -> str:
        """Add a constant of whole numbers; return its name."""
        return self.constant(list(values), np.int64)

    def add(self, operator: str, *inputs: str, output: str = '', **attributes) -> str:
        """Add a node with one output; return the output's name."""
        output = output or f'n{len(self.nodes)}'
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def split(self, value: str, sizes: list[int], axis: int) -> list[str]:
        """Cut a value into parts; return their names."""
        outputs = [f'{value}_{i}' for i in range(len(sizes))]
        self.nodes.append(helper.make_node(
            'Split', [value, self.constant(sizes, np.int64)], outputs, axis=axis))
        return outputs

    def pick(self, value: str, axis: int, index) -> str:
        """Take one entry (an int) or several (a list) along an axis."""
        return self.add('Gather', value, self.constant(index, np.int64), axis=axis)

    def save(self, path: Path, window: int, facts: dict[str, str]) -> None:
        """Write the engine file of a lifter."""
        inputs = {'keypoints': ['B', window, len(COCO_17), 2],
                  'scores': ['B', window, len(COCO_17)], 'gravity': ['B', 3]}
        outputs = {'joints': ['B', len(BODY_16), 3], 'sigma': ['B', len(BODY_16)],
                   'depth_sigma': ['B', len(BODY_16)]}
        inputs, outputs = (
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in shapes.items()]
            for shapes in (inputs, outputs))
        model = helper.make_model(
            helper.make_graph(self.nodes, 'lifter', inputs, outputs, self.weights),
            opset_imports=[helper.make_opsetid('', OPSET)], ir_version=IR_VERSION)
        helper.set_model_props(model, facts)
        onnx.checker.check_model(model, full_check=True)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        onnx.save(model, path)


def with_mirror(graph: Graph) -> list[str]:
    """Return keypoints, scores and gravity (2B, ...): first as given, then mirrored."""
    order = COCO_17.mirrored
    mirrored = (
        graph.add('Mul', graph.pick('keypoints', 2, order), graph.constant([-1, 1])),
        graph.pick('scores', 2, order),
        graph.add('Mul', 'gravity', graph.constant([-1, 1, 1])),
    )
    return [graph.add('Concat', given, turned, axis=0)
            for given, turned in zip(('keypoints', 'scores', 'gravity'), mirrored)]


def mean_with_mirror(graph: Graph, joints: str, sigma: str) -> None:
    """Add the outputs: the mean of both halves of the batch, the second mirrored back."""
    joints = _mean(graph, joints, [-0.5, 0.5, 0.5])
    graph.add('Identity', joints, output='joints')
    both = _mean(graph, sigma, [0.5, 0.5])
    for i, name in enumerate(('sigma', 'depth_sigma')):
        graph.add('Gather', both, graph.constant(i, np.int64), axis=2, output=name)


def _mean(graph: Graph, value: str, flip: list[float]) -> str:
    given, turned = f'{value}_given', f'{value}_mirrored'
    graph.nodes.append(helper.make_node('Split', [value], [given, turned], axis=0))
    turned = graph.add('Mul', graph.pick(turned, 1, BODY_16.mirrored), graph.constant(flip))
    return graph.add('Add', graph.add('Mul', given, graph.constant([0.5])), turned)

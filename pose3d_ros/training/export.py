# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A trained lifter as an engine file: graph written node by node, weights folded, facts inside."""
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper, TensorProto
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.training.network import (
    LEAST_SIGMA,
    LOG_SPREAD,
    REGRESSED,
    ResidualLifter,
    SIGMA_OF_B,
)
import torch
from torch import nn

OPSET, IR_VERSION = 17, 8


class _Graph:
    """Nodes and weights as they are added."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def constant(self, values, dtype=np.float32) -> str:
        name = f'w{len(self.weights)}'
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def add(self, operator: str, *inputs: str, output: str = '', **attributes) -> str:
        output = output or f'n{len(self.nodes)}'
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def split(self, value: str, sizes: list[int], axis: int) -> list[str]:
        outputs = [f'{value}_{i}' for i in range(len(sizes))]
        self.nodes.append(helper.make_node(
            'Split', [value, self.constant(sizes, np.int64)], outputs, axis=axis))
        return outputs

    def layer(self, x: str, linear: nn.Linear, norm: nn.BatchNorm1d | None = None) -> str:
        """Add a fully connected layer; a normalisation is folded into its weights."""
        weight, bias = linear.weight.detach(), linear.bias
        if norm is not None:
            gain = norm.weight / (norm.running_var + norm.eps).sqrt()
            weight, bias = weight * gain[:, None], norm.bias - norm.running_mean * gain
        x = self.add('Gemm', x, self.constant(weight.detach().numpy().T),
                     self.constant(bias.detach().numpy()))
        return self.add('Relu', x) if norm is not None else x


def export_lifter(network: ResidualLifter, path: Path, facts: dict[str, str]) -> None:
    """
    Write a lifter's engine file.

    Parameters
    ----------
    network : ResidualLifter
        Trained; its temperatures are part of the file.
    path : Path
        The ONNX file.
    facts : dict
        Its metadata.

    """
    graph = _Graph()
    count = len(COCO_17)
    rays = graph.add('Reshape', 'keypoints', graph.constant([-1, count, 2], np.int64))
    scores = graph.add('Reshape', 'scores', graph.constant([-1, count], np.int64))
    # the body and its mirror image, lifted as one batch: the mean is exactly symmetric
    joints, sigma = _lifter(graph, network, *_with_mirror(graph, rays, scores))
    _mean_with_mirror(graph, joints, sigma)
    model = helper.make_model(
        helper.make_graph(graph.nodes, 'lifter', _inputs(), _outputs(), graph.weights),
        opset_imports=[helper.make_opsetid('', OPSET)], ir_version=IR_VERSION)
    helper.set_model_props(model, facts)
    onnx.checker.check_model(model, full_check=True)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)


def _inputs() -> list:
    shapes = {'keypoints': ['B', 1, len(COCO_17), 2], 'scores': ['B', 1, len(COCO_17)],
              'gravity': ['B', 3]}
    return [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in shapes.items()]


def _outputs() -> list:
    shapes = {'joints': ['B', len(BODY_16), 3], 'sigma': ['B', len(BODY_16)]}
    return [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in shapes.items()]


def _with_mirror(graph: _Graph, rays: str, scores: str) -> list[str]:
    """Return rays, scores and gravity (2B, ...): first as given, then mirrored."""
    order = graph.constant(COCO_17.mirrored, np.int64)
    mirrored = (
        graph.add('Mul', graph.add('Gather', rays, order, axis=1), graph.constant([-1, 1])),
        graph.add('Gather', scores, order, axis=1),
        graph.add('Mul', 'gravity', graph.constant([-1, 1, 1])),
    )
    return [graph.add('Concat', given, turned, axis=0)
            for given, turned in zip((rays, scores, 'gravity'), mirrored)]


def _mean_with_mirror(graph: _Graph, joints: str, sigma: str) -> None:
    """Add the outputs: the mean of both halves of the batch, the second mirrored back."""
    order = graph.constant(BODY_16.mirrored, np.int64)
    for value, name, flip in ((joints, 'joints', [-0.5, 0.5, 0.5]), (sigma, 'sigma', [0.5])):
        given, turned = (f'{name}_given', f'{name}_mirrored')
        graph.nodes.append(helper.make_node('Split', [value], [given, turned], axis=0))
        turned = graph.add('Mul', graph.add('Gather', turned, order, axis=1),
                           graph.constant(flip))
        given = graph.add('Mul', given, graph.constant([0.5]))
        graph.add('Add', given, turned, output=name)


def _lifter(graph: _Graph, network: ResidualLifter, rays: str, scores: str, gravity: str) -> tuple:
    """Add the network as its forward pass has it; return joints and sigma."""
    unit, features = _features(graph, rays, scores, gravity)
    x = graph.layer(features, network.first[0], network.first[1])
    for first, second in network.blocks:
        y = graph.layer(x, first[0], first[1])
        x = graph.add('Add', x, graph.layer(y, second[0], second[1]))
    x = graph.layer(x, network.last)
    sizes = [3 * len(REGRESSED), len(BODY_16), 1]
    regressed, log_b, log_scale = graph.split(x, sizes, axis=1)
    regressed = graph.add('Reshape', regressed,
                          graph.constant([-1, len(REGRESSED), 3], np.int64))
    scale = graph.add('Unsqueeze', graph.add('Exp', log_scale), graph.constant([2], np.int64))
    # (14, 17) @ (B, 17, 2) @ (2, 3): keypoints of the joints, nothing along the line of sight
    flat = graph.add('MatMul', graph.constant(network.pick.numpy()), unit)
    flat = graph.add('MatMul', flat, graph.constant(np.eye(2, 3)))
    regressed = graph.add('Add', regressed, graph.add('Mul', flat, scale))
    joints = graph.add('MatMul', graph.constant(network.joints_from_regressed.numpy()), regressed)
    b = graph.add('Exp', graph.add('Clip', graph.add('Sub', log_b, graph.constant(3)),
                                   graph.constant(-7), graph.constant(1)))
    sigma = graph.add('Mul', b, graph.constant(SIGMA_OF_B * network.temperature.numpy()))
    return joints, graph.add('Add', sigma, graph.constant(LEAST_SIGMA))


def _features(graph: _Graph, rays: str, scores: str, gravity: str) -> tuple[str, str]:
    """Return keypoints of spread 1 and the input of the first layer."""
    rows, last = graph.constant([1], np.int64), graph.constant([2], np.int64)
    seen = graph.add('Cast', graph.add('Greater', scores, graph.constant(0)),
                     to=TensorProto.FLOAT)
    square = graph.add('ReduceSum', graph.add('Mul', rays, rays), last, keepdims=0)
    square = graph.add('ReduceSum', graph.add('Mul', square, seen), rows)
    count = graph.add('Max', graph.add('ReduceSum', seen, rows), graph.constant(1))
    spread = graph.add('Sqrt', graph.add('Add', graph.add('Div', square, count),
                                         graph.constant(1e-8)))
    unit = graph.add('Div', rays, graph.add('Unsqueeze', spread, last))
    flat = graph.add('Flatten', unit, axis=1)
    size = graph.add('Sub', graph.add('Log', spread), graph.constant(LOG_SPREAD))
    return unit, graph.add('Concat', flat, scores, seen, gravity, size, axis=1)


def check_parity(network: ResidualLifter, path: Path, samples) -> float:
    """Return the largest difference, m, between an engine file and the network it came from."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    joints, sigma = session.run(None, {
        'keypoints': samples.keypoints[:, None].numpy(),
        'scores': samples.scores[:, None].numpy(), 'gravity': samples.gravity.numpy()})
    with torch.no_grad():
        expected = lift_symmetric(network.eval(), samples)
    return max(float(np.abs(joints - expected[0].numpy()).max()),
               float(np.abs(sigma - expected[1].numpy()).max()))


def lift_symmetric(network: nn.Module, samples) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what the engine file gives: the mean of a body and its mirror image."""
    flip = torch.tensor([-1.0, 1.0, 1.0])
    joints, sigma = network(samples.keypoints, samples.scores, samples.gravity)
    mirrored = network(samples.keypoints[:, COCO_17.mirrored] * flip[:2],
                       samples.scores[:, COCO_17.mirrored], samples.gravity * flip)
    return ((joints + mirrored[0][:, BODY_16.mirrored] * flip) / 2,
            (sigma + mirrored[1][:, BODY_16.mirrored]) / 2)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A trained network as an engine file, weights folded; whether both say the same."""
from pathlib import Path

import numpy as np
from onnx import TensorProto
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.training.graph import Graph, mean_with_mirror, with_mirror
from pose3d_ros.training.network import (
    FARTHEST,
    LEAST_SIGMA,
    Lifter,
    LOG_SPREAD,
    REGRESSED,
    SIGMA_OF_B,
)
from torch import nn


def export_lifter(network: Lifter, path: Path, facts: dict[str, str]) -> None:
    """
    Write a network's engine file.

    Parameters
    ----------
    network : Lifter
        Trained; its temperatures are part of the file.
    path : Path
        The ONNX file.
    facts : dict
        Its metadata.

    """
    graph = Graph()
    # the body and its mirror image, lifted as one batch: the mean is exactly symmetric
    mean_with_mirror(graph, *_network(graph, network, *with_mirror(graph)))
    graph.save(path, network.window, facts)


def layer(graph: Graph, x: str, linear: nn.Linear, norm: nn.BatchNorm1d | None = None) -> str:
    """Add a fully connected layer; a normalisation is folded into its weights."""
    weight, bias = linear.weight.detach(), linear.bias
    if norm is not None:
        gain = norm.weight / (norm.running_var + norm.eps).sqrt()
        weight, bias = weight * gain[:, None], norm.bias - norm.running_mean * gain
    x = graph.add('Gemm', x, graph.stored(weight.detach().numpy().T),
                  graph.constant(bias.detach().numpy()))
    return graph.add('Relu', x) if norm is not None else x


def _network(graph: Graph, network: Lifter, rays: str, scores: str, gravity: str) -> tuple:
    """Add the network as its forward pass has it; return joints and sigma."""
    unit, features = _features(graph, network.window, rays, scores, gravity)
    x = layer(graph, features, network.first[0], network.first[1])
    for first, second in network.blocks:
        y = layer(graph, x, first[0], first[1])
        x = graph.add('Add', x, layer(graph, y, second[0], second[1]))
    pose, log_b, log_scale = graph.split(layer(graph, x, network.last), network.sizes, axis=1)
    regressed = _regressed(graph, network, pose, unit, log_scale)
    joints = graph.add('MatMul', graph.constant(network.joints_from_regressed.numpy()), regressed)
    b = graph.add('Exp', graph.add('Clip', graph.add('Sub', log_b, graph.constant(3)),
                                   graph.constant(-7), graph.constant(1)))
    b = graph.add('Reshape', b, graph.whole(-1, len(BODY_16), 2))
    sigma = graph.add('Mul', b, graph.constant(SIGMA_OF_B * network.temperature.numpy()))
    return joints, graph.add('Add', sigma, graph.constant(LEAST_SIGMA))


def _regressed(graph: Graph, network: Lifter, pose: str, unit: str, log_scale: str) -> str:
    shape = graph.whole(-1, len(REGRESSED), 3)
    if network.decoder:
        hidden = graph.add('Relu', layer(graph, pose, network.decoder[0]))
        return graph.add('Reshape', layer(graph, hidden, network.decoder[2]), shape)
    scale = graph.add('Unsqueeze', graph.add('Exp', log_scale), graph.whole(2))
    # (14, 17) @ (B, 17, 2) @ (2, 3): keypoints of the joints, nothing along the line of sight
    flat = graph.add('MatMul', graph.constant(network.pick.numpy()), unit)
    flat = graph.add('MatMul', flat, graph.constant(np.eye(2, 3)))
    return graph.add('Add', graph.add('Reshape', pose, shape), graph.add('Mul', flat, scale))


def _features(graph: Graph, window: int, rays: str, scores: str, gravity: str) -> tuple:
    """Return keypoints of spread 1 and the input of the first layer."""
    now = window - 1
    seen = graph.add('Cast', graph.add('Greater', scores, graph.constant(0)),
                     to=TensorProto.FLOAT)
    here, rays_here = graph.pick(seen, 1, now), graph.pick(rays, 1, now)
    square = graph.add('ReduceSum', graph.add('Mul', rays_here, rays_here), graph.whole(2),
                       keepdims=0)
    square = graph.add('ReduceSum', graph.add('Mul', square, here), graph.whole(1))
    count = graph.add('Max', graph.add('ReduceSum', here, graph.whole(1)), graph.constant(1))
    spread = graph.add('Sqrt', graph.add('Add', graph.add('Div', square, count),
                                         graph.constant(1e-8)))
    unit = graph.add('Div', rays, graph.add('Unsqueeze', spread, graph.whole(2, 3)))
    unit_here = graph.pick(unit, 1, now)
    size = graph.add('Sub', graph.add('Log', spread), graph.constant(LOG_SPREAD))
    features = [graph.add('Flatten', unit_here, axis=1), graph.pick(scores, 1, now), here,
                gravity, size]
    if window > 1:
        before = list(range(now))
        past = graph.add('Clip', graph.pick(unit, 1, before), graph.constant(-FARTHEST),
                         graph.constant(FARTHEST))
        features += [graph.add('Flatten', value, axis=1)
                     for value in (past, graph.pick(seen, 1, before))]
    return unit_here, graph.add('Concat', *features, axis=1)


class EngineFile:
    """An engine file called with samples, as the networks in training are."""

    def __init__(self, path: Path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=['CPUExecutionProvider'])

    def __call__(self, samples) -> tuple[np.ndarray, np.ndarray]:
        """Return joints (B, 16, 3) and sigma (B, 16, 2) across and along, m."""
        joints, sigma, depth = [], [], []
        for start in range(0, len(samples.scores), 1024):
            part = slice(start, start + 1024)
            out = self._session.run(['joints', 'sigma', 'depth_sigma'], {
                name: getattr(samples, name)[part].numpy()
                for name in ('keypoints', 'scores', 'gravity')})
            for values, more in zip((joints, sigma, depth), out):
                values.append(more)
        return (np.concatenate(joints),
                np.stack([np.concatenate(sigma), np.concatenate(depth)], -1))

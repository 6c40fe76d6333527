# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
A training that starts from an engine file instead of chance.

Engine files hold layers with their normalisation folded in. Here the folding is undone: statistics
are measured on samples, and gain and offset are set so that nothing changes. The new network may
be wider and look at more frames; what is new begins without influence.
"""
from pathlib import Path

import numpy as np
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.training.engine_weights import read_weights
from pose3d_ros.training.network import features_of, Lifter, REGRESSED
import torch
from torch import nn


def start_from_engine(network: Lifter, path: Path, samples) -> None:
    """
    Set a network's weights from a residual or temporal engine file.

    Parameters
    ----------
    network : Lifter
        As wide as the engine's or wider, with a window as long or longer.
    path : Path
        The engine file.
    samples : Samples
        To measure the statistics of the layers on.

    Raises
    ------
    ValueError
        When the file is not such an engine.

    """
    layers = [network.first, *(layer for block in network.blocks for layer in block)]
    folded = _fully_connected(path)
    if len(folded) != len(layers) + 1 or folded[0][0].shape[1] > network.first[0].in_features \
            or folded[0][0].shape[0] > network.first[0].out_features:
        raise ValueError(f'{path}: not a lifter to start from: its layers are '
                         f'{[weight.shape for weight, _ in folded]}')
    with torch.no_grad():
        for layer, (weight, bias) in zip(layers, folded):
            _put(layer[0].weight, weight)
            layer[1].bias.zero_()
            layer[1].bias[:len(bias)] = torch.from_numpy(bias)
        _measure(network, samples, len(folded[0][1]))
        if not network.decoder:
            _put(network.last.weight, _head(folded[-1][0]))
            network.last.bias.copy_(torch.from_numpy(_head(folded[-1][1])))


def _fully_connected(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return weight (out, in) and bias (out,) of each fully connected layer of an engine."""
    graph, values = read_weights(path)
    return [(values[node.input[1]].T.copy(), values[node.input[2]].copy())
            for node in graph.node if node.op_type == 'Gemm']


def _put(weight: nn.Parameter, known: np.ndarray) -> None:
    """Set the known part of a weight; what comes from new units begins at nothing."""
    rows, columns = known.shape
    weight[:rows] = 0
    weight[:rows, :columns] = torch.from_numpy(known)


def _measure(network: Lifter, samples, known: int) -> None:
    """Set the normalisations, layer by layer, so that the known units give what they gave."""
    _, x = features_of(samples.keypoints, samples.scores, samples.gravity)
    x = _normalise(network.first, x, known)
    for first, second in network.blocks:
        x = x + _normalise(second, _normalise(first, x, known), known)


def _normalise(layer: nn.Sequential, x: torch.Tensor, known: int) -> torch.Tensor:
    y, norm = layer[0](x), layer[1]
    mean, variance = y.mean(0), y.var(0)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight[:known] = (variance + norm.eps).sqrt()[:known]
    norm.bias[:known] += mean[:known]
    return layer.eval()(x)


def _head(values: np.ndarray) -> np.ndarray:
    """Return the last layer's rows; those with one sigma per joint use it twice."""
    pose, joints = 3 * len(REGRESSED), len(BODY_16)
    if len(values) == pose + joints + 1:
        sigma = np.repeat(values[pose:pose + joints], 2, axis=0)
        return np.concatenate([values[:pose], sigma, values[pose + joints:]])
    return values

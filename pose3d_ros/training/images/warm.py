# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
A training of an image network that starts from an engine file instead of chance.

Engine files hold convolutions with their normalisation folded in. Here the folding is undone:
statistics are measured on pictures, and gain and offset are set so that nothing changes.
"""
from pathlib import Path

import numpy as np
from pose3d_ros.training.engine_weights import read_weights
from pose3d_ros.training.images.network import normalised
import torch
from torch import nn

FILTER_NORM = 3 ** -0.5  # of the filters of a new convolution: steps then have their usual effect


def start_from_engine(network: nn.Module, path: Path, pictures: torch.Tensor) -> None:
    """
    Set a network's weights from an engine file that was made of one like it.

    Parameters
    ----------
    network : Module
        As wide and deep as the engine's.
    path : Path
        The engine file.
    pictures : (B, H, W, 3) uint8
        To measure the statistics of the layers on.

    Raises
    ------
    ValueError
        When the file is not such an engine.

    """
    folded = _convolutions(path)
    shapes = [weight.shape for weight, _ in folded]
    if sorted(shapes) != sorted(tuple(layer.weight.shape) for layer in network.modules()
                                if isinstance(layer, nn.Conv2d)):
        raise ValueError(f'{path}: not an engine to start from: its convolutions are {shapes}')
    unfolding = _Unfolding(folded)
    hooks = [layer.register_forward_pre_hook(hook) for layer in network.modules()
             for kind, hook in ((nn.Conv2d, unfolding.convolve),
                                (nn.BatchNorm2d, unfolding.normalise))
             if isinstance(layer, kind)]
    with torch.no_grad():
        network.eval()(normalised(pictures))
    for hook in hooks:
        hook.remove()


class _Unfolding:
    """Sets each layer when the pictures reach it: the order in which the engine has them."""

    def __init__(self, folded: list[tuple[np.ndarray, np.ndarray]]):
        self._folded, self._biases = iter(folded), []

    def convolve(self, layer: nn.Conv2d, _) -> None:
        weight, bias = (torch.from_numpy(values) for values in next(self._folded))
        if layer.bias is not None:  # the last one, which nothing normalises
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)
            return
        scale = FILTER_NORM / weight.flatten(1).norm(dim=1).clamp_min(1e-6)
        layer.weight.copy_(weight * scale[:, None, None, None])
        self._biases.append((scale, bias))

    def normalise(self, layer: nn.BatchNorm2d, inputs) -> None:
        scale, bias = self._biases.pop()
        variance, mean = torch.var_mean(inputs[0], (0, 2, 3))
        layer.running_mean.copy_(mean)
        layer.running_var.copy_(variance)
        layer.weight.copy_((variance + layer.eps).sqrt() / scale)
        layer.bias.copy_(mean / scale + bias)


def _convolutions(path: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return weight (out, in, k, k) and bias (out,) of each convolution, in their order."""
    graph, values = read_weights(path)
    nodes = {node.input[1]: node for node in graph.node if node.op_type == 'Conv'}
    return [(values[name], values[node.input[2]]) for name, node in nodes.items()
            if name in values]  # engines that look twice use them under other names, too

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Decoding of SimCC (Li et al., ECCV 2022): per keypoint one distribution over x and one over y.

RTMPose (Jiang et al., 2023) gives one bin each half pixel of the crop.
"""
import numpy as np
from onnx import TensorProto
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.graphs.writing import GraphWriter, ints

RADIUS = 8  # bins: the window that the spread is taken from
SHARPNESS = 10.0  # RTMPose's beta: its outputs times this are the logarithms of probabilities
FLOOR = 0.25  # px^2 of the crop: least variance that is claimed
OUTSIDE = -100.0  # value of bins beyond the edge: no weight at all

#: (17, 1) bins of the window, relative to its middle.
WINDOW = np.arange(-RADIUS, RADIUS + 1, dtype=np.float32)[:, None]


def decode(write: GraphWriter, outputs: list[str], shapes: list, size: tuple, recipe: Recipe):
    """
    Write the nodes from simcc_x, simcc_y to keypoints, scores and spread.

    Parameters
    ----------
    write : GraphWriter
        Takes the nodes.
    outputs, shapes : [str], [(B, J, bins)]
        The network's outputs, x first, and their shapes.
    size : (height, width)
        Of the crop, px.
    recipe : Recipe
        Its split.

    """
    expected = [round(pixels * recipe.split) for pixels in size[::-1]]
    if [shape[-1] for shape in shapes] != expected:
        raise ValueError(
            f'SimCC on a crop of {size[0]}x{size[1]} px with {recipe.split} bins per px gives '
            f'{expected} bins (x, y): the network gives {shapes}'
        )
    axes = [_axis(write, values) for values in outputs]
    positions, bests, variances = zip(*axes, strict=True)
    write('Div', write('Concat', *positions, axis=2), np.float32(recipe.split), out='keypoints')
    write('Clip', write('Min', *bests), np.float32(0), np.float32(1), out='scores')
    diagonal = write('Div', write('Concat', *variances, axis=2), np.float32(recipe.split**2))
    diagonal = write('Unsqueeze', write('Add', diagonal, np.float32(FLOOR)), ints(3))
    write('Mul', diagonal, np.eye(2, dtype=np.float32), out='spread')


def _axis(write: GraphWriter, values: str) -> tuple[str, str, str]:
    """Return position (B, J, 1) in bins, score (B, J) and variance (B, J, 1) in bins^2."""
    peak = write('ArgMax', values, axis=2, keepdims=1)
    best = write('ReduceMax', values, axes=[2], keepdims=0)
    pads = ints(0, 0, RADIUS, 0, 0, RADIUS)
    padded = write('Pad', values, pads, np.float32(OUTSIDE))
    window = write('GatherElements', padded, write('Add', peak, np.arange(2 * RADIUS + 1)), axis=2)
    weights = write('Softmax', write('Mul', window, np.float32(SHARPNESS)), axis=2)
    mean = write('MatMul', weights, WINDOW)
    square = write('MatMul', weights, WINDOW**2)
    variance = write('Sub', square, write('Mul', mean, mean))
    return write('Cast', peak, to=TensorProto.FLOAT), best, variance

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Decoding of heatmaps: one map per keypoint, its peak where the keypoint is.

Only the 7x7 window around the largest value is read. That costs far less than weighing whole maps,
and a second person in the crop cannot pull the answer towards them. Three decoders:

- softargmax: the mean of the window's pixels, weighted by a softmax (integral regression, Sun et
  al., ECCV 2018, made local)
- taylor: one Newton step on the logarithm of the smoothed heatmap (DARK, Zhang et al., CVPR 2020)
- argmax: the largest pixel itself
"""
import numpy as np
from onnx import TensorProto
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.graphs.writing import GraphWriter, ints

RADIUS = 3  # px of the heatmap: the window is 7x7
#: Weight of a heatmap pixel: exp(SHARPNESS * value). With 10 the spread is about the square of
#: the true error (PP-TinyPose, both sizes); 20 claims half of it, 5 twice as much.
SHARPNESS = 10.0
FLOOR = 0.05  # px^2 of the heatmap: least variance that is claimed
SMOOTHING = 1.0  # px of the heatmap: Gaussian before the Taylor step
OUTSIDE = -100.0  # value of pixels beyond the edge: no weight at all

_OFFSETS = np.arange(-RADIUS, RADIUS + 1, dtype=np.float32)
#: (49, 2) x, y of the window's pixels, relative to its middle.
WINDOW = np.stack(np.meshgrid(_OFFSETS, _OFFSETS), axis=-1).reshape(-1, 2)


def decode(write: GraphWriter, outputs: list[str], shapes: list, size: tuple, recipe: Recipe):
    """
    Write the nodes from heatmaps to keypoints, scores and spread.

    Parameters
    ----------
    write : GraphWriter
        Takes the nodes.
    outputs : [str]
        The network's output: heatmaps (B, J, h, w) float32.
    shapes : [(B, J, h, w)]
        Its shape; B may be unknown.
    size : (height, width)
        Of the crop, px.
    recipe : Recipe
        Its decoder and alignment.

    """
    _, joints, height, width = _checked(shapes[0])
    stride = _stride((height, width), size, recipe.alignment)
    flat = write('Reshape', outputs[0], ints(0, joints, height * width))
    peak = write('ArgMax', flat, axis=2, keepdims=1)  # (B, J, 1)
    best = write('ReduceMax', flat, axes=[2], keepdims=0)
    write('Clip', best, np.float32(0), np.float32(1), out='scores')
    window = _window(write, outputs[0], peak, shapes[0])
    weights = write('Softmax', write('Mul', window, np.float32(SHARPNESS)), axis=2)
    mean = write('MatMul', weights, WINDOW)  # (B, J, 2)
    step = {'softargmax': lambda: mean, 'taylor': lambda: taylor_step(write, window)}
    corner = _position(write, peak, width)
    position = corner if recipe.decoder == 'argmax' else write(
        'Add', corner, step[recipe.decoder]()
    )
    write('Mul', position, stride, out='keypoints')
    _spread(write, weights, mean, stride)


def _checked(shape: tuple) -> tuple:
    """Return the shape of heatmaps; raise ValueError if it is none or not fixed."""
    if len(shape) != 4 or not all(isinstance(number, int) for number in shape[1:]):
        raise ValueError(f'expected heatmaps (B, J, h, w) of fixed size: it gives {shape}')
    return shape


def _stride(heatmap: tuple, crop: tuple, alignment: str) -> np.ndarray:
    """
    Return crop px per heatmap px (x, y); the first pixels of both lie on each other.

    'stride': whole strides, as most networks are trained (checked for PP-TinyPose: with it the
    keypoints of a mirrored crop are mirrored to 0.1 px in the mean). 'udp': the last pixels lie on
    each other too (UDP, Huang et al., CVPR 2020).
    """
    less = 1 if alignment == 'udp' else 0
    return np.float32([(crop[axis] - less) / (heatmap[axis] - less) for axis in (1, 0)])


def _position(write: GraphWriter, peak: str, width: int) -> str:
    """Return x, y (B, J, 2) of flat indices (B, J, 1)."""
    row = write('Div', peak, ints(width))
    column = write('Sub', peak, write('Mul', row, ints(width)))
    return write('Cast', write('Concat', column, row, axis=2), to=TensorProto.FLOAT)


def _window(write: GraphWriter, heatmaps: str, peak: str, shape: tuple) -> str:
    """Return the values (B, J, 49) of the window around each peak."""
    _, joints, height, width = shape
    wide = width + 2 * RADIUS
    rows, columns = WINDOW.astype(np.int64).T[::-1] + RADIUS
    pads = ints(0, 0, RADIUS, RADIUS, 0, 0, RADIUS, RADIUS)
    padded = write('Pad', heatmaps, pads, np.float32(OUTSIDE))
    flat = write('Reshape', padded, ints(0, joints, (height + 2 * RADIUS) * wide))
    # A flat index of the map plus one margin per row is the window's corner in the padded map.
    margins = write('Mul', write('Div', peak, ints(width)), ints(2 * RADIUS))
    corner = write('Add', peak, margins)
    return write('GatherElements', flat, write('Add', corner, rows * wide + columns), axis=2)


def taylor_step(write: GraphWriter, window: str) -> str:
    """
    Return the step (B, J, 2) from the window's middle to the peak, px of the heatmap.

    The logarithm of the smoothed heatmap is taken for a parabola, as it is for a Gaussian (DARK;
    Zhang et al., CVPR 2020). Smoothing is cut to the window, where only 3x3 results are needed.
    """
    smooth = write('MatMul', write('Max', window, np.float32(0)), _smoothing())
    logarithm = write('Log', write('Max', smooth, np.float32(1e-6)))  # (B, J, 9), rows of 3
    derivatives = write('MatMul', logarithm, _DIFFERENCES)
    gx, gy, xx, yy, xy = write.several(
        'Split', derivatives, ints(1, 1, 1, 1, 1), out=5, axis=2
    )
    determinant = write(
        'Sub', write('Mul', xx, yy), write('Mul', xy, xy)
    )
    # A peak bends down in every direction; elsewhere the parabola has no top and no step is made.
    determinant = write('Max', determinant, np.float32(1e-6))
    x = write('Sub', write('Mul', xy, gy), write('Mul', yy, gx))
    y = write('Sub', write('Mul', xy, gx), write('Mul', xx, gy))
    step = write('Div', write('Concat', x, y, axis=2), determinant)
    return write('Clip', step, np.float32(-1), np.float32(1))


def _smoothing() -> np.ndarray:
    """Return (49, 9): the window's pixels to the smoothed values of its inner 3x3."""
    inner = WINDOW[np.abs(WINDOW).max(axis=1) <= 1]
    squares = ((WINDOW[:, None] - inner[None]) ** 2)
    kernel = np.exp(-squares.sum(axis=2) / (2 * SMOOTHING**2)) * (squares.max(axis=2) <= 4)
    return (kernel / kernel.sum(axis=0)).astype(np.float32)


#: (9, 5): 3x3 values in rows to first derivatives x, y and second ones xx, yy, xy.
_DIFFERENCES = np.float32([
    [0, 0, 0, -0.5, 0, 0.5, 0, 0, 0],
    [0, -0.5, 0, 0, 0, 0, 0, 0.5, 0],
    [0, 0, 0, 1, -2, 1, 0, 0, 0],
    [0, 1, 0, 0, -2, 0, 0, 1, 0],
    [0.25, 0, -0.25, 0, 0, 0, -0.25, 0, 0.25],
]).T


def _spread(write: GraphWriter, weights: str, mean: str, stride: np.ndarray) -> None:
    """Write the covariance (B, J, 2, 2) of the window's weights, crop px^2."""
    products = (WINDOW[:, :, None] * WINDOW[:, None, :]).reshape(-1, 4)
    moments = write('MatMul', weights, products)  # (B, J, 4)
    outer = write('Mul', write('Unsqueeze', mean, ints(3)), write('Unsqueeze', mean, ints(2)))
    square = write('Reshape', moments, ints(0, 0, 2, 2))
    covariance = write('Add', write('Sub', square, outer), np.float32(np.eye(2) * FLOOR))
    write('Mul', covariance, np.outer(stride, stride), out='spread')

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Decoding of YOLOX (Ge et al., 2021): one row per cell of the grids with strides 8, 16, 32.

A row is cx, cy, w, h, objectness, then one score per class. The official export leaves boxes
undecoded: cx and cy in cells relative to the cell, w and h as logarithms, in cells.
"""
import numpy as np
from pose3d_ros.graphs.boxes import keep_best
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.graphs.writing import GraphWriter, ints

STRIDES = (8, 16, 32)
#: (4, 4): cx, cy, w, h times this is left, top, right, bottom.
CORNERS = np.float32([[1, 0, 1, 0], [0, 1, 0, 1], [-0.5, 0, 0.5, 0], [0, -0.5, 0, 0.5]])


def decode(write: GraphWriter, outputs: list[str], shapes: list, size: tuple, recipe: Recipe):
    """
    Write the nodes from the network's output (1, N, 5 + C) to boxes and scores.

    Parameters
    ----------
    write : GraphWriter
        Takes the nodes.
    outputs, shapes : [str], [(1, N, 5 + C)]
        The network's output and its shape.
    size : (height, width)
        Of the picture, px.
    recipe : Recipe
        Its decoded, person and candidates.

    """
    cells, strides = grid(size)
    columns = shapes[0][2]
    if shapes[0][1] != len(cells) or recipe.person + 5 >= columns:
        raise ValueError(
            f'YOLOX on {size[0]}x{size[1]} px with class {recipe.person} gives '
            f'(1, {len(cells)}, at least {recipe.person + 6}): the network gives {shapes[0]}'
        )
    rows = write('Reshape', outputs[0], ints(len(cells), columns))
    box = _columns(write, rows, 0, 4)
    if not recipe.decoded:
        middle = write('Add', _columns(write, rows, 0, 2), cells)
        extent = write('Exp', _columns(write, rows, 2, 4))
        box = write('Mul', write('Concat', middle, extent, axis=1), strides)
    classes = (_columns(write, rows, column, column + 1) for column in (4, 5 + recipe.person))
    scores = write('Reshape', write('Mul', *classes), ints(len(cells)))
    keep_best(write, write('MatMul', box, CORNERS), scores, min(recipe.candidates, len(cells)))


def grid(size: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Return the cells' x, y (N, 2) in cells and their strides (N, 1) in px."""
    cells, strides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: size[0] // stride, : size[1] // stride]
        cells.append(np.stack([columns, rows], axis=-1).reshape(-1, 2))
        strides.append(np.full((rows.size, 1), stride))
    return np.float32(np.concatenate(cells)), np.float32(np.concatenate(strides))


def _columns(write: GraphWriter, rows: str, start: int, stop: int) -> str:
    """Return some columns of a table."""
    return write('Slice', rows, ints(start), ints(stop), ints(1))

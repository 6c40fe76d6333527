# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Decoding of detectors exported by MMDeploy (RTMDet, YOLOX): dets and labels.

`dets` (1, N, 5) holds left, top, right, bottom, score after the network's own suppression of
overlapping boxes; `labels` (1, N) holds the classes. N depends on the picture.
"""
import numpy as np
from onnx import TensorProto
from pose3d_ros.graphs.boxes import keep_best
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.graphs.writing import GraphWriter, ints


def decode(write: GraphWriter, outputs: list[str], shapes: list, size: tuple, recipe: Recipe):
    """Write the nodes from dets and labels to boxes and scores; K of them, score 0 where fewer."""
    if [len(shape) for shape in shapes] != [3, 2]:
        raise ValueError(f'expected dets (1, N, 5) and labels (1, N): the network gives {shapes}')
    table = write('Reshape', outputs[0], ints(-1, 5))
    labels = write('Cast', write('Reshape', outputs[1], ints(-1, 1)), to=TensorProto.INT64)
    person = write('Cast', write('Equal', labels, ints(recipe.person)), to=TensorProto.FLOAT)
    rows = write('Mul', table, person)  # other classes get score 0
    rows = write('Concat', rows, np.zeros((recipe.candidates, 5), np.float32), axis=0)
    boxes = write('Slice', rows, ints(0), ints(4), ints(1))
    scores = write('Reshape', write('Slice', rows, ints(4), ints(5), ints(1)), ints(-1))
    keep_best(write, boxes, scores, recipe.candidates)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the layers of an engine file hold, for trainings that start from it."""
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper


def read_weights(path: Path) -> tuple[onnx.GraphProto, dict[str, np.ndarray]]:
    """Return an engine's graph and its weights by name, float32; ValueError: no ONNX file."""
    try:
        graph = onnx.load(path).graph
    except Exception as error:  # its exceptions have no common base
        raise ValueError(f'{path}: cannot be read: {error}') from None
    values = {w.name: numpy_helper.to_array(w).astype(np.float32) for w in graph.initializer}
    # weights that are kept with 16 bits are cast in the graph
    values |= {node.output[0]: values[node.input[0]] for node in graph.node
               if node.op_type == 'Cast' and node.input[0] in values}
    return graph, values

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A short notation for ONNX nodes."""
import numpy as np
from onnx import helper, NodeProto, numpy_helper, TensorProto


class GraphWriter:
    """
    Collects nodes and constants; tensors are names (str), constants are numpy arrays.

    Its own tensors are called pose3d/1, pose3d/2, ... so that they never meet a network's.
    """

    def __init__(self):
        """Start empty."""
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def __call__(self, operator: str, *inputs, out: str | None = None, **attributes) -> str:
        """Add one node and return the name of its output: `out`, else a new one."""
        return self.several(operator, *inputs, out=[out or self._new()], **attributes)[0]

    def several(self, operator: str, *inputs, out: list[str] | int, **attributes) -> list[str]:
        """Add one node with several outputs, given by name or number, and return their names."""
        names = [f'{self._new()}/{part}' for part in range(out)] if isinstance(out, int) else out
        tensors = [x if isinstance(x, str) else self._constant(x) for x in inputs]
        self.nodes.append(helper.make_node(operator, tensors, names, self._new(), **attributes))
        return names

    def _constant(self, array: np.ndarray) -> str:
        """Keep an array as an initializer and return its name."""
        name = f'pose3d/constant/{len(self.constants)}'
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def _new(self) -> str:
        """Return the name of the next node."""
        return f'pose3d/{len(self.nodes)}'


def ints(*numbers: int) -> np.ndarray:
    """Return a vector of 64-bit integers: shapes, axes, slice bounds, indices."""
    return np.array(numbers, np.int64)

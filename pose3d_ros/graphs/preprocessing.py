# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From uint8 pictures to what a network was trained on."""
import numpy as np
from onnx import TensorProto
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.graphs.writing import GraphWriter, ints


def normalise(write: GraphWriter, pictures: str, network_input: str, recipe: Recipe) -> None:
    """
    Write the nodes from pictures to (picture - mean) / std, channels first.

    Parameters
    ----------
    write : GraphWriter
        Takes the nodes.
    pictures : str
        Tensor (B, H, W, 3) uint8 RGB.
    network_input : str
        Tensor (B, 3, H, W) float32 to make.
    recipe : Recipe
        Its mean and std (grey levels 0..255, in the network's channel order) and channels.

    """
    mean, std = (np.float32(values).reshape(3, 1, 1) for values in (recipe.mean, recipe.std))
    # The cast comes first: TensorRT takes uint8 only as an input that is cast at once.
    x = write('Cast', pictures, to=TensorProto.FLOAT)
    x = write('Transpose', x, perm=[0, 3, 1, 2])
    if recipe.channels == 'bgr':
        x = write('Gather', x, ints(2, 1, 0), axis=1)
    if np.any(mean != 0):
        x = write('Sub', x, mean)
    if np.any(std != 1):
        x = write('Div', x, std)
    write('Identity', x, out=network_input)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Makes engine files: puts pre-processing and decoding into a network's ONNX graph."""
from pose3d_ros.graphs.importing import import_network
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.graphs.saving import read_network, save_engine

__all__ = ['Recipe', 'import_network', 'read_network', 'save_engine']

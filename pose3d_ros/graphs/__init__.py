# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Makes engine files: puts pre-processing and decoding into a network's ONNX graph."""

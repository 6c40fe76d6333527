# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Motion capture to lifting engines. Needs PyTorch and ONNX; never imported at run time."""

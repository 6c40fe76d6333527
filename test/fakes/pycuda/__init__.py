# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""As much of pycuda as pose3d_ros uses."""

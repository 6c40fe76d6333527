# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Renders to detectors and heatmap engines. Needs PyTorch; never imported at run time."""

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The stages of the pipeline: numpy and OpenCV only, one concept per file."""

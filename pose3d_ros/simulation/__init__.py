# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Cameras that are not there: nodes that publish images and camera_info."""

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""3D skeletons of people from a camera: markers, TF frames and arrays for robots (ROS 2)."""

__version__ = '0.1.0'

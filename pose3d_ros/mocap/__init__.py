# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Motion capture files of any skeleton to motions of our keypoints."""

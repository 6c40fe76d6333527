# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The real node on a clip: several processes over DDS, what they say, and what it amounts to."""

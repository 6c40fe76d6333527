# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How good the skeletons are: recordings, truth, metrics, the report."""

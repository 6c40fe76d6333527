# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The sub-commands of `pose3d`; each is imported only when it is chosen."""

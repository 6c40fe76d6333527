# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The error of this package."""


class EngineError(ValueError):
    """An engine file cannot be used, or was called wrongly; the message is one clear sentence."""

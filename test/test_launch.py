# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""pose.launch.py with a clip: markers, TF, diagnostics, and a clean end."""
from importlib.util import find_spec

import pytest

if find_spec('launch_testing'):  # a skip while this is imported would end the whole collection
    from launch_with_clip import generate_test_description, TestEnd, TestSkeletons
    __all__ = ['generate_test_description', 'TestEnd', 'TestSkeletons']
else:
    @pytest.mark.skip(reason='launch_testing is not installed')
    def test_launch():
        """Run what launch_with_clip.py holds."""

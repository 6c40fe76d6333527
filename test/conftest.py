# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Test files that cannot even be imported without what only training or engines need."""
from importlib.util import find_spec

NEEDS = {'torch': ['test_training_views.py'],
         'onnxruntime': ['test_suite.py', 'test_training_engine.py']}
collect_ignore = [file for module, files in NEEDS.items() if find_spec(module) is None
                  for file in files]

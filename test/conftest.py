# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Settings of all tests; files that cannot even be imported without training or engines."""
from importlib.util import find_spec

from hypothesis import settings

# the same examples in every run: a change breaks a test, chance does not
settings.register_profile('same', derandomize=True, deadline=None)
settings.load_profile('same')

NEEDS = {
    'torch': [
        'test_training_views.py', 'test_training_images_figures.py',
        'test_training_images_network.py', 'test_training_images_scenes.py'],
    'onnxruntime': [
        'test_pipeline_simulated.py', 'test_suite.py', 'test_training_engine.py',
        'test_training_images_engines.py'],
}
LEFT_OUT = {module: files for module, files in NEEDS.items() if find_spec(module) is None}
collect_ignore = [file for files in LEFT_OUT.values() for file in files]


def pytest_report_header():
    """Say what is left out, and for want of what."""
    return [f"without {module}: no {', '.join(files)}" for module, files in LEFT_OUT.items()]

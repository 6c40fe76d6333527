# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Imports run one way: the stages know neither ROS nor how engines run."""
from pathlib import Path
import subprocess
import sys

import pose3d_ros
import pytest

ROOT = Path(pose3d_ros.__file__).parent
CORE = sorted(f'pose3d_ros.core.{path.stem}' for path in (ROOT / 'core').glob('[a-z]*.py'))
BLOCKED = ('rclpy', 'onnxruntime', 'onnx', 'tensorrt', 'pycuda', 'torch')
SCRIPT = """
import importlib, sys
for blocked in {blocked}:
    sys.modules[blocked] = None  # importing it raises ImportError
for name in {names}:
    importlib.import_module(name)
print(*sys.modules)
"""


def imported(names, blocked=BLOCKED):
    """Return the modules of a fresh Python that imports names while others are blocked."""
    script = SCRIPT.format(names=list(names), blocked=blocked)
    done = subprocess.run(
        [sys.executable, '-c', script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_every_core_module_and_the_pipeline_know_numpy_scipy_and_opencv_only():
    modules = imported([*CORE, 'pose3d_ros.pipeline'])
    ours = {name for name in modules if name.startswith('pose3d_ros.')}
    assert ours == {'pose3d_ros.core', 'pose3d_ros.pipeline', *CORE}
    assert not {name for name in modules if name.split('.')[0].endswith(('_msgs', '_interfaces'))}


@pytest.mark.parametrize('name', CORE)
def test_a_core_module_names_no_outsider(name):
    """One look at the source: imports inside of functions count as well."""
    text = (ROOT / 'core' / f"{name.rpartition('.')[2]}.py").read_text()
    lines = [line.split() for line in text.splitlines()]
    heads = [words[1] for words in lines if words[:1] in (['import'], ['from']) and len(words) > 1]
    outsiders = {
        head for head in heads
        if head.split('.')[0] not in {*sys.stdlib_module_names, 'numpy', 'cv2', 'scipy'}
        and not head.startswith('pose3d_ros.core')}
    assert not outsiders


@pytest.mark.parametrize('module', ['pairing', 'worker', 'health', 'clip', 'calibration'])
def test_parts_of_the_node_are_tested_without_ros(module):
    imported([f'pose3d_ros.{module}'], ('rclpy', 'onnxruntime', 'tensorrt'))


def test_the_simulation_runs_without_what_is_for_training():
    assert not [path.name for path in (ROOT / 'simulation').glob('*.py')
                if 'pose3d_ros.training' in path.read_text()]

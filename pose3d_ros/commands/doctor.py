# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`pose3d doctor`: what this machine has, what is missing, and how to get it."""
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
import os
import platform

from pose3d_ros import inference
from pose3d_ros.core.config import Config
from pose3d_ros.inference.backend import choose_backend

HELP = 'say what is missing on this machine'
NEEDED = ('numpy', 'cv2', 'scipy', 'yaml', 'onnxruntime')
#: Modules that only some things need, and what does not work without them.
OPTIONAL = {
    'rclpy': 'no node: source a ROS 2 installation, or call make setup',
    'tf2_msgs': 'no node: install ros-$ROS_DISTRO-tf2-msgs',
    'hri_msgs': 'no REP-155 topics: install ros-$ROS_DISTRO-hri-msgs',
    'cv_bridge': 'only rgb8, bgr8, rgba8, bgra8, mono8: install ros-$ROS_DISTRO-cv-bridge',
    'matplotlib': 'no page from pose3d demo: install python3-matplotlib',
    'rosbags': 'no bag from pose3d demo: pip install rosbags',
    'onnx': 'no pose3d engines import: install python3-onnx',
    'torch': 'no pose3d train: pip install torch',
}


def add_arguments(parser) -> None:
    """Take no arguments."""


def main(args) -> int:
    """Print one line for each thing; return 1 if something needed is missing."""
    print(f'Python {platform.python_version()}, {platform.platform()}, {os.cpu_count()} cores')
    found = [_line('MISSING', name, partial(_version, name)) for name in NEEDED]
    found += [
        _line('MISSING', f'{kind} {name}', partial(_engine, kind, name))
        for kind, name in _engines().items()]
    _line('without', 'TensorRT', lambda: choose_backend('tensorrt').reason)
    print(f"so       inference.backend auto means {choose_backend('auto').name}")
    for name, without in OPTIONAL.items():
        _line('without', name, partial(_version, name), without)
    print('ready' if all(found) else 'not ready: see the lines that begin with MISSING')
    return 0 if all(found) else 1


def _engines() -> dict[str, str]:
    config = Config()
    return {
        'detector': config.detection.engine, 'heatmap': config.keypoints.engine,
        'lifter': config.lifting.engine}


def _version(name: str) -> str:
    import_module(name)
    try:
        return version({'cv2': 'opencv-python-headless', 'yaml': 'pyyaml'}.get(name, name))
    except PackageNotFoundError:
        return 'installed'


def _engine(kind: str, name: str) -> str:
    return str(inference.load(name, kind).facts.path)


def _line(absent: str, label: str, find: Callable[[], str], without: str = '') -> bool:
    try:
        print(f'ok       {label}: {find()}')
    except (ImportError, ValueError) as error:
        print(f'{absent}  {label}: {without or error}')
        return False
    return True

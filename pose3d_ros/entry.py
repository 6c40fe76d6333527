# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Where the nodes begin as programs, before anything is imported that takes long.

A launch that ends early interrupts nodes that are still importing: that must not hide the message
that says why behind a traceback.
"""
from contextlib import contextmanager
from importlib import import_module
import os
import signal

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def pose3d_node() -> None:
    """Run the node pose3d."""
    _run('pose3d_ros.node')


def sim_camera() -> None:
    """Run the simulated camera."""
    _run('pose3d_ros.simulation.sim_camera')


def video_camera() -> None:
    """Run the camera that plays a clip."""
    _run('pose3d_ros.simulation.video_camera')


def _run(module: str) -> None:
    with interruptible():
        main = import_module(module).main
    main()


@contextmanager
def interruptible():
    """
    Let SIGINT and SIGTERM end at once what takes long before a node spins, as compiling does.

    There must be nothing to clean up: an exception would get lost in callbacks of a compiler.
    """
    before = [signal.signal(number, lambda *_: os._exit(0)) for number in SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(SIGNALS, before):
            signal.signal(number, handler)

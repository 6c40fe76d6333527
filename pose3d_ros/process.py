# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a node of this package lives as a process: spin, Ctrl-C, exit code."""
from collections.abc import Callable
from contextlib import contextmanager
import os
import signal
import sys

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import try_shutdown  # Humble and Jazzy have it only there

SIGNALS = (signal.SIGINT, signal.SIGTERM)


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


class StartError(RuntimeError):
    """The node cannot start; it has said why."""


def run(create: Callable, args: list[str] | None = None) -> None:
    """
    Create a node, spin it until SIGINT or SIGTERM, destroy it.

    A second signal while the node shuts down changes nothing: a Ctrl-C in a terminal reaches the
    node directly and again through launch.
    """
    stop = []
    for number in SIGNALS:
        signal.signal(number, lambda *_: stop.append(True))
    rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
    node = None
    try:
        node = create()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        while not stop and rclpy.ok() and not getattr(node, 'finished', False):
            executor.spin_once(timeout_sec=0.1)
    except StartError:
        sys.exit(1)
    finally:
        for number in SIGNALS:  # for good: Python's own end would restore the default, death
            signal.signal(number, signal.SIG_IGN)
        if node is not None:
            node.destroy_node()
        try_shutdown()

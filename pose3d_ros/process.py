# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How a node of this package lives as a process: spin, Ctrl-C, exit code."""
from collections.abc import Callable
import signal
import sys

from pose3d_ros.entry import SIGNALS
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import try_shutdown  # Humble and Jazzy have it only there


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

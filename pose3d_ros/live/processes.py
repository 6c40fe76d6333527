# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Processes of this package, started and ended together."""
from collections.abc import Mapping
import json
import os
from pathlib import Path
import signal
import subprocess
import sys

PATIENCE = 10.0  # s, for a process to end after SIGINT


class ProcessError(ValueError):
    """A process ended too early; the message holds its last words."""


class Processes:
    """
    A with block around nodes: each writes a log; at the end each gets SIGINT, by its id.

    Parameters
    ----------
    folder : Path
        For the logs.
    domain : int
        ROS_DOMAIN_ID of all of them.

    """

    def __init__(self, folder: Path, domain: int):
        self._folder, self._domain = folder, domain
        self._running: dict[str, subprocess.Popen] = {}

    def start(self, module: str, parameters: Mapping[str, object]) -> None:
        """Start a node by its module, with ROS parameters."""
        values = [f'{name}:={_text(value)}' for name, value in parameters.items()]
        options = [part for value in values for part in ('-p', value)]
        code = f'from {module} import main; main()'
        with self._log(module).open('w') as log:
            self._running[module] = subprocess.Popen(
                [sys.executable, '-c', code, '--ros-args', *options],
                stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=os.environ | {'ROS_DOMAIN_ID': str(self._domain)})

    def check(self) -> None:
        """Raise ProcessError, with its last words, if one of them has ended."""
        for module, process in self._running.items():
            if process.poll() is not None:
                raise ProcessError(f'{module} has ended: {self.last_words(module)}')

    def last_words(self, module: str) -> str:
        """Return the last line that a node wrote."""
        lines = self._log(module).read_text(errors='replace').strip().splitlines()
        return lines[-1] if lines else 'it said nothing'

    def __enter__(self) -> 'Processes':
        """Start nothing yet."""
        return self

    def __exit__(self, *_) -> None:
        """End all of them, the ones started last first."""
        for process in reversed(self._running.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in self._running.values():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()

    def _log(self, module: str) -> Path:
        return self._folder / f"{module.rpartition('.')[2]}.log"


def _text(value: object) -> str:
    """Return a value as YAML; a string in quotes, or an empty one would be no value at all."""
    return json.dumps(value if isinstance(value, (bool, int, float)) else str(value))

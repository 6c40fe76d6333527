# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Build a TensorRT engine in a process of its own.

A build takes seconds to minutes and gigabytes, can be stopped only from outside in TensorRT 8.6,
and has been seen to crash. A process can be ended at any time, gives all memory back, and takes
nothing with it.
"""
from collections.abc import Callable
from multiprocessing.connection import Connection
import os
from pathlib import Path
import signal
import subprocess
import sys

from pose3d_ros.inference.errors import EngineError
from pose3d_ros.inference.facts import EngineFacts, read_facts

PATIENCE = 0.1  # s between looks at whether to stop


class Cancelled(Exception):
    """Nobody waits for the engine any more."""


def build_apart(
    facts: EngineFacts, max_batch: int, progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> bytes:
    """Return the plan of an engine file; raise Cancelled, or EngineError that says why not."""
    ours, theirs = os.pipe()
    with Connection(ours, writable=False) as connection:
        try:
            process = _start(facts.path, max_batch, theirs)
        finally:
            os.close(theirs)
        try:
            return _received(connection, process, progress, cancelled)
        finally:
            process.kill()
            process.wait()


def _start(path: Path, max_batch: int, pipe: int) -> subprocess.Popen:
    """Start the process; a Ctrl-C in the terminal is for the parent, which ends it."""
    code = f'import sys; from {__name__} import main; main(*sys.argv[1:])'
    command = [sys.executable, '-c', code, str(pipe), str(path), str(max_batch)]
    return subprocess.Popen(
        command, pass_fds=[pipe], stdin=subprocess.DEVNULL, stdout=2,
        start_new_session=True)


def _received(connection, process, progress, cancelled) -> bytes:
    """Return what the process sends at last; raise what it could not do."""
    while True:
        while not connection.poll(PATIENCE):
            if cancelled():
                raise Cancelled
        try:
            kind, content = connection.recv()
        except (EOFError, OSError):  # ended between two messages, or within one
            raise EngineError(_ending(process.wait())) from None
        if kind == 'plan':
            return content
        if kind == 'error':
            raise EngineError(content)
        progress(content)
        if cancelled():
            raise Cancelled


def _ending(code: int) -> str:
    """Return how a process ended, in words."""
    if code >= 0:
        return f'the process that builds the engine ended with code {code}'
    return f'the process that builds the engine was ended by {signal.Signals(-code).name}'


def profile(facts: EngineFacts, max_batch: int) -> dict[str, tuple]:
    """Return smallest, usual and largest shape of every input; usual: all persons are there."""
    from pose3d_ros.inference.calls import Signature

    signature = Signature(facts)
    one, most = signature.shapes(1), signature.shapes(max_batch)
    return {name: (one[name], most[name], most[name]) for name in one}


def main(pipe: str, path: str, max_batch: str) -> None:
    """Build and send the plan, or why there is none."""
    with Connection(int(pipe), readable=False) as connection:
        try:
            connection.send(('plan', _built(connection, Path(path), int(max_batch))))
        except Exception as error:  # whatever it is, the parent must know
            connection.send(('error', str(error) or type(error).__name__))


def _built(connection, path: Path, max_batch: int) -> bytes:
    from pose3d_ros.inference.trt_build import build

    def report(share: float) -> bool:
        try:
            connection.send(('progress', share))
        except OSError:  # the parent is gone
            return False
        return True

    facts = read_facts(path)
    half = facts.precision == 'half'
    return build(path.read_bytes(), profile(facts, max_batch), half, report)

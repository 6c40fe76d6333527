# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What signals do to a node that is still being imported or made."""
from importlib import import_module
import signal
import subprocess
import sys
from types import SimpleNamespace

from pose3d_ros import entry
from pose3d_ros.entry import interruptible, SIGNALS
import pytest

SCRIPT = """
import os
from pose3d_ros.entry import interruptible
with interruptible():
    try:
        os.kill(os.getpid(), {number})
    except BaseException:
        pass  # as a compiler does
    print('it went on')
"""


@pytest.mark.parametrize('number', SIGNALS)
def test_a_signal_ends_what_takes_long(number):
    done = subprocess.run([sys.executable, '-c', SCRIPT.format(number=int(number))],
                          capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, '', '')


def test_afterwards_signals_do_what_they_did():
    before = [signal.getsignal(number) for number in SIGNALS]
    with interruptible():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


@pytest.mark.parametrize('begin', [entry.pose3d_node, entry.sim_camera, entry.video_camera])
def test_each_program_imports_interruptibly_and_runs_its_main(monkeypatch, begin):
    handlers = []

    def watch(module):
        handlers.append(signal.getsignal(signal.SIGINT))
        assert callable(import_module(module).main)
        return SimpleNamespace(main=lambda: handlers.append(signal.getsignal(signal.SIGINT)))
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(entry, 'import_module', watch)
    begin()
    assert handlers[0] != before and handlers[1] == before

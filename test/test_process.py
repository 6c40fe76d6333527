# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What signals do to a node that is still being made."""
import signal
import subprocess
import sys

from pose3d_ros.process import interruptible, SIGNALS
import pytest

SCRIPT = """
import os
from pose3d_ros.process import interruptible
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

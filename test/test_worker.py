# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The worker thread: newest item, silence, a clean end."""
import threading
from time import monotonic

from pose3d_ros import worker as module
from pose3d_ros.worker import NewestWorker
import pytest


@pytest.fixture
def started():
    """Return a function that starts a worker; all of them are stopped in the end."""
    workers = []

    def start(handle=lambda item: True, silence=lambda: None, timeout=10.0):
        workers.append(NewestWorker(handle, silence, timeout))
        return workers[-1]

    yield start
    for worker in workers:
        worker.stop()


def test_items_are_handled_in_another_thread(started):
    threads, done = [], threading.Event()

    def handle(item):
        threads.append((item, threading.current_thread()))
        done.set()
        return True

    assert started(handle).submit('a') is False
    assert done.wait(5)
    assert threads[0][0] == 'a' and threads[0][1] is not threading.current_thread()


def test_silence_comes_in_time(started):
    told = threading.Event()
    start = monotonic()
    started(silence=told.set, timeout=0.05)
    assert told.wait(5)
    assert 0.05 <= monotonic() - start < 1


def test_silence_counts_from_when_the_last_item_came(started, monkeypatch):
    """Slow work is no silence while there is more to do; after it no time is left."""
    times = [0.0]
    monkeypatch.setattr(module, 'monotonic', lambda: times[-1])
    told, busy, go, end = [], threading.Event(), threading.Event(), threading.Event()

    def handle(item):
        told.append(item)
        busy.set()
        return go.wait(5)

    worker = started(handle, lambda: told.append('end') or end.set(), timeout=60.0)
    worker.submit(1)
    assert busy.wait(5)
    worker.submit(2)
    times.append(61.0)  # both came longer ago than the timeout
    go.set()
    assert end.wait(5)
    assert told == [1, 2, 'end']


def test_many_submissions_from_many_threads_end_with_the_newest(started):
    seen, last = [], threading.Event()

    def handle(item):
        seen.append(item)
        if item == 'last':
            last.set()
        return True

    worker = started(handle)
    threads = [threading.Thread(target=lambda: [worker.submit(i) for i in range(200)])
               for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.submit('last')
    assert last.wait(5) and seen[-1] == 'last'


def test_stopping_twice_and_submitting_afterwards_do_no_harm(started):
    seen = []
    worker = started(lambda item: seen.append(item) or True)
    worker.stop()
    worker.submit('late')
    worker.stop()
    assert seen == []

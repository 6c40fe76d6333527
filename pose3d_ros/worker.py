# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One thread that works on the newest item only."""
from collections.abc import Callable
import threading
from time import monotonic
from typing import Any


class NewestWorker:
    """
    A thread that handles submitted items one after another; a new item replaces a waiting one.

    Parameters
    ----------
    handle : callable
        Called in the thread with each item; returns whether the item was good. Must not raise.
    silence : callable
        Called in the thread once whenever no other item has come timeout seconds after the last
        good one came, however long that one takes.
    timeout : float
        Seconds.

    """

    def __init__(self, handle: Callable[[Any], bool], silence: Callable[[], None], timeout: float):
        self._handle, self._silence, self._timeout = handle, silence, timeout
        self._waiting: list[tuple[Any, float]] = []  # at most one, and when it came
        self._stopped = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name='pose3d worker', daemon=True)
        self._thread.start()

    def submit(self, item: Any) -> bool:
        """Hand over an item; return whether a waiting one was dropped for it."""
        with self._news:
            dropped = bool(self._waiting)
            self._waiting = [(item, monotonic())]
            self._news.notify()
        return dropped

    def stop(self) -> None:
        """Finish the item in work, forget a waiting one, end the thread."""
        with self._news:
            self._stopped = True
            self._news.notify()
        self._thread.join()

    def _run(self) -> None:
        due = monotonic() + self._timeout  # when it counts as silence
        while (items := self._next(due)) is not None:
            good = [came for item, came in items if self._handle(item)]
            if good:
                due = good[0] + self._timeout
            elif monotonic() >= due:
                self._silence()
                due = float('inf')

    def _next(self, due: float) -> list[tuple[Any, float]] | None:
        """Return what is waiting, nothing once silence is due; None after stop."""
        with self._news:
            patience = None if due == float('inf') else max(0.0, due - monotonic())
            self._news.wait_for(lambda: self._waiting or self._stopped, patience)
            items, self._waiting = self._waiting, []
            return None if self._stopped else items

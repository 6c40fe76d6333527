# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How much of a build is done, from the phases within phases that TensorRT tells of."""
from threading import Lock


class Progress:
    """A share from 0 to 1 that never falls; several threads may tell."""

    def __init__(self):
        self.share = 0.0
        self._phases: dict[str, list] = {}  # name -> [parent, number of steps, steps done]
        self._lock = Lock()

    def start(self, name: str, parent: str | None, steps: int) -> None:
        """Note that a phase begins, as part of one step of its parent."""
        with self._lock:
            self._phases[name] = [parent, max(steps, 1), 0]

    def step(self, name: str, number: int) -> None:
        """Note that step `number`, counted from 0, of a phase is done."""
        with self._lock:
            if name in self._phases:
                self._phases[name][2] = number + 1
                self.share = max(self.share, self._total())

    def finish(self, name: str) -> None:
        """Note that a phase is over."""
        with self._lock:
            self._phases.pop(name, None)

    def _total(self) -> float:
        roots = [name for name, (parent, _, _) in self._phases.items()
                 if parent not in self._phases]
        return min(1.0, max((self._done(name) for name in roots), default=0.0))

    def _done(self, name: str) -> float:
        """Return the share of a phase: its steps, and the running step as far as it is."""
        _, steps, done = self._phases[name]
        parts = [self._done(child) for child, (parent, _, _) in self._phases.items()
                 if parent == name and child != name]
        return min(1.0, (done + max(parts, default=0.0)) / steps)

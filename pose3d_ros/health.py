# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How the node is doing: counts, rate and latency for /diagnostics."""
from collections import Counter, deque
from dataclasses import dataclass, field
from time import monotonic

import numpy as np

WINDOW = 300  # frames that rate, latency and stage times are taken from


@dataclass
class Health:
    """Counts since activation and figures of the last frames; written by two threads."""

    counts: Counter = field(default_factory=Counter)
    problem: str = ''  # the last thing that went wrong, empty when the last frame went well
    silent: bool = True
    bodies: int = 0
    _start: float = field(default_factory=monotonic)
    _done: deque = field(default_factory=lambda: deque(maxlen=WINDOW))  # s, monotonic
    _latency: deque = field(default_factory=lambda: deque(maxlen=WINDOW))  # s
    _stages: deque = field(default_factory=lambda: deque(maxlen=WINDOW))  # {stage: s}

    def frame(self, latency: float, stages: dict[str, float], bodies: int) -> None:
        """Count a frame that was processed and published."""
        self.counts['processed'] += 1
        self.problem, self.silent, self.bodies = '', False, bodies
        self._done.append(monotonic())
        self._latency.append(latency)
        self._stages.append(stages)

    @property
    def since(self) -> float:
        """Return seconds since activation."""
        return monotonic() - self._start

    @property
    def age(self) -> float:
        """Return seconds since the last frame was published; infinite before the first."""
        return monotonic() - self._done[-1] if self._done else float('inf')

    def figures(self) -> dict[str, float]:
        """Return rate_hz, latency and stage times in ms over the last frames; empty before two."""
        done, latency, stages = list(self._done), list(self._latency), list(self._stages)
        if len(done) < 2:
            return {}
        figures = {
            'rate_hz': (len(done) - 1) / (done[-1] - done[0]),
            'latency_p50_ms': 1e3 * float(np.percentile(latency, 50)),
            'latency_p99_ms': 1e3 * float(np.percentile(latency, 99)),
        }
        for name in dict.fromkeys(name for stage in stages for name in stage):
            figures[f'stage_{name}_ms'] = 1e3 * float(
                np.mean([stage.get(name, 0.0) for stage in stages]))
        return figures

    def values(self) -> dict[str, object]:
        """Return everything worth a line in /diagnostics."""
        counts = {name: self.counts[name] for name in ('processed', 'dropped', 'skipped')}
        return {'bodies': self.bodies, 'age_of_last_frame_s': self.age, **counts, **self.figures()}

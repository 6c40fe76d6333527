# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How the node is doing: counts, rate and latency for /diagnostics."""
from collections import Counter, deque
from dataclasses import dataclass, field
from time import monotonic

import numpy as np

WINDOW = 300  # frames that rate, latency and stage times are taken from
CAMERA_POSE = {  # what TF may tell of the camera
    'gravity': 'the direction of gravity', 'camera_height': "the camera's height above the floor"}
LASTING = 2.0  # s that the last bad frame counts as what is wrong


@dataclass
class Health:
    """Counts since activation and figures of the last frames; written by two threads."""

    counts: Counter = field(default_factory=Counter)
    silent: bool = True
    bodies: int = 0
    # whether each of CAMERA_POSE is known
    camera_pose: dict[str, str] = field(default_factory=lambda: dict.fromkeys(CAMERA_POSE, ''))
    _start: float = field(default_factory=monotonic)
    _last: float = float('-inf')  # s, monotonic: when the last frame was published
    _problem: tuple[str, float] = ('', 0.0)  # what was wrong with the last frame, since when
    # when it was published (s, monotonic), latency (s) and {stage: s} of each frame
    _frames: deque = field(default_factory=lambda: deque(maxlen=WINDOW))

    def frame(self, latency: float, stages: dict[str, float], bodies: int) -> None:
        """Count a frame that was processed and published."""
        self.counts['processed'] += 1
        self.silent, self.bodies = False, bodies
        self._problem, self._last = ('', 0.0), monotonic()
        self._frames.append((self._last, latency, stages))

    def skip(self, problem: str) -> None:
        """Count a frame that could not be used."""
        self.counts['skipped'] += 1
        self._problem = problem, monotonic()

    def silence(self) -> None:
        """Note that there are no good frames any more: older figures mean nothing now."""
        self.silent, self.bodies = True, 0
        self._frames.clear()

    @property
    def problem(self) -> str:
        """Return what is wrong with the frames that come; empty when they are good or none."""
        text, at = self._problem
        return text if monotonic() - at < LASTING else ''

    @property
    def since(self) -> float:
        """Return seconds since activation."""
        return monotonic() - self._start

    @property
    def age(self) -> float:
        """Return seconds since the last frame was published; infinite before the first."""
        return monotonic() - self._last

    def figures(self) -> dict[str, float]:
        """Return rate_hz, latency and stage times in ms over the last frames; empty before two."""
        frames = list(self._frames)
        if len(frames) < 2:
            return {}
        done, latency, stages = zip(*frames)
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
        return {
            'bodies': self.bodies, **self.camera_pose, 'age_of_last_frame_s': self.age,
            **counts, **self.figures()}

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Each engine alone, by batch size: time, throughput, GPU memory."""
from contextlib import closing
import time

import numpy as np
from pose3d_ros import inference
from pose3d_ros.core.config import Config
from pose3d_ros.inference.calls import Signature
from pose3d_ros.inference.figure import person_inputs

CALLS = 50  # that figures are taken over
WARM = 5  # calls before


def measure_engines(config: Config) -> dict:
    """
    Return what the engines of a configuration cost, for batches up to detection.max_bodies.

    Times hold everything from arrays to arrays, copies to the GPU and back too.
    """
    engines = inference.Engines(config, print, print)
    gpu = engines.backend.gpu
    free = _free(gpu)
    with closing(engines):
        engines.accelerate()
        figures = {
            engine.facts.name: {
                str(batch): _times(engine, batch)
                for batch in _batches(engine, config.detection.max_bodies)}
            for engine in engines}
        about = {'backend': engines.values(), 'engines': figures}
        if gpu:
            about['gpu'] = {'name': gpu.name, 'engines_mb': round((free - _free(gpu)) / 1e6)}
    return about


def show_engines(about: dict) -> None:
    """Print a table."""
    print(f"{'engine':<20}{'batch':>6}{'p50, ms':>10}{'p99, ms':>10}{'persons or images/s':>21}")
    for name, batches in about['engines'].items():
        for batch, time_ms in batches.items():
            print(f"{name:<20}{batch:>6}{time_ms['p50']:>10.3f}{time_ms['p99']:>10.3f}"
                  f"{time_ms['per_second']:>21.0f}")
    if 'gpu' in about:
        print(f"{about['gpu']['engines_mb']} MB of GPU memory for the engines on"
              f" {about['gpu']['name']}")


def _batches(engine, most: int) -> range:
    signature = Signature(engine.facts)
    return range(1, (most if signature.shapes(1) != signature.shapes(2) else 1) + 1)


def _times(engine, batch: int) -> dict[str, float]:
    """Return median and p99 of a call, ms, and rows a second."""
    inputs, times = person_inputs(engine.facts, batch), []
    for _ in range(WARM + CALLS):
        start = time.perf_counter()
        engine(**inputs)
        times.append(1e3 * (time.perf_counter() - start))
    median = float(np.median(times[WARM:]))
    return {'p50': round(median, 3), 'p99': round(float(np.percentile(times[WARM:], 99)), 3),
            'per_second': round(1e3 * batch / median, 1)}


def _free(gpu) -> int:
    """Return free bytes on the GPU; 0 without one."""
    if gpu is None:
        return 0
    with gpu.current():
        return gpu.memory()[0]

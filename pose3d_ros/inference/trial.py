# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Trial runs: does an engine work, how long does it take, are two networks the same."""
import time

import numpy as np
import onnxruntime
from pose3d_ros.inference.errors import EngineError
from pose3d_ros.inference.facts import INPUTS

FREE = {0: 2, 1: 3, 2: 256, 3: 192}  # B, channels, H, W where a network takes any


def test_pattern(engine, batch: int = 1) -> dict[str, np.ndarray]:
    """Return inputs for an engine: pictures of smooth waves, or a person that is not seen."""
    sizes = {'B': batch, **engine.facts.letters}
    inputs = {}
    for name, (dtype, shape) in INPUTS[engine.facts.kind].items():
        shape = tuple(sizes.get(size, size) for size in shape)
        waves = 127.5 + 127.5 * np.sin(np.arange(np.prod(shape)) / 50).reshape(shape)
        inputs[name] = (waves if dtype == 'uint8' else np.zeros(shape)).astype(dtype)
    return inputs


def try_engine(engine, calls: int = 20, batch: int = 1) -> tuple[dict[str, np.ndarray], float]:
    """Return outputs and median seconds a call; raise EngineError if an output is not finite."""
    inputs = test_pattern(engine, batch)
    outputs = engine(**inputs)  # the first call allocates
    for name, array in outputs.items():
        if not np.isfinite(array).all():
            raise EngineError(f"output '{name}' of {engine.facts.name} is not finite")
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        engine(**inputs)
        times.append(time.perf_counter() - start)
    return outputs, float(np.median(times))


def check_same(network: bytes, converted: bytes) -> None:
    """Raise EngineError if a network's conversion to another opset changed what it computes."""
    results = []
    for model in (network, converted):
        session = onnxruntime.InferenceSession(model, providers=['CPUExecutionProvider'])
        picture, = session.get_inputs()
        shape = [size if isinstance(size, int) else FREE[axis]
                 for axis, size in enumerate(picture.shape)]
        noise = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        results.append(session.run(None, {picture.name: noise}))
    for before, after in zip(*results, strict=True):
        if not np.allclose(before, after, rtol=1e-3, atol=1e-4):
            raise EngineError(
                'conversion to another opset changed the results of the network: '
                'export it with opset 17'
            )

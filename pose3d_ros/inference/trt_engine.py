# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Run an engine with TensorRT: the same call as with ONNX Runtime."""
from threading import Lock
import weakref

import numpy as np
from pose3d_ros.inference.calls import check_tensor, fixed, Signature
from pose3d_ros.inference.cuda import Gpu
from pose3d_ros.inference.errors import EngineError
from pose3d_ros.inference.facts import EngineFacts, OUTPUTS
from pose3d_ros.inference.trt_network import Network

WARM = 8  # batch sizes up to this are made ready before the first call, larger ones when they come


class TensorRTEngine:
    """
    An engine on the GPU as a function: arrays in by name, arrays out by name; from any thread.

    Parameters
    ----------
    facts : EngineFacts
        Of the engine file that the plan was built from.
    plan : bytes
        What TensorRT built here.
    gpu : Gpu
        Where it runs.
    max_batch : int
        The largest batch it was built for.

    """

    def __init__(self, facts: EngineFacts, plan: bytes, gpu: Gpu, max_batch: int):
        self.facts = facts
        self._signature = Signature(facts)
        self._gpu, self._max_batch, self._lock = gpu, max_batch, Lock()
        with gpu.current():
            self._network = Network(plan, gpu, self._signature.shapes(max_batch))
        #: Free the GPU's memory; also called when the object is forgotten, and at exit.
        self.close = weakref.finalize(self, _free, self._network, gpu, self._lock)
        self._check_tensors()

    def __call__(self, **arrays: np.ndarray) -> dict[str, np.ndarray]:
        """Return the outputs by name; raise EngineError naming the input that does not fit."""
        batch = self._signature.check(arrays)
        if batch > self._max_batch:
            raise EngineError(
                f'{self.facts.name} was built for batches up to {self._max_batch}, given {batch}')
        with self._lock, self._gpu.current():
            if not self.close.alive:
                raise RuntimeError(f'{self.facts.name} is closed')
            return self._network.run(arrays, self._signature.shapes(batch), batch)

    def warm(self) -> None:
        """Make the usual batch sizes ready: the first call of each costs far more."""
        batched = any('B' in shape for _, shape in self._signature.inputs.values())
        for batch in range(1, (min(self._max_batch, WARM) if batched else 1) + 1):
            self(**{name: np.zeros(shape, self._signature.inputs[name][0])
                    for name, shape in self._signature.shapes(batch).items()})

    @property
    def graphs(self) -> list[int]:
        """Return the batch sizes that run as a CUDA graph."""
        return self._network.graphs

    def _check_tensors(self) -> None:
        expected = self._signature.inputs | fixed(self.facts, OUTPUTS[self.facts.kind])
        for name, wanted in expected.items():
            if name not in self._network.tensors:
                raise EngineError(f"the engine of {self.facts.path} has no tensor '{name}'")
            check_tensor(self.facts, name, self._network.tensors[name], wanted)


def _free(network: Network, gpu: Gpu, lock: Lock) -> None:
    """Free what a network holds; after a CUDA error that may fail, and nothing can be done."""
    try:
        with lock, gpu.current():
            network.free()
    except Exception:
        network.free()

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An engine that runs on ONNX Runtime until TensorRT is ready, and again when TensorRT fails."""
from collections.abc import Callable

import numpy as np
from pose3d_ros.inference.backend import Backend
from pose3d_ros.inference.building import build_apart, Cancelled
from pose3d_ros.inference.calls import Signature
from pose3d_ros.inference.engine_cache import Entry, entry
from pose3d_ros.inference.errors import EngineError

Say = Callable[[str], None]


class Accelerated:
    """
    Called like any engine; `accelerate` moves it to the GPU, from another thread if need be.

    Parameters
    ----------
    plain : OnnxEngine
        The engine on ONNX Runtime: runs meanwhile, and says what is right.
    backend : Backend
        With a GPU.
    max_batch : int
        The largest batch that will come.
    inform, warn : callable
        Take a sentence for the log.

    """

    def __init__(self, plain, backend: Backend, max_batch: int, inform: Say, warn: Say):
        self.facts = plain.facts
        self._plain, self._fast, self._backend = plain, None, backend
        self._max_batch = max_batch
        self._inform, self._warn = inform, warn
        self.state = 'onnxruntime: TensorRT is not ready yet'
        self.failed = False

    def __call__(self, **arrays: np.ndarray) -> dict[str, np.ndarray]:
        """Return the outputs by name, whoever computes them."""
        if (fast := self._fast) is not None:
            try:
                return fast(**arrays)
            except EngineError:  # the call was wrong, not the GPU
                raise
            except Exception as error:  # CUDA's and TensorRT's errors have no common base
                self._give_up(f'TensorRT failed: {_text(error)}')
        return self._plain(**arrays)

    def accelerate(self, cancelled: Callable[[], bool]) -> None:
        """Load or build the TensorRT engine, check it, use it; say why where that cannot be."""
        try:
            fast = self._prepared(cancelled)
        except Cancelled:
            self.state = 'onnxruntime: TensorRT was stopped'
        except Exception as error:  # whatever is wrong, ONNX Runtime goes on
            self._give_up(_text(error))
        else:
            self._fast = fast
            graphs = f', CUDA graphs for batches {fast.graphs}' if fast.graphs else ''
            self.state = f'{self._backend}{graphs}'
            self._inform(f'{self.facts.name} runs on {self._backend.reason}{graphs}')

    def close(self) -> None:
        """Free the GPU's memory; ONNX Runtime goes on."""
        fast, self._fast = self._fast, None
        if fast is not None:
            fast.close()
            self.state = 'onnxruntime: TensorRT is closed'

    def _give_up(self, reason: str) -> None:
        fast, self._fast = self._fast, None
        self.failed, self.state = True, f'onnxruntime: {reason}'
        self._warn(f'{self.facts.name} runs on ONNX Runtime: {reason}')
        if fast is not None:
            fast.close()

    def _prepared(self, cancelled: Callable[[], bool]):
        """Return the engine on the GPU, from the cache or built now."""
        place = entry(self.facts.path, self._max_batch, self._backend.version, self._backend.gpu)
        plan = self._cached(place)
        if plan is not None:
            try:
                return self._loaded(plan, place)
            except _Wrong:
                raise
            except Exception as error:  # it worked once: built anew it may again
                self._warn(f'{place.path} cannot be used, it is built again: {_text(error)}')
        plan = self._built(cancelled)
        if cancelled():
            raise Cancelled
        fast = self._loaded(plan, place)
        try:
            place.write(plan)
        except OSError as error:
            self._warn(f'the engine is built again at the next start, it cannot be kept: {error}')
        return fast

    def _cached(self, place: Entry) -> bytes | None:
        try:
            if reason := place.rejected():
                remedy = "'pose3d engines build --force' tries again"
                raise _Wrong(f'{reason}; found earlier, {remedy}')
            return place.read()
        except OSError as error:
            self._warn(f'{error}: the engine is built again')
            return None

    def _built(self, cancelled: Callable[[], bool]) -> bytes:
        name = self.facts.name
        self._inform(f'building the TensorRT engine of {name}, once; this may take minutes')
        told = [0]

        def progress(share: float) -> None:
            self.state = f'onnxruntime: TensorRT engine is being built, {100 * share:.0f} %'
            if int(4 * share) > told[0]:  # in quarters
                told[0] = int(4 * share)
                self._inform(f'building the TensorRT engine of {name}: {100 * share:.0f} %')

        progress(0.0)
        return build_apart(self.facts, self._max_batch, progress, cancelled)

    def _loaded(self, plan: bytes, place: Entry):
        """Return the engine of a plan that was found to be right."""
        from pose3d_ros.inference.trt_engine import TensorRTEngine

        fast = TensorRTEngine(self.facts, plan, self._backend.gpu, self._max_batch)
        try:
            fast.warm()
            self._check(fast, place)
        except BaseException:
            fast.close()
            raise
        return fast

    def _check(self, fast, place: Entry) -> None:
        # Here and not at the top: the process that builds needs no OpenCV.
        from pose3d_ros.inference.selfcheck import check_engine

        batched = Signature(self.facts).shapes(1) != Signature(self.facts).shapes(2)
        try:
            check_engine(fast, self._plain, (1, self._max_batch) if batched else (1,))
        except EngineError as error:
            reason = f'TensorRT gives wrong results, {error}'
            try:
                place.reject(reason)
            except OSError:
                pass  # found again at the next start
            raise _Wrong(reason) from error


class _Wrong(EngineError):
    """An engine computes something else; to build it again would not help."""


def _text(error: Exception) -> str:
    """Return an error in one line; one that is not ours with its name."""
    lines = str(error).splitlines() or ['']
    ours = isinstance(error, EngineError)
    return lines[0] if ours and lines[0] else f'{type(error).__name__}: {lines[0]}'

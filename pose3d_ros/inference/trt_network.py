# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A TensorRT engine on the GPU, by named tensors: one way for TensorRT 8.6, 10 and 11."""
from collections.abc import Callable
import time

import numpy as np
from pose3d_ros.inference.cuda import Graph
from pose3d_ros.inference.trt_journal import journal
import tensorrt as trt

TRIALS = 20  # calls that a CUDA graph is compared over
#: TensorRT's types by name: some versions lack some.
TYPES = {'FLOAT': 'float32', 'HALF': 'float16', 'UINT8': 'uint8', 'INT32': 'int32',
         'INT64': 'int64', 'BOOL': 'bool'}


class Network:
    """
    An engine with its buffers, and one execution context for each batch size that was used.

    Several batch sizes share the buffers. They do not share a context: a CUDA graph stays valid
    only as long as the shapes of its context stay.

    Whoever calls has made the GPU current, and calls from one thread at a time.

    Parameters
    ----------
    plan : bytes
        What TensorRT built.
    gpu : Gpu
        Where it runs.
    shapes : {name: shape}
        Of the inputs, with the largest batch.

    """

    def __init__(self, plan: bytes, gpu, shapes: dict[str, tuple[int, ...]]):
        self._contexts: dict[int, _Context] = {}
        self._buffers = {}
        self._runtime = trt.Runtime(journal())
        self._engine = journal().need(
            self._runtime.deserialize_cuda_engine(plan), 'TensorRT cannot load the engine')
        try:
            self._stream = gpu.stream()
            self.tensors = self._tensors()
            for name, shape in _shapes(self._engine, shapes, self._stream).items():
                self._buffers[name] = gpu.buffer(shape, self.tensors[name][0])
        except BaseException:
            self.free()
            raise

    def run(self, arrays: dict, shapes: dict, batch: int) -> dict[str, np.ndarray]:
        """Return the outputs for the inputs of these shapes."""
        if batch not in self._contexts:
            self._contexts[batch] = _Context(self._engine, shapes, self._buffers, self._stream)
        return self._contexts[batch].run(arrays)

    @property
    def graphs(self) -> list[int]:
        """Return the batch sizes for which a CUDA graph was faster, and is used."""
        return sorted(batch for batch, each in self._contexts.items() if each.graph)

    def free(self) -> None:
        """Give everything back, in the order that CUDA wants."""
        for context in self._contexts.values():
            context.free()
        for buffer in self._buffers.values():
            buffer.free()
        self._contexts, self._buffers = {}, {}
        self._stream = self._engine = self._runtime = None

    def _tensors(self) -> dict[str, tuple[str, tuple]]:
        """Return type and shape of each tensor; free sizes are -1."""
        types = {getattr(trt.DataType, name): numpy_name
                 for name, numpy_name in TYPES.items() if hasattr(trt.DataType, name)}
        names = _names(self._engine)
        return {
            name: (types.get(self._engine.get_tensor_dtype(name), 'unknown'),
                   tuple(self._engine.get_tensor_shape(name))) for name in names}


class _Context:
    """An execution context whose shapes never change."""

    def __init__(self, engine, shapes: dict, buffers: dict, stream):
        self.graph = None
        self._stream, self._buffers = stream, buffers
        self._context = _with_shapes(engine, shapes, stream)
        self._inputs = shapes
        self._outputs = {
            name: tuple(self._context.get_tensor_shape(name))
            for name in buffers if name not in shapes}
        for name, buffer in buffers.items():
            journal().need(
                self._context.set_tensor_address(name, buffer.address),
                f"TensorRT takes no buffer for '{name}'")
        self._enqueue()  # the first run allocates; only later ones can be recorded
        stream.synchronize()
        self._choose()

    def run(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        for name, array in arrays.items():
            self._buffers[name].view(self._inputs[name])[...] = array
        outputs = {
            name: self._buffers[name].view(shape) for name, shape in self._outputs.items()}
        for name, output in outputs.items():  # what does not arrive is unknown, not the last one
            output.fill(np.nan if output.dtype.kind == 'f' else 0)
        self._start()
        self._stream.synchronize()
        return {name: output.copy() for name, output in outputs.items()}

    def free(self) -> None:
        if self.graph:
            self.graph.free()
        self.graph = self._context = None

    def _start(self) -> None:
        self.graph.launch() if self.graph else self._enqueue()

    def _enqueue(self) -> None:
        for name, shape in self._inputs.items():
            self._buffers[name].upload(shape, self._stream)
        journal().need(
            self._context.execute_async_v3(self._stream.handle), 'TensorRT cannot run the engine')
        for name, shape in self._outputs.items():
            self._buffers[name].download(shape, self._stream)

    def _choose(self) -> None:
        """Keep a CUDA graph where there can be one, and it is faster."""
        plain = self._time(self._enqueue)
        graph = None
        try:
            graph = Graph(self._stream, self._enqueue)
            faster = self._time(graph.launch) < plain
        except Exception:  # not every engine can be recorded; the plain way works everywhere
            faster = False
        if faster:
            self.graph = graph
        elif graph:
            graph.free()

    def _time(self, start: Callable[[], None]) -> float:
        times = []
        for _ in range(TRIALS):
            begin = time.perf_counter()
            start()
            self._stream.synchronize()
            times.append(time.perf_counter() - begin)
        return float(np.median(times))


def _names(engine) -> list[str]:
    return [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]


def _with_shapes(engine, shapes: dict, stream):
    """Return a new execution context for inputs of these shapes."""
    context = journal().need(engine.create_execution_context(), 'TensorRT makes no context')
    if context.active_optimization_profile != 0:  # 8.6 gives it to the first context only
        journal().need(
            context.set_optimization_profile_async(0, stream.handle),
            'TensorRT refuses the profile')
        stream.synchronize()
    for name, shape in shapes.items():
        journal().need(
            context.set_input_shape(name, shape), f"TensorRT refuses '{name}' of shape {shape}")
    return context


def _shapes(engine, shapes: dict, stream) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all tensors for inputs of these shapes; raise if one is not known."""
    names = _names(engine)
    inputs = [name for name in names
              if engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT]
    if sorted(inputs) != sorted(shapes):
        raise RuntimeError(f'the engine takes {sorted(inputs)}: expected {sorted(shapes)}')
    context = _with_shapes(engine, shapes, stream)
    found = {name: shapes.get(name) or tuple(context.get_tensor_shape(name)) for name in names}
    for name, shape in found.items():
        if min(shape, default=1) < 1:
            raise RuntimeError(f"the size of '{name}' depends on the data: {shape}")
    return found

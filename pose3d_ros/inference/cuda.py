# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
CUDA through pycuda, all of it: the GPU, page-locked buffers, a stream, CUDA graphs.

The primary context is the one that other CUDA libraries of the process use as well. It is retained
once for the life of the process, and a thread has it only inside `with gpu.current():`; so any
thread may call, and none ends with a context on its stack, which would abort the process.
"""
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
import ctypes
from functools import cache

import numpy as np
from pose3d_ros.inference.errors import EngineError

THREAD_LOCAL = 1  # CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: other threads may use CUDA meanwhile


class Gpu:
    """The first GPU that the process may use, and its primary context."""

    def __init__(self, driver):
        device = driver.Device(0)
        self.name: str = device.name()
        self.capability: tuple[int, int] = tuple(device.compute_capability())
        self._driver = driver
        self._context = device.retain_primary_context()

    @contextmanager
    def current(self) -> Iterator[None]:
        """Make the context current in this thread; everything below needs that."""
        self._context.push()
        try:
            yield
        finally:
            self._driver.Context.pop()

    def stream(self):
        """Return a new stream."""
        return self._driver.Stream()

    def buffer(self, shape: tuple[int, ...], dtype: np.dtype) -> 'Buffer':
        """Return a new buffer."""
        return Buffer(self._driver, shape, dtype)

    def memory(self) -> tuple[int, int]:
        """Return free and total bytes of GPU memory."""
        return self._driver.mem_get_info()


@cache
def find_gpu() -> Gpu:
    """Return the GPU; raise EngineError in one sentence where there is none to use."""
    try:
        import pycuda.driver as driver
    except ModuleNotFoundError as error:
        raise EngineError(f"Python's {error.name} is not installed") from error
    except Exception as error:  # ImportError without a driver; others from a wrong build
        raise EngineError(f'pycuda finds no CUDA driver: {_line(error)}') from error
    try:
        driver.init()
        if not driver.Device.count():
            raise EngineError('the CUDA driver sees no GPU')
        return Gpu(driver)
    except EngineError:
        raise
    except Exception as error:  # pycuda's errors have no common base
        raise EngineError(f'the CUDA driver refuses: {_line(error)}') from error


class Buffer:
    """Memory on the GPU with a page-locked copy in the host's, as `host`."""

    def __init__(self, driver, shape: tuple[int, ...], dtype: np.dtype):
        self._driver = driver
        self.host = driver.pagelocked_empty(shape, dtype)
        try:
            self._device = driver.mem_alloc(self.host.nbytes)
        except BaseException:
            self.host.base.free()
            raise
        self.address = int(self._device)

    def upload(self, shape: tuple[int, ...], stream) -> None:
        """Send the host's copy, as far as an array of this shape fills it."""
        self._driver.memcpy_htod_async(self._device, self.view(shape), stream)

    def download(self, shape: tuple[int, ...], stream) -> None:
        """Fetch as much as an array of this shape fills."""
        self._driver.memcpy_dtoh_async(self.view(shape), self._device, stream)

    def view(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return the beginning of the host's copy as an array of this shape."""
        return self.host.reshape(-1)[:int(np.prod(shape))].reshape(shape)

    def free(self) -> None:
        """Give both back."""
        for allocation in (self._device, self.host.base):
            with suppress(Exception):  # there is nobody who could do anything about it
                allocation.free()


class Graph:
    """Work that a stream was given, recorded once, to be launched by one call."""

    def __init__(self, stream, work: Callable[[], None]):
        self._stream = ctypes.c_void_p(stream.handle)
        self._launchable = ctypes.c_void_p()
        graph = ctypes.c_void_p()
        _call('cuStreamBeginCapture_v2', self._stream, THREAD_LOCAL)
        try:
            try:
                work()
            finally:  # a stream left in capture would be of no use any more
                _call('cuStreamEndCapture', self._stream, ctypes.byref(graph))
            _call('cuGraphInstantiateWithFlags', ctypes.byref(self._launchable), graph,
                  ctypes.c_ulonglong(0))
        finally:
            if graph:
                _call('cuGraphDestroy', graph)

    def launch(self) -> None:
        """Start the work."""
        _call('cuGraphLaunch', self._launchable, self._stream)

    def free(self) -> None:
        """Give it back."""
        with suppress(Exception):
            _call('cuGraphExecDestroy', self._launchable)


@cache
def _driver_library() -> ctypes.CDLL:
    """Return CUDA's driver: pycuda has no calls for graphs."""
    return ctypes.CDLL('libcuda.so.1')


def _call(name: str, *arguments) -> None:
    """Call a function of the driver; raise RuntimeError if it fails."""
    if code := getattr(_driver_library(), name)(*arguments):
        raise RuntimeError(f'{name} failed with CUDA error {code}')


def _line(error: Exception) -> str:
    """Return the first line of an error's text, or its name."""
    return (str(error).splitlines() or [type(error).__name__])[0]

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""As much of pycuda.driver as pose3d_ros uses, on a GPU of paper."""
import os

from fake_gpu import GPU
import numpy as np

if os.environ.get('FAKE_NO_DRIVER'):
    raise ImportError('libcuda.so.1: cannot open shared object file: No such file or directory')


def init():
    GPU.call('init')


class Context:
    def push(self):
        GPU.call('Context.push')
        GPU.contexts.stack.append(self)

    @staticmethod
    def pop():
        GPU.cuda('Context.pop')
        GPU.contexts.stack.pop()


class Device:
    def __init__(self, index):
        GPU.call('Device')

    @staticmethod
    def count():
        GPU.call('Device.count')
        return GPU.devices

    def name(self):
        GPU.call('Device.name')
        return 'Paper GPU'

    def compute_capability(self):
        GPU.call('Device.compute_capability')
        return 8, 7

    def retain_primary_context(self):
        GPU.call('Device.retain_primary_context')
        return Context()


class Stream:
    def __init__(self):
        GPU.cuda('Stream')
        self.handle = GPU.new(GPU.streams, [])

    def synchronize(self):
        GPU.cuda('Stream.synchronize')
        works, GPU.streams[self.handle] = GPU.streams[self.handle], []
        for work in works:
            work()


class DeviceAllocation:
    def __init__(self, size):
        self._address = GPU.new(GPU.memory, bytearray(size))

    def __int__(self):
        return self._address

    def free(self):
        GPU.cuda('DeviceAllocation.free')
        del GPU.memory[self._address]


class PagelockedHostAllocation(bytearray):
    def free(self):
        GPU.cuda('PagelockedHostAllocation.free')
        del GPU.memory[id(self)]


def mem_alloc(size):
    GPU.cuda('mem_alloc')
    return DeviceAllocation(size)


def mem_get_info():
    GPU.cuda('mem_get_info')
    return 6 << 30, 8 << 30


def pagelocked_empty(shape, dtype):
    GPU.cuda('pagelocked_empty')
    memory = PagelockedHostAllocation(int(np.prod(shape)) * np.dtype(dtype).itemsize)
    GPU.memory[id(memory)] = memory
    return np.ndarray(shape, dtype, buffer=memory)


def memcpy_htod_async(destination, source, stream):
    GPU.cuda('memcpy_htod_async')
    _pinned(source)
    GPU.enqueue(stream.handle, lambda: _store(int(destination), source))


def memcpy_dtoh_async(destination, source, stream):
    GPU.cuda('memcpy_dtoh_async')
    _pinned(destination)
    GPU.enqueue(stream.handle, lambda: _load(destination, int(source)))


def _pinned(array):
    """Refuse memory that is not page-locked or not in one piece, which CUDA copies slowly."""
    assert array.flags.c_contiguous
    base = array
    while isinstance(base, np.ndarray):
        base = base.base
    assert isinstance(base, PagelockedHostAllocation)


def _store(address, source):
    GPU.memory[address][:source.nbytes] = source.tobytes()


def _load(destination, address):
    content = GPU.memory[address][:destination.nbytes]
    destination[...] = np.frombuffer(content, destination.dtype).reshape(destination.shape)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the fake tensorrt and the fake pycuda share: memory, streams, failures on demand."""
import ctypes
import os
import random
import threading


class State(threading.local):
    """The contexts of one thread, as pycuda stacks them."""

    def __init__(self):
        self.stack = []


class FakeGpu:
    """What happened to the GPU; one in each process."""

    def __init__(self):
        self.contexts = State()
        self.reset()

    def reset(self, fail_at: int = 0, refuse: bool = False) -> None:
        """Forget everything; fail at the n-th call: by an error, or as that call refuses."""
        environment = os.environ
        self.fail_at = fail_at or int(environment.get('FAKE_FAIL_AT', 0))
        self.refuse = refuse or bool(environment.get('FAKE_REFUSE'))
        self.version = environment.get('FAKE_TENSORRT', '10.3.0')
        self.wrong = bool(environment.get('FAKE_WRONG'))
        self.step_seconds = float(environment.get('FAKE_STEP_SECONDS', 0))
        self.devices = int(environment.get('FAKE_DEVICES', 1))
        self.calls = 0
        self.failed = ''
        self.memory, self.streams, self.graphs, self.launches = {}, {}, {}, 0
        self.handle = random.randrange(1 << 30) << 20  # nobody mistakes an old one for a new one
        self.lock = threading.RLock()

    def call(self, name: str, refusable: bool = False) -> bool:
        """Count a call; fail if it is its turn. Return whether it must refuse."""
        with self.lock:
            self.calls += 1
            due = self.calls == self.fail_at
            if due:
                self.failed = name
        if due and self.refuse and refusable:
            return True
        if due:
            raise RuntimeError(f'fake failure in {name}')
        return False

    def cuda(self, name: str) -> None:
        """Count a CUDA call; as CUDA does, refuse it in a thread without a context."""
        if not self.contexts.stack:
            raise RuntimeError(f'{name} failed: invalid device context - no active context?')
        self.call(name)

    def new(self, table: dict, value) -> int:
        """Keep a value under a new handle."""
        with self.lock:
            self.handle += 4096
            table[self.handle] = value
            return self.handle

    def enqueue(self, handle: int, work) -> None:
        """Give a stream some work: nothing happens before somebody waits for it."""
        self.streams[handle].append(work)


GPU = FakeGpu()


class FakeLibcuda:
    """The driver's functions for graphs; a stream's work while it is captured is not done."""

    def __init__(self):
        self._before = {}

    def __getattr__(self, name):
        if name not in FUNCTIONS:
            raise AttributeError(f'libcuda has no function {name}')
        return lambda *arguments: self._call(name, arguments)

    def _call(self, name, arguments) -> int:
        if not GPU.contexts.stack:
            return 201  # CUDA_ERROR_INVALID_CONTEXT
        try:
            GPU.call(name)
        except RuntimeError:
            return 999
        getattr(self, f'_{name}')(*arguments)
        return 0

    def _cuStreamBeginCapture_v2(self, stream, mode):
        self._before[stream.value] = GPU.streams[stream.value]
        GPU.streams[stream.value] = []

    def _cuStreamEndCapture(self, stream, graph):
        graph._obj.value = GPU.new(GPU.graphs, GPU.streams[stream.value])
        GPU.streams[stream.value] = self._before.pop(stream.value)

    def _cuGraphInstantiateWithFlags(self, launchable, graph, flags):
        assert isinstance(flags, ctypes.c_ulonglong)
        launchable._obj.value = GPU.new(GPU.graphs, GPU.graphs[graph.value])

    def _cuGraphLaunch(self, launchable, stream):
        GPU.launches += 1
        for work in GPU.graphs[launchable.value]:
            GPU.enqueue(stream.value, work)

    def _cuGraphDestroy(self, graph):
        del GPU.graphs[graph.value]

    def _cuGraphExecDestroy(self, launchable):
        del GPU.graphs[launchable.value]


FUNCTIONS = ('cuStreamBeginCapture_v2', 'cuStreamEndCapture', 'cuGraphInstantiateWithFlags',
             'cuGraphLaunch', 'cuGraphDestroy', 'cuGraphExecDestroy')

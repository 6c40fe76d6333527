# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
As much of tensorrt as pose3d_ros uses, of the version that FAKE_TENSORRT names.

It computes with ONNX Runtime. A name that the version lacks is not there: ../tensorrt_names.json
lists them.
"""
from enum import IntEnum
from functools import cache
import json
import os
from pathlib import Path
import pickle
import signal
import time
from weakref import WeakSet

from fake_gpu import GPU
import numpy as np

if GPU.version == 'none':
    raise ModuleNotFoundError("No module named 'tensorrt'", name='tensorrt')

NAMES = json.loads((Path(__file__).parents[1] / 'tensorrt_names.json').read_text())
ONLY = NAMES['only']
__version__ = GPU.version


def _has(name: str) -> bool:
    """Return whether this version has Class.member, or a class."""
    return GPU.version in ONLY.get(name, NAMES['versions'])


def _allowed(name: str) -> set[str]:
    return {each for each in NAMES['classes'][name] if _has(f'{name}.{each}')}


def _need(owner: str, name: str) -> None:
    """Refuse a name that this version lacks, or that the list does not know."""
    if name not in _allowed(owner):
        raise AttributeError(f'TensorRT {__version__} has no {owner}.{name}')


class _Strict:
    """Has the public names of this version only."""

    def __getattribute__(self, name):
        if name[0] != '_':
            _need(type(self).__name__, name)
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        if name[0] != '_':
            _need(type(self).__name__, name)
        object.__setattr__(self, name, value)


def _enum(name: str):
    """Return an enumeration with the members of this version."""
    members = [each for each in NAMES['classes'][name] if _has(f'{name}.{each}')]
    return IntEnum(name, {member: number for number, member in enumerate(members)})


NetworkDefinitionCreationFlag = _enum('NetworkDefinitionCreationFlag')
BuilderFlag = _enum('BuilderFlag')
TacticSource = _enum('TacticSource')
PreviewFeature = _enum('PreviewFeature')
DataType = _enum('DataType')
TensorIOMode = _enum('TensorIOMode')
TYPES = {'tensor(float)': 'FLOAT', 'tensor(uint8)': 'UINT8', 'tensor(float16)': 'HALF'}


class ILogger:
    INTERNAL_ERROR, ERROR, WARNING = range(3)


if _has('IProgressMonitor'):
    class IProgressMonitor:
        pass


def _complain(text: str) -> None:
    for logger in LOGGERS:
        logger.log(ILogger.WARNING, 'something of no interest')
        logger.log(ILogger.ERROR, text)


LOGGERS = []


class _Logged(_Strict):
    def __init__(self, *arguments):
        logger = arguments[-1]
        assert isinstance(logger, ILogger)
        assert not LOGGERS or LOGGERS == [logger], 'TensorRT wants one logger'
        LOGGERS[:] = [logger]
        GPU.call(type(self).__name__)


class Builder(_Logged):
    def create_network(self, flags):
        typed = getattr(NetworkDefinitionCreationFlag, 'STRONGLY_TYPED', None)
        needed = NetworkDefinitionCreationFlag.EXPLICIT_BATCH if typed is None else typed
        assert flags == 1 << int(needed)
        return None if GPU.call('create_network', True) else INetworkDefinition()

    def create_builder_config(self):
        return None if GPU.call('create_builder_config', True) else IBuilderConfig()

    def create_optimization_profile(self):
        refused = GPU.call('create_optimization_profile', True)
        return None if refused else IOptimizationProfile()

    def build_serialized_network(self, network, config):
        if 'FAKE_CRASH' in os.environ:
            os.kill(os.getpid(), getattr(signal, os.environ['FAKE_CRASH']))
        refused = GPU.call('build_serialized_network', True)
        if refused or not config._phases():
            _complain('no kernel was found')
            return None
        assert _has('IProgressMonitor') or config._tactics
        shared = config._shared or not __version__.startswith('8.')
        return pickle.dumps((__version__, network._onnx, config._profiles[0]._shapes, shared))


class INetworkDefinition(_Strict):
    pass


class IBuilderConfig(_Strict):
    def __init__(self):
        self._profiles, self._flags, self._tactics, self._monitor = [], set(), 0, None
        self._shared = False

    def set_flag(self, flag):
        GPU.call('set_flag')
        self._flags.add(flag)

    def set_preview_feature(self, feature, on):
        GPU.call('set_preview_feature')
        assert feature == PreviewFeature.PROFILE_SHARING_0806
        self._shared = on

    def set_tactic_sources(self, sources):
        GPU.call('set_tactic_sources')
        self._tactics = sources
        return True

    def add_optimization_profile(self, profile):
        refused = GPU.call('add_optimization_profile', True)
        self._profiles.append(profile)
        return -1 if refused else 0

    @property
    def progress_monitor(self):
        return self._monitor

    @progress_monitor.setter
    def progress_monitor(self, monitor):
        GPU.call('progress_monitor')
        assert isinstance(monitor, IProgressMonitor)
        self._monitor = monitor

    def _phases(self):
        """Go through the phases of a build; return whether nobody stopped it."""
        monitor = self._monitor
        if monitor is None:
            time.sleep(40 * GPU.step_seconds)
            return True
        monitor.phase_start('build', None, 2)
        for half in range(2):
            monitor.phase_start('kernels', 'build', 20)
            for step in range(20):
                time.sleep(GPU.step_seconds)
                if not monitor.step_complete('kernels', step):
                    return False
            monitor.phase_finish('kernels')
            monitor.step_complete('build', half)
        monitor.phase_finish('build')
        return True


class IOptimizationProfile(_Strict):
    def __init__(self):
        self._shapes = {}

    def set_shape(self, name, least, usual, most):
        GPU.call('set_shape')
        self._shapes[name] = tuple(least), tuple(most)


class ParserError(_Strict):
    def desc(self):
        return 'fake parser error'


class OnnxParser(_Logged):
    def __init__(self, network, logger):
        super().__init__(network, logger)
        self._network, self._errors = network, []

    @property
    def num_errors(self):
        return len(self._errors)

    def get_error(self, index):
        return self._errors[index]

    def parse(self, onnx):
        self._network._onnx = bytes(onnx)
        if GPU.call('parse', True):
            self._errors.append(ParserError())
            return False
        return True


class Runtime(_Logged):
    def deserialize_cuda_engine(self, plan):
        assert GPU.contexts.stack, 'TensorRT would make a context of its own'
        if GPU.call('deserialize_cuda_engine', True):
            _complain('the plan is not for this device')
            return None
        version, onnx, profile, shared = pickle.loads(plan)
        if version != __version__:
            _complain(f'the plan is for version {version}')
            return None
        return ICudaEngine(onnx, profile, shared)


@cache
def _session(onnx):
    """Return a session; not made anew for each of a thousand failures."""
    import onnxruntime

    return onnxruntime.InferenceSession(onnx, providers=['CPUExecutionProvider'])


class ICudaEngine(_Strict):
    def __init__(self, onnx, profile, shared):
        self._session = _session(onnx)
        self._profile, self._shared, self._contexts = profile, shared, WeakSet()
        self._inputs = {each.name: each for each in self._session.get_inputs()}
        self._outputs = {each.name: each for each in self._session.get_outputs()}
        self._tensors = self._inputs | self._outputs

    @property
    def num_io_tensors(self):
        return len(self._tensors)

    def get_tensor_name(self, index):
        return list(self._tensors)[index]

    def get_tensor_mode(self, name):
        return TensorIOMode.INPUT if name in self._inputs else TensorIOMode.OUTPUT

    def get_tensor_dtype(self, name):
        return DataType[TYPES[self._tensors[name].type]]

    def get_tensor_shape(self, name):
        return [n if isinstance(n, int) else -1 for n in self._tensors[name].shape]

    def create_execution_context(self):
        assert GPU.contexts.stack
        refused = GPU.call('create_execution_context', True)
        return None if refused else IExecutionContext(self)


class IExecutionContext(_Strict):
    def __init__(self, engine):
        self._engine, self._shapes, self._addresses = engine, {}, {}
        later = not __version__.startswith('8.')
        self._chosen = 0 if later or not engine or not engine._contexts else -1
        if engine:
            engine._contexts.add(self)

    @property
    def active_optimization_profile(self):
        return self._chosen

    def set_optimization_profile_async(self, profile, stream):
        refused = GPU.call('set_optimization_profile_async', True)
        if refused or not self._engine._shared:
            _complain('another context has this profile')
            return False
        GPU.enqueue(stream, lambda: setattr(self, '_chosen', profile))
        return True

    def set_input_shape(self, name, shape):
        least, most = self._engine._profile[name]
        fits = all(a <= n <= b for a, n, b in zip(least, shape, most, strict=True))
        assert self._chosen == 0, 'no profile'
        self._shapes[name] = tuple(shape)
        return not GPU.call('set_input_shape', True) and fits

    def get_tensor_shape(self, name):
        if self._shapes.keys() != self._engine._inputs.keys():
            return [-1]
        zeros = {each: np.zeros(shape, self._type(each)) for each, shape in self._shapes.items()}
        return list(self._engine._session.run([name], zeros)[0].shape)

    def set_tensor_address(self, name, address):
        self._addresses[name] = address
        return not GPU.call('set_tensor_address', True)

    def execute_async_v3(self, stream):
        assert GPU.contexts.stack
        if GPU.call('execute_async_v3', True):
            _complain('the launch failed')
            return False
        GPU.enqueue(stream, self._run)
        return True

    def _run(self):
        arrays = {}
        for name, shape in self._shapes.items():
            kind = np.dtype(self._type(name))
            size = int(np.prod(shape)) * kind.itemsize
            content = GPU.memory[self._addresses[name]][:size]
            arrays[name] = np.frombuffer(content, kind).reshape(shape)
        for name, array in zip(
                self._engine._outputs, self._engine._session.run(None, arrays), strict=True):
            array = array * 1.1 if GPU.wrong else array
            content = np.ascontiguousarray(array, self._type(name)).tobytes()
            GPU.memory[self._addresses[name]][:len(content)] = content

    def _type(self, name):
        kind = self._engine._tensors[name].type
        return {'tensor(float)': 'float32', 'tensor(float16)': 'float16'}.get(kind, kind[7:-1])

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
TensorRT or ONNX Runtime: what this machine allows.

The CUDA driver is asked first. Without a GPU some versions of TensorRT end the process, so its
failing tells nothing.
"""
from dataclasses import dataclass
import re

from pose3d_ros.inference.cuda import find_gpu, Gpu
from pose3d_ros.inference.errors import EngineError

BACKENDS = ('auto', 'tensorrt', 'onnxruntime')
OLDEST = (8, 6)
REMEDY = (
    "on JetPack 6 and 7: 'sudo apt install nvidia-jetpack python3-libnvinfer', then"
    " 'pip install pycuda'; on a desktop: NVIDIA's driver and the CUDA toolkit, then"
    " 'pip install tensorrt pycuda'; docs/tensorrt.md tells more."
    ' inference.backend auto runs without')


@dataclass(frozen=True)
class Backend:
    """What computes, and why."""

    name: str  # tensorrt or onnxruntime
    reason: str
    gpu: Gpu | None = None
    version: str = ''  # of TensorRT

    def __str__(self) -> str:
        return f'{self.name}: {self.reason}'


def choose_backend(wanted: str) -> Backend:
    """
    Return the backend.

    Parameters
    ----------
    wanted : str
        One of BACKENDS; auto takes TensorRT where it can run.

    Raises
    ------
    EngineError
        When TensorRT is asked for and impossible; says what is missing and how to get it.

    """
    if wanted == 'onnxruntime':
        return Backend('onnxruntime', 'asked for')
    try:
        gpu = find_gpu()
        version = tensorrt_version()
    except EngineError as error:
        if wanted == 'tensorrt':
            raise EngineError(f'TensorRT cannot be used: {error}; {REMEDY}') from error
        return Backend('onnxruntime', f'no TensorRT, {error}')
    return Backend('tensorrt', f'TensorRT {version} on {gpu.name}', gpu, version)


def tensorrt_version() -> str:
    """Return the version of TensorRT; raise EngineError where it is missing or too old."""
    try:
        import tensorrt
        version = tensorrt.__version__
    except ModuleNotFoundError as error:
        raise EngineError(f"Python's {error.name} is not installed") from error
    except Exception as error:  # ImportError: its libraries; others from a wrong build
        line = (str(error).splitlines() or [type(error).__name__])[0]
        raise EngineError(f'tensorrt cannot be imported: {line}') from error
    numbers = tuple(int(number) for number in re.findall(r'\d+', version)[:2])
    if numbers < OLDEST:
        raise EngineError(f'TensorRT {version} is too old: 8.6 or later is needed')
    return version

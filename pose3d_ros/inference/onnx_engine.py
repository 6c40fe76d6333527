# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Run an engine file with ONNX Runtime on the CPU."""
from pathlib import Path

import numpy as np
import onnxruntime
from pose3d_ros.inference.errors import EngineError
from pose3d_ros.inference.facts import EngineFacts, INPUTS, OUTPUTS


class OnnxEngine:
    """An engine file as a function: arrays in by name, arrays out by name."""

    def __init__(self, facts: EngineFacts, threads: int):
        """Load the engine file; raise EngineError if its tensors are not those of its kind."""
        self.facts = facts
        self._session = _session(facts.path, threads)
        self._inputs = _checked(facts, self._session.get_inputs(), INPUTS[facts.kind])
        _checked(facts, self._session.get_outputs(), OUTPUTS[facts.kind])
        self._outputs = [output.name for output in self._session.get_outputs()]

    def __call__(self, **arrays: np.ndarray) -> dict[str, np.ndarray]:
        """Return the outputs by name; raise EngineError naming the input that does not fit."""
        if arrays.keys() != self._inputs.keys():
            raise EngineError(
                f'{self.facts.name} expects inputs {sorted(self._inputs)}, given {sorted(arrays)}'
            )
        sizes = {}
        for name, array in arrays.items():
            _check(self.facts.name, name, *self._inputs[name], array, sizes)
        return dict(zip(self._outputs, self._session.run(None, arrays), strict=True))


def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """Return a session; raise EngineError in one sentence where ONNX Runtime refuses the file."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # its errors are raised: none is printed as well
    # Spinning threads steal the cores from decoding, tracking and DDS between two frames.
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    try:
        return onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])
    except Exception as error:  # its exceptions have no common base
        reason = str(error).splitlines()[0]
        raise EngineError(f'{path} cannot be loaded by ONNX Runtime: {reason}') from error


def _checked(facts: EngineFacts, tensors: list, expected: dict) -> dict:
    """Return name -> (dtype, shape) of the expected tensors; raise EngineError on a misfit."""
    given = {tensor.name: tensor for tensor in tensors}
    for name, (dtype, shape) in expected.items():
        if name not in given:
            raise EngineError(
                f"{facts.path} has no tensor '{name}', which a {facts.kind} must have: "
                f'it has {sorted(given)}'
            )
        shape = tuple(facts.letters.get(size, size) for size in shape)
        _check_tensor(facts, given[name], dtype, shape)
    return {
        name: (np.dtype(dtype), tuple(facts.letters.get(size, size) for size in shape))
        for name, (dtype, shape) in expected.items()
    }


def _check_tensor(facts: EngineFacts, tensor, dtype: str, shape: tuple):
    """Raise EngineError unless a tensor of the file has this type and may have this shape."""
    given_dtype = {'tensor(float)': 'float32'}.get(tensor.type, tensor.type[7:-1])
    same = len(tensor.shape) == len(shape) and all(
        given == wanted or isinstance(wanted, str) or not isinstance(given, int)
        for given, wanted in zip(tensor.shape, shape, strict=True)
    )
    if given_dtype != dtype or not same:
        raise EngineError(
            f"tensor '{tensor.name}' of {facts.path}: expected {dtype} {_text(shape)}, "
            f'given {given_dtype} {_text(tensor.shape)}'
        )


def _check(engine: str, name: str, dtype: np.dtype, shape: tuple, array, sizes: dict):
    """Raise EngineError unless an array fits; sizes collects what the letters stand for."""
    given = getattr(array, 'shape', None)
    fits = given is not None and array.dtype == dtype and len(given) == len(shape) and all(
        size > 0
        and size == (wanted if isinstance(wanted, int) else sizes.setdefault(wanted, size))
        for wanted, size in zip(shape, given, strict=True)
    )
    if not fits:
        known = tuple(sizes.get(wanted, wanted) for wanted in shape)
        what = 'no array' if given is None else f'{array.dtype} {_text(given)}'
        raise EngineError(
            f"input '{name}' of {engine}: expected {dtype} {_text(known)}, given {what}"
        )


def _text(shape) -> str:
    """Return a shape for a message."""
    return '(' + ', '.join(str(size) for size in shape) + ')'

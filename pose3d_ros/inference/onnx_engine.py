# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Run an engine file with ONNX Runtime on the CPU."""
from pathlib import Path

import numpy as np
import onnxruntime
from pose3d_ros.inference.calls import check_tensor, fixed, Signature
from pose3d_ros.inference.errors import EngineError
from pose3d_ros.inference.facts import EngineFacts, OUTPUTS


class OnnxEngine:
    """An engine file as a function: arrays in by name, arrays out by name."""

    def __init__(self, facts: EngineFacts, threads: int):
        """Load the engine file; raise EngineError if its tensors are not those of its kind."""
        self.facts = facts
        self._session = _session(facts.path, threads)
        self._signature = Signature(facts)
        _check_tensors(facts, self._session.get_inputs(), self._signature.inputs)
        _check_tensors(facts, self._session.get_outputs(), fixed(facts, OUTPUTS[facts.kind]))
        self._outputs = [output.name for output in self._session.get_outputs()]

    def __call__(self, **arrays: np.ndarray) -> dict[str, np.ndarray]:
        """Return the outputs by name; raise EngineError naming the input that does not fit."""
        self._signature.check(arrays)
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


def _check_tensors(facts: EngineFacts, tensors: list, expected: dict) -> None:
    """Raise EngineError unless a network's tensors are the expected ones."""
    given = {tensor.name: tensor for tensor in tensors}
    for name, wanted in expected.items():
        if name not in given:
            raise EngineError(
                f"{facts.path} has no tensor '{name}', which a {facts.kind} must have: "
                f'it has {sorted(given)}'
            )
        dtype = {'tensor(float)': 'float32'}.get(given[name].type, given[name].type[7:-1])
        check_tensor(facts, name, (dtype, tuple(given[name].shape)), wanted)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What an engine may be called with, whatever runs it."""
import numpy as np
from pose3d_ros.inference.errors import EngineError
from pose3d_ros.inference.facts import EngineFacts, INPUTS


class Signature:
    """Names, types and shapes of an engine's inputs; 'B' in a shape is the batch size."""

    def __init__(self, facts: EngineFacts):
        self.name = facts.name
        self.inputs = fixed(facts, INPUTS[facts.kind])

    def check(self, arrays: dict[str, np.ndarray]) -> int:
        """Return the batch size (1 without one); raise EngineError naming what does not fit."""
        if arrays.keys() != self.inputs.keys():
            raise EngineError(
                f'{self.name} expects inputs {sorted(self.inputs)}, given {sorted(arrays)}'
            )
        sizes = {}
        for name, array in arrays.items():
            _check(self.name, name, *self.inputs[name], array, sizes)
        return sizes.get('B', 1)

    def shapes(self, batch: int) -> dict[str, tuple[int, ...]]:
        """Return the shape of every input for a batch size."""
        return {
            name: tuple(batch if size == 'B' else size for size in shape)
            for name, (_, shape) in self.inputs.items()
        }


def fixed(facts: EngineFacts, tensors: dict) -> dict[str, tuple[np.dtype, tuple]]:
    """Return name -> (dtype, shape) of a kind's tensors, letters replaced where facts know."""
    return {
        name: (np.dtype(dtype), tuple(facts.letters.get(size, size) for size in shape))
        for name, (dtype, shape) in tensors.items()
    }


def check_tensor(facts: EngineFacts, name: str, given: tuple, expected: tuple) -> None:
    """
    Raise EngineError unless a tensor of an engine file has a type and may have a shape.

    Parameters
    ----------
    facts : EngineFacts
        Of the file, for the message.
    name : str
        Of the tensor.
    given, expected : (dtype, shape)
        A size that is no int (or below 0) is free.

    """
    (dtype, shape), (wanted_dtype, wanted) = given, expected
    same = len(shape) == len(wanted) and all(
        size == want or isinstance(want, str) or not isinstance(size, int) or size < 0
        for size, want in zip(shape, wanted, strict=True)
    )
    if str(dtype) != str(wanted_dtype) or not same:
        raise EngineError(
            f"tensor '{name}' of {facts.path}: expected {wanted_dtype} {_text(wanted)}, "
            f'given {dtype} {_text(shape)}'
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

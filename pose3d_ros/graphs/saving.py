# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Networks and engines on disk."""
from collections.abc import Callable
import os
from pathlib import Path
import tempfile

from google.protobuf.message import DecodeError
import onnx


def read_network(path: Path) -> onnx.ModelProto:
    """Return the network of an ONNX file; raise ValueError if it is none."""
    try:
        model = onnx.load(path)
    except DecodeError as error:
        raise ValueError(f'{path} is truncated or not an ONNX file') from error
    if not model.graph.node:
        raise ValueError(f'{path} is truncated or not an ONNX file')
    return model


def save_engine(engine: onnx.ModelProto, path: Path, check: Callable[[Path], object]) -> None:
    """Write an engine file that passes a check; it gets its name whole and good, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f'.{path.name}.')
    try:
        with os.fdopen(handle, 'wb') as file:
            file.write(engine.SerializeToString(deterministic=True))
        check(Path(part))
        os.chmod(part, 0o644)
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise

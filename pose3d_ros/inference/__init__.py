# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An engine file in, arrays out."""
from collections.abc import Callable
from pathlib import Path

from pose3d_ros.core.config import Config
from pose3d_ros.inference.engines import Engines
from pose3d_ros.inference.errors import EngineError
from pose3d_ros.inference.facts import EngineFacts, read_facts
from pose3d_ros.inference.folders import engine_files, find_engine, package_folder, user_folder

__all__ = [
    'EngineError', 'EngineFacts', 'Engines', 'engine_files', 'find_engine', 'load',
    'load_all', 'package_folder', 'read_facts', 'user_folder',
]


def load(name_or_path: str | Path, kind: str | None = None, threads: int = 1):
    """
    Return a ready engine: a callable from named arrays to named arrays, with its `facts`.

    Parameters
    ----------
    name_or_path : str or Path
        An engine file, or the name of one in the user's or the package's engine folder.
    kind : str or None
        'detector', 'heatmap' or 'lifter': what it must be; None takes any.
    threads : int
        CPU threads that one call may use. 1 costs the least CPU time; 2 only help where a core
        is idle (measured in engines/README.md).

    """
    facts = read_facts(find_engine(name_or_path))
    if kind not in (None, facts.kind):
        raise EngineError(f'{facts.path} is a {facts.kind}: expected a {kind}')
    # Here and not at the top: facts and lists of engines need no ONNX Runtime.
    from pose3d_ros.inference.onnx_engine import OnnxEngine

    return OnnxEngine(facts, threads)


def load_all(config: Config, say: Callable[[str], None] = lambda text: None) -> Engines:
    """
    Return the detector, heatmap engine and lifter that a configuration names, on its backend.

    It returns when TensorRT has built what it lacks. A node, which must not wait that long, uses
    Engines itself.
    """
    engines = Engines(config, say, say)
    engines.accelerate()
    return engines

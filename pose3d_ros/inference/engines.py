# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The three engines of a pipeline, and the thread that moves them to the GPU."""
from collections.abc import Callable, Iterator
import threading

from pose3d_ros.core.config import Config
from pose3d_ros.inference.accelerated import Accelerated
from pose3d_ros.inference.backend import choose_backend

KINDS = {'detection': 'detector', 'keypoints': 'heatmap', 'lifting': 'lifter'}


class Engines:
    """
    Detector, heatmap engine and lifter of a configuration; usable at once, on ONNX Runtime.

    Parameters
    ----------
    config : Config
        Names them, and the backend.
    inform, warn : callable
        Take a sentence for the log.

    Raises
    ------
    EngineError
        When a file cannot be used, or TensorRT is asked for and impossible.

    """

    def __init__(self, config: Config, inform: Callable[[str], None] = lambda text: None,
                 warn: Callable[[str], None] = lambda text: None):
        from pose3d_ros.inference import load

        self.backend = choose_backend(config.inference.backend)
        plain = {stage: load(getattr(config, stage).engine, kind, config.inference.threads)
                 for stage, kind in KINDS.items()}
        self._thread = None
        self._stop = threading.Event()
        self._stages = plain
        if self.backend.gpu is not None:
            self._stages = {
                stage: Accelerated(
                    engine, self.backend, config.detection.max_bodies, inform, warn)
                for stage, engine in plain.items()}

    def __iter__(self) -> Iterator:
        """Return detector, heatmap engine and lifter."""
        return iter(self._stages.values())

    def accelerate(self) -> None:
        """Move them to the GPU, if that is the backend; returns when it is done."""
        for engine in self._accelerated:
            if not self._stop.is_set():
                engine.accelerate(self._stop.is_set)

    def start(self) -> None:
        """Do the same in a thread of its own."""
        if self._accelerated:
            self._thread = threading.Thread(
                target=self.accelerate, name='pose3d engines', daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop what is being built, free the GPU's memory."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        for engine in self._accelerated:
            engine.close()

    @property
    def problem(self) -> str:
        """Return in words which stages cannot have the backend that was chosen."""
        failed = [stage for stage, engine in self._stages.items()
                  if getattr(engine, 'failed', False)]
        return f"TensorRT cannot be used for {', '.join(failed)}" if failed else ''

    def values(self) -> dict[str, str]:
        """Return what computes each stage, and why, for diagnostics."""
        states = {f'backend_{stage}': getattr(engine, 'state', '')
                  for stage, engine in self._stages.items()}
        return {'backend': str(self.backend), **{k: text for k, text in states.items() if text}}

    @property
    def _accelerated(self) -> list[Accelerated]:
        return [each for each in self._stages.values() if isinstance(each, Accelerated)]

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Build a TensorRT engine of an ONNX file: one way for TensorRT 8.6, 10 and 11.

Precision is that of the ONNX file: the network is strongly typed wherever TensorRT knows that
(10 and 11). Version 8.6 does not; there, a file with a body in half precision allows it that.
"""
from collections.abc import Callable

from pose3d_ros.inference.progress import Progress
from pose3d_ros.inference.trt_journal import journal
import tensorrt as trt

TYPED = getattr(trt.NetworkDefinitionCreationFlag, 'STRONGLY_TYPED', None)


def build(onnx: bytes, shapes: dict, half: bool, report: Callable[[float], bool]) -> bytes:
    """
    Return the plan of a network; raise RuntimeError with TensorRT's reasons.

    Parameters
    ----------
    onnx : bytes
        The whole file.
    shapes : {input: (smallest, usual, largest)}
        Shapes of the one optimisation profile.
    half : bool
        Whether the file's body is in half precision.
    report : callable
        Called with the share that is done, 0 to 1; returns whether to go on. TensorRT 8.6 never
        calls it.

    """
    builder = trt.Builder(journal())
    network = _parsed(builder, onnx)
    config = journal().need(builder.create_builder_config(), 'TensorRT gives no configuration')
    profile = journal().need(builder.create_optimization_profile(), 'TensorRT gives no profile')
    for name, three in shapes.items():
        profile.set_shape(name, *three)  # raises where it does not fit
    if config.add_optimization_profile(profile) < 0:
        journal().need(None, 'TensorRT refuses the shapes')
    if TYPED is None:
        _for_8(config, half)
    if hasattr(trt, 'IProgressMonitor'):
        config.progress_monitor = monitor = _monitor(report)  # noqa: F841 keeps it alive
    plan = builder.build_serialized_network(network, config)
    return bytes(journal().need(plan, 'TensorRT cannot build the engine'))


def _parsed(builder, onnx: bytes):
    """Return the network of an ONNX file."""
    flags = trt.NetworkDefinitionCreationFlag
    flag = flags.EXPLICIT_BATCH if TYPED is None else TYPED
    network = journal().need(
        builder.create_network(1 << int(flag)), 'TensorRT gives no network')
    parser = trt.OnnxParser(network, journal())
    if not parser.parse(onnx):
        errors = [parser.get_error(index).desc() for index in range(parser.num_errors)]
        journal().need(None, ': '.join(['TensorRT cannot read the file', *errors]))
    return network


def _for_8(config, half: bool) -> None:
    """Set what only TensorRT 8 needs to be told."""
    if half:
        config.set_flag(trt.BuilderFlag.FP16)
    # Several batch sizes, several contexts, one profile; later versions allow that unasked.
    config.set_preview_feature(trt.PreviewFeature.PROFILE_SHARING_0806, True)
    # It would also use cuBLAS and cuDNN, libraries of their own that later versions do not need.
    config.set_tactic_sources(
        1 << int(trt.TacticSource.EDGE_MASK_CONVOLUTIONS)
        | 1 << int(trt.TacticSource.JIT_CONVOLUTIONS))


def _monitor(report: Callable[[float], bool]):
    """Return TensorRT's view of a progress report."""
    class Monitor(trt.IProgressMonitor):
        def __init__(self):
            trt.IProgressMonitor.__init__(self)
            self._progress = Progress()

        def phase_start(self, phase_name, parent_phase, num_steps):
            self._progress.start(phase_name, parent_phase, num_steps)

        def step_complete(self, phase_name, step):
            self._progress.step(phase_name, step)
            return report(self._progress.share)

        def phase_finish(self, phase_name):
            self._progress.finish(phase_name)

    return Monitor()

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""An engine with a body in half precision; what goes in and out stays as it was."""
import warnings

from onnx import helper, ModelProto

OURS = 'pose3d/'  # pre-processing and decoding: logarithms and differences need single precision


def to_half(engine: ModelProto) -> ModelProto:
    """Return the engine with its network in 16 bits, and our own nodes around it in 32."""
    # Part of ONNX Runtime; only this needs it.
    from onnxruntime.transformers.float16 import convert_float_to_float16

    ours = [node.name for node in engine.graph.node if node.name.startswith(OURS)]
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # weights too small for 16 bits; the result is checked
        half = convert_float_to_float16(engine, keep_io_types=True, node_block_list=ours)
    facts = {each.key: each.value for each in engine.metadata_props}
    helper.set_model_props(half, facts | {'precision': 'half'})
    return half

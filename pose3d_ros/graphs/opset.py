# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""One opset for every engine: the newest that TensorRT 8.6 reads, and ONNX Runtime too."""
from onnx import checker, ModelProto, version_converter

OPSET = 17
IR_VERSION = 8  # of ONNX 1.12, which brought opset 17


def at_opset(model: ModelProto, opset: int = OPSET) -> ModelProto:
    """Return the network in this opset; raise ValueError where that cannot be done."""
    given = {each.domain: each.version for each in model.opset_import}
    if foreign := given.keys() - {'', 'ai.onnx'}:
        used = {node.domain for node in model.graph.node} & foreign
        if used:
            raise ValueError(f'the network uses operators of {sorted(used)}: export it without')
    version = given.get('', given.get('ai.onnx'))
    if version == opset:
        return model
    try:
        converted = version_converter.convert_version(model, opset)
        checker.check_model(converted, full_check=True)  # it has made wrong nodes without a word
        return converted
    except Exception as error:  # RuntimeError or its own ConvertError, by version
        raise ValueError(
            f'the network has opset {version} and cannot be converted to {opset}: '
            f'export it with opset {opset}'
        ) from error

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A third-party network becomes an engine: uint8 pictures in, small arrays out."""
from onnx import checker, compose, helper, ModelProto, shape_inference, TensorProto, ValueInfoProto
from pose3d_ros.graphs import heatmap, rtmdet, simcc, yolox
from pose3d_ros.graphs.opset import at_opset, IR_VERSION, OPSET
from pose3d_ros.graphs.preprocessing import normalise
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.graphs.writing import GraphWriter
from pose3d_ros.inference.facts import CONTRACT, INPUTS, OUTPUTS

#: The head of a network: by what it does and how many outputs it has.
HEADS = {
    ('heatmap', 1): heatmap, ('heatmap', 2): simcc, ('detector', 1): yolox, ('detector', 2): rtmdet
}
PREFIX = 'network/'
TYPES = {'float32': TensorProto.FLOAT, 'uint8': TensorProto.UINT8}


def import_network(model: ModelProto, recipe: Recipe) -> ModelProto:
    """
    Return the engine of a network: pre-processing and decoding in its graph, facts inside.

    Parameters
    ----------
    model : ModelProto
        One input (B, 3, H, W) float32; outputs as its head knows them (see HEADS).
    recipe : Recipe
        What the file does not tell.

    """
    network = compose.add_prefix(at_opset(model, OPSET), PREFIX)
    picture, size = _picture(network, recipe)
    network = shape_inference.infer_shapes(network)
    head = HEADS.get((recipe.kind, len(network.graph.output)))
    if head is None:
        raise ValueError(
            f'a {recipe.kind} network with {len(network.graph.output)} outputs is unknown: '
            'expected heatmaps, or simcc_x and simcc_y, or YOLOX rows, or dets and labels'
        )
    outputs = [output.name for output in network.graph.output]
    shapes = [_shape(output) for output in network.graph.output]
    write = GraphWriter()
    pictures, = INPUTS[recipe.kind]
    normalise(write, pictures, picture, recipe)
    write.nodes.extend(network.graph.node)
    head.decode(write, outputs, shapes, size, recipe)
    engine = _model(write, network, _tensors(recipe, size, shapes[0][1]))
    helper.set_model_props(engine, _metadata(recipe, size))
    checker.check_model(engine, full_check=True)
    return engine


def _picture(network: ModelProto, recipe: Recipe) -> tuple[str, tuple[int, int]]:
    """Return name and (height, width) of the network's one input; fix them where they are free."""
    weights = {weight.name for weight in network.graph.initializer}
    inputs = [each for each in network.graph.input if each.name not in weights]
    shapes = [_shape(each) for each in inputs]
    if len(inputs) != 1 or len(shapes[0]) != 4:
        raise ValueError(f'expected one input (B, 3, H, W): the network has {shapes}')
    batch, channels, *size = shapes[0]
    if channels != 3 and isinstance(channels, int):
        raise ValueError(f'expected three channels (B, 3, H, W): the network takes {shapes[0]}')
    if not recipe.size and not all(isinstance(pixels, int) for pixels in size):
        raise ValueError(f'the network takes any size {tuple(size)}: give the one to use')
    for pixels, wanted in zip(size, recipe.size):
        if pixels != wanted and isinstance(pixels, int):
            raise ValueError(f'the network takes {tuple(size)}: size {recipe.size} was asked for')
    if recipe.kind == 'heatmap' and isinstance(batch, int):
        raise ValueError(
            f'expected a free batch size, for several persons: the network takes {shapes[0]}'
        )
    size = tuple(recipe.size or size)
    for dimension, pixels in zip(inputs[0].type.tensor_type.shape.dim[1:], (3, *size)):
        dimension.dim_value = pixels
    return inputs[0].name, size


def _shape(tensor: ValueInfoProto) -> tuple:
    """Return a tensor's shape; a str where a size is free."""
    sizes = tensor.type.tensor_type.shape.dim
    return tuple(size.dim_value or size.dim_param or '?' for size in sizes)


def _tensors(recipe: Recipe, size: tuple, joints: int) -> tuple[list, list]:
    """Return the engine's inputs and outputs, as the contract has them."""
    letters = dict(zip('HWhwJ', (*size, *size, joints), strict=True))
    return tuple(
        [helper.make_tensor_value_info(name, TYPES[dtype], [letters.get(n, n) for n in shape])
         for name, (dtype, shape) in tensors[recipe.kind].items()]
        for tensors in (INPUTS, OUTPUTS)
    )


def _model(write: GraphWriter, network: ModelProto, tensors: tuple[list, list]) -> ModelProto:
    """Return the model around all nodes."""
    graph = helper.make_graph(
        write.nodes, 'engine', *tensors,
        initializer=[*network.graph.initializer, *write.constants],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid('', OPSET)], ir_version=IR_VERSION,
        producer_name='pose3d_ros',
    )


def _metadata(recipe: Recipe, size: tuple) -> dict[str, str]:
    """Return the engine's facts."""
    facts = {
        'contract': CONTRACT, 'kind': recipe.kind, 'name': recipe.name,
        'size': f'{size[0]} {size[1]}', 'source': recipe.source, 'licence': recipe.licence,
    }
    if recipe.kind == 'heatmap':
        facts |= {'keypoints': recipe.keypoints, 'padding': str(recipe.padding)}
    return facts

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The matching lifter (after Chen and Ramanan, CVPR 2017): a library of seen poses in the graph.

The exemplars whose projections are nearest to the keypoints, gravity among the features, give
their joints; these are moved across the line of sight to where the keypoints say, as far as those
were seen. Sigma comes from how the neighbours differ.
"""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnx import helper, TensorProto
from pose3d_ros.core.observation import joint_weights
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.training.graph import Graph
from pose3d_ros.training.network import LEAST_SIGMA
from pose3d_ros.training.samples import Conditions, Stream

#: Exemplars, and neighbours that are averaged.
SIZE, NEIGHBOURS = 24000, 16
#: Weight of gravity's square difference beside those of keypoints of spread 1, and how fast a
#: neighbour's weight falls with its mean square distance.
GRAVITY, FALL = 0.6, 60.0
#: Least deviation across and along that is stated before calibration, m.
LEAST = 0.01
#: Part of the neighbours' variance across that a keypoint takes away.
SEEN_LESS = 0.9


@dataclass(frozen=True)
class Library:
    """What was seen, and what it was."""

    unit: np.ndarray  # (E, 17, 2) keypoints of spread 1
    gravity: np.ndarray  # (E, 3)
    joints: np.ndarray  # (E, 16, 3) m, relative to the pelvis
    metres: np.ndarray  # (E,) m that a spread of 1 stands for at the pelvis


def make_library(stream: Stream) -> Library:
    """Return a library of views without error, gravity known."""
    batches, conditions = [], Conditions(noisy=False, whole=True, gravity_known=1)
    while len(batches) < 1 or len(batches) * len(batches[0].scores) < SIZE:
        batches.append(stream.made(-1 - len(batches), conditions))
    keypoints, gravity, joints = (
        np.concatenate([getattr(batch, name).numpy() for batch in batches])[:SIZE]
        for name in ('keypoints', 'gravity', 'joints'))
    spread = np.sqrt((keypoints[:, 0] ** 2).sum(-1).mean(1) + 1e-8)
    unit = keypoints[:, 0] / spread[:, None, None]
    flat = _middles() @ unit
    flat = flat - flat[:, [BODY_16.index('pelvis')]]
    metres = (flat * joints[..., :2]).sum((1, 2)) / (flat**2).sum((1, 2))
    return Library(unit, gravity, joints, metres)


def _middles() -> np.ndarray:
    """Return (16, 17) weights: the keypoint, or the middle of two, of each joint."""
    return joint_weights(COCO_17, BODY_16)


def export_matching(library: Library, path: Path, facts: dict[str, str],
                    factors: np.ndarray | None = None) -> None:
    """
    Write the engine file.

    Parameters
    ----------
    library : Library
        What to compare with.
    path, facts : Path, dict
        The ONNX file and its metadata.
    factors : (16, 2) or None
        What to multiply sigma by.

    """
    graph = Graph()
    query = _query(graph)
    weights, joints, metres = _neighbours(graph, library, *_likeness(graph, library, query))
    mean = graph.add('ReduceSum', graph.add('Mul', joints, weights), graph.whole(1), keepdims=0)
    mean = graph.add('Reshape', mean, graph.whole(-1, len(BODY_16), 3))
    seen = _seen_joints(graph, query['seen'])
    _warped(graph, query, mean, metres, seen)
    factors = np.ones((len(BODY_16), 2)) if factors is None else factors
    _spread(graph, weights, joints, seen, factors)
    graph.save(path, 1, facts)


def _query(graph: Graph) -> dict[str, str]:
    """Return the keypoints divided by their spread, seen or zero, and what was divided."""
    rays = graph.pick('keypoints', 1, 0)
    seen = graph.add('Cast', graph.add('Greater', graph.pick('scores', 1, 0), graph.constant(0)),
                     to=TensorProto.FLOAT)
    mask = graph.add('Unsqueeze', seen, graph.whole(2))
    count = graph.add('Max', graph.add('ReduceSum', seen, graph.whole(1)), graph.constant(1))
    square = graph.add('ReduceSum', graph.add('Mul', graph.add('Mul', rays, rays), mask),
                       graph.whole(1, 2), keepdims=0)
    square = graph.add('Div', graph.add('Unsqueeze', square, graph.whole(1)), count)
    spread = graph.add('Sqrt', graph.add('Add', square, graph.constant(1e-8)))
    unit = graph.add('Div', rays, graph.add('Unsqueeze', spread, graph.whole(2)))
    return {'unit': unit, 'seen': seen, 'mask': mask, 'count': count, 'spread': spread}


def _likeness(graph: Graph, library: Library, query: dict) -> tuple[str, str]:
    """
    Return how alike query and exemplars are, and the query's size in each, both (B, E).

    Exemplars are moved and scaled in the image to fit best: with the seen keypoints q centred and
    a = sum q e, b = sum e^2 - (sum e)^2 / n, the scale is a / b and the square error falls by
    a^2 / b.
    """
    total = graph.add('ReduceSum', graph.add('Mul', query['unit'], query['mask']), graph.whole(1))
    middle = graph.add('Div', total, graph.add('Unsqueeze', query['count'], graph.whole(2)))
    centred = graph.add('Mul', graph.add('Sub', query['unit'], middle), query['mask'])
    unit = library.unit
    a = graph.add('MatMul', graph.add('Flatten', centred, axis=1),
                  graph.stored(unit.reshape(len(unit), -1).T))
    a = graph.add('Max', a, graph.constant(1e-3))
    b = graph.add('MatMul', query['seen'], graph.stored((unit**2).sum(-1).T))
    for axis in range(2):
        total = graph.add('MatMul', query['seen'], graph.stored(unit[..., axis].T))
        b = graph.add('Sub', b, graph.add('Div', graph.add('Mul', total, total), query['count']))
    size = graph.add('Div', a, graph.add('Max', b, graph.constant(1e-3)))
    like = graph.add('Div', graph.add('Mul', a, size), query['count'])
    down = graph.add('MatMul', 'gravity', graph.constant(2 * GRAVITY * library.gravity.T))
    return graph.add('Add', like, down), size


def _neighbours(graph: Graph, library: Library, like: str, size: str) -> tuple:
    """Return weights (B, k, 1), joints (B, k, 48) and metres of a spread of 1 (B, 1)."""
    graph.nodes.append(helper.make_node('TopK', [like, graph.whole(NEIGHBOURS)],
                                        ['nearest', 'which'], axis=1))
    weights = graph.add('Softmax', graph.add('Mul', 'nearest', graph.constant(FALL)), axis=1)
    joints = graph.add('Gather', graph.stored(library.joints.reshape(len(library.joints), -1)),
                       'which', axis=0)
    metres = graph.add('Div', graph.add('Gather', graph.constant(library.metres), 'which'),
                       graph.add('GatherElements', size, 'which', axis=1))
    metres = graph.add('ReduceSum', graph.add('Mul', metres, weights), graph.whole(1))
    return graph.add('Unsqueeze', weights, graph.whole(2)), joints, metres


def _seen_joints(graph: Graph, seen: str) -> str:
    """Return (B, 16, 1): 1 where a joint and the pelvis were seen, else 0."""
    middles = _middles()
    both = np.minimum(middles, 1) + middles[BODY_16.index('pelvis')]
    share = graph.add('MatMul', seen, graph.constant(both.T))
    whole = graph.add('Cast', graph.add('Greater', share, graph.constant(1.99)),
                      to=TensorProto.FLOAT)
    return graph.add('Unsqueeze', whole, graph.whole(2))


def _warped(graph: Graph, query: dict, mean: str, metres: str, seen: str) -> None:
    """Add the joints: depths of the neighbours, and across where the keypoints say."""
    flat, depth = graph.split(mean, [2, 1], axis=2)
    metres, spread = (graph.add('Unsqueeze', v, graph.whole(2)) for v in (metres, query['spread']))
    image = graph.add('MatMul', graph.constant(_middles()), query['unit'])
    far = graph.add('Add', metres, graph.add('Mul', spread, depth))
    moved = graph.add('Mul', image, far)
    moved = graph.add('Sub', moved, graph.pick(moved, 1, [BODY_16.index('pelvis')]))
    flat = graph.add('Add', flat, graph.add('Mul', graph.add('Sub', moved, flat), seen))
    graph.add('Concat', flat, depth, axis=2, output='joints')


def _spread(graph: Graph, weights: str, joints: str, seen: str, factors: np.ndarray) -> None:
    """Add sigma: how the neighbours differ; a seen joint differs less across."""
    def mean(value):
        return graph.add('ReduceSum', graph.add('Mul', value, weights), graph.whole(1))

    off = graph.add('Sub', joints, mean(joints))
    square = graph.add('Reshape', mean(graph.add('Mul', off, off)),
                       graph.whole(-1, len(BODY_16), 3))
    across, along = graph.split(square, [2, 1], axis=2)
    across = graph.add('ReduceMean', across, axes=[2])
    less = graph.add('Sub', graph.constant(1), graph.add('Mul', seen, graph.constant(SEEN_LESS)))
    across = graph.add('Mul', across, less)
    moving = np.array([name != 'pelvis' for name in BODY_16.points])
    for value, name, factor in ((across, 'sigma', factors[:, 0]),
                                (along, 'depth_sigma', factors[:, 1])):
        value = graph.add('Add', graph.add('Squeeze', value, graph.whole(2)),
                          graph.constant(LEAST**2))
        value = graph.add('Mul', graph.add('Sqrt', value), graph.constant(factor * moving))
        graph.add('Add', value, graph.constant(LEAST_SIGMA), output=name)

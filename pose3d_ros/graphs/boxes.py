# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the detection heads share: the K best boxes leave the graph, K fixed."""
from pose3d_ros.graphs.writing import GraphWriter, ints


def keep_best(write: GraphWriter, boxes: str, scores: str, candidates: int) -> None:
    """
    Write the nodes that keep the best candidates, best first.

    A fixed number: shapes that depend on the data cost TensorRT dearly. Overlapping boxes are
    suppressed later, outside of the graph.

    Parameters
    ----------
    write : GraphWriter
        Takes the nodes.
    boxes : str
        Tensor (N, 4), px: left, top, right, bottom.
    scores : str
        Tensor (N,).
    candidates : int
        K, at most N.

    """
    _, best = write.several('TopK', scores, ints(candidates), out=['scores', 'pose3d/best'],
                            axis=0, largest=1, sorted=1)
    write('Gather', boxes, best, axis=0, out='boxes')

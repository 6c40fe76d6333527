# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Trained networks as engine files."""
from collections.abc import Sequence
from io import BytesIO
import warnings

import onnx
from onnx import checker, helper, ModelProto
from pose3d_ros.graphs.importing import import_network
from pose3d_ros.graphs.opset import IR_VERSION, OPSET
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.graphs.writing import GraphWriter
from pose3d_ros.inference.facts import CONTRACT
from pose3d_ros.training.images.framing import PADDING
from pose3d_ros.training.images.network import MEAN, STD
from pose3d_ros.training.images.spread import Spread
from pose3d_ros.training.images.targets import person_boxes
import torch
from torch import nn

CANDIDATES = 32  # boxes that leave the person engine


class Candidates(nn.Module):
    """A person network with everything before and after it: the detector's contract."""

    def __init__(self, network: nn.Module, shift: float):
        """Wrap a network; `shift` is added to the logits of its scores."""
        super().__init__()
        self.network, self.shift = network, shift

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return boxes (K, 4) px and scores (K,), best first, of an image (1, H, W, 3) uint8."""
        x = (image.float().permute(0, 3, 1, 2) - MEAN) / STD  # TensorRT wants the cast first
        maps = self.network(x)
        scores = torch.sigmoid(maps[:, :1] + self.shift)
        peaks = nn.functional.max_pool2d(scores, 3, 1, 1)
        scores = torch.where(scores == peaks, scores, torch.zeros_like(scores)).reshape(-1)
        boxes = person_boxes(maps[:, 1:])[0].reshape(4, -1).transpose(0, 1)
        scores, best = scores.topk(CANDIDATES)
        return boxes.index_select(0, best), scores


def to_onnx(network: nn.Module, example: torch.Tensor, inputs: Sequence[str],
            outputs: Sequence[str], free_batch: bool) -> ModelProto:
    """Return a network as ONNX; normalisations are folded into its convolutions."""
    buffer = BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter('ignore')  # the other exporter needs more packages
        torch.onnx.export(
            network.eval(), (example,), buffer, opset_version=OPSET, dynamo=False,
            input_names=list(inputs), output_names=list(outputs),
            dynamic_axes={name: {0: 'B'} for name in (*inputs, *outputs)} if free_batch else None)
    return onnx.load_from_string(buffer.getvalue())


def heatmap_engine(network: nn.Module, size: tuple, name: str, source: str,
                   spread: Spread | None = None) -> ModelProto:
    """Return the engine of a heatmap network; its spread is calibrated where that is given."""
    shares = nn.Sequential(network, nn.Sigmoid())  # of a Gaussian, 0 to 1
    model = to_onnx(shares, torch.zeros(1, 3, *size), ['x'], ['maps'], True)
    engine = import_network(model, Recipe(
        kind='heatmap', name=name, source=source, licence='Apache-2.0', size=size,
        mean=(MEAN,) * 3, std=(STD,) * 3, padding=PADDING))
    if spread is not None:
        _calibrate(engine, spread)
    checker.check_model(engine, full_check=True)
    return engine


def _calibrate(engine: ModelProto, spread: Spread) -> None:
    """Put what calibration found between the decoder's spread and the one that leaves."""
    raw, = (node for node in engine.graph.node if 'spread' in node.output)
    raw.output[0] = 'calibration/raw'
    write = GraphWriter()
    spread.write(write, 'calibration/raw', 'scores', 'spread')
    for part in (*write.nodes, *write.constants):
        part.name = f'calibration/{part.name}'
    for node in write.nodes:  # its names start anew, like those of the decoder
        for names in (node.input, node.output):
            names[:] = [f'calibration/{n}' if n.startswith('pose3d/') else n for n in names]
    engine.graph.node.extend(write.nodes)
    engine.graph.initializer.extend(write.constants)


def person_engine(network: nn.Module, size: tuple, name: str, source: str,
                  shift: float = 0.0) -> ModelProto:
    """Return the engine of a person network."""
    model = to_onnx(Candidates(network, shift), torch.zeros(1, *size, 3, dtype=torch.uint8),
                    ['image'], ['boxes', 'scores'], False)
    model.ir_version = IR_VERSION
    model.producer_name = 'pose3d_ros'
    helper.set_model_props(model, {
        'contract': CONTRACT, 'kind': 'detector', 'name': name, 'size': f'{size[0]} {size[1]}',
        'source': source, 'licence': 'Apache-2.0'})
    checker.check_model(model, full_check=True)
    return model

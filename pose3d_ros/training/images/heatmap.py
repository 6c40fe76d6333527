# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Train the network of keypoints, calibrate its spread and write its engine file."""
import numpy as np
from pose3d_ros import inference
from pose3d_ros.graphs.saving import save_engine
from pose3d_ros.training.images import figures
from pose3d_ros.training.images.export import heatmap_engine
from pose3d_ros.training.images.fitting import BATCH, Fit, fit
from pose3d_ros.training.images.network import heatmap_network as make_network
from pose3d_ros.training.images.samples import heatmap_sample, stream
from pose3d_ros.training.images.spread import calibrated, Spread
from pose3d_ros.training.images.store import open_held_out
from pose3d_ros.training.images.targets import heatmap_loss, heatmaps, strengths
from pose3d_ros.training.images.warm import start_from_engine
import torch

SIZE = (128, 96)  # px: height and width of the crop
#: Finest levels that a training from an engine leaves as they are, which saves 20 % of its time:
#: they see edges and cloth, errors come from what makes bodies of them.
KEPT_LEVELS = 1


def loss_of(maps: torch.Tensor, keypoints: torch.Tensor, visibility: torch.Tensor):
    """Return the loss of maps (B, 17, h, w) for keypoints (B, 17, 2) and visibilities (B, 17)."""
    return heatmap_loss(maps, heatmaps(keypoints, strengths(visibility), maps.shape[-2:]))


def train_network(run: Fit) -> torch.nn.Module:
    """Return a trained network."""
    torch.manual_seed(run.seed)
    network = make_network()
    batches = stream(heatmap_sample, run.renders, 'cuts', SIZE, BATCH, run.seed)
    if run.start:
        start_from_engine(network, run.start, next(batches)[0])
        for fine in (network.stem, *network.levels[:KEPT_LEVELS]):
            fine.requires_grad_(False)
    return fit(network, batches, loss_of, run)


def write_engine(network: torch.nn.Module, run: Fit) -> dict[str, float]:
    """Write the engine with its spread calibrated on half of the held-out renders; the others'."""
    name, source = run.out.stem, f'pose3d_ros, trained on {run.data}, seed {run.seed}'
    store = open_held_out(run.renders)
    save_engine(heatmap_engine(network, SIZE, name, source), run.out, inference.read_facts)
    said = figures.run_heatmap(inference.load(run.out, 'heatmap'), store)
    half = {key: values[:len(values) // 2] for key, values in said.items()}
    engine = heatmap_engine(network, SIZE, name, source, _calibration(half))
    save_engine(engine, run.out, inference.read_facts)
    said = figures.run_heatmap(inference.load(run.out, 'heatmap'), store)
    half = {key: values[len(values) // 2:] for key, values in said.items()}
    return figures.heatmap_figures(half)


def _calibration(said: dict[str, np.ndarray]) -> Spread:
    """Return what makes the stated spread of found keypoints honest."""
    use = (said['visibility'] > 0) & (said['scores'] >= figures.FOUND)
    return calibrated(said['keypoints'] - said['truth'], said['spread'], said['scores'], use)

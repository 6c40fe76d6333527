# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Train the detector of persons and write its engine file."""
import numpy as np
from pose3d_ros import inference
from pose3d_ros.graphs.saving import save_engine
from pose3d_ros.training.images import figures
from pose3d_ros.training.images.export import person_engine
from pose3d_ros.training.images.fitting import BATCH, Fit, fit
from pose3d_ros.training.images.network import person_network as make_network
from pose3d_ros.training.images.samples import stream
from pose3d_ros.training.images.scenes import person_sample
from pose3d_ros.training.images.store import open_held_out
from pose3d_ros.training.images.targets import person_loss
from pose3d_ros.training.images.warm import start_from_engine
import torch

SIZE = (192, 256)  # px: height and width of the letterboxed picture
#: Score from which detections shall count: the pipeline's default.
MIN_SCORE = 0.4


def train_network(run: Fit) -> torch.nn.Module:
    """Return a trained network."""
    torch.manual_seed(run.seed)
    network = make_network()
    batches = stream(person_sample, run.renders, 'scenes', SIZE, BATCH, run.seed)
    if run.start:
        start_from_engine(network, run.start, next(batches)[0])
    return fit(network, batches, person_loss, run)


def write_engine(network: torch.nn.Module, run: Fit) -> dict[str, float]:
    """Write the engine whose best score is the pipeline's default; return its figures."""
    name, source = run.out.stem, f'pose3d_ros, trained on {run.data}, seed {run.seed}'
    store = open_held_out(run.renders)
    save_engine(person_engine(network, SIZE, name, source), run.out, inference.read_facts)
    results = figures.run_person(inference.load(run.out, 'detector'), store)
    shift = _logit(MIN_SCORE) - _logit(figures.best_score(results[::2]))
    engine = person_engine(network, SIZE, name, source, shift)
    save_engine(engine, run.out, inference.read_facts)
    results = figures.run_person(inference.load(run.out, 'detector'), store)
    return figures.person_figures(results[1::2], MIN_SCORE)  # not those that chose the shift


def _logit(score: float) -> float:
    return float(np.log(score / (1 - score)))

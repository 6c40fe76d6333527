# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Make a lifter of one of four kinds: data, network, calibration, engine file, figures."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.training import autoencoder, figures
from pose3d_ros.training.clips import INTERVAL
from pose3d_ros.training.export import EngineFile, export_lifter
from pose3d_ros.training.fitting import Fit
from pose3d_ros.training.matching import export_matching, make_library
from pose3d_ros.training.network import lift_symmetric, Lifter, REGRESSED
from pose3d_ros.training.poses import load_poses, Poses
from pose3d_ros.training.samples import Conditions, Samples, STATURE, Stream
from pose3d_ros.training.warm import start_from_engine
import torch

#: Kind of lifter -> frames of its window.
KINDS = {'residual': 1, 'temporal': 4, 'structured': 1, 'matching': 1}
BATCH = 512
#: Learning rate of trainings that start from an engine, relative to others.
STARTED_RATE = 0.3
#: The engine, whose weights are rounded, may differ from its network by no more, m.
PARITY = 5e-3


@dataclass(frozen=True)
class Recipe:
    """What a training run depends on; same recipe, same engine (on the same machine)."""

    folder: Path
    out: Path
    held_out: tuple[str, ...]
    kind: str = 'residual'
    seed: int = 0
    steps: int = 20000
    minutes: float = float('inf')  # an end by the clock cannot be repeated exactly
    amc_rate: float = 120.0
    start: Path | None = None  # engine file to start from
    resume: bool = False  # go on from the checkpoint of this one
    mapping: Path | None = None  # names of joints in a foreign kind of skeleton

    @property
    def checkpoint(self) -> Path:
        """Return where the training is kept."""
        return self.out.with_suffix('.training.pt')


def train(recipe: Recipe) -> dict[str, dict[str, float]]:
    """Make a lifter, write its engine file, return its figures on the subjects held out."""
    poses = load_poses(recipe.folder, recipe.amc_rate, recipe.mapping)
    print('\n'.join(poses.report))
    training, held_out = _split(poses, recipe.held_out)
    print(f'{len(training.points)} poses to train, {len(held_out.points)} held out')
    torch.manual_seed(recipe.seed)
    make = _make_matching if recipe.kind == 'matching' else _make_network
    rows = make(recipe, training, held_out)
    print(figures.table(rows))
    return rows


def _split(poses: Poses, names: tuple[str, ...]) -> tuple[Poses, Poses]:
    """Return poses to train on and to measure with; raise ValueError where either is too few."""
    training, held_out = poses.split(list(names))
    if not len(training.points) or not len(held_out.points):
        raise ValueError(f'held out {names}: expected some but not all of '
                         f'{sorted(set(poses.subjects.tolist()))}')
    if len(set(held_out.subjects.tolist())) < 2:
        raise ValueError('sigma is calibrated crosswise: hold out two subjects or more, '
                         f'not {names}')
    return training, held_out


def _make_network(recipe: Recipe, training: Poses, held_out: Poses) -> dict:
    """Train a network and write it."""
    window = KINDS[recipe.kind]
    fit = _fitted(recipe, Stream(training, BATCH, recipe.seed, window))
    network = fit.average

    def lifter(samples: Samples) -> tuple[np.ndarray, np.ndarray]:
        with torch.no_grad():
            return tuple(out.numpy() for out in lift_symmetric(network, samples))

    factors, rows = calibrate(lifter, held_out, window)
    network.temperature.copy_(torch.from_numpy(factors).float())
    steps = f'{fit.steps} steps' + (f' from {recipe.start.stem}' if recipe.start else '')
    export_lifter(network, recipe.out, _facts(recipe, window, steps))
    _compare(recipe.out, lifter, figures.held_out_samples(held_out, Conditions(), window))
    return rows


def _fitted(recipe: Recipe, batches: Stream) -> Fit:
    """Return a network's training, done."""
    decoder = autoencoder.decoder() if recipe.kind == 'structured' else None
    if decoder and not recipe.resume:
        decoder = autoencoder.learn(lambda i: _regressed(batches[-i - 1]),
                                    min(3000, recipe.steps))
    network = Lifter(KINDS[recipe.kind], decoder)
    if recipe.start:
        start_from_engine(network, recipe.start, batches[-1])
    fit = Fit(network, recipe.checkpoint, STARTED_RATE if recipe.start else 1.0)
    if recipe.resume:
        fit.resume()
    fit.run(batches, recipe.steps, recipe.minutes)
    return fit


def _compare(file: Path, lifter, samples: Samples) -> None:
    """Raise ValueError where an engine file does not lift as its network does."""
    difference = max(float(np.abs(a - b).mean(1).max())
                     for a, b in zip(EngineFile(file)(samples), lifter(samples)))
    if difference > PARITY:
        raise ValueError(f'{file}: differs from the network by {difference} m')


def _regressed(samples: Samples) -> torch.Tensor:
    """Return the poses (B, 42) of samples."""
    return samples.joints[:, [BODY_16.index(name) for name in REGRESSED]].flatten(1)


def _make_matching(recipe: Recipe, training: Poses, held_out: Poses) -> dict:
    """Write a library of poses, and again with the sigma that held-out people call for."""
    library = make_library(Stream(training, BATCH, recipe.seed))
    facts = _facts(recipe, 1, f'{len(library.joints)} poses')
    export_matching(library, recipe.out, facts)
    factors, rows = calibrate(EngineFile(recipe.out), held_out, 1)
    export_matching(library, recipe.out, facts, factors)
    return rows


def calibrate(lifter, held_out: Poses, window: int) -> tuple[np.ndarray, dict]:
    """Return what to multiply sigma by (16, 2), and the figures, calibrated crosswise."""
    runs = figures.run(lifter, held_out, window)
    factors = figures.temperatures(*figures.join([part for parts in runs.values()
                                                  for part in parts]))
    return (factors + factors[BODY_16.mirrored]) / 2, figures.crosswise(runs)


def _facts(recipe: Recipe, window: int, size: str) -> dict[str, str]:
    """Return the engine's metadata."""
    return {
        'kind': 'lifter', 'name': recipe.kind, 'keypoints': 'coco_17', 'joints': 'body_16',
        'window': str(window), 'stature': f'{STATURE:.2f}', 'contract': '1',
        'licence': 'Apache-2.0', 'source': 'pose3d_ros, trained on the CMU Graphics Lab Motion '
                  f'Capture Database (mocap.cs.cmu.edu), seed {recipe.seed}, {size}',
    } | ({'interval': f'{INTERVAL:.4f}'} if window > 1 else {})

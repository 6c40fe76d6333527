# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Train the residual lifter: data, network, calibration, engine file, figures."""
from dataclasses import dataclass
from pathlib import Path
import time

import numpy as np
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.training import figures
from pose3d_ros.training.export import check_parity, export_lifter, lift_symmetric
from pose3d_ros.training.network import loss_of, ResidualLifter
from pose3d_ros.training.poses import load_poses, Poses
from pose3d_ros.training.samples import Conditions, Samples, STATURE, stream
import torch
from tqdm import tqdm

BATCH, LEARNING_RATE, WEIGHT_DECAY = 1024, 2e-3, 1e-4
#: The learning rate rises over this part of the training and falls to nothing over the rest.
WARM_UP = 0.05
#: The engine may differ from the network it came from by no more, m.
PARITY = 1e-4


@dataclass(frozen=True)
class Recipe:
    """What a training run depends on; same recipe, same engine (on the same machine)."""

    folder: Path
    out: Path
    held_out: tuple[str, ...]
    seed: int = 0
    steps: int = 20000
    minutes: float = float('inf')  # an end by the clock cannot be repeated exactly
    amc_rate: float = 120.0


def train(recipe: Recipe) -> dict[str, dict[str, float]]:
    """Train a lifter, write its engine file, return its figures on the subjects held out."""
    poses = load_poses(recipe.folder, recipe.amc_rate)
    print('\n'.join(poses.report))
    training, held_out = poses.split(list(recipe.held_out))
    if not len(training.points) or not len(held_out.points):
        raise ValueError(f'held out {recipe.held_out}: expected some but not all of '
                         f'{sorted(set(poses.subjects.tolist()))}')
    if len(set(held_out.subjects.tolist())) < 2:
        raise ValueError('sigma is calibrated crosswise: hold out two subjects or more, '
                         f'not {recipe.held_out}')
    print(f'{len(training.points)} poses to train, {len(held_out.points)} held out')
    torch.manual_seed(recipe.seed)
    network = ResidualLifter()
    steps = _fit(network, training, recipe)
    rows = _calibrate(network, held_out)
    export_lifter(network, recipe.out, _facts(recipe, steps))
    difference = check_parity(network, recipe.out,
                              figures.held_out_samples(held_out, Conditions()))
    if difference > PARITY:
        raise ValueError(f'{recipe.out}: differs from the network by {difference} m')
    print(figures.table(rows))
    return rows


def _fit(network: ResidualLifter, poses: Poses, recipe: Recipe) -> int:
    """Train by AdamW; return the steps made."""
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    batches = stream(poses, BATCH, recipe.seed)
    network.train()
    start, part, step, smooth = time.monotonic(), 0.0, 0, 0.0
    with tqdm(total=100, desc='training', unit='%', bar_format='{l_bar}{bar}| {n:.0f} % '
              '[{elapsed}<{remaining}{postfix}]') as bar:
        while part < 1:
            optimizer.param_groups[0]['lr'] = LEARNING_RATE * _schedule(part)
            samples = next(batches)
            loss = loss_of(*network(samples.keypoints, samples.scores, samples.gravity),
                           samples.joints)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            step += 1
            smooth = loss.item() if step == 1 else 0.99 * smooth + 0.01 * loss.item()
            part = max(step / recipe.steps, (time.monotonic() - start) / 60 / recipe.minutes)
            bar.update(min(100 * part, 100) - bar.n)
            bar.set_postfix_str(f'step {step}, loss {smooth:.2f}', refresh=False)
    return step


def _schedule(part: float) -> float:
    """Return the learning rate, relative: a linear rise, then half a cosine."""
    if part < WARM_UP:
        return part / WARM_UP
    return 0.5 * (1 + np.cos(np.pi * (part - WARM_UP) / (1 - WARM_UP)))


def _calibrate(network: ResidualLifter, held_out: Poses) -> dict[str, dict[str, float]]:
    """Set the network's temperatures from people it has not seen; return its figures."""
    def lifter(samples: Samples) -> tuple[np.ndarray, np.ndarray]:
        with torch.no_grad():
            return tuple(out.numpy() for out in lift_symmetric(network.eval(), samples))

    runs = figures.run(lifter, held_out)
    factors = figures.temperatures(*figures.join([part for parts in runs.values()
                                                  for part in parts]))
    factors = (factors + factors[BODY_16.mirrored]) / 2
    network.temperature.copy_(torch.from_numpy(factors).float())
    return figures.crosswise(runs)


def _facts(recipe: Recipe, steps: int) -> dict[str, str]:
    """Return the engine's metadata."""
    return {
        'kind': 'lifter', 'name': 'residual', 'keypoints': 'coco_17', 'joints': 'body_16',
        'window': '1', 'stature': f'{STATURE:.2f}', 'contract': '1', 'licence': 'Apache-2.0',
        'source': 'pose3d_ros, trained on the CMU Graphics Lab Motion Capture Database '
                  f'(mocap.cs.cmu.edu), seed {recipe.seed}, {steps} steps',
    }

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The training loop of both image networks."""
from collections.abc import Callable, Iterator
import copy
from dataclasses import dataclass
from pathlib import Path
import time

import numpy as np
from pose3d_ros.training.images import parallel
from pose3d_ros.training.images.muon import Muon
from pose3d_ros.training.images.network import normalised
import torch
from torch import nn
from tqdm import tqdm

BATCH = 64
#: Of convolutions that are normalised, by Muon; of all else, by AdamW.
FILTER_RATE, LEARNING_RATE, WEIGHT_DECAY = 2e-2, 2e-3, 1e-2
#: Learning rates of trainings that start from an engine, relative to others.
STARTED_RATE = 0.5
#: Half the time on processors that know it, ten times the time on others.
BFLOAT16 = torch.cpu.get_capabilities().get('avx512_bf16', False)
#: The learning rate rises over this part of the training and falls over the rest.
WARM_UP = 0.03
#: The network that is kept is the mean over about this part of the training, ...
AVERAGED = 0.1
#: ... over no more steps than this.
MOST_AVERAGED = 2000
#: Weights are kept beside the engine file every so many steps.
KEPT = 50


@dataclass(frozen=True)
class Fit:
    """What a training run depends on; same fit and renders, same network (on one machine)."""

    renders: Path  # folder of the store
    out: Path  # engine file
    seed: int = 0
    steps: int = 10000
    minutes: float = float('inf')  # an end by the clock cannot be repeated exactly
    start: Path | None = None  # engine file to begin with
    data: str = 'its own renders'  # what the engine file says of it
    processes: int = 1  # that train at once, each on batches of its own


def fit(network: nn.Module, batches: Iterator, loss_of: Callable, run: Fit) -> nn.Module:
    """
    Train and return the mean of the last networks.

    Parameters
    ----------
    network : Module
        Is trained.
    batches : iterator
        Yields pictures (B, h, w, 3) uint8, then what the loss needs.
    loss_of : callable
        (maps, *rest of the batch) -> loss.
    run : Fit
        Steps or minutes.

    """
    torch.set_flush_denormal(True)  # numbers of no consequence, very slow on a processor
    network.train().to(memory_format=torch.channels_last)
    optimizers = _optimizers(network)
    most = STARTED_RATE if run.start else 1.0
    mean, step, part, smooth = copy.deepcopy(network), 0, 0.0, 0.0
    start = time.monotonic()
    with tqdm(total=100, desc='training', unit='%', mininterval=2, disable=parallel.rank() > 0,
              bar_format='{l_bar}{bar}| {n:.0f} % [{elapsed}<{remaining}{postfix}]') as bar:
        while part < 1:
            for optimizer, rate in optimizers.items():
                optimizer.param_groups[0]['lr'] = most * rate * schedule(part)
            loss = _step(network, optimizers, loss_of, *next(batches))
            step += 1
            # early networks leave the mean soon: it covers but a part of what was trained
            _follow(mean, network, 1 / min(MOST_AVERAGED, 1 + AVERAGED * step))
            smooth = loss if step == 1 else 0.99 * smooth + 0.01 * loss
            part = max(step / run.steps, (time.monotonic() - start) / 60 / run.minutes)
            part = _agreed(part)
            if step % KEPT == 0 and parallel.rank() == 0:
                torch.save(mean.state_dict(), run.out.with_suffix('.pt'))
            bar.update(min(100 * part, 100) - bar.n)
            bar.set_postfix_str(f'step {step}, loss {smooth:.3f}', refresh=False)
    return mean.eval()


def _optimizers(network: nn.Module) -> dict[torch.optim.Optimizer, float]:
    """Return what changes the weights, with its largest learning rate."""
    learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
    filters = [layer.weight for layer in network.modules() if isinstance(layer, nn.Conv2d)
               and layer.bias is None and layer.weight.requires_grad]
    known = {id(weight) for weight in filters}
    rest = [parameter for parameter in learned if id(parameter) not in known]
    return {Muon(filters, FILTER_RATE): FILTER_RATE,
            torch.optim.AdamW(rest, LEARNING_RATE, weight_decay=WEIGHT_DECAY): LEARNING_RATE}


def _step(network, optimizers, loss_of, pictures, *truth) -> float:
    """Learn from one batch; return its loss."""
    with torch.autocast('cpu', torch.bfloat16, enabled=BFLOAT16):
        maps = network(normalised(pictures))
    loss = loss_of(maps.float(), *truth)
    network.zero_grad(set_to_none=True)
    loss.backward()
    parallel.average(parameter.grad for parameter in network.parameters()
                     if parameter.requires_grad)
    nn.utils.clip_grad_norm_(network.parameters(), 20.0)
    for optimizer in optimizers:
        optimizer.step()
    return loss.item()


def _agreed(part: float) -> float:
    """Return the same number in all processes: their clocks differ."""
    parts = torch.tensor([part], dtype=torch.float64)
    parallel.average([parts])
    return parts.item()


@torch.no_grad()
def _follow(mean: nn.Module, network: nn.Module, share: float) -> None:
    """Move the mean a share of the way to the network; counters are taken over."""
    old, new = mean.state_dict(), network.state_dict()
    for name, value in old.items():
        if value.is_floating_point():
            value.lerp_(new[name], share)
        else:
            value.copy_(new[name])


def schedule(part: float) -> float:
    """Return the learning rate, relative: a linear rise, then half a cosine."""
    if part < WARM_UP:
        return max(part, 1e-3) / WARM_UP
    return 0.5 * (1 + np.cos(np.pi * min(1, (part - WARM_UP) / (1 - WARM_UP))))

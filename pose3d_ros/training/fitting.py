# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Fitting a network to samples: AdamW, averaged weights, and where it stopped."""
import copy
from pathlib import Path
import pickle
import time

from pose3d_ros.training.network import Lifter, loss_of
import torch
from tqdm import tqdm

LEARNING_RATE, WEIGHT_DECAY = 2e-3, 1e-4
#: The learning rate rises over the first part of the training and falls to nothing over the last.
WARM_UP, COOL_DOWN = 0.02, 0.4
#: Share of the present weights in the averaged ones, at each step.
AVERAGING = 0.002
#: Batches on which the averaged network's normalisations are measured.
SETTLING = 30
#: Steps from one checkpoint to the next.
SAVED_EVERY = 500


class Fit:
    """
    A training under way.

    Parameters
    ----------
    network : Lifter
        What to train.
    checkpoint : Path
        Where it is kept while training goes on, and afterwards.
    rate : float
        Learning rate, relative to the usual one.

    """

    def __init__(self, network: Lifter, checkpoint: Path, rate: float = 1.0):
        self._rate = rate * LEARNING_RATE
        self.network, self.checkpoint = network, checkpoint
        self.average = copy.deepcopy(network).eval()
        self.optimizer = torch.optim.AdamW(
            network.parameters(), self._rate, weight_decay=WEIGHT_DECAY, fused=True)
        self.steps, self.seconds = 0, 0.0

    def resume(self) -> None:
        """Go on from the checkpoint; raise ValueError when there is none of such a network."""
        try:
            state = torch.load(self.checkpoint, weights_only=True)
            self.network.load_state_dict(state['network'])
            self.average.load_state_dict(state['average'])
            self.optimizer.load_state_dict(state['optimizer'])
        except FileNotFoundError:
            raise ValueError(f'{self.checkpoint}: nothing to resume') from None
        except (RuntimeError, KeyError, ValueError, pickle.UnpicklingError) as error:
            raise ValueError(f'{self.checkpoint}: not of this kind of lifter: {error}') from None
        self.steps, self.seconds = state['steps'], state['seconds']

    def run(self, batches, steps: int, minutes: float) -> None:
        """Train on numbered batches up to so many steps or minutes, checkpoints between."""
        self.network.train()
        start, part, smooth = time.monotonic() - self.seconds, 0.0, None
        with tqdm(total=100, desc='training', unit='%', mininterval=10, bar_format='{l_bar}{bar}|'
                  ' {n:.0f} % [{elapsed}<{remaining}{postfix}]') as bar:
            while part < 1:
                part = max(self.steps / steps, self.seconds / 60 / minutes)
                loss = self._step(batches[self.steps], self._rate * _schedule(part))
                self.seconds = time.monotonic() - start
                part = max(self.steps / steps, self.seconds / 60 / minutes)
                smooth = loss if smooth is None else 0.99 * smooth + 0.01 * loss
                bar.update(min(100 * part, 100) - bar.n)
                bar.set_postfix_str(f'step {self.steps}, loss {smooth:.2f}', refresh=False)
                if self.steps % SAVED_EVERY == 0 or part >= 1:
                    self._save()
        self._settle(batches)

    def _settle(self, batches) -> None:
        """Measure the normalisations of the averaged weights: averaged ones do not fit them."""
        norms = [m for m in self.average.modules() if isinstance(m, torch.nn.BatchNorm1d)]
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # the plain mean of what follows
        self.average.train()
        with torch.no_grad():
            for number in range(self.steps, self.steps + SETTLING):
                samples = batches[number]
                self.average(samples.keypoints, samples.scores, samples.gravity)
        self.average.eval()

    def _step(self, samples, rate: float) -> float:
        self.optimizer.param_groups[0]['lr'] = rate
        loss = loss_of(*self.network(samples.keypoints, samples.scores, samples.gravity),
                       samples.joints)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self.steps += 1
        share = max(AVERAGING, 1 / self.steps)
        for mean, value in zip(self.average.state_dict().values(),
                               self.network.state_dict().values()):
            mean.copy_(value) if not value.is_floating_point() else mean.lerp_(value, share)
        return loss.item()

    def _save(self) -> None:
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        part = self.checkpoint.with_suffix('.part')
        torch.save({'network': self.network.state_dict(), 'average': self.average.state_dict(),
                    'optimizer': self.optimizer.state_dict(), 'steps': self.steps,
                    'seconds': self.seconds}, part)
        part.replace(self.checkpoint)


def _schedule(part: float) -> float:
    """Return the learning rate, relative: a linear rise, a plateau, a linear fall."""
    return min(1.0, max(part / WARM_UP, 0.01), max(1 - part, 0.0) / COOL_DOWN)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How good a lifter is, and how far its sigma can be believed."""
from dataclasses import replace
from typing import Callable

import numpy as np
from pose3d_ros.core.skeleton import BODY_16, LIMB_JOINTS
from pose3d_ros.evaluation.metrics import CHI2_3, joint_errors, scale_aligned, similarity_aligned
from pose3d_ros.training.clips import clips_of, RECORDED
from pose3d_ros.training.poses import Poses
from pose3d_ros.training.samples import Conditions, make_samples, Samples
import torch

LIMBS = [BODY_16.index(name) for name in LIMB_JOINTS]
#: 95 % quantiles of the chi-square distributions with 1 and 2 degrees of freedom.
CHI2_1_95, CHI2_2_95 = 3.841459, 5.991465
#: Every how-manieth pose of the held-out subjects is looked at, and from how many sides.
STRIDE, VIEWS = 5, 4
_TRUE_2D = Conditions(augmented=False, noisy=False, whole=True, gravity_known=1)
CONDITIONS = {
    name + gravity: replace(conditions, gravity_known=known)
    for name, conditions in {
        'true 2D': _TRUE_2D,
        'noisy 2D': replace(_TRUE_2D, noisy=True),
        'noisy 2D, incomplete': replace(_TRUE_2D, noisy=True, whole=False),
    }.items()
    for gravity, known in ((', gravity', 1), ('', 0))
}


def held_out_samples(poses: Poses, conditions: Conditions, window: int = 1,
                     seed: int = 1) -> Samples:
    """Return the same views of held-out poses at every call."""
    generator = torch.Generator().manual_seed(seed)
    chosen = np.tile(np.arange(0, len(poses.points), STRIDE), VIEWS)
    return make_samples(clips_of(poses, chosen, window, RECORDED), conditions, generator)


def run(lifter: Callable, held_out: Poses, window: int = 1) -> dict[str, list[tuple]]:
    """
    Return joints, sigma and truth of held-out people, for each condition and half of the people.

    Parameters
    ----------
    lifter : callable
        Samples -> joints (B, 16, 3) and sigma (B, 16, 2) across and along, m.
    held_out : Poses
        Of two people or more.
    window : int
        T of the lifter.

    """
    names, counts = np.unique(held_out.subjects, return_counts=True)
    halves = held_out.split(names[np.argsort(-counts, kind='stable')][::2].tolist())
    runs = {}
    for name, conditions in CONDITIONS.items():
        batches = [held_out_samples(half, conditions, window) for half in halves]
        runs[name] = [(*lifter(batch), batch.joints.numpy()) for batch in batches]
    return runs


def crosswise(runs: dict[str, list[tuple]]) -> dict[str, dict[str, float]]:
    """
    Return the figures of all people under each condition.

    Sigma of one half of the people is calibrated on the other half: what it is worth for people
    that neither training nor calibration has seen.
    """
    factors = [temperatures(*join([halves[i] for halves in runs.values()])) for i in (0, 1)]
    return {
        name: figures(*join([(joints, sigma * factors[1 - i], truth)
                             for i, (joints, sigma, truth) in enumerate(halves)]))
        for name, halves in runs.items()
    }


def join(runs: list[tuple]) -> list[np.ndarray]:
    """Return the arrays of several runs put together."""
    return [np.concatenate(arrays) for arrays in zip(*runs)]


def figures(joints: np.ndarray, sigma: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """
    Return the figures of merit of root-relative joints.

    Parameters
    ----------
    joints, truth : (B, 16, 3)
        m.
    sigma : (B, 16, 2)
        m, of each coordinate across the line of sight and of that along it.

    Returns
    -------
    dict
        Errors in mm over the twelve limb joints (as they are, in the best size, best aligned), and
        the part of them inside the 50 and 95 % ellipsoids of sigma.

    """
    joints, truth, sigma = joints[:, LIMBS], truth[:, LIMBS], sigma[:, LIMBS]
    error = joint_errors(joints, truth)
    aligned = joint_errors(similarity_aligned(joints, truth), truth)
    sized = joint_errors(scale_aligned(joints, truth), truth)
    deviation = (((joints - truth) / sigma[..., [0, 0, 1]]) ** 2).sum(-1)
    inside = {p: (deviation < CHI2_3[p]).mean() for p in (0.50, 0.95)}
    return {'MPJPE': 1e3 * error.mean(), 'N-MPJPE': 1e3 * sized.mean(),
            'PA-MPJPE': 1e3 * aligned.mean(),
            'inside 50 %': 100 * inside[0.50], 'inside 95 %': 100 * inside[0.95]}


def temperatures(joints: np.ndarray, sigma: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """
    Return (16, 2) what to multiply sigma (B, 16, 2) by.

    So that 95 % of each joint are as far across and along as they say, and then inside the
    ellipsoid of both. Zero for the pelvis, which is the origin and without error.
    """
    ratio = (joints - truth) / sigma[..., [0, 0, 1]]
    across, along = np.linalg.norm(ratio[..., :2], axis=-1), np.abs(ratio[..., 2])
    factors = np.stack([np.quantile(across, 0.95, axis=0) / np.sqrt(CHI2_2_95),
                        np.quantile(along, 0.95, axis=0) / np.sqrt(CHI2_1_95)], -1)
    scaled = ratio / np.maximum(factors, 1e-9)[..., [0, 0, 1]]
    both = np.quantile(np.linalg.norm(scaled, axis=-1), 0.95, axis=0) / np.sqrt(CHI2_3[0.95])
    return factors * both[:, None]


def table(rows: dict[str, dict[str, float]]) -> str:
    """Return figures as a Markdown table."""
    columns = list(next(iter(rows.values())))
    lines = ['| | ' + ' | '.join(columns) + ' |', '| --- |' + ' ---: |' * len(columns)]
    lines += [f'| {name} | ' + ' | '.join(f'{row[c]:.1f}' for c in columns) + ' |'
              for name, row in rows.items()]
    return '\n'.join(lines)

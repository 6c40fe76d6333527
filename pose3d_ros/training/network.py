# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The residual lifter (Martinez et al., ICCV 2017) with a statement of its own error.

Inside, keypoints are divided by their spread, so that the trunk sees poses of one size and the
size only as one number. The head adds the seen keypoints, scaled, to what it regresses: across the
line of sight a joint is nearly where its keypoint is.
"""
from pose3d_ros.core.skeleton import BODY_16, COCO_17, MIDDLES
import torch
from torch import nn

WIDTH, BLOCKS = 480, 2
#: Joints that are regressed; pelvis and neck follow from them.
REGRESSED = tuple(name for name in BODY_16.points if name not in ('pelvis', 'neck'))
FEATURES = 2 * len(COCO_17) + 2 * len(COCO_17) + 3 + 1
OUTPUTS = 3 * len(REGRESSED) + len(BODY_16) + 1
#: The pelvis is the origin; its error is none but must not be zero.
LEAST_SIGMA = 1e-3
#: Mean of the logarithm of the spread of the keypoints over the training views.
LOG_SPREAD = -1.5
#: Per coordinate deviation of the density exp(-r / b) / b^3 in space.
SIGMA_OF_B = 2.0


def keypoints_to_regressed() -> torch.Tensor:
    """Return (14, 17) weights: the keypoint, or the middle of two, of each regressed joint."""
    weights = torch.zeros(len(REGRESSED), len(COCO_17))
    for i, name in enumerate(REGRESSED):
        for keypoint in MIDDLES.get(name, (name, name)):
            weights[i, COCO_17.index(keypoint)] += 0.5
    return weights


def regressed_to_joints() -> torch.Tensor:
    """Return (16, 14) weights: joints relative to the middle of the hips."""
    weights = torch.zeros(len(BODY_16), len(REGRESSED))
    for i, name in enumerate(BODY_16.points):
        parts = MIDDLES[name] if name in ('pelvis', 'neck') else (name, name)
        for part in parts:
            weights[i, REGRESSED.index(part)] += 0.5
    return weights - weights[BODY_16.index('pelvis')].clone()


class ResidualLifter(nn.Module):
    """Fully connected blocks with skips; T = 1."""

    def __init__(self):
        """Make a network with random weights."""
        super().__init__()
        self.first = _layer(FEATURES)
        self.blocks = nn.ModuleList(
            nn.Sequential(_layer(WIDTH), _layer(WIDTH)) for _ in range(BLOCKS))
        self.last = nn.Linear(WIDTH, OUTPUTS)
        nn.init.normal_(self.last.weight, std=0.01)
        nn.init.zeros_(self.last.bias)
        self.register_buffer('pick', keypoints_to_regressed())
        self.register_buffer('joints_from_regressed', regressed_to_joints())
        # what calibration finds: sigma is multiplied by it, joint by joint
        self.register_buffer('temperature', torch.ones(len(BODY_16)))

    def forward(self, keypoints: torch.Tensor, scores: torch.Tensor, gravity: torch.Tensor):
        """
        Return joints (B, 16, 3) in metres and their sigma (B, 16).

        Parameters
        ----------
        keypoints : (B, 17, 2)
            Rays in the virtual camera, zero where not seen.
        scores : (B, 17)
            Zero where not seen.
        gravity : (B, 3)
            Unit vector down in the virtual camera; zeros when unknown.

        """
        seen = (scores > 0).to(keypoints.dtype)
        square = (keypoints**2).sum(-1) * seen
        spread = (square.sum(1, keepdim=True) / seen.sum(1, keepdim=True).clamp_min(1)
                  + 1e-8).sqrt()
        unit = keypoints / spread[..., None]
        x = torch.cat([unit.flatten(1), scores, seen, gravity, spread.log() - LOG_SPREAD], 1)
        x = self.first(x)
        for block in self.blocks:
            x = x + block(x)
        regressed, log_b, log_scale = self.last(x).split(
            [3 * len(REGRESSED), len(BODY_16), 1], 1)
        flat = self.pick @ unit * log_scale.exp()[..., None]
        regressed = regressed.reshape(-1, len(REGRESSED), 3) + nn.functional.pad(flat, (0, 1))
        sigma = SIGMA_OF_B * (log_b - 3).clamp(-7, 1).exp() * self.temperature
        return self.joints_from_regressed @ regressed, sigma + LEAST_SIGMA


def _layer(inputs: int) -> nn.Sequential:
    """Return one fully connected layer with its normalisation."""
    return nn.Sequential(nn.Linear(inputs, WIDTH, bias=False), nn.BatchNorm1d(WIDTH), nn.ReLU())


def loss_of(joints: torch.Tensor, sigma: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """
    Return the mean negative log likelihood plus a share of the plain error.

    The likelihood alone would neglect joints it calls uncertain; the pelvis does not count.
    """
    error = (joints - truth)[:, 1:].norm(dim=-1)
    b = sigma[:, 1:] / SIGMA_OF_B
    return (3 * b.log() + error / b + PLAIN_ERROR * error).mean()


#: Weight of the plain error, 1/m: about that of the likelihood at an error of 0.1 m.
PLAIN_ERROR = 30.0

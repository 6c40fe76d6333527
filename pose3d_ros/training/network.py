# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Networks that lift, with a statement of their own error.

The trunk is that of Martinez et al. (ICCV 2017). Inside, keypoints are divided by their spread, so
that it sees poses of one size and the size only as one number. *residual* and *temporal* add the
seen keypoints, scaled, to what they regress: across the line of sight a joint is nearly where its
keypoint is. *structured* (after Tekin et al., BMVC 2016) regresses the code of a pose instead.
"""
from pose3d_ros.core.skeleton import BODY_16, COCO_17, MIDDLES
from pose3d_ros.training.autoencoder import CODE
import torch
from torch import nn

WIDTH, BLOCKS = 640, 2
#: Whether the trunk learns in bfloat16: three times as fast where the processor has instructions
#: for it, fourteen times as slow where it has none; as good.
HALF_PRECISION = torch.cpu.get_capabilities().get('avx512_bf16', False)
#: Joints that are regressed; pelvis and neck follow from them.
REGRESSED = tuple(name for name in BODY_16.points if name not in ('pelvis', 'neck'))
#: Features of the present frame and of each frame before it.
PRESENT, BEFORE = 4 * len(COCO_17) + 3 + 1, 3 * len(COCO_17)
#: The pelvis is the origin; its error is none but must not be zero.
LEAST_SIGMA = 1e-3
#: Mean of the logarithm of the spread of the keypoints over the training views.
LOG_SPREAD = -1.5
#: Keypoints of the past count as no farther aside than this, in spreads: of somebody who came by
#: close they can be anywhere.
FARTHEST = 5.0
#: Deviation of each coordinate, of the densities exp(-r / b) / b^2 in the plane across the line of
#: sight and exp(-|z| / b) / b along it.
SIGMA_OF_B = (3**0.5, 2**0.5)
#: Weight of the plain error, 1/m: about that of the likelihood at an error of 0.05 m.
PLAIN_ERROR = 60.0


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


class Lifter(nn.Module):
    """
    Fully connected blocks with skips.

    Parameters
    ----------
    window : int
        T, frames: the present one and those before it.
    decoder : nn.Sequential or None
        Makes poses of codes; None: joints are regressed themselves.

    """

    def __init__(self, window: int = 1, decoder: nn.Sequential | None = None):
        """Make a network with random weights."""
        super().__init__()
        self.window, self.decoder = window, decoder
        self.first = _layer(PRESENT + BEFORE * (window - 1))
        self.blocks = nn.ModuleList(
            nn.Sequential(_layer(WIDTH), _layer(WIDTH)) for _ in range(BLOCKS))
        #: What the last layer gives: pose, sigma across and along, scale.
        self.sizes = [CODE if decoder else 3 * len(REGRESSED), 2 * len(BODY_16), 1]
        self.last = nn.Linear(WIDTH, sum(self.sizes))
        nn.init.normal_(self.last.weight, std=0.01)
        nn.init.zeros_(self.last.bias)
        self.register_buffer('pick', keypoints_to_regressed())
        self.register_buffer('joints_from_regressed', regressed_to_joints())
        # what calibration finds: sigma is multiplied by it, joint by joint
        self.register_buffer('temperature', torch.ones(len(BODY_16), 2))

    def forward(self, keypoints: torch.Tensor, scores: torch.Tensor, gravity: torch.Tensor):
        """
        Return joints (B, 16, 3) in metres and their sigma (B, 16, 2) across and along.

        Parameters
        ----------
        keypoints : (B, T, 17, 2)
            Rays in the present virtual camera, zero where not seen; the present ones last.
        scores : (B, T, 17)
            Zero where not seen.
        gravity : (B, 3)
            Unit vector down in the virtual camera; zeros when unknown.

        """
        unit, features = features_of(keypoints, scores, gravity)
        with torch.autocast('cpu', torch.bfloat16, enabled=self.training and HALF_PRECISION):
            x = self.first(features)
            for block in self.blocks:
                x = x + block(x)
        pose, log_b, log_scale = self.last(x.float()).split(self.sizes, 1)
        b = (log_b.reshape(-1, len(BODY_16), 2) - 3).clamp(-7, 1).exp()
        sigma = b * torch.tensor(SIGMA_OF_B) * self.temperature + LEAST_SIGMA
        return self.joints_from_regressed @ self._regressed(pose, unit, log_scale), sigma

    def _regressed(self, pose, unit, log_scale) -> torch.Tensor:
        """Return the regressed joints (B, 14, 3)."""
        if self.decoder:
            return self.decoder(pose).reshape(-1, len(REGRESSED), 3)
        flat = self.pick @ unit * log_scale.exp()[..., None]
        return pose.reshape(-1, len(REGRESSED), 3) + nn.functional.pad(flat, (0, 1))


def features_of(keypoints: torch.Tensor, scores: torch.Tensor, gravity: torch.Tensor) -> tuple:
    """Return the present keypoints with spread 1 (B, 17, 2) and the first layer's input."""
    seen = (scores > 0).to(keypoints.dtype)
    square = (keypoints[:, -1]**2).sum(-1) * seen[:, -1]
    count = seen[:, -1].sum(1, keepdim=True).clamp_min(1)
    spread = (square.sum(1, keepdim=True) / count + 1e-8).sqrt()
    unit = keypoints / spread[..., None, None]
    size = spread.log() - LOG_SPREAD
    return unit[:, -1], torch.cat([
        unit[:, -1].flatten(1), scores[:, -1], seen[:, -1], gravity, size,
        unit[:, :-1].clamp(-FARTHEST, FARTHEST).flatten(1), seen[:, :-1].flatten(1)], 1)


def _layer(inputs: int) -> nn.Sequential:
    """Return one fully connected layer with its normalisation."""
    return nn.Sequential(nn.Linear(inputs, WIDTH, bias=False), nn.BatchNorm1d(WIDTH), nn.ReLU())


def loss_of(joints: torch.Tensor, sigma: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """
    Return the mean negative log likelihood plus a share of the plain error.

    The likelihood alone would neglect joints it calls uncertain; the pelvis does not count.
    """
    error = (joints - truth)[:, 1:]
    across, along = error[..., :2].norm(dim=-1), error[..., 2].abs()
    b_across, b_along = (sigma[:, 1:] / torch.tensor(SIGMA_OF_B)).unbind(-1)
    likelihood = 2 * b_across.log() + across / b_across + b_along.log() + along / b_along
    return (likelihood + PLAIN_ERROR * error.norm(dim=-1)).mean()


def lift_symmetric(network: nn.Module, samples) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what the engine file gives: the mean of a body and its mirror image."""
    flip, mirrored = torch.tensor([-1.0, 1.0, 1.0]), samples.mirrored()
    joints, sigma = network(samples.keypoints, samples.scores, samples.gravity)
    turned = network(mirrored.keypoints, mirrored.scores, mirrored.gravity)
    return ((joints + turned[0][:, BODY_16.mirrored] * flip) / 2,
            (sigma + turned[1][:, BODY_16.mirrored]) / 2)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
An autoencoder of poses (Tekin et al., BMVC 2016): what bodies do, learned from motion capture.

Its code is larger than the pose and its input is disturbed, so that it learns which joints belong
together rather than a copy.
"""
import torch
from torch import nn

#: Numbers in a code and in the layer between code and pose; coordinates of a pose.
CODE, HIDDEN, POSE = 256, 256, 14 * 3
#: Disturbance of the input, m.
NOISE = 0.04


def decoder() -> nn.Sequential:
    """Return a network from codes (B, 256) to poses (B, 42), m."""
    return nn.Sequential(nn.Linear(CODE, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, POSE))


def encoder() -> nn.Sequential:
    """Return a network from poses (B, 42), m, to codes (B, 256)."""
    return nn.Sequential(nn.Linear(POSE, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CODE), nn.Tanh())


def learn(poses_of, steps: int) -> nn.Sequential:
    """
    Return a decoder learned together with an encoder.

    Parameters
    ----------
    poses_of : callable
        Number of a batch -> poses (B, 42), m, relative to the pelvis.
    steps : int
        Batches to learn from.

    """
    encode, decode = encoder(), decoder()
    weights = [*encode.parameters(), *decode.parameters()]
    optimizer = torch.optim.AdamW(weights, 2e-3)
    rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(steps):
        poses = poses_of(step)
        error = decode(encode(poses + NOISE * torch.randn_like(poses))) - poses
        loss = error.reshape(len(poses), -1, 3).norm(dim=-1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rate.step()
    print(f'autoencoder: {1e3 * loss.item():.1f} mm on training poses disturbed by '
          f'{1e3 * NOISE:.0f} mm a coordinate')
    return decode

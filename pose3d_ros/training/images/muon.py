# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Steps that turn all directions of a convolution alike: fewer samples teach the same."""
from collections.abc import Iterable

import torch
from torch import nn

MOMENTUM = 0.95
#: Of the Newton-Schulz iteration: x <- a x + b x^3 + c x^5 brings all singular values near 1.
QUINTIC, ITERATIONS = (3.4445, -4.7750, 2.0315), 5


class Muon(torch.optim.Optimizer):
    """
    Momentum whose matrix is made orthogonal before each step (Jordan et al., 2024).

    Filters (out, in, k, k) count as rows of a matrix. A step changes a filter by about the
    learning rate, whatever its gradient: meant for convolutions that are normalised afterwards.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float):
        """Take the weights of convolutions and the first learning rate."""
        super().__init__(parameters, {'lr': lr})

    @torch.no_grad()
    def step(self) -> None:
        """Change the weights by their gradients."""
        for group in self.param_groups:
            for weight in group['params']:
                momentum = self.state[weight].setdefault('momentum', torch.zeros_like(weight))
                momentum.lerp_(weight.grad, 1 - MOMENTUM)
                ahead = weight.grad.lerp(momentum, MOMENTUM)
                weight.sub_(orthogonal(ahead.flatten(1)).view_as(weight), alpha=group['lr'])


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """Return about U V^T of a matrix (m, n) = U S V^T, with rows of length 1."""
    a, b, c = QUINTIC
    wide = matrix.shape[0] <= matrix.shape[1]
    x = matrix if wide else matrix.T
    x = x / x.norm().clamp_min(1e-12)
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x if wide else x.T * (matrix.shape[0] / matrix.shape[1]) ** 0.5

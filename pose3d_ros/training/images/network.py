# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Small convolutional networks for one processor core.

Both look at a picture at finer and coarser strides, then carry what the coarse maps know back to
the finest one, as feature pyramids do (Lin et al., CVPR 2017). All blocks are dense: depthwise
ones (MobileNet) were tried and run no faster on a processor, but train at a third of the speed.
"""
from pose3d_ros.core.skeleton import COCO_17
import torch
from torch import nn

#: Grey levels that pictures are shifted and divided by; the same for all channels.
MEAN, STD = 118.0, 62.0
#: Nothing is there at first: what a sigmoid of it gives is the share of a Gaussian in a map.
PRIOR = -4.0


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> list:
    """Return a convolution and its normalisation."""
    return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outputs)]


class Dense(nn.Module):
    """Two dense 3x3 convolutions and a skip (He et al., CVPR 2016)."""

    def __init__(self, width: int):
        """Make a block with random weights."""
        super().__init__()
        self.inner = nn.Sequential(*conv(width, width), nn.ReLU(True), *conv(width, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the map, its shape kept."""
        return torch.relu(x + self.inner(x))


class Pyramid(nn.Module):
    """Pictures (B, 3, H, W), normalised, to maps (B, outputs, H / s, W / s)."""

    def __init__(self, stem: tuple, widths: tuple, blocks: tuple, outputs: int):
        """
        Make a network with random weights.

        Parameters
        ----------
        stem : ((channels, stride), ...)
            Convolutions that come first; their strides multiply to the first stride.
        widths : (int, ...)
            Channels of each level; each level halves the maps.
        blocks : (int, ...)
            Blocks of each level.
        outputs : int
            Channels that leave it.

        """
        super().__init__()
        layers, inputs = [], 3
        for channels, stride in stem:
            kernel = 7 if stride == 4 else 3
            layers += [*conv(inputs, channels, kernel, stride), nn.ReLU(True)]
            inputs = channels
        self.stem = nn.Sequential(*layers)
        self.levels = nn.ModuleList(
            _level(before, width, count, stride=1 if i == 0 else 2)
            for i, (before, width, count) in enumerate(
                zip((inputs, *widths), widths, blocks, strict=False)))
        pairs = list(zip(widths, widths[1:]))
        self.rises = nn.ModuleList(nn.Sequential(*conv(high, low, 1)) for low, high in pairs)
        self.joins = nn.ModuleList(Dense(low) for low, _ in pairs)
        self.head = nn.Conv2d(widths[0], outputs, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.constant_(self.head.bias, PRIOR)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the maps before any sigmoid."""
        maps = [self.levels[0](self.stem(x))]
        for level in self.levels[1:]:
            maps.append(level(maps[-1]))
        x = maps.pop()
        for rise, join in zip(reversed(self.rises), reversed(self.joins)):
            x = nn.functional.interpolate(rise(x), scale_factor=2.0, mode='nearest')
            x = join(torch.relu(maps.pop() + x))
        return self.head(x)


def _level(inputs: int, width: int, blocks: int, stride: int) -> nn.Sequential:
    """Return one level: fewer pixels and more channels (not at the first), blocks."""
    first = [*conv(inputs, width, 3, stride), nn.ReLU(True)] if stride > 1 else []
    return nn.Sequential(*first, *(Dense(width) for _ in range(blocks)))


def heatmap_network() -> Pyramid:
    """Return crops (B, 3, h, w) to maps (B, 17, h / 4, w / 4); h and w multiples of 32."""
    return Pyramid(((32, 4),), (32, 64, 128, 160), (1, 2, 2, 1), len(COCO_17))


def person_network() -> Pyramid:
    """Return pictures to maps (B, 5, H / 8, W / 8): middles, then left, top, right, bottom."""
    return Pyramid(((16, 4), (32, 2)), (32, 48, 80), (1, 2, 2), 5)


def normalised(pictures: torch.Tensor) -> torch.Tensor:
    """Return what networks take (B, 3, H, W) of pictures (B, H, W, 3) uint8 RGB."""
    x = (pictures.permute(0, 3, 1, 2).float() - MEAN) / STD
    return x.contiguous(memory_format=torch.channels_last)


def weights(network: nn.Module) -> int:
    """Return the number of trained numbers."""
    return sum(parameter.numel() for parameter in network.parameters())

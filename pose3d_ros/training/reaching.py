# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Arms and legs that reach for any point: poses that nobody recorded, by inverse kinematics."""
from pose3d_ros.core.skeleton import COCO_17
from pose3d_ros.training.limbs import replace, trunk_axes, uniform, unit
import torch

#: Joints of limbs that reach, where they like to reach, and where their poles are: outward,
#: forward, up, of the trunk.
REACHES = {
    'arm': (('shoulder', 'elbow', 'wrist'), (0.6, 0.9, 0.2), (0.7, -0.4, -1.0)),
    'leg': (('hip', 'knee', 'ankle'), (0.4, 0.7, -1.5), (0.6, 1.0, 0.3)),
}


def reach(points: torch.Tensor, side: str, limb: str, chosen: torch.Tensor,
          generator) -> torch.Tensor:
    """
    Let arms or legs reach for any point they can, by inverse kinematics.

    Elbow or knee lies in the plane through both ends of the limb and a pole: for arms below,
    outside and behind, for legs in front and outside.
    """
    (near, bend, far), towards, pole_at = REACHES[limb]
    near, bend, far = (COCO_17.index(f'{side}_{name}') for name in (near, bend, far))
    count, trunk = len(points), trunk_axes(points, REACHES[limb][0][0])
    outward = torch.tensor([1.0 if side == 'left' else -1.0, 1.0, 1.0])
    way = torch.randn(count, 3, generator=generator) + outward * torch.tensor(towards)
    pole = 0.4 * torch.randn(count, 3, generator=generator) + outward * torch.tensor(pole_at)
    way, pole = (unit((trunk @ v[..., None])[..., 0]) for v in (way, pole))
    upper = (points[:, bend] - points[:, near]).norm(dim=-1, keepdim=True)
    lower = (points[:, far] - points[:, bend]).norm(dim=-1, keepdim=True)
    distance = (upper + lower) * uniform(count, 0.4, 0.999, generator)[:, None]
    cos = (upper**2 + distance**2 - lower**2) / (2 * upper * distance).clamp_min(1e-6)
    aside = unit(pole - (pole * way).sum(-1, keepdim=True) * way)
    bent = upper * (cos * way + (1 - cos**2).clamp_min(0).sqrt() * aside)
    new = points[:, near, None] + torch.stack([bent, distance * way], 1)
    return replace(points, [bend, far], new, chosen)

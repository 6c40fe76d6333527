# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What bodies do in the frames that a lifter with a window sees: pieces of recorded motion."""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.training.poses import Poses
import torch

#: Seconds from one frame of a window to the next; recorded frames that they last, and in training
#: between which they are drawn: people hurry and dawdle.
INTERVAL, RECORDED, TEMPO = 1 / 6, 5, (3, 8)


@dataclass(frozen=True)
class Clips:
    """T frames of each of B bodies, the present one last."""

    points: torch.Tensor  # (B, T, 17, 3) COCO keypoints in space, statures, mid-hips at 0
    moves: torch.Tensor  # (B, T, 3) where the mid-hips were, from where they are, statures
    height: torch.Tensor  # (B,) mid-hips above the floor at present, statures
    there: torch.Tensor  # (B, T) whether there was such a frame

    @classmethod
    def of(cls, points: torch.Tensor, height: torch.Tensor) -> 'Clips':
        """Return clips of one frame, of bodies (B, 17, 3)."""
        return cls(points[:, None], torch.zeros(len(points), 1, 3), height,
                   torch.ones(len(points), 1, dtype=torch.bool))


def clips_of(poses: Poses, chosen: np.ndarray, frames: int, step: np.ndarray | int) -> Clips:
    """
    Return recorded frames that end with the chosen ones.

    Parameters
    ----------
    poses : Poses
        Of 30 frames a second.
    chosen : (B,) int
        The present frames.
    frames : int
        T.
    step : (B,) int or int
        Recorded frames from one frame of the clip to the next: speeds people up or slows them.

    """
    back = np.arange(frames - 1, -1, -1) * np.reshape(step, (-1, 1))
    index = np.maximum(chosen[:, None] - back, 0)
    there = (poses.stretch[index] == poses.stretch[chosen][:, None]) & (chosen[:, None] >= back)
    index = np.where(there, index, chosen[:, None])
    moves = poses.pelvis[index] - poses.pelvis[chosen][:, None]
    return Clips(*map(torch.from_numpy, (
        poses.points[index], moves, poses.pelvis[chosen, 2], there)))

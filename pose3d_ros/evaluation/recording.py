# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What was recorded of the people in a clip, predicted or true, frame by frame."""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core.camera import PinholeCamera


@dataclass(frozen=True)
class People:
    """N people in one frame."""

    ids: tuple[str, ...]
    keypoints: np.ndarray  # (N, K, 2) px, NaN unknown
    keypoint_scores: np.ndarray  # (N, K) in [0, 1], 0 unknown
    joints: np.ndarray  # (N, J, 3) m, camera optical frame, NaN unknown
    scores: np.ndarray  # (N, J) in [0, 1], 0 unknown
    covariance: np.ndarray  # (N, J, 3, 3) m^2, NaN unknown

    def __len__(self):
        """Return the number of people."""
        return len(self.ids)

    def projected(self, camera: PinholeCamera) -> np.ndarray:
        """Return the joints' positions (N, J, 2) in the image, px; NaN unknown."""
        return camera.project(self.joints)


@dataclass(frozen=True)
class Recording:
    """The people of every frame of a clip that was looked at, also where there were none."""

    keypoint_names: tuple[str, ...]  # order of K
    joint_names: tuple[str, ...]  # order of J
    frames: dict[int, People]
    stamps: dict[int, float]  # s

    def shifted(self, offset: int) -> 'Recording':
        """Return the recording whose frame f is this one's frame f + offset."""
        return Recording(
            self.keypoint_names,
            self.joint_names,
            {frame - offset: people for frame, people in self.frames.items()},
            {frame - offset: stamp for frame, stamp in self.stamps.items()},
        )


def select(values: np.ndarray, names: tuple[str, ...], wanted: tuple[str, ...]) -> np.ndarray:
    """
    Return the points wanted, in that order.

    Parameters
    ----------
    values : (N, J, ...)
        One entry for each of the names, floating point.
    names : J
        Names of the points given.
    wanted : L
        Names of the points to return.

    Returns
    -------
    (N, L, ...)
        NaN for a point that is not among the names.

    """
    result = np.full((len(values), len(wanted)) + values.shape[2:], np.nan)
    for position, name in enumerate(wanted):
        if name in names:
            result[:, position] = values[:, names.index(name)]
    return result

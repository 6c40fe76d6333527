# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What was recorded of the people in a clip, predicted or true, frame by frame."""
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.records import Body


@dataclass(frozen=True)
class People:
    """N people in one frame."""

    ids: tuple[str, ...]
    keypoints: np.ndarray  # (N, K, 2) px, NaN unknown
    keypoint_scores: np.ndarray  # (N, K) in [0, 1], 0 unknown
    joints: np.ndarray  # (N, J, 3) m, camera optical frame, NaN unknown
    scores: np.ndarray  # (N, J) in [0, 1], 0 unknown
    covariance: np.ndarray  # (N, J, 3, 3) m^2, NaN unknown
    source: np.ndarray  # (N, J) uint8, values of Source; UNKNOWN also where it is not stated
    whole: np.ndarray  # (N,) 1 fully visible, 0 not, NaN where nobody says

    def __len__(self):
        """Return the number of people."""
        return len(self.ids)

    def projected(self, camera: PinholeCamera) -> np.ndarray:
        """Return the joints' positions (N, J, 2) in the image, px; NaN unknown."""
        return camera.project(self.joints)


def people_of(bodies: list[Body], keypoint_count: int, joint_count: int) -> People:
    """Return bodies, of skeletons with so many keypoints and joints, as people."""
    def stacked(name: str, *shape: int) -> np.ndarray:
        return np.reshape([getattr(body, name) for body in bodies], (len(bodies), *shape))

    return People(
        ids=tuple(body.id for body in bodies),
        keypoints=stacked('keypoints', keypoint_count, 2),
        keypoint_scores=stacked('keypoint_scores', keypoint_count),
        joints=stacked('joints', joint_count, 3),
        scores=stacked('scores', joint_count),
        covariance=stacked('covariance', joint_count, 3, 3),
        source=stacked('source', joint_count).astype(np.uint8),
        whole=np.full(len(bodies), np.nan),
    )


@dataclass(frozen=True)
class Recording:
    """The people of every frame of a clip that was looked at, also where there were none."""

    keypoint_names: tuple[str, ...]  # order of K
    joint_names: tuple[str, ...]  # order of J
    frames: dict[int, People]
    stamps: dict[int, float]  # s
    everybody: bool = True  # False: others may have been there, of whom this truth knows nothing
    foreseen: 'Recording | None' = None  # predictions from each frame; stamps: for when they are

    @cached_property
    def tells_hidden(self) -> bool:
        """Return whether scores below 1 mark hidden joints, as in the truth of simulations."""
        return any(((people.scores > 0) & (people.scores < 1)).any()
                   for people in self.frames.values())

    def shifted(self, offset: int) -> 'Recording':
        """Return the recording whose frame f is this one's frame f + offset."""
        return replace(
            self,
            frames={frame - offset: people for frame, people in self.frames.items()},
            stamps={frame - offset: stamp for frame, stamp in self.stamps.items()},
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

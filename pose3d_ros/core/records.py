# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What crosses the borders between the stages: frozen records of arrays, shapes written down."""
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from pose3d_ros.core.camera import PinholeCamera


class Source(IntEnum):
    """Where a joint's position comes from; better ones are greater."""

    UNKNOWN = 0  # position NaN, score 0
    PREDICTED = 1  # not seen: inferred from the other joints or from earlier frames
    LIFTED = 2  # seen in the image; distance from the lifting engine and the scale prior
    MEASURED = 3  # seen in the image; distance from a depth camera


@dataclass(frozen=True)
class Frame:
    """One picture of one camera, and what is known about it."""

    stamp: float  # s, acquisition
    image: np.ndarray  # (H, W, 3) uint8 RGB
    camera: PinholeCamera
    # (H, W) float32 m along the optical axis, NaN unknown; or what returns them, or None, when
    # they are needed: a depth image comes after its picture
    depth: np.ndarray | Callable[[], np.ndarray | None] | None = None
    gravity: np.ndarray | None = None  # (3,) unit vector down, camera optical frame
    camera_height: float | None = None  # m, of the camera above the floor


@dataclass(frozen=True)
class Keypoints:
    """Keypoints of N persons in the image."""

    positions: np.ndarray  # (N, J, 2) px
    scores: np.ndarray  # (N, J) in [0, 1]
    spread: np.ndarray  # (N, J, 2, 2) px^2, covariance

    def __getitem__(self, persons) -> 'Keypoints':
        """Return the keypoints of some of the persons (an index array or a slice)."""
        return Keypoints(self.positions[persons], self.scores[persons], self.spread[persons])

    def exchanged(self, which: np.ndarray, mirrored: np.ndarray) -> 'Keypoints':
        """Return them with left and right of some keypoints (N, K) bool exchanged."""
        persons, points = which.nonzero()
        others = mirrored[points]
        copies = [values.copy() for values in (self.positions, self.scores, self.spread)]
        for values in copies:
            values[persons, points] = values[persons, others]
        return Keypoints(*copies)

    @classmethod
    def none(cls, count: int) -> 'Keypoints':
        """Return the keypoints of no person, for a skeleton of so many keypoints."""
        return cls(np.zeros((0, count, 2)), np.zeros((0, count)), np.zeros((0, count, 2, 2)))


@dataclass(frozen=True)
class Joints:
    """Joints of N persons in the camera optical frame (REP-103)."""

    positions: np.ndarray  # (N, J, 3) m, NaN unknown
    covariance: np.ndarray  # (N, J, 3, 3) m^2, NaN unknown
    scores: np.ndarray  # (N, J) in [0, 1], 0 unknown
    source: np.ndarray  # (N, J) uint8, values of Source

    def __getitem__(self, persons) -> 'Joints':
        """Return the joints of some of the persons (an index array or a slice)."""
        return Joints(self.positions[persons], self.covariance[persons], self.scores[persons],
                      self.source[persons])

    @classmethod
    def none(cls, count: int) -> 'Joints':
        """Return the joints of no person, for a skeleton of so many joints."""
        return cls(
            np.zeros((0, count, 3)), np.zeros((0, count, 3, 3)), np.zeros((0, count)),
            np.zeros((0, count), np.uint8))


@dataclass(frozen=True)
class Body:
    """One person in one frame."""

    id: str  # letters and digits, starts with a letter, of one person in a run (core/roster.py)
    box: np.ndarray  # (4,) px: left, top, right, bottom
    keypoints: np.ndarray  # (K, 2) px
    keypoint_scores: np.ndarray  # (K,) in [0, 1]
    joints: np.ndarray  # (J, 3) m, camera optical frame, NaN unknown
    velocity: np.ndarray  # (J, 3) m/s, NaN unknown
    covariance: np.ndarray  # (J, 3, 3) m^2, NaN unknown
    scores: np.ndarray  # (J,) in [0, 1], 0 unknown
    source: np.ndarray  # (J,) uint8, values of Source
    rotations: np.ndarray | None = None  # (J, 3, 3) camera_from_joint, NaN unknown: orientation.py

    def __post_init__(self):
        """Fill in rotations that nobody has asked for."""
        if self.rotations is None:
            unknown = np.full((len(self.joints), 3, 3), np.nan)
            object.__setattr__(self, 'rotations', unknown)


@dataclass(frozen=True)
class Found:
    """C persons found in a frame, before it is known who they are."""

    owners: list[str | None]  # the tracks that they probably are; None: nobody known
    detected: np.ndarray  # (C,) bool, whether in the box of a detection
    keypoints: Keypoints
    rays: np.ndarray  # (C, K, 2), zero where not seen
    scores: np.ndarray  # (C, K), zero where not seen
    similarity: np.ndarray  # (T, C) of keypoints to those that tracks expect, see association.py
    colours: np.ndarray  # (C, D), see looks.py; NaN unknown

    @property
    def seen(self) -> np.ndarray:
        """Return which keypoints (C, K) count."""
        return self.scores > 0

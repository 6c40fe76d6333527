# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Left and right that a network took for each other, for a frame or for some.

Trunk, arms and head in the image, from frame to frame: networks take who is seen from behind for
turned round, the whole body or a part of it. Keypoints that lie where those of the other side are
expected are exchanged, as long as theirs are trusted: for as many seconds as they were clearly the
right ones just before, TRUST at most. What is not clear, as of who is seen from the side, ends
that: nobody can tell how such a person goes on to turn.

Legs in space, where their motion is known: they pass each other at every step, and networks
exchange those of people who walk past again and again. Measured knees tell, too: hardly anybody's
are on the other side of the trunk, as those of exchanged legs are.
"""
import numpy as np
from pose3d_ros.core.records import Joints, Source
from pose3d_ros.core.skeleton import LEGS, Skeleton

CLEAR = 4.0  # times nearer, in squared distances, the exchanged pair must be
TRUST = 0.4  # s
DOUBT = 10.0  # squared standard deviations of a pair of joints together, beyond which to ask
KNEES = 0.03  # m, from the middle of the trunk to both sides, within which knees tell nothing
MEASURED = np.uint8(Source.MEASURED)  # once: numpy is slow with enumerations


class ImageSides:
    """The pairs of a skeleton of keypoints: trunk, arms and head."""

    def __init__(self, skeleton: Skeleton):
        #: (K,) where each keypoint's counterpart is; keypoints without one are their own.
        self.other = np.array(skeleton.mirrored)
        self._asked = ~_legs(skeleton)

    def votes(self, expected: np.ndarray, found: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """
        Return 1 where sides are clearly those expected, -1 where clearly the others, else 0.

        Parameters
        ----------
        expected, found : (N, K, 2)
            Keypoints of N tracks, and of the persons found there, px.
        seen : (N, K)
            Which of them count on both sides.

        Returns
        -------
        (N, K)

        """
        straight = self._pair_squares(found - expected)
        crossed = self._pair_squares(found.take(self.other, axis=1) - expected)
        vote = 1 * (CLEAR * straight < crossed) - (CLEAR * crossed < straight)  # NaN: 0
        return vote * (seen & seen.take(self.other, axis=1) & self._asked)

    def _pair_squares(self, difference: np.ndarray) -> np.ndarray:
        """Return the squared lengths (N, K) of vectors (N, K, 2), each with its counterpart's."""
        x, y = difference[..., 0], difference[..., 1]
        squares = x * x + y * y
        return squares + squares.take(self.other, axis=1)


def trust(before: np.ndarray, votes: np.ndarray, seconds: float) -> np.ndarray:
    """Return for how many seconds (N, K) to trust sides, after votes (N, K) on some seconds."""
    return np.minimum(np.maximum(before + votes * seconds, 0), TRUST) * (votes != 0)


class SpaceSides:
    """The pairs of a skeleton of joints: legs."""

    def __init__(self, skeleton: Skeleton):
        #: (J,) where each joint's counterpart is; joints without one are their own.
        self.other = np.array(skeleton.mirrored)
        self._legs = _legs(skeleton)
        self._doubt = np.where(self._legs, DOUBT, np.inf)
        self._knees = _to_the_left(skeleton, 'knee')
        self._trunk = _to_the_left(skeleton, 'hip', 'shoulder')

    def in_doubt(self, distance: np.ndarray) -> bool:
        """Return whether squared distances (N, J), as below, leave any pair to ask."""
        return bool((distance > self._doubt / 2).any())

    def order(self, joints: Joints) -> np.ndarray:
        """Return 1 for bodies (N,) whose measured knees lie as hips do, -1 crosswise, else 0."""
        knees, trunk = self._knees @ joints.positions, self._trunk @ joints.positions
        apart = (knees * trunk).sum(axis=-1)
        least = KNEES * np.sqrt((trunk * trunk).sum(axis=-1))
        measured = (joints.source[:, self._knees != 0] == MEASURED).all(axis=-1)
        return measured * (1 * (apart > least) - (apart < -least))  # NaN: 0

    def exchanged(self, straight, crossed, order) -> np.ndarray:
        """
        Return which joints (N, J) of bodies carry the measurement of the other side.

        Parameters
        ----------
        straight, crossed : (N, J)
            Squared Mahalanobis distances of each joint's measurement, and of its counterpart's,
            to where the joint should be; NaN unknown.
        order : (N,)
            From order: with 1 nothing is exchanged, with -1 what fits better crosswise at all.

        """
        straight = straight + straight[:, self.other]
        crossed = crossed + crossed[:, self.other]
        clear = (straight > self._doubt) & (CLEAR * crossed < straight)  # False where NaN
        better = self._legs & (crossed < straight)
        return np.where(order[:, None] < 0, better, clear & (order[:, None] == 0))


def _legs(skeleton: Skeleton) -> np.ndarray:
    """Return which points (J,) are of the legs."""
    return np.array([name.endswith(LEGS) for name in skeleton.points])


def _to_the_left(skeleton: Skeleton, *parts: str) -> np.ndarray:
    """Return the weights (J,) of joints in the vector from right to left ones."""
    return np.array([
        point.endswith(parts) * (1.0 if point.startswith('left') else -1.0)
        for point in skeleton.points])

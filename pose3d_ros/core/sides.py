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
exchange those of people who walk past again and again.
"""
import numpy as np
from pose3d_ros.core.skeleton import LEGS, Skeleton

CLEAR = 4.0  # times nearer, in squared distances, the exchanged pair must be
TRUST = 0.4  # s
DOUBT = 10.0  # squared standard deviations of a pair of joints together, beyond which to ask


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
        self._doubt = np.where(_legs(skeleton), DOUBT, np.inf)

    def in_doubt(self, distance: np.ndarray) -> bool:
        """Return whether squared distances (N, J), as below, leave any pair to ask."""
        return bool((distance > self._doubt / 2).any())

    def exchanged(self, straight: np.ndarray, crossed: np.ndarray) -> np.ndarray:
        """
        Return which joints (N, J) of bodies carry the measurement of the other side.

        Parameters
        ----------
        straight, crossed : (N, J)
            Squared Mahalanobis distances of each joint's measurement, and of its counterpart's,
            to where the joint should be; NaN unknown.

        """
        straight = straight + straight[:, self.other]
        crossed = crossed + crossed[:, self.other]
        return (straight > self._doubt) & (CLEAR * crossed < straight)  # False where NaN


def _legs(skeleton: Skeleton) -> np.ndarray:
    """Return which points (J,) are of the legs."""
    return np.array([name.endswith(LEGS) for name in skeleton.points])

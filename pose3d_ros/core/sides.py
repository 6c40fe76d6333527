# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Left and right that a network took for each other, for a frame or for some.

Networks exchange the legs of people who walk past again and again, arms hardly ever: what fits
only crosswise is another error there, mostly.
"""
import numpy as np
from pose3d_ros.core.skeleton import LEGS, Skeleton

#: Squared standard deviations of a pair of joints together, beyond which to ask: legs, others.
DOUBT = 10.0, 100.0
CLEAR = 4.0  # times nearer the exchanged pair must be


class Sides:
    """The pairs of a skeleton: each is asked for itself, as networks exchange a hand or a leg."""

    def __init__(self, skeleton: Skeleton):
        #: (J,) where each joint's counterpart is; joints without one are their own.
        self.other = np.array(skeleton.mirrored)
        self._doubt = np.array([DOUBT[not name.endswith(LEGS)] for name in skeleton.points])

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

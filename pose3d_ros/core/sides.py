# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Left and right that a network took for each other, for a frame or for some."""
import numpy as np

DOUBT = 30.0  # squared standard deviations of a pair of joints together, beyond which to ask
CLEAR = 4.0  # times nearer the exchanged pair must be


def exchanged(straight: np.ndarray, crossed: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
    """
    Return which joints (N, J) of bodies carry the measurement of the other side.

    Each pair is asked for itself: networks exchange a hand, a leg, or everything.

    Parameters
    ----------
    straight, crossed : (N, J)
        Squared Mahalanobis distances of each joint's measurement, and of its counterpart's, to
        where the joint should be; NaN unknown.
    mirrored : (J,)
        Where each joint's counterpart is; joints without one are their own.

    """
    straight = straight + straight[:, mirrored]
    crossed = crossed + crossed[:, mirrored]
    return (straight > DOUBT) & (CLEAR * crossed < straight)  # False where anything is NaN

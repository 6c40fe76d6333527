# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
How far off a keypoint is: from the width of its peak and its score to an honest covariance.

The width of a peak alone says too little: the maps of keypoints that a network guesses are low. So
the variance is exp(a_j + b log(width) + c score), its directions those of the peak. b and c follow
by least squares from the logarithm of squared errors; a_j is set for each keypoint so that the
ellipse of 95 % holds 95 % of the errors, which heavy tails would deny to a plain mean of squares.
"""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core.skeleton import COCO_17
from pose3d_ros.graphs.writing import GraphWriter, ints

SHARE, CHI2_2 = 0.95, 5.991  # of errors, within this squared distance in two dimensions
LEAST_ERRORS = 50  # of all keypoints together, and of one for a level of its own
LEAST_VARIANCE = 0.05  # px^2: smaller errors are not told apart


@dataclass(frozen=True)
class Spread:
    """What calibration found."""

    offset: np.ndarray  # (J,) a_j
    width: float  # b
    score: float  # c

    def __call__(self, raw: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Return covariances (B, J, 2, 2) px^2 for a decoder's (B, J, 2, 2) and scores (B, J)."""
        width = np.trace(raw, axis1=-2, axis2=-1) / 2
        variance = np.exp(self.offset + self.width * np.log(width) + self.score * scores)
        return raw * (variance / width)[..., None, None]

    def write(self, write: GraphWriter, raw: str, scores: str, out: str) -> None:
        """Write the same as nodes."""
        diagonal = write('Mul', raw, np.float32(np.eye(2) / 2))
        width = write('ReduceSum', diagonal, ints(2, 3), keepdims=0)
        # all over width at once: exp(a + (b - 1) log(width) + c score)
        logarithm = write('Mul', write('Log', width), np.float32(self.width - 1))
        exponent = write('Add', logarithm, write('Mul', scores, np.float32(self.score)))
        factor = write('Exp', write('Add', exponent, np.float32(self.offset)))
        write('Mul', raw, write('Unsqueeze', factor, ints(2, 3)), out=out)


def calibrated(errors: np.ndarray, raw: np.ndarray, scores: np.ndarray, use: np.ndarray) -> Spread:
    """
    Return the calibration for measured errors.

    Parameters
    ----------
    errors : (B, J, 2)
        Keypoint less truth, px.
    raw : (B, J, 2, 2)
        What the decoder states, px^2.
    scores : (B, J)
        Of the keypoints.
    use : (B, J) bool
        Keypoints whose truth is known and that are called found.

    """
    if use.sum() < LEAST_ERRORS:  # a network that hardly learned: what the decoder states
        return Spread(np.zeros(raw.shape[1]), 1.0, 0.0)
    square = np.maximum((errors**2).sum(-1) / 2, LEAST_VARIANCE)
    width = np.trace(raw, axis1=-2, axis2=-1) / 2
    columns = np.stack([np.log(width[use]), scores[use], np.ones(use.sum())], axis=1)
    (b, c, a), *_ = np.linalg.lstsq(columns, np.log(square[use]), rcond=None)
    first = Spread(np.full(raw.shape[1], a), float(b), float(c))
    distance = squared_distances(errors, first(raw, scores))
    level = np.array([
        np.quantile(column[chosen], SHARE) if chosen.sum() >= LEAST_ERRORS else np.nan
        for column, chosen in zip(distance.T, use.T)])
    level = np.where(np.isfinite(level), level, np.quantile(distance[use], SHARE))
    level = (level + level[COCO_17.mirrored]) / 2
    return Spread(first.offset + np.log(level / CHI2_2), first.width, first.score)


def squared_distances(errors: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """Return squared Mahalanobis distances (B, J) of errors (B, J, 2)."""
    solved = np.linalg.solve(covariances.astype(float), errors.astype(float)[..., None])[..., 0]
    return (errors * solved).sum(-1)

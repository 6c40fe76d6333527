# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
How well the persons found in a frame fit those who are expected there.

A pair costs what a Gaussian around the expected joints says against it (half the squared
Mahalanobis distance and the logarithm of the volume: a body that may be anywhere must not win
over one that is known to be right here), and what its keypoints in the image say. A
pair whose keypoints are like nobody else's needs none of that.
"""
import numpy as np
from pose3d_ros.core.filtering import Estimate
from pose3d_ros.core.kalman import JITTER
from pose3d_ros.core.matrices import AXES, inverse_and_determinant, squared_lengths
from pose3d_ros.core.records import Joints
from scipy.optimize import linear_sum_assignment

FLOOR = 0.04  # m, which even the best measurement is off from one frame to the next
START = 1.0  # m/s, by which people may be quicker than in the frame before: they set off ...
LONG = 0.2  # s, ... and get no quicker after that
LIMIT = 30.0  # squared standard deviations: what one joint can say against a pair
GATE = 15.0  # mean over the joints beyond which a pair is none (3 is usual)
ALIKE = 0.1  # least keypoint similarity of a pair
SURE = 0.6  # keypoint similarity from which on a pair is one, wherever it is in space
KEYPOINTS = 3.0  # weight of the keypoint similarity's logarithm
#: Keypoint similarity: standard deviation of a keypoint, in square roots of the box's area (COCO
#: has 0.05 to 0.21 for annotators; here also half a stride between two frames).
FALLOFF = 0.2
LEAP, PACE = 0.3, 1.5  # m and m/s: how far from where they should be the hidden may appear
_UNIT = 0.1  # m, whose volume costs nothing


def spatial_costs(
    expected: Estimate, joints: Joints, asked: np.ndarray, seconds: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """
    Return how far the found joints are from the expected ones.

    Parameters
    ----------
    expected : Estimate
        Of T tracks. What lasts of the errors is in both and does not count.
    joints : Joints
        Of C candidates.
    asked : (T, C) bool
        For which pairs; those that are far apart in the image need no answer.
    seconds : float
        Since the frame before.

    Returns
    -------
    (T, C), (T, C)
        Mean squared Mahalanobis distance of a joint (NaN where no joint is known on both sides,
        or nobody asked), and the cost: half of that and of the logarithm of the volume.

    """
    tracks, persons = asked.nonzero()
    difference = joints.positions[persons] - expected.positions[tracks]  # (P, J, 3)
    least = FLOOR**2 + (START * min(seconds, LONG)) ** 2
    spread = expected.changing[tracks] + JITTER * joints.covariance[persons] + least * AXES
    inverse, determinant = inverse_and_determinant(spread)
    distance = squared_lengths(difference, inverse)
    known = np.isfinite(distance)
    distance = np.where(known, np.minimum(distance, LIMIT), 0)
    volume = np.where(known, np.log(determinant / _UNIT**6), 0)
    count = known.sum(axis=-1)
    mean, cost = np.full(asked.shape, np.nan), np.zeros(asked.shape)
    mean[asked] = distance.sum(axis=-1) / np.where(count, count, np.nan)
    cost[asked] = (distance + volume).sum(axis=-1) / np.maximum(count, 1) / 2
    return mean, cost


def keypoint_similarity(expected, expected_seen, found, found_seen, areas) -> np.ndarray:
    """
    Return the object keypoint similarity (T, C) of expected and found keypoints (COCO's OKS).

    Parameters
    ----------
    expected, expected_seen : (T, K, 2), (T, K)
        Keypoints of the tracks, px, and which of them count.
    found, found_seen : (C, K, 2), (C, K)
        Of the candidates.
    areas : (T,)
        Of the tracks' boxes, px^2.

    """
    both = expected_seen[:, None] & found_seen
    x, y = (found - expected[:, None]).transpose(3, 0, 1, 2)
    variance = FALLOFF**2 * np.maximum(areas, 1.0)[:, None, None]
    similar = np.where(both, np.exp((x * x + y * y) / (-2 * variance)), 0)
    return similar.sum(axis=-1) / np.maximum(both.sum(axis=-1), 1)


def pairs_between(
    expected: Estimate, joints: Joints, similarity: np.ndarray, against: np.ndarray,
    seconds: float,
) -> list[tuple[int, int]]:
    """
    Return which tracks and candidates are one: pairs (track, candidate), each at most once.

    Parameters
    ----------
    expected, joints, seconds
        As for spatial_costs, which are asked for where keypoints leave a doubt.
    similarity : (T, C)
        From keypoint_similarity; zero: no pair.
    against : (T, C)
        What else speaks against pairs, as a cost.

    """
    clear = undisputed(similarity)
    pairs = list(zip(*clear.nonzero()))
    similarity = np.where(clear, 0, similarity)
    asked = similarity > ALIKE
    if asked.any():
        distance, cost = spatial_costs(expected, joints, asked, seconds)
        pairs += pairs_of(distance, cost + against, similarity)
    return pairs


def undisputed(similarity: np.ndarray) -> np.ndarray:
    """Return which pairs (T, C) keypoints alone tell: both are like nobody else at all."""
    alike = similarity > ALIKE
    alone = (alike.sum(axis=1, keepdims=True) == 1) & (alike.sum(axis=0) == 1)
    return alone & (similarity > SURE)


def pairs_of(distance, cost, similarity) -> list[tuple[int, int]]:
    """
    Return the pairs (track, candidate) of least total cost, each of either at most once.

    Parameters
    ----------
    distance, cost : (T, C)
        From spatial_costs; NaN: nothing is known in space, the keypoints alone decide.
    similarity : (T, C)
        From keypoint_similarity.

    """
    allowed = (distance < GATE) & (similarity > ALIKE) | (similarity > SURE)
    total = cost - KEYPOINTS * np.log(np.maximum(similarity, 1e-3))
    return least_cost(total, allowed)


def within_reach(places, found, seconds) -> np.ndarray:
    """
    Return how far somebody appears (T, C) from the hidden, in parts of how far these can be.

    Parameters
    ----------
    places : (T, 3)
        Where the hidden should be, m; NaN unknown.
    found : (C, 3)
        Where somebody appears, m; NaN unknown.
    seconds : (T,)
        Since when they have been hidden.

    """
    apart = places[:, None] - found
    return np.sqrt((apart**2).sum(axis=-1)) / (LEAP + PACE * seconds)[:, None]


def least_cost(cost: np.ndarray, allowed: np.ndarray) -> list[tuple[int, int]]:
    """Return the allowed pairs (row, column) of a matrix, each once, of least total cost."""
    cost = np.where(allowed, cost, 0)
    # a forbidden pair costs more than all others together
    forbidden = 1 + 2 * np.abs(cost).sum()
    rows, columns = linear_sum_assignment(np.where(allowed, cost, forbidden))
    return [(int(t), int(c)) for t, c in zip(rows, columns) if allowed[t, c]]

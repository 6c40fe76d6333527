# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Who of the persons found in a frame is who: tracks found again, those who return, and new ones.

- A track is found again where joints, keypoints and colours fit best (association.py). Keypoints
  that are poor count for no track on which no detection has lain for UNVOUCHED seconds: a heatmap
  engine finds something like a person in any crop.
- A person left over who appears within reach of a hidden one, and does not look like another
  one, is that person; whose keypoints are where somebody's of the frame before should be is that
  one even if colours differ. Those who were lost come back by colours alone.
- A detection with good keypoints that fit no track, where nobody else is, and who does not look
  like somebody near, is new.
"""
import numpy as np
from pose3d_ros.core import association
from pose3d_ros.core.clues import Clues
from pose3d_ros.core.filtering import Estimate
from pose3d_ros.core.records import Joints

UNVOUCHED = 2.0  # s
OTHER = 6.0  # what colours may say against a pair


def assign(
    clues: Clues, joints: Joints, expected: Estimate, seconds: float, free: int,
) -> tuple[list[tuple[int, int]], list[int]]:
    """
    Return pairs (track, person) that are one, by their rows, and the persons who are new.

    Parameters
    ----------
    clues : Clues
        On T tracks, those followed first, and C persons.
    joints : Joints
        Of the C persons.
    expected : Estimate
        Of the tracks that are followed, in their order.
    seconds : float
        Since the frame before.
    free : int
        How many more tracks there may be.

    """
    pairs = _found_again(clues, joints, expected, seconds)
    pairs += _returned(clues, pairs, seconds, free)
    return pairs, _new(clues, pairs, free)


def _found_again(clues, joints, expected, seconds) -> list[tuple[int, int]]:
    """Return the pairs of tracks that are followed."""
    similarity = clues.found.similarity
    if not similarity.size:
        return []
    against = clues.against[:len(similarity)]
    doubtful = against > OTHER
    unvouched = clues.stamp - clues.tracks['vouched'][:len(similarity)] > UNVOUCHED
    if unvouched.any():
        doubtful |= unvouched[:, None] & clues.poor
    return association.pairs_between(
        expected, joints, np.where(doubtful, 0, similarity), against, seconds)


def _returned(clues: Clues, pairs, seconds: float, free: int) -> list[tuple[int, int]]:
    """Return the pairs of the hidden and the lost with who is left."""
    if len(pairs) == min(clues.against.shape):
        return []
    allowed = (clues.against < OTHER) & (clues.alike | clues.strange)
    # nobody takes another's place within a frame: colours are mixed where people pass
    followed = clues.found.similarity
    just = clues.stamp - clues.tracks['found'][:len(followed), None] <= seconds
    allowed[:len(followed)] |= clues.strange & just & (followed > association.SURE)
    allowed &= clues.reach < 1
    lost = slice(len(followed), None)
    allowed[lost] &= clues.alike[lost] & ~clues.followed & (free > 0)
    for one, row in pairs:
        allowed[one], allowed[:, clues.together(row)] = False, False
    cost = clues.reach + clues.against
    back = association.least_cost(cost, allowed)
    again = sorted((pair for pair in back if pair[0] >= lost.start), key=lambda pair: cost[pair])
    return [pair for pair in back if pair not in again[free:]]


def _new(clues: Clues, pairs, free: int) -> list[int]:
    """Return the persons who are nobody known, each once."""
    if len(pairs) == len(clues.found.owners):  # most frames
        return []
    taken, new = [row for _, row in pairs], []
    for row in np.flatnonzero(
            clues.strange & ~clues.poor & ~clues.part_of_somebody).tolist():
        if not clues.together(row)[taken + new].any():
            new.append(row)
    back = sum(one >= len(clues.found.similarity) for one, _ in pairs)
    return new[:max(0, free - back)]

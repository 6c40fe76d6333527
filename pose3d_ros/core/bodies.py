# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Tracks, keypoints and joints of a frame put together to bodies; the filters of all bodies."""
from collections.abc import Collection

import numpy as np
from pose3d_ros.core.filtering import Estimate, Filters
from pose3d_ros.core.orientation import Orientation
from pose3d_ros.core.records import Body, Joints, Keypoints, Source
from pose3d_ros.core.skeleton import Skeleton

PREDICTED = np.uint8(Source.PREDICTED)  # once: numpy is slow with enumerations


class Bodies:
    """
    The bodies that are there, now and some time ahead.

    Parameters
    ----------
    skeleton : Skeleton
        Of the joints.
    keypoint_count : int
        Of the heatmap engine.
    patience : float
        Seconds after which a joint that was not measured is unknown.

    """

    def __init__(self, skeleton: Skeleton, keypoint_count: int, patience: float = np.inf):
        self._filters, self._orientation = Filters(skeleton, patience), Orientation(skeleton)
        # keypoints and their scores, scores and sources of joints that only earlier frames showed
        self._unseen = (np.full((keypoint_count, 2), np.nan), np.zeros(keypoint_count),
                        np.zeros(len(skeleton)), PREDICTED)
        self._last: list[Body] = []

    def advance(self, stamp: float, ids: Collection[str]) -> Estimate:
        """
        Return where joints should be in a frame that nobody has looked at yet.

        Parameters
        ----------
        stamp : float
            Of the frame, s.
        ids : collection of str
            Who is still there; all others are forgotten.

        """
        self._filters.keep(ids)
        self._filters.advance(stamp)
        return self._filters.estimate()

    def update(
        self, boxes: dict[str, np.ndarray], ids: list[str], keypoints: Keypoints, joints: Joints,
    ) -> list[Body]:
        """
        Return the bodies in the frame that advance was called for.

        Parameters
        ----------
        boxes : dict of str to (4,)
            Of everybody who counts as a body, px; those not found in this frame are predicted.
        ids : list of N str
            Who was found, bodies or not yet.
        keypoints, joints : Keypoints, Joints
            Of those N.

        """
        self._filters.update(ids, joints)
        found = dict(zip(ids, zip(
            keypoints.positions, keypoints.scores, joints.scores,
            np.maximum(joints.source, PREDICTED))))
        seen = [(name, box, *found.get(name, self._unseen)) for name, box in boxes.items()]
        now = self._filters.estimate()
        self._last = _bodies(
            seen, now, self._orientation.update(now.ids, now.positions, now.covariance))
        return self._last

    def predict(self, seconds: float) -> list[Body]:
        """Return the last frame's bodies some seconds later; their rotations are unknown."""
        seen = [(body.id, body.box, body.keypoints, body.keypoint_scores, body.scores, PREDICTED)
                for body in self._last]
        later = self._filters.estimate(seconds)
        return _bodies(seen, later, np.full_like(later.covariance, np.nan))


def _bodies(seen: list[tuple], estimate: Estimate, rotations: np.ndarray) -> list[Body]:
    """Return bodies of what was seen of them, what the filters know, and how they are turned."""
    states = dict(zip(estimate.ids, zip(
        estimate.known, estimate.positions, estimate.velocity, estimate.covariance, rotations)))
    # what was never measured is unknown
    return [
        Body(name, box, keypoints, keypoint_scores, joints, velocity, covariance,
             known * scores, known * source, turned)
        for name, box, keypoints, keypoint_scores, scores, source in seen if name in states
        for known, joints, velocity, covariance, turned in [states[name]]]

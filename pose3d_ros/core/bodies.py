# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Tracks, keypoints and joints of a frame put together to bodies; the filters of all bodies."""
from collections.abc import Collection
from dataclasses import replace

import numpy as np
from pose3d_ros.core.filtering import Estimate, Filters
from pose3d_ros.core.orientation import Orientation
from pose3d_ros.core.records import Body, Joints, Keypoints, Source
from pose3d_ros.core.skeleton import Skeleton
from pose3d_ros.core.tracking import Track

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
        self._joint_count, self._keypoint_count = len(skeleton), keypoint_count
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
        self, tracks: list[Track], ids: list[str], keypoints: Keypoints, joints: Joints,
    ) -> list[Body]:
        """
        Return the bodies in the frame that advance was called for.

        Parameters
        ----------
        tracks : list of Track
            Everybody who counts as a body; those not found in this frame are predicted.
        ids : list of N str
            Who was found, bodies or not yet.
        keypoints, joints : Keypoints, Joints
            Of those N.

        """
        self._filters.update(ids, joints)
        found = {name: row for row, name in enumerate(ids)}
        bodies = [
            self._found(track, keypoints, joints, found[track.id]) if track.id in found
            else self._missed(track) for track in tracks]
        self._last = self._filtered(bodies, self._filters.estimate(), self._orientation.update)
        return self._last

    def predict(self, seconds: float) -> list[Body]:
        """Return the bodies of the last frame as they should be so many seconds after it."""
        later = [replace(body, source=np.minimum(body.source, PREDICTED)) for body in self._last]
        return self._filtered(later, self._filters.estimate(seconds), self._orientation.ahead)

    @staticmethod
    def _found(track: Track, keypoints: Keypoints, joints: Joints, row: int) -> Body:
        return Body(
            id=track.id, box=track.box, keypoints=keypoints.positions[row],
            keypoint_scores=keypoints.scores[row], joints=joints.positions[row],
            velocity=np.full_like(joints.positions[row], np.nan),
            covariance=joints.covariance[row], scores=joints.scores[row],
            source=joints.source[row])

    def _missed(self, track: Track) -> Body:
        count, nowhere = self._keypoint_count, np.full((self._joint_count, 3), np.nan)
        return Body(
            id=track.id, box=track.box, keypoints=np.full((count, 2), np.nan),
            keypoint_scores=np.zeros(count), joints=nowhere, velocity=nowhere,
            covariance=np.full((self._joint_count, 3, 3), np.nan),
            scores=np.zeros(self._joint_count),
            source=np.full(self._joint_count, Source.UNKNOWN, np.uint8))

    @staticmethod
    def _filtered(bodies: list[Body], estimate: Estimate, orient) -> list[Body]:
        """Return bodies with what the filters know of them."""
        rotations = orient(estimate.ids, estimate.positions, estimate.covariance)
        known = np.isfinite(estimate.positions).all(axis=-1)
        rows = {name: row for row, name in enumerate(estimate.ids)}
        return [_with(body, estimate, known, rotations, rows[body.id]) if body.id in rows else body
                for body in bodies]


def _with(body: Body, estimate: Estimate, known, rotations: np.ndarray, row: int) -> Body:
    """Return a body with the joints of a row of an estimate."""
    # what was never measured stays unknown; what only an earlier frame showed is predicted
    return replace(
        body, joints=estimate.positions[row], velocity=estimate.velocity[row],
        covariance=estimate.covariance[row], scores=known[row] * body.scores,
        source=known[row] * np.maximum(body.source, PREDICTED), rotations=rotations[row])

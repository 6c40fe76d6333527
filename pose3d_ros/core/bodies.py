# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Tracks, keypoints and joints of a frame put together to bodies; the filters of all bodies."""
import numpy as np
from pose3d_ros.core.filtering import BodyFilter
from pose3d_ros.core.records import Body, Joints, Keypoints, Source
from pose3d_ros.core.skeleton import Skeleton
from pose3d_ros.core.tracking import Track


class Bodies:
    """
    The filters of the bodies that are there, by id.

    Parameters
    ----------
    skeleton : Skeleton
        Of the joints.
    keypoint_count : int
        Of the heatmap engine.

    """

    def __init__(self, skeleton: Skeleton, keypoint_count: int):
        self._skeleton, self._keypoint_count = skeleton, keypoint_count
        self._filters: dict[str, BodyFilter] = {}

    def update(
        self, stamp: float, tracks: list[Track], ids: list[str], keypoints: Keypoints,
        joints: Joints,
    ) -> list[Body]:
        """
        Return the bodies at a stamp.

        Parameters
        ----------
        stamp : float
            Of the frame, s.
        tracks : list of Track
            Everybody who counts as present; those not found in this frame are predicted.
        ids : list of N str
            Who was found.
        keypoints, joints : Keypoints, Joints
            Of those N.

        """
        self._filters = {
            track.id: self._filters.get(track.id) or BodyFilter(self._skeleton)
            for track in tracks}
        found = {name: row for row, name in enumerate(ids)}
        return [
            self._found(stamp, track, keypoints, joints, found[track.id])
            if track.id in found else self._missed(stamp, track)
            for track in tracks]

    def _found(self, stamp, track: Track, keypoints: Keypoints, joints: Joints, row: int) -> Body:
        history = self._filters[track.id]
        history.update(stamp, joints.positions[row], joints.covariance[row])
        return self._body(
            stamp, track, keypoints.positions[row], keypoints.scores[row],
            joints.scores[row], joints.source[row])

    def _missed(self, stamp: float, track: Track) -> Body:
        count = len(self._skeleton)
        return self._body(
            stamp, track, np.full((self._keypoint_count, 2), np.nan),
            np.zeros(self._keypoint_count), np.zeros(count), np.full(count, Source.PREDICTED))

    def _body(self, stamp, track: Track, keypoints, keypoint_scores, scores, source) -> Body:
        positions, velocity, covariance = self._filters[track.id].predict(stamp)
        known = np.isfinite(positions).all(axis=1)
        # what was never measured stays unknown; what only an earlier frame showed is predicted
        source = np.where(known, np.maximum(source, Source.PREDICTED), Source.UNKNOWN)
        return Body(
            id=track.id, box=track.box, keypoints=keypoints, keypoint_scores=keypoint_scores,
            joints=positions, velocity=velocity, covariance=covariance,
            scores=np.where(known, scores, 0), source=source.astype(np.uint8))

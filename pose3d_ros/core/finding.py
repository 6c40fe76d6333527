# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Who is in a picture: keypoints in the boxes of tracks and new detections, each person once."""
import numpy as np
from pose3d_ros.core.config import Config
from pose3d_ros.core.detection import detect_persons
from pose3d_ros.core.duplicates import different
from pose3d_ros.core.keypoints import estimate_keypoints
from pose3d_ros.core.lifting import hide_unseen
from pose3d_ros.core.looks import Palette, SIGMA
from pose3d_ros.core.occlusion import covered
from pose3d_ros.core.records import Found, Frame, Keypoints
from pose3d_ros.core.tracking import Tracker


class Finder:
    """
    Finds persons in the image.

    Parameters
    ----------
    config : Config
        Of detection and keypoints.
    detector, heatmap : engines
        Callables with facts.
    tracker : Tracker
        Knows where to look, and takes detections.

    """

    def __init__(self, config: Config, detector, heatmap, tracker: Tracker):
        self._config, self._tracker = config, tracker
        self._detector, self._heatmap = detector, heatmap
        self._skeleton = heatmap.facts.keypoints
        self._bones = np.array(self._skeleton.bone_indices)
        self._palette = Palette(self._skeleton)
        self._frames, self._searched = 0, False

    def detect(self, frame: Frame) -> None:
        """Look for persons in the whole image where the tracks alone do not tell."""
        config = self._config.detection
        self._searched = self._frames % config.every == 0 or self._tracker.searching
        if self._searched:
            boxes, _ = detect_persons(
                self._detector, frame.image, self._detector.facts.size, config.min_score)
            self._tracker.detect(boxes, frame.stamp)
        self._frames += 1

    def find(self, frame: Frame) -> Found:
        """Return the persons found in the boxes of tracks and of new detections."""
        boxes, facts, config = self._tracker.boxes, self._heatmap.facts, self._config.keypoints
        if not len(boxes):
            return self._nobody()
        keypoints = estimate_keypoints(
            self._heatmap, frame.image, boxes, facts.size, facts.padding)
        keypoints = self._tracker.sided(
            keypoints, keypoints.scores >= config.min_score, frame.stamp)
        rays, scores = hide_unseen(
            frame.camera.rays(keypoints.positions), keypoints.scores, config.min_score)
        rays, scores = self._uncovered(frame, keypoints, rays, scores)
        rows = np.flatnonzero((scores > 0).sum(axis=1) >= config.min_seen)
        rows = rows[different(keypoints.positions[rows], scores[rows] > 0, scores[rows])]
        keypoints, rays, scores = keypoints[rows], rays[rows], scores[rows]
        similarity = self._tracker.similarity(keypoints.positions, scores > 0)
        return Found(
            self._tracker.owners(similarity), rows >= len(self._tracker.tracks), keypoints, rays,
            scores, similarity, self._colours(frame.image, keypoints.positions, scores > 0))

    def _nobody(self) -> Found:
        none = Keypoints.none(len(self._skeleton))
        return Found([], np.zeros(0, bool), none, none.positions, none.scores,
                     np.zeros((len(self._tracker.tracks), 0)), np.zeros((0, len(SIGMA))))

    def _uncovered(self, frame: Frame, keypoints: Keypoints, rays, scores) -> tuple:
        """Return rays and scores without the keypoints that lie on somebody nearer."""
        hidden = covered(
            keypoints.positions, scores > 0, self._tracker.distances,
            frame.camera.matrix[0, 0], self._bones)
        return np.where(hidden[..., None], 0, rays), np.where(hidden, 0, scores)

    def _colours(self, image: np.ndarray, positions: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Return the colours of persons; those of a single one are not needed in each frame."""
        if len(seen) > 1 or self._searched:
            return self._palette(image, positions, seen)
        return np.full((len(seen), len(SIGMA)), np.nan)

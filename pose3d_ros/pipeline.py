# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The recipe: a frame in, bodies out. Reads from top to bottom like the README's picture."""
import numpy as np
from pose3d_ros.core.association import trunk_of
from pose3d_ros.core.bodies import Bodies
from pose3d_ros.core.config import Config
from pose3d_ros.core.depth import fuse_depth
from pose3d_ros.core.detection import detect_persons
from pose3d_ros.core.duplicates import different
from pose3d_ros.core.fitting import Fit, fit_root
from pose3d_ros.core.floor import Floor
from pose3d_ros.core.history import RayHistory
from pose3d_ros.core.keypoints import estimate_keypoints
from pose3d_ros.core.lifting import hide_unseen, lift
from pose3d_ros.core.looks import Palette, SIGMA
from pose3d_ros.core.observation import joint_weights, observe_joints
from pose3d_ros.core.occlusion import covered
from pose3d_ros.core.placement import joints_of, with_definition
from pose3d_ros.core.records import Body, Found, Frame, Joints, Keypoints
from pose3d_ros.core.scale import Scales
from pose3d_ros.core.stopwatch import Stopwatch
from pose3d_ros.core.surface import SkinModel
from pose3d_ros.core.tracking import Tracker


class Pipeline:
    """
    Frames of one camera to bodies; tracker, ray history and filters remember, nothing else does.

    Parameters
    ----------
    config : Config
        All parameters.
    detector, heatmap, lifter : engines
        Callables with facts, as pose3d_ros.inference.load returns them.

    Raises
    ------
    ValueError
        When the lifter needs keypoints that the heatmap engine does not give.

    """

    def __init__(self, config: Config, detector, heatmap, lifter):
        self.config = config
        self.keypoint_skeleton = heatmap.facts.keypoints
        self.joint_skeleton = lifter.facts.joints
        self.stopwatch = Stopwatch()
        self._detector, self._heatmap, self._lifter = detector, heatmap, lifter
        self._lifted = _positions_of(lifter.facts, heatmap.facts)
        self._skin, self._floor = SkinModel(self.joint_skeleton), Floor(self.joint_skeleton)
        self._scales = Scales(*self._scale_prior())
        self._bones = np.array(self.keypoint_skeleton.bone_indices)
        self._weights = joint_weights(self.keypoint_skeleton, self.joint_skeleton)
        self._palette = Palette(self.keypoint_skeleton)
        self._tracker = Tracker(
            trunk_of(self.joint_skeleton), len(self.keypoint_skeleton),
            config.detection.max_bodies, config.tracking.birth, config.tracking.timeout)
        self._history = RayHistory(lifter.facts.window, lifter.facts.interval or 0.0)
        self._bodies = Bodies(
            self.joint_skeleton, len(self.keypoint_skeleton), config.tracking.timeout)
        self._frames = 0

    def __call__(self, frame: Frame) -> list[Body]:
        """Return the bodies in a frame; frames come in the order of their stamps."""
        self.stopwatch.reset()
        with self.stopwatch('filtering'):
            self._tracker.advance(frame.stamp)
            expected = self._bodies.advance(frame.stamp, self._tracker.ids)
            self._tracker.expect(expected.positions, frame.camera)
        with self.stopwatch('detection'):
            self._detect(frame)
        with self.stopwatch('keypoints'):
            found = self._find(frame)
        joints = self._joints(frame, found)
        with self.stopwatch('tracking'):
            ids = self._tracker.assign(frame.stamp, found, joints, expected)
            self._tracker.end_missed(frame.stamp, frame.camera)
        with self.stopwatch('filtering'):
            return self._update(frame.stamp, ids, found, joints)

    def predict(self, seconds: float) -> list[Body]:
        """Return the bodies of the last frame where they should be so many seconds after it."""
        return self._bodies.predict(seconds)

    @property
    def scale_source(self) -> str:
        """Return in words where the size of bodies, and with it their distance, comes from."""
        height, sigma = self.config.placement.height, self.config.placement.height_sigma
        given = height or self._lifter.facts.stature
        source = 'as given' if height else 'assumed: set placement.height where it is known'
        return '; '.join([f'body height {given:.2f} m within {100 * sigma:.0f} %, {source}'] + [
            f'{name} {size * self._lifter.facts.stature:.2f} m within {100 * within:.0f} % from '
            + ' and '.join(sources)
            for name, (size, within, sources) in self._scales.learned.items()])

    @property
    def scale_sources(self) -> set[str]:
        """Return which evidence of the size of bodies has been believed lately: floor, depth."""
        return {source for _, _, sources in self._scales.learned.values() for source in sources}

    def reset(self) -> None:
        """Forget everybody; new bodies get new ids."""
        self._tracker.reset()

    def _detect(self, frame: Frame) -> None:
        """Look for persons in the whole image where the tracks alone do not tell."""
        self._searched = (
            self._frames % self.config.detection.every == 0 or self._tracker.searching)
        if self._searched:
            boxes, _ = detect_persons(
                self._detector, frame.image, self._detector.facts.size,
                self.config.detection.min_score)
            self._tracker.detect(boxes, frame.stamp)
        self._frames += 1

    def _find(self, frame: Frame) -> Found:
        """Return the persons found in the boxes of tracks and of new detections."""
        boxes, facts = self._tracker.boxes, self._heatmap.facts
        if not len(boxes):
            none = Keypoints.none(len(self.keypoint_skeleton))
            return Found([], np.zeros(0, bool), none, none.positions, none.scores,
                         np.zeros((len(self._tracker.tracks), 0)), np.zeros((0, len(SIGMA))))
        keypoints = estimate_keypoints(
            self._heatmap, frame.image, boxes, facts.size, facts.padding)
        rays, scores = hide_unseen(
            frame.camera.rays(keypoints.positions), keypoints.scores,
            self.config.keypoints.min_score)
        rays, scores = self._uncovered(frame, keypoints, rays, scores)
        rows = np.flatnonzero((scores > 0).sum(axis=1) >= self.config.keypoints.min_seen)
        rows = rows[different(keypoints.positions[rows], scores[rows] > 0, scores[rows])]
        keypoints, rays, scores = keypoints[rows], rays[rows], scores[rows]
        similarity = self._tracker.similarity(keypoints.positions, scores > 0)
        colours = self._colours(frame.image, keypoints.positions, scores > 0)
        return Found(
            self._tracker.owners(similarity), rows >= len(self._tracker.tracks), keypoints, rays,
            scores, similarity, colours)

    def _colours(self, image: np.ndarray, positions: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Return the colours of persons; who is alone need not be looked at in each frame."""
        if len(seen) > 1 or self._searched:
            return self._palette(image, positions, seen)
        return np.full((len(seen), len(SIGMA)), np.nan)

    def _uncovered(self, frame: Frame, keypoints: Keypoints, rays, scores) -> tuple:
        """Return rays and scores without the keypoints that lie on somebody nearer."""
        hidden = covered(
            keypoints.positions, scores > 0, self._tracker.distances,
            frame.camera.matrix[0, 0], self._bones)
        return np.where(hidden[..., None], 0, rays), np.where(hidden, 0, scores)

    def _joints(self, frame: Frame, found: Found) -> Joints:
        prior = self._scales.at(frame.stamp, found.owners)
        if not len(found.rays):
            return Joints.none(len(self.joint_skeleton))
        with self.stopwatch('lifting'):
            given = found.rays[:, self._lifted], found.scores[:, self._lifted]
            past = self._history.past(frame.stamp, found.owners, *given)
            relative, relative_cov = lift(self._lifter, *given, frame.gravity, past)
        with self.stopwatch('placement'):
            ray_cov = frame.camera.ray_covariance(found.rays, found.keypoints.spread)
            lifted = relative, relative_cov, *observe_joints(
                self._weights, found.rays, ray_cov, found.scores)
            fit = self._fit(frame, lifted, prior)
            joints = joints_of(fit, *lifted)
        with self.stopwatch('depth'):
            joints = self._with_depth(frame, joints, fit.state[:, 3])
        return with_definition(joints)

    def _fit(self, frame: Frame, lifted: tuple, prior: tuple) -> Fit:
        """Return where bodies are and how large, with what the floor says, where it is known."""
        *bodies, scores = lifted
        fit = fit_root(*bodies, scores > 0, *prior)
        if frame.camera_height is None or frame.gravity is None:
            return fit
        evidence = self._floor.scale(fit, *lifted, frame.gravity, frame.camera_height)
        return fit.with_scale(*self._scales.learn('floor', *evidence))

    def _with_depth(self, frame: Frame, joints: Joints, scale) -> Joints:
        """Return joints drawn to the depth image, where there is one; learn from it."""
        depth = frame.depth() if callable(frame.depth) else frame.depth
        if depth is None:
            return joints
        noise = self.config.camera.depth_noise
        joints, distance = fuse_depth(joints, depth, frame.camera, self._skin, noise)
        self._scales.learn('depth', distance.ratio * scale, distance.sigma * scale)
        return joints

    def _update(self, stamp: float, ids, found: Found, joints: Joints) -> list[Body]:
        """Let filters, ray history and scales take what was found; return the bodies."""
        self._scales.keep(ids)
        rows = [row for row, name in enumerate(ids) if name]
        ids = [ids[row] for row in rows]
        self._history.keep(
            stamp, ids, found.rays[rows][:, self._lifted], found.scores[rows][:, self._lifted])
        return self._bodies.update(
            self._tracker.bodies, ids, found.keypoints[rows], joints[rows])

    def _scale_prior(self) -> tuple[float, float]:
        """Return mean and standard deviation of a body's size over that of the lifter's joints."""
        height, relative_sigma = self.config.placement.height, self.config.placement.height_sigma
        scale = height / self._lifter.facts.stature if height else 1.0
        return scale, scale * relative_sigma


def _positions_of(lifter, heatmap) -> list[int]:
    """Return where the lifter's keypoints are in the heatmap engine's output."""
    missing = [p for p in lifter.keypoints.points if p not in heatmap.keypoints.points]
    if missing:
        raise ValueError(
            f"lifter '{lifter.name}' needs keypoints that heatmap engine '{heatmap.name}' does"
            f' not give: {missing}')
    return [heatmap.keypoints.index(point) for point in lifter.keypoints.points]

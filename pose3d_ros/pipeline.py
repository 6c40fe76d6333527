# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The recipe: a frame in, bodies out."""
from pose3d_ros.core.bodies import Bodies
from pose3d_ros.core.config import Config
from pose3d_ros.core.depth import fuse_depth
from pose3d_ros.core.finding import Finder
from pose3d_ros.core.fitting import Fit, fit_root
from pose3d_ros.core.floor import Floor
from pose3d_ros.core.history import RayHistory
from pose3d_ros.core.lifting import lift
from pose3d_ros.core.observation import joint_weights, observe_joints
from pose3d_ros.core.placement import joints_of, with_definition
from pose3d_ros.core.records import Body, Found, Frame, Joints
from pose3d_ros.core.scale import Scales
from pose3d_ros.core.stature import scale_in_words, scale_prior
from pose3d_ros.core.stopwatch import Stopwatch
from pose3d_ros.core.surface import SkinModel
from pose3d_ros.core.tracking import Tracker


class Pipeline:
    """
    Frames of one camera to bodies; tracker, filters, scales and ray history remember.

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
        self._lifter = lifter
        self._lifted = _positions_of(lifter.facts, heatmap.facts)
        self._skin, self._floor = SkinModel(self.joint_skeleton), Floor(self.joint_skeleton)
        self._scales = Scales(*scale_prior(config.placement, lifter.facts.stature))
        self._weights = joint_weights(self.keypoint_skeleton, self.joint_skeleton)
        self._tracker = Tracker(
            self.keypoint_skeleton, self.joint_skeleton,
            config.detection.max_bodies, config.tracking.birth, config.tracking.timeout)
        self._finder = Finder(config, detector, heatmap, self._tracker)
        self._history = RayHistory(lifter.facts.window, lifter.facts.interval or 0.0)
        self._bodies = Bodies(
            self.joint_skeleton, len(self.keypoint_skeleton), config.tracking.timeout)

    def __call__(self, frame: Frame) -> list[Body]:
        """Return the bodies in a frame; frames come in the order of their stamps."""
        self.stopwatch.reset()
        with self.stopwatch('filtering'):
            self._tracker.advance(frame.stamp)
            expected = self._bodies.advance(frame.stamp, self._tracker.ids)
            self._tracker.expect(expected.positions, frame.camera)
        with self.stopwatch('detection'):
            self._finder.detect(frame)
        with self.stopwatch('keypoints'):
            found = self._finder.find(frame)
        joints = self._joints(frame, found)
        with self.stopwatch('tracking'):
            ids = self._tracker.assign(frame.stamp, found, joints, expected)
            self._tracker.end_missed(frame.stamp, frame.camera)
        with self.stopwatch('filtering'):
            return self._update(frame.stamp, ids, found, joints)

    def predict(self, seconds: float) -> list[Body]:
        """Return the bodies of the last frame where they should be some seconds after it."""
        return self._bodies.predict(seconds)

    @property
    def scale_source(self) -> str:
        """Return in words where the size of bodies, and with it their distance, comes from."""
        return scale_in_words(
            self.config.placement, self._lifter.facts.stature, self._scales.learned)

    @property
    def scale_sources(self) -> set[str]:
        """Return which evidence of the size of bodies has been believed lately: floor, depth."""
        return {source for _, _, sources in self._scales.learned.values() for source in sources}

    def reset(self) -> None:
        """Forget everybody; new bodies get new ids."""
        self._tracker.reset()
        self._scales.forget()

    def _joints(self, frame: Frame, found: Found) -> Joints:
        """Return the joints of the persons found, in metres."""
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


def _positions_of(lifter, heatmap) -> list[int]:
    """Return where the lifter's keypoints are in the heatmap engine's output."""
    missing = [p for p in lifter.keypoints.points if p not in heatmap.keypoints.points]
    if missing:
        raise ValueError(
            f"lifter '{lifter.name}' needs keypoints that heatmap engine '{heatmap.name}' does"
            f' not give: {missing}')
    return [heatmap.keypoints.index(point) for point in lifter.keypoints.points]

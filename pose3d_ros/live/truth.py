# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The errors of a live session, where the clip has a truth."""
from pathlib import Path

import numpy as np
from pose3d_ros.calibration import load_calibration
from pose3d_ros.clip import Clip
from pose3d_ros.core.skeleton import BODY_16, Skeleton
from pose3d_ros.evaluation import predictions
from pose3d_ros.evaluation.recording import Recording
from pose3d_ros.evaluation.report import evaluate
from pose3d_ros.evaluation.truth import load_truth
from pose3d_ros.live.report import Session
from pose3d_ros.live.session import Play

NO_KEYPOINTS = Skeleton('none', (), ())


class LiveTruth:
    """
    The truth of a clip at the stamps of a session.

    Parameters
    ----------
    path : Path
        The truth, as `pose3d evaluate` takes it.
    offset : int
        Frame f is compared with row f + offset.
    what : Play
        What the camera showed.
    start : float
        Stamp of image 0, s.

    """

    def __init__(self, path: Path, offset: int, what: Play, start: float):
        calibration = load_calibration(what.camera)
        self._camera = calibration.camera.for_image(what.width, what.height)
        self._truth = load_truth(path, calibration, offset)
        self._clip, self._rate, self._start = Clip(what.video), what.rate, start

    def joints_at(self, stamp: float) -> np.ndarray | None:
        """Return the true joints (P, J, 3) at a stamp; None where there is no truth."""
        people = self._truth.frames.get(self._index(self._tick(stamp)))
        return None if people is None else people.joints

    def errors(self, session: Session, folder: Path) -> dict:
        """Write the session's predictions and return the report of their evaluation."""
        file = folder / 'predictions.jsonl'
        with file.open('w') as out:
            for stamp, bodies in session.bodies.items():
                tick = self._tick(stamp)
                print(predictions.to_line(tick, stamp, bodies, NO_KEYPOINTS, BODY_16), file=out)
        seen = predictions.read(file)
        frames = {
            tick: self._truth.frames[index] for tick in seen.frames
            if (index := self._index(tick)) in self._truth.frames}
        truth = Recording(
            self._truth.keypoint_names, self._truth.joint_names, frames, seen.stamps)
        return evaluate(seen, truth, self._camera)

    def _tick(self, stamp: float) -> int:
        return round((stamp - self._start) * self._rate)

    def _index(self, tick: int) -> int:
        return self._clip.index_at(tick, self._rate) % self._clip.length

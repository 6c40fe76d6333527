# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The errors of a live session against the truth."""
from pathlib import Path

from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.evaluation import predictions
from pose3d_ros.evaluation.recording import People, Recording
from pose3d_ros.evaluation.report import evaluate


def errors_of(
    bodies: dict[int, list[Body]], truth: dict[int, People], camera: PinholeCamera, rate: float,
    folder: Path,
) -> dict:
    """
    Write the bodies of each image to predictions.jsonl and return their errors.

    The joints cloud carries no keypoints: the projected joints stand for them, so that PCK speaks
    of what was published.
    """
    file = folder / 'predictions.jsonl'
    with file.open('w') as out:
        for image, found in bodies.items():
            shown = [_with_keypoints(body, camera) for body in found]
            print(predictions.to_line(image, image / rate, shown, BODY_16, BODY_16), file=out)
    seen = predictions.read(file)
    return evaluate(seen, Recording((), BODY_16.points, truth, seen.stamps), camera)


def _with_keypoints(body: Body, camera: PinholeCamera) -> Body:
    return Body(**(vars(body) | {
        'keypoints': camera.project(body.joints), 'keypoint_scores': body.scores}))

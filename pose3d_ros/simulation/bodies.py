# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The truth in the records and the files that estimates come in."""
import json

import numpy as np
from pose3d_ros.core.records import Body, Source
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.evaluation.predictions import to_line
from pose3d_ros.simulation.truth import PersonTruth

HIDDEN = 0.5  # score of a true point that cannot be seen; 1: it can


def bodies_of(people: list[PersonTruth], before: list[PersonTruth] | None = None,
              seconds: float = 0.0) -> list[Body]:
    """
    Return the people in the picture, also those whom something hides, as bodies known exactly.

    Parameters
    ----------
    people : list of PersonTruth
        Everybody; the id of the n-th is p<n>, from 1.
    before : list of PersonTruth, optional
        The same people some time ago; without them velocities are unknown (NaN).
    seconds : float
        How long ago.

    """
    bodies = []
    for number, person in enumerate(people, start=1):
        if not np.isfinite(person.box).all():
            continue
        velocity = np.full((len(BODY_16), 3), np.nan) if before is None else (
            person.joints - before[number - 1].joints) / seconds
        bodies.append(Body(
            id=f'p{number}', box=person.box, keypoints=person.keypoints,
            keypoint_scores=np.where(person.visible, 1.0, HIDDEN), joints=person.joints,
            velocity=velocity, covariance=np.zeros((len(BODY_16), 3, 3)),
            scores=np.where(person.joints_visible, 1.0, HIDDEN),
            source=np.full(len(BODY_16), Source.MEASURED, np.uint8)))
    return bodies


def in_picture(person: PersonTruth) -> bool:
    """Return whether any part of a person can be seen."""
    return bool(np.isfinite(person.box).all() and person.share > 0)


def truth_line(frame: int, stamp: float, people: list[PersonTruth]) -> str:
    """
    Return a line of the truth file.

    It is a line of predictions (evaluation/predictions.py) whose bodies also have `box`, `share`
    (of the surface that nothing hides) and `fully_visible`; a score of 0.5 marks hidden points.
    """
    record = json.loads(to_line(frame, stamp, bodies_of(people), COCO_17, BODY_16))
    for body in record['bodies']:
        person = people[int(body['id'][1:]) - 1]
        body |= {'box': [round(float(value), 1) for value in person.box],
                 'share': round(person.share, 3), 'fully_visible': person.fully_visible}
    return json.dumps(record, allow_nan=False, separators=(',', ':'))

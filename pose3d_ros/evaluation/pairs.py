# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
True persons and the bodies predicted for them, in all frames of two recordings.

A true person counts in a frame if half of the known limb joints lie in the picture. One of whom
nothing is to be seen, because something stands in front, may be predicted but need not be.
"""
from collections import Counter
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.skeleton import LIMB_JOINTS, MIDDLES
from pose3d_ros.evaluation.matching import costs_of, GATE, in_picture, match
from pose3d_ros.evaluation.recording import Recording, select

#: A true person counts in a frame if at least this part of the known limb joints lies in it.
IN_PICTURE = 0.5
#: What is compared: the pelvis first, then the limb joints.
COMPARED = ('pelvis',) + LIMB_JOINTS
#: Shoulders, then hips.
_TORSO = [LIMB_JOINTS.index(f'{side}_{joint}')
          for joint in ('shoulder', 'hip') for side in ('left', 'right')]


@dataclass(frozen=True)
class Pairs:
    """True persons and their predictions; R rows, one true person in one frame each."""

    frames: np.ndarray  # (R,) int
    persons: np.ndarray  # (R,) str, ids of the truth
    bodies: np.ndarray  # (R,) str, ids of the predictions, '' where no body was found
    whole: np.ndarray  # (R,) 1 fully visible, 0 not, NaN where the truth does not say
    true_keypoints: np.ndarray  # (R, 12, 2) px, the limb joints; NaN outside the picture
    true_torsos: np.ndarray  # (R, 4, 2) px, shoulders and hips, also outside the picture
    keypoints: np.ndarray  # (R, 12, 2) px, NaN unknown
    true_joints: np.ndarray  # (R, 13, 3) m, camera optical frame, COMPARED
    visible: np.ndarray  # (R, 13) 1 visible, 0 hidden, NaN where the truth does not say
    joints: np.ndarray  # (R, 13, 3) m, NaN unknown
    covariance: np.ndarray  # (R, 13, 3, 3) m^2, NaN unknown
    source: np.ndarray  # (R, 13) values of core.records.Source
    extra: np.ndarray  # (F,) number of bodies without a true person, frame by frame
    near: Counter  # (person, body) -> number of frames in which they may be a pair

    @property
    def found(self) -> np.ndarray:
        """Return where (R,) a body was found for the person."""
        return self.bodies != ''


def pair(predictions: Recording, truth: Recording, camera: PinholeCamera) -> Pairs:
    """Match the bodies of every frame that both recordings have."""
    rows, extra, near, before = [], [], Counter(), {}
    for frame in sorted(predictions.frames.keys() & truth.frames.keys()):
        given = _Side(predictions, frame, camera)
        true = _Side(truth, frame, camera)
        costs = costs_of(given.seen, true.pixels)
        matches = match(costs, {
            person: given.ids.index(before[name])
            for person, name in enumerate(true.ids) if before.get(name) in given.ids})
        before |= {true.ids[person]: given.ids[body] for person, body in matches.items()}
        extra.append(len(given.ids) - len(matches))
        for person in true.present.tolist():
            body = matches.get(person)
            if body is None and (true.visible[person] == 0).all():
                continue
            near.update((true.ids[person], given.ids[n])
                        for n in np.flatnonzero(costs[person] <= GATE))
            rows.append(_row(frame, true, person, given, body))
    if not rows:
        raise ValueError(_no_rows(predictions, truth, len(extra)))
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return Pairs(**columns, extra=np.array(extra), near=near)


class _Side:
    """What is compared of the people in one frame of a recording."""

    def __init__(self, recording: Recording, frame: int, camera: PinholeCamera):
        def chosen(values: np.ndarray) -> np.ndarray:
            return select(values, recording.joint_names, COMPARED)

        people = recording.frames[frame]
        self.ids, self.whole = people.ids, people.whole
        self.joints = with_pelvis(chosen(people.joints))
        self.covariance = chosen(people.covariance)
        self.source = np.nan_to_num(chosen(people.source)).astype(np.uint8)
        scores = chosen(people.scores)
        stated = recording.tells_hidden & (scores > 0)
        self.visible = np.where(stated, scores == 1, np.nan)
        self.pixels = camera.project(self.joints[:, 1:])  # (N, 12, 2) px
        self.inside = in_picture(self.pixels, camera)
        self.keypoints = select(people.keypoints, recording.keypoint_names, LIMB_JOINTS)

    @property
    def seen(self) -> np.ndarray:
        """Return where the limb joints are in the image, as well as it is known."""
        return np.where(np.isnan(self.keypoints), self.pixels, self.keypoints)

    @property
    def present(self) -> np.ndarray:
        """Return the positions of the people in the picture."""
        known = np.isfinite(self.joints[:, 1:]).all(-1).sum(1)
        return np.flatnonzero((known > 0) & (self.inside.sum(1) >= IN_PICTURE * known))


def _row(frame: int, true: _Side, person: int, given: _Side, body: int | None) -> dict:
    """Return a row of Pairs."""
    def of_body(values: np.ndarray, unknown: float = np.nan) -> np.ndarray:
        return np.full(values.shape[1:], unknown) if body is None else values[body]

    return {
        'frames': frame,
        'persons': true.ids[person],
        'bodies': '' if body is None else given.ids[body],
        'whole': true.whole[person],
        'true_keypoints': np.where(
            true.inside[person, :, None], true.pixels[person], np.nan),
        'true_torsos': true.pixels[person, _TORSO],
        'true_joints': true.joints[person],
        'visible': true.visible[person],
        'keypoints': of_body(given.keypoints),
        'joints': of_body(given.joints),
        'covariance': of_body(given.covariance),
        'source': of_body(given.source, 0),
    }


def with_pelvis(joints: np.ndarray) -> np.ndarray:
    """Return joints (N, 13, 3), COMPARED, an unknown pelvis in the middle of the hips."""
    middle = joints[:, [COMPARED.index(hip) for hip in MIDDLES['pelvis']]].mean(1)
    pelvis = np.where(np.isnan(joints[:, 0]), middle, joints[:, 0])
    return np.concatenate([pelvis[:, None], joints[:, 1:]], axis=1)


def _no_rows(predictions: Recording, truth: Recording, common: int) -> str:
    if common:
        return 'no true person lies in the picture: is it the camera that took this clip?'
    return (
        f'predictions and truth have no frame in common: frames {min(predictions.frames)} to'
        f' {max(predictions.frames)} against {min(truth.frames)} to {max(truth.frames)}'
    )

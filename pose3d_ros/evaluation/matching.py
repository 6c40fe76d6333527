# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Which predicted body is which true person, in every frame.

Bodies and persons are compared in the image: the cost of a pair is the mean distance between the
keypoints of the body (where it has none, its projected joints) and the projected true joints, in
parts of the diagonal of the true joints' box. The assignment of least total cost is taken; a pair
that costs more than GATE is none. Bodies left over are counted apart: the truth seldom knows the
people who stand in the background.
"""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.skeleton import LIMB_JOINTS, MIDDLES
from pose3d_ros.evaluation.metrics import mean_of_known
from pose3d_ros.evaluation.recording import People, Recording, select
from scipy.optimize import linear_sum_assignment

#: Greatest cost of a pair. A person's box is about 3.5 torsos high: this is nearly a torso.
GATE = 0.25
#: A true person counts in a frame if at least this part of the known limb joints lies in it.
IN_PICTURE = 0.5
#: What is compared: the pelvis first, then the limb joints.
COMPARED = ('pelvis',) + LIMB_JOINTS


@dataclass(frozen=True)
class Pairs:
    """True persons and their predictions; R rows, one true person in one frame each."""

    frames: np.ndarray  # (R,) int
    persons: np.ndarray  # (R,) str, ids of the truth
    bodies: np.ndarray  # (R,) str, ids of the predictions, '' where no body was found
    true_keypoints: np.ndarray  # (R, 12, 2) px, the limb joints; NaN outside the picture
    true_torsos: np.ndarray  # (R, 4, 2) px, shoulders and hips, also outside the picture
    keypoints: np.ndarray  # (R, 12, 2) px, NaN unknown
    true_joints: np.ndarray  # (R, 13, 3) m, camera optical frame, COMPARED
    joints: np.ndarray  # (R, 13, 3) m, NaN unknown
    covariance: np.ndarray  # (R, 13, 3, 3) m^2, NaN unknown
    extra: np.ndarray  # (F,) number of bodies without a true person, frame by frame

    @property
    def found(self) -> np.ndarray:
        """Return where (R,) a body was found for the person."""
        return self.bodies != ''


def pair(predictions: Recording, truth: Recording, camera: PinholeCamera) -> Pairs:
    """Match the bodies of every frame that both recordings have."""
    rows, extra = [], []
    for frame in sorted(predictions.frames.keys() & truth.frames.keys()):
        people, true_people = predictions.frames[frame], truth.frames[frame]
        true_pixels = select(true_people.projected(camera), truth.joint_names, LIMB_JOINTS)
        pixels = select(people.keypoints, predictions.keypoint_names, LIMB_JOINTS)
        projected = select(people.projected(camera), predictions.joint_names, LIMB_JOINTS)
        seen = _in_picture(true_pixels, camera)
        matches = match(np.where(np.isnan(pixels), projected, pixels), true_pixels)
        joints, covariance = _compared(people, predictions)
        true_joints, _ = _compared(true_people, truth)
        known = np.isfinite(true_joints[:, 1:]).all(-1).sum(1)
        present = (known > 0) & (seen.sum(1) >= IN_PICTURE * known)
        for person in np.flatnonzero(present):
            body = matches.get(int(person))
            rows.append({
                'frames': frame,
                'persons': true_people.ids[person],
                'bodies': '' if body is None else people.ids[body],
                'true_keypoints': np.where(seen[person, :, None], true_pixels[person], np.nan),
                'true_torsos': true_pixels[person, _TORSO],
                'keypoints': _entry(pixels, body),
                'true_joints': true_joints[person],
                'joints': _entry(joints, body),
                'covariance': _entry(covariance, body),
            })
        extra.append(len(people) - len(matches))
    if not rows:
        raise ValueError(_no_rows(predictions, truth, len(extra)))
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return Pairs(**columns, extra=np.array(extra))


#: Shoulders, then hips.
_TORSO = [LIMB_JOINTS.index(f'{side}_{joint}')
          for joint in ('shoulder', 'hip') for side in ('left', 'right')]


def match(pixels: np.ndarray, true_pixels: np.ndarray, gate: float = GATE) -> dict[int, int]:
    """
    Assign bodies to true persons.

    Parameters
    ----------
    pixels : (N, L, 2)
        Keypoints of the bodies, px; NaN unknown.
    true_pixels : (P, L, 2)
        Projected joints of the true persons, px; NaN unknown.
    gate : float
        Greatest mean distance of a pair in parts of the diagonal of the true person's box.

    Returns
    -------
    dict
        Person -> body.

    """
    distances = np.linalg.norm(true_pixels[:, None] - pixels[None], axis=-1)  # (P, N, L)
    costs = mean_of_known(distances, axis=-1) / _diagonals(true_pixels)[:, None]
    allowed = costs <= gate  # False where NaN
    # a forbidden pair costs more than all allowed ones together
    costs = np.where(allowed, costs, gate * (len(costs) + 1))
    return {int(p): int(n) for p, n in zip(*linear_sum_assignment(costs)) if allowed[p, n]}


def _diagonals(pixels: np.ndarray) -> np.ndarray:
    """Return the diagonals (P,) of the boxes around points (P, L, 2), NaN without points."""
    known = np.isfinite(pixels)
    low = np.where(known, pixels, np.inf).min(1)
    high = np.where(known, pixels, -np.inf).max(1)
    size = np.linalg.norm(np.where(high > low, high - low, 0), axis=-1)
    return np.where(size > 0, size, np.nan)


def _in_picture(pixels: np.ndarray, camera: PinholeCamera) -> np.ndarray:
    u, v = pixels[..., 0], pixels[..., 1]
    # pixel centres lie at whole numbers
    return (u >= -0.5) & (u <= camera.width - 0.5) & (v >= -0.5) & (v <= camera.height - 0.5)


def _compared(people: People, recording: Recording) -> tuple[np.ndarray, np.ndarray]:
    """Return the joints compared (N, 13, 3) and their covariance."""
    joints = select(people.joints, recording.joint_names, COMPARED)
    middle = joints[:, [COMPARED.index(hip) for hip in MIDDLES['pelvis']]].mean(1)
    joints[:, 0] = np.where(np.isnan(joints[:, 0]), middle, joints[:, 0])
    return joints, select(people.covariance, recording.joint_names, COMPARED)


def _entry(values: np.ndarray, body: int | None) -> np.ndarray:
    return np.full(values.shape[1:], np.nan) if body is None else values[body]


def _no_rows(predictions: Recording, truth: Recording, common: int) -> str:
    if common:
        return 'no true person lies in the picture: is it the camera that took this clip?'
    return (
        f'predictions and truth have no frame in common: frames {min(predictions.frames)} to'
        f' {max(predictions.frames)} against {min(truth.frames)} to {max(truth.frames)}'
    )

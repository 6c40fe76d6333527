# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The report of an evaluation: one dictionary, fit for JSON, and the table that people read.

MPJPE of a person in a frame is the mean over the 12 limb joints known on both sides, root-relative
to the pelvis; mean and median are over the persons and frames in which a body was found. PCK
counts the true limb joints inside the picture of every frame: one that was not found is wrong.
Errors of joints in the camera frame are over the pelvis and the limb joints, one by one. None:
there was nothing to measure.
"""
import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.skeleton import LIMB_JOINTS
from pose3d_ros.evaluation import accuracy
from pose3d_ros.evaluation.coverage import coverage_of
from pose3d_ros.evaluation.foresight import foresight_of
from pose3d_ros.evaluation.pairs import pair
from pose3d_ros.evaluation.recording import Recording, select
from pose3d_ros.evaluation.summaries import plain
from pose3d_ros.evaluation.tracking import tracking_of

#: Projected joints and keypoints of one body differ by no more than this part of the picture's
#: diagonal, in the median: else the joints come from another camera.
REPROJECTION = 0.1


def evaluate(predictions: Recording, truth: Recording, camera: PinholeCamera) -> dict:
    """
    Compare predictions with the truth.

    Parameters
    ----------
    predictions, truth : Recording
        Joints in the camera optical frame; only frames that both have are compared.
    camera : PinholeCamera
        The camera that took the clip, at the size of the predictions' pixels.

    Returns
    -------
    dict
        What to print and to write, see the module. Raises ValueError where the files do not
        belong together.

    """
    _check_names(predictions, truth)
    _check_camera(predictions, camera)
    pairs = pair(predictions, truth, camera)
    bodies = sum(len(people) for people in predictions.frames.values())
    if bodies and not pairs.found.any():
        raise ValueError(
            f'none of the {bodies} predicted bodies lies on a true person: do camera, truth and'
            ' predictions belong to the same clip?'
        )
    return plain({
        'frames': len(pairs.extra),
        'frames_of_truth': len(truth.frames),
        **tracking_of(pairs, truth.everybody),
        **accuracy.shape_errors(pairs),
        **accuracy.place_errors(pairs),
        **accuracy.motion_errors(pairs, predictions.stamps),
        'pck': accuracy.keypoint_shares(pairs, bool(predictions.keypoint_names), camera),
        'root': accuracy.root_errors(pairs),
        'covariance': coverage_of(
            pairs.joints, pairs.true_joints, pairs.covariance, pairs.source, pairs.visible),
        'foresight': foresight_of(predictions, truth, pairs),
    })


def _check_names(predictions: Recording, truth: Recording):
    for what, recording in (('predictions', predictions), ('truth', truth)):
        bodies = any(len(people) for people in recording.frames.values())
        if bodies and not set(recording.joint_names) & set(LIMB_JOINTS):
            raise ValueError(
                f'the {what} hold none of the joints that are compared: expected'
                f' {", ".join(LIMB_JOINTS)}; given {", ".join(recording.joint_names) or "none"}'
            )


def _check_camera(predictions: Recording, camera: PinholeCamera):
    gaps = [np.zeros(0)]
    for people in predictions.frames.values():
        keypoints = select(people.keypoints, predictions.keypoint_names, LIMB_JOINTS)
        joints = select(people.projected(camera), predictions.joint_names, LIMB_JOINTS)
        gaps.append(np.linalg.norm(keypoints - joints, axis=-1).ravel())
    gap = np.concatenate(gaps)
    gap = gap[np.isfinite(gap)]
    if gap.size and np.median(gap) > REPROJECTION * np.hypot(camera.width, camera.height):
        raise ValueError(
            'the predictions were not made with this camera: joints projected with it lie'
            f' {np.median(gap):.0f} px from their keypoints, in the median'
        )

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The report of an evaluation: one dictionary, fit for JSON, and the table that people read.

MPJPE of a person in a frame is the mean over the 12 limb joints known on both sides, root-relative
to the pelvis; mean and median are over the persons and frames in which a body was found. PCK
counts the true limb joints inside the picture of every frame: one that was not found is wrong.
None: there was nothing to measure.
"""
import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.skeleton import LIMB_JOINTS
from pose3d_ros.evaluation import metrics
from pose3d_ros.evaluation.matching import COMPARED, pair, Pairs
from pose3d_ros.evaluation.recording import Recording, select

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
    return _plain({
        **_finding(pairs, truth),
        **_shape(pairs),
        **_motion(pairs, predictions.stamps),
        'pck': _pck(pairs, bool(predictions.keypoint_names)),
        'root': _root(pairs),
        'covariance': _covariance(pairs),
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


def _finding(pairs: Pairs, truth: Recording) -> dict:
    """Return what was found and what was mixed up."""
    persons = {}
    for person in np.unique(pairs.persons):
        mine = pairs.persons == person
        ids = pairs.bodies[mine & pairs.found]
        persons[str(person)] = {
            'frames': mine.sum(),
            'detection_rate': pairs.found[mine].mean(),
            'ids': list(dict.fromkeys(ids.tolist())),
            'id_switches': np.sum(ids[1:] != ids[:-1]),
        }
    return {
        'frames': len(pairs.extra),
        'frames_of_truth': len(truth.frames),
        'detection_rate': pairs.found.mean(),
        'id_switches': sum(person['id_switches'] for person in persons.values()),
        'extra_bodies': pairs.extra.sum(),
        'frames_with_extra_bodies': np.sum(pairs.extra > 0),
        'persons': persons,
    }


def _shape(pairs: Pairs) -> dict:
    """Return the errors of the root-relative joints, mm."""
    joints, true = pairs.joints[pairs.found], pairs.true_joints[pairs.found]
    predicted = metrics.root_relative(joints[:, 1:], joints[:, 0])
    expected = metrics.root_relative(true[:, 1:], true[:, 0])
    errors = 1000 * metrics.joint_errors(predicted, expected)
    scaled = metrics.joint_errors(metrics.scale_aligned(predicted, expected), expected)
    aligned = metrics.joint_errors(metrics.similarity_aligned(predicted, expected), expected)
    judged = np.isfinite(expected).all(-1)
    return {
        'mpjpe_mm': _summary(metrics.mean_of_known(errors, axis=1)),
        'pa_mpjpe_mm': _summary(1000 * metrics.mean_of_known(aligned, axis=1)),
        'n_mpjpe_mm': _summary(1000 * metrics.mean_of_known(scaled, axis=1)),
        'mpjpe_by_joint_mm': _by_joint(metrics.mean_of_known(errors, axis=0)),
        'unknown_joints': metrics.mean_of_known(
            np.where(judged, np.isnan(errors), np.nan)),
    }


def _motion(pairs: Pairs, stamps: dict[int, float]) -> dict:
    """Return the errors of velocity and what jitters, between frames that show the same body."""
    velocity, jitter = [np.zeros(0)], [np.zeros(0)]
    for body in sorted(set(pairs.bodies[pairs.found])):
        rows = np.flatnonzero(pairs.bodies == body)
        for run in np.split(rows, np.flatnonzero(np.diff(pairs.frames[rows]) != 1) + 1):
            joints, true = pairs.joints[run], pairs.true_joints[run]
            seconds = np.diff([stamps[frame] for frame in pairs.frames[run].tolist()])
            errors = metrics.motion_errors(
                metrics.root_relative(joints[:, 1:], joints[:, 0]),
                metrics.root_relative(true[:, 1:], true[:, 0]),
                np.where(seconds > 0, seconds, np.nan))
            for known, values in zip((velocity, jitter), errors):
                known.append(1000 * metrics.mean_of_known(values, axis=1))
    return {'mpjve_mm_s': _summary(np.concatenate(velocity)),
            'jitter_mm': _summary(np.concatenate(jitter))}


def _pck(pairs: Pairs, stated: bool) -> dict:
    """Return the part of correct keypoints; None where the predictions state no keypoints."""
    torso = metrics.torso_lengths(pairs.true_torsos[:, :2], pairs.true_torsos[:, 2:])
    correct = metrics.correct_keypoints(pairs.keypoints, pairs.true_keypoints, torso)
    correct = np.where(stated, correct, np.nan)
    return {
        'threshold': f'{metrics.PCK_TORSO} of the torso: middle of the true shoulders to middle of'
                     ' the true hips, in the image',
        'mean': metrics.mean_of_known(correct),
        'by_joint': _by_joint(metrics.mean_of_known(correct, axis=0)),
    }


def _root(pairs: Pairs) -> dict:
    """Return the error of the pelvis along the line of sight and across it."""
    true = pairs.true_joints[pairs.found][:, 0]
    along, across = metrics.ray_errors(pairs.joints[pairs.found][:, 0], true)
    distance = np.linalg.norm(true, axis=-1)
    return {
        'distance_m': metrics.mean_of_known(distance),
        'along_m': _summary(np.abs(along)),
        'along_bias_m': metrics.mean_of_known(along),
        'along_percent': _summary(100 * np.abs(along) / distance),
        'across_m': _summary(across),
        'across_percent': _summary(100 * across / distance),
    }


def _covariance(pairs: Pairs) -> dict:
    """Return how often the truth lies within the ellipsoids that the predictions state."""
    found = pairs.found
    deviations = metrics.squared_deviations(
        pairs.joints[found], pairs.true_joints[found], pairs.covariance[found])
    return {
        'joints': ', '.join(COMPARED),
        'stated': _judged(deviations, pairs.joints[found], pairs.true_joints[found]),
        'coverage_50': metrics.coverage(deviations, 0.50),
        'coverage_95': metrics.coverage(deviations, 0.95),
    }


def _judged(deviations: np.ndarray, joints: np.ndarray, true: np.ndarray) -> float:
    """Return the part of the known joints whose covariance can be judged."""
    known = np.isfinite(joints + true).all(-1)
    return metrics.mean_of_known(np.where(known, np.isfinite(deviations), np.nan))


def _summary(values: np.ndarray) -> dict:
    known = values[np.isfinite(values)]
    return {'mean': metrics.mean_of_known(values),
            'median': np.median(known) if known.size else np.nan}


def _by_joint(values: np.ndarray) -> dict:
    return dict(zip(LIMB_JOINTS, values.tolist()))


def _plain(value):
    """Return the value for JSON: plain numbers of six digits, None for NaN."""
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    if isinstance(value, (str, list)):
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    return float(f'{float(value):.6g}') if np.isfinite(value) else None

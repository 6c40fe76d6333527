# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How far predicted bodies are from true ones: shape, place, motion, keypoints."""
import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.records import Source
from pose3d_ros.core.skeleton import LIMB_JOINTS
from pose3d_ros.evaluation import metrics
from pose3d_ros.evaluation.pairs import Pairs
from pose3d_ros.evaluation.summaries import summary


def shape_errors(pairs: Pairs) -> dict:
    """Return the errors of the root-relative joints, mm."""
    joints, true = pairs.joints[pairs.found], pairs.true_joints[pairs.found]
    predicted = metrics.root_relative(joints[:, 1:], joints[:, 0])
    expected = metrics.root_relative(true[:, 1:], true[:, 0])
    errors = 1000 * metrics.joint_errors(predicted, expected)
    scaled = metrics.joint_errors(metrics.scale_aligned(predicted, expected), expected)
    aligned = metrics.joint_errors(metrics.similarity_aligned(predicted, expected), expected)
    judged = np.isfinite(expected).all(-1)
    return {
        'mpjpe_mm': summary(metrics.mean_of_known(errors, axis=1)),
        'pa_mpjpe_mm': summary(1000 * metrics.mean_of_known(aligned, axis=1)),
        'n_mpjpe_mm': summary(1000 * metrics.mean_of_known(scaled, axis=1)),
        'mpjpe_by_joint_mm': _by_joint(metrics.mean_of_known(errors, axis=0)),
        'unknown_joints': metrics.mean_of_known(
            np.where(judged, np.isnan(errors), np.nan)),
    }


def place_errors(pairs: Pairs) -> dict:
    """Return the errors of joints in the camera frame, mm: all, by visibility, by source."""
    errors = 1000 * metrics.joint_errors(pairs.joints, pairs.true_joints)
    parts = {'visible': pairs.visible == 1, 'hidden': pairs.visible == 0} | {
        source.name.lower(): pairs.source == source
        for source in (Source.MEASURED, Source.LIFTED, Source.PREDICTED)}
    return {'joint_error_mm': summary(errors)} | {
        f'{name}_joint_error_mm': summary(errors[part]) for name, part in parts.items()}


def root_errors(pairs: Pairs) -> dict:
    """Return the error of the pelvis along the line of sight and across it."""
    true = pairs.true_joints[pairs.found][:, 0]
    along, across = metrics.ray_errors(pairs.joints[pairs.found][:, 0], true)
    distance = np.linalg.norm(true, axis=-1)
    return {
        'distance_m': metrics.mean_of_known(distance),
        'along_m': summary(np.abs(along)),
        'along_bias_m': metrics.mean_of_known(along),
        'along_percent': summary(100 * np.abs(along) / distance),
        'across_m': summary(across),
        'across_percent': summary(100 * across / distance),
    }


def motion_errors(pairs: Pairs, stamps: dict[int, float]) -> dict:
    """Return the errors of velocity, and jitter, between frames that show the same body."""
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
    return {'mpjve_mm_s': summary(np.concatenate(velocity)),
            'jitter_mm': summary(np.concatenate(jitter))}


def keypoint_shares(pairs: Pairs, stated: bool, camera: PinholeCamera) -> dict:
    """Return the part of correct keypoints; of projected joints where none are stated."""
    torso = metrics.torso_lengths(pairs.true_torsos[:, :2], pairs.true_torsos[:, 2:])
    found = pairs.keypoints if stated else camera.project(pairs.joints[:, 1:])
    correct = metrics.correct_keypoints(found, pairs.true_keypoints, torso)
    return {
        'of': 'keypoints' if stated else 'projected joints',
        'threshold': f'{metrics.PCK_TORSO} of the torso: middle of the true shoulders to middle of'
                     ' the true hips, in the image',
        'mean': metrics.mean_of_known(correct),
        'fully_visible': metrics.mean_of_known(correct[pairs.whole == 1]),
        'by_joint': _by_joint(metrics.mean_of_known(correct, axis=0)),
    }


def _by_joint(values: np.ndarray) -> dict:
    return dict(zip(LIMB_JOINTS, values.tolist()))

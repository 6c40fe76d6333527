# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Measures of accuracy, in numpy alone. R rows: one person in one frame each; L joints.

Every measure leaves out what is unknown (NaN) on either side and gives NaN where nothing is left;
how much was left out is reported beside it.
"""
import numpy as np

#: Quantiles of the chi-square distribution with 3 degrees of freedom: share -> squared distance.
CHI2_3 = {0.50: 2.365974, 0.95: 7.814728}
#: A keypoint is correct within this part of the torso's length in the image.
PCK_TORSO = 0.2


def root_relative(joints: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Return joints (R, L, 3) as seen from the root joints (R, 3)."""
    return joints - root[:, None]


def joint_errors(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return the distances (R, L) between predicted and true joints (R, L, 3), same unit."""
    return np.linalg.norm(predicted - true, axis=-1)


def scale_aligned(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """
    Return the prediction in the size that fits the truth best (Rhodin et al., CVPR 2018).

    Parameters
    ----------
    predicted, true : (R, L, 3)
        Root-relative joints; NaN unknown.

    Returns
    -------
    (R, L, 3)
        The prediction times s = <predicted, true> / <predicted, predicted>: N-MPJPE is its error.

    """
    known = _known(predicted, true)
    dot = np.sum(predicted * true, axis=(1, 2), where=known)
    square = np.sum(predicted * predicted, axis=(1, 2), where=known)
    return predicted * _ratio(dot, square)[:, None, None]


def similarity_aligned(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """
    Return the prediction moved, turned and scaled onto the truth (Procrustes; Umeyama 1991).

    Parameters
    ----------
    predicted, true : (R, L, 3)
        Joints in any frames; NaN unknown. Three joints must be known on both sides.

    Returns
    -------
    (R, L, 3)
        The aligned prediction: PA-MPJPE is its error. Mirror images are not aligned.

    """
    known = _known(predicted, true)
    enough = known[..., 0].sum(-1) >= 3
    predicted_middle, true_middle = _middle(predicted, known), _middle(true, known)
    source = np.where(known, predicted - predicted_middle, 0)
    target = np.where(known, true - true_middle, 0)
    u, stretch, vt = np.linalg.svd(source.transpose(0, 2, 1) @ target)
    # a rotation and no reflection: the weakest axis turns over where needed
    sign = np.ones_like(stretch)
    sign[:, 2] = np.sign(np.linalg.det(u @ vt))
    rotation = (u * sign[:, None]) @ vt
    scale = _ratio((stretch * sign).sum(-1), (source**2).sum((1, 2)))[:, None, None]
    aligned = scale * (predicted - predicted_middle) @ rotation + true_middle
    return np.where(enough[:, None, None], aligned, np.nan)


def torso_lengths(shoulders: np.ndarray, hips: np.ndarray) -> np.ndarray:
    """Return the distance (R,) of the shoulders' (R, 2, 2) and the hips' middle, px."""
    return np.linalg.norm(shoulders.mean(1) - hips.mean(1), axis=-1)


def correct_keypoints(
    predicted: np.ndarray, true: np.ndarray, torso: np.ndarray, part: float = PCK_TORSO
) -> np.ndarray:
    """
    Tell which keypoints are correct (PCK: Yang and Ramanan, PAMI 2013).

    Parameters
    ----------
    predicted, true : (R, L, 2)
        Image points, px; NaN unknown.
    torso : (R,)
        Length of the true torso in the image, px.
    part : float
        A keypoint is correct within this part of the torso's length.

    Returns
    -------
    (R, L)
        1 correct, 0 wrong or not found, NaN where the truth is unknown.

    """
    near = np.linalg.norm(predicted - true, axis=-1) <= part * torso[:, None]
    judged = np.isfinite(true).all(-1) & np.isfinite(torso)[:, None]
    return np.where(judged, near, np.nan)


def ray_errors(predicted: np.ndarray, true: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Split errors of position by the line of sight to the truth.

    Parameters
    ----------
    predicted, true : (R, 3)
        Points in the camera optical frame, m.

    Returns
    -------
    along, across : (R,)
        m; along is signed, positive where the prediction is too far away.

    """
    ray = true / np.linalg.norm(true, axis=-1, keepdims=True)
    error = predicted - true
    along = np.sum(error * ray, axis=-1)
    return along, np.linalg.norm(error - along[:, None] * ray, axis=-1)


def motion_errors(predicted: np.ndarray, true: np.ndarray, seconds: np.ndarray) -> tuple:
    """
    Return how wrong motion is: velocity (MPJVE, Pavllo et al., CVPR 2019) and acceleration.

    Parameters
    ----------
    predicted, true : (F, L, 3)
        Root-relative joints of one person in consecutive frames; NaN unknown.
    seconds : (F - 1,)
        From each frame to the next.

    Returns
    -------
    (F - 1, L), (F - 2, L)
        Errors of velocity, unit / s, and of the change from one step to the next, unit: what shows
        as jitter.

    """
    step = np.diff(predicted - true, axis=0)
    return (np.linalg.norm(step, axis=-1) / np.reshape(seconds, (-1, 1)),
            np.linalg.norm(np.diff(step, axis=0), axis=-1))


def squared_deviations(
    predicted: np.ndarray, true: np.ndarray, covariance: np.ndarray
) -> np.ndarray:
    """
    Return the squared Mahalanobis distances (R, L) of the truth from the prediction.

    Parameters
    ----------
    predicted, true : (R, L, 3)
        Joints in the camera optical frame, m; NaN unknown.
    covariance : (R, L, 3, 3)
        What the prediction says of its error, m^2; NaN unknown.

    Returns
    -------
    (R, L)
        Of an honest covariance they follow the chi-square distribution with 3 degrees of freedom.
        NaN where a value is unknown or the covariance is not positive definite.

    """
    result = np.full(predicted.shape[:2], np.nan)
    error = true - predicted
    known = np.isfinite(error).all(-1) & np.isfinite(covariance).all((-1, -2))
    known[known] = np.linalg.eigvalsh(covariance[known])[:, 0] > 0
    solved = np.linalg.solve(covariance[known], error[known][..., None])[..., 0]
    result[known] = np.sum(error[known] * solved, axis=-1)
    return result


def coverage(deviations: np.ndarray, share: float) -> float:
    """Return the part of the known squared deviations within the ellipsoid of a share."""
    known = deviations[np.isfinite(deviations)]
    return float(np.mean(known <= CHI2_3[share])) if known.size else np.nan


def mean_of_known(values: np.ndarray, axis: int | None = None) -> np.ndarray:
    """Return the mean of what is not NaN; NaN where nothing is."""
    known = np.isfinite(values)
    return _ratio(np.sum(values, axis=axis, where=known), known.sum(axis))


def _known(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return where (R, L, 1) both are known."""
    return np.isfinite(predicted + true).all(-1, keepdims=True)


def _middle(joints: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return the mean (R, 1, 3) of the known joints."""
    total = np.sum(joints, axis=1, keepdims=True, where=known)
    return _ratio(total, known.sum(1, keepdims=True))


def _ratio(dividend, divisor) -> np.ndarray:
    """Return dividend / divisor, NaN for 0 / 0."""
    dividend, divisor = np.broadcast_arrays(np.asarray(dividend, float), divisor)
    return np.divide(dividend, divisor, out=np.full(dividend.shape, np.nan), where=divisor != 0)

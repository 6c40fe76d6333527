# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The Kalman filter of a joint whose measurements have errors that last.

Most of a joint's measurement error lasts: a wrong body height, a depth that lifting always
misjudges. It changes within seconds; only the share JITTER is new in each frame. Lasting errors
are allowed for and not estimated (Schmidt 1966): averaging does not make them smaller, but a joint
whose depth was measured stays near there while its depth is lifted again, and jumps to a measured
depth. Estimating them was tried, too: it lags behind whoever walks on.

Of N bodies with J joints at once: states are (N, J, 6), position (m) and velocity (m/s), and
covariances (N, J, 9, 9), of these and of the lasting error (m) of the joint's measurement.
"""
from math import exp

import numpy as np
from pose3d_ros.core.matrices import AXES, inverse_and_determinant
from pose3d_ros.core.motion import transition

JITTER = 0.02  # share of a measurement's covariance that is new in each frame
LASTING = 3.0  # s, time constant of the rest
POSITION, ERROR = slice(0, 3), slice(6, 9)  # in a covariance; between them is the velocity
START_SPEED = 1.0  # m/s, standard deviation of an unknown velocity
ANYWHERE = 100.0  # m, of an unknown position
UNKNOWN = np.diag(np.repeat([ANYWHERE, START_SPEED, 0.0], 3) ** 2)
_IS_ERROR = np.arange(9) >= 6
_ON_ERROR = np.diag(_IS_ERROR.astype(float))


def moved(
    covariance: np.ndarray, lasting: np.ndarray, kicks: np.ndarray, seconds: float,
) -> np.ndarray:
    """
    Return covariances after some seconds without measurement.

    Parameters
    ----------
    covariance : (N, J, 9, 9)
        Before.
    lasting : (N, J, 3, 3)
        What that of the lasting error tends to, m^2.
    kicks : (N, J)
        Density of the noise, m^2/s^3, see motion.py.
    seconds : float
        How long.

    """
    kept = exp(-seconds / LASTING)
    step, noise = transition(seconds)
    whole = kept * _ON_ERROR
    whole[:6, :6] = _on_each_axis(step)
    # all joints at once from the right, which is quicker
    covariance = ((whole @ covariance).reshape(-1, 9) @ whole.T).reshape(covariance.shape)
    covariance[..., :6, :6] += kicks[..., None, None] * _on_each_axis(noise)
    covariance[..., ERROR, ERROR] += (1 - kept**2) * lasting
    return covariance


def renew(bodies: np.ndarray, lasting: np.ndarray) -> None:
    """Let lasting errors get another covariance: the less alike the two, the less lasts."""
    covariance = bodies['covariance']
    before, after = (c.trace(axis1=-2, axis2=-1) for c in (bodies['lasting'], lasting))
    alike = np.minimum(before, after) / np.maximum(before, after)
    shares = np.where(_IS_ERROR, alike[..., None], 1)
    covariance *= shares[..., None] * shares[..., None, :]
    covariance[..., ERROR, ERROR] += (1 - alike**2 * before / after)[..., None, None] * lasting
    bodies['lasting'] = lasting


def weights(covariance: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Return the inverse covariance of innovations, and their covariance with all else.

    Parameters
    ----------
    covariance : (N, J, 9, 9)
        Expected.
    noise : (N, J, 3, 3)
        Of the measurements, m^2, without what lasts.

    Returns
    -------
    (N, J, 3, 3), (N, J, 9, 3)
        For correct.

    """
    shared = covariance[..., POSITION] + covariance[..., ERROR]
    weight, _ = inverse_and_determinant(
        shared[..., POSITION, :] + shared[..., ERROR, :] + noise)
    return weight, shared


def correct(bodies: np.ndarray, taken: np.ndarray, innovation, weight, shared) -> None:
    """Update the joints (N, J) whose measurement is taken, but not what lasts of their error."""
    gain = shared @ np.where(taken[..., None, None], weight, 0)
    less = gain @ shared.swapaxes(-1, -2)
    less[..., ERROR, ERROR] = 0
    # symmetric to the last bit: what is not grows from frame to frame
    bodies['covariance'] -= (less + less.swapaxes(-1, -2)) / 2
    innovation = np.where(taken[..., None], innovation, 0)[..., None]
    bodies['state'] += (gain[..., :6, :] @ innovation)[..., 0]


def restart(bodies: np.ndarray, lost: np.ndarray) -> None:
    """Forget what was known of some joints (N, J)."""
    bodies['state'][lost, 3:] = 0
    bodies['covariance'][lost] = UNKNOWN
    bodies['covariance'][lost, ERROR, ERROR] = bodies['lasting'][lost]


def _on_each_axis(matrix: np.ndarray) -> np.ndarray:
    """Return (6, 6) for position and velocity of what (2, 2) is for those along an axis."""
    return (matrix[:, None, :, None] * AXES[:, None]).reshape(6, 6)

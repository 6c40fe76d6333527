# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
How people move while nobody looks: the process model of the filters.

A joint's velocity is that of the body plus its own. Both fade (Ornstein-Uhlenbeck processes): the
body's, the mean over the trunk, goes on for about a second, a joint's own for a sixth of that.
What kicks them is white noise whose strength grows with the square of how fast the whole body
moves: who stands still is foreseen within millimetres, a dancer within decimetres, by the same
constants. Fitted to motion capture by `python -m pose3d_ros.training.motion_model`; figures, and
what was left out (acceleration, the velocities of all joints), are in docs/filtering.md.
"""
from math import exp

import numpy as np
from pose3d_ros.core.skeleton import Skeleton

#: Time constants of the body's velocity and of what a joint has besides, s.
BODY_FADING, OWN_FADING = 1.0, 0.15
#: Spectral density of the kicks (any axis), m^2/s^3, for each (m/s)^2 of mean squared speed.
KICKS = {'trunk': 5.0, 'elbow': 10.0, 'knee': 12.0, 'wrist': 16.0, 'ankle': 17.0}
STILL = 0.3  # m/s: nobody is foreseen better than at this speed
#: Half of a velocity is believed that is the fourth root of this, in its standard deviations.
DOUBTED = 0.1
_TRUNK = ('hip', 'shoulder')  # joints whose mean velocity is the body's


class Motion:
    """
    The process model for the joints of a skeleton.

    Parameters
    ----------
    skeleton : Skeleton
        Decides which joints move like which part of the body.

    """

    def __init__(self, skeleton: Skeleton):
        trunk = np.array([part in _TRUNK for part in skeleton.parts], float)
        self._mean = trunk / trunk.sum()  # (J,) share of each joint in the body's velocity
        self._kicks = np.array([KICKS.get(part, KICKS['trunk']) for part in skeleton.parts])

    def moved(self, state: np.ndarray, seconds: float) -> np.ndarray:
        """Return states (N, J, 6), position (m) and velocity (m/s), after some seconds."""
        kept, kept_body = exp(-seconds / OWN_FADING), exp(-seconds / BODY_FADING)
        reach, reach_body = OWN_FADING * (1 - kept), BODY_FADING * (1 - kept_body)
        velocity = state[..., 3:]
        body = (self._mean @ velocity)[:, None]
        moved = np.empty_like(state)
        moved[..., :3] = state[..., :3] + reach * velocity + (reach_body - reach) * body
        moved[..., 3:] = kept * velocity + (kept_body - kept) * body
        return moved

    def kicks(self, speed: np.ndarray) -> np.ndarray:
        """Return the density of the kicks (N, J), m^2/s^3, of bodies of some speed (N,), m/s."""
        return (speed[:, None] ** 2 + STILL**2) * self._kicks


def speed(state: np.ndarray) -> np.ndarray:
    """Return how fast bodies (N, J, 6) move, (N,) m/s: root mean square of their joints."""
    velocity = state[..., 3:]
    return np.sqrt((velocity**2).sum(axis=(1, 2)) / velocity.shape[1])


def believed(state: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """
    Return states with what predictions believe of their velocities.

    People stand or walk: a velocity that is small compared with its own uncertainty is mostly
    noise, which a filter that assumes Gaussian speeds does not know.

    Parameters
    ----------
    state : (N, J, 6)
        Position, m, and velocity, m/s.
    covariance : (N, J, S, S)
        Of the state, and maybe of more.

    """
    velocity = state[..., 3:]
    variance = covariance[..., 3:6, 3:6].trace(axis1=-2, axis2=-1)
    sure = ((velocity**2).sum(-1) / variance) ** 2
    share = sure / (sure + DOUBTED)
    return np.concatenate([state[..., :3], share[..., None] * velocity], axis=-1)


def transition(seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """
    Return what some seconds do to the covariance of position and velocity along one axis.

    Returns
    -------
    (2, 2), (2, 2)
        The transition; the noise for kicks of density 1.

    """
    left = exp(-seconds / OWN_FADING)  # share of the velocity
    reach = OWN_FADING * (1 - left)  # s, displacement per velocity
    both = reach**2 / 2
    place = OWN_FADING**2 * (seconds - reach) - OWN_FADING * both
    speed = OWN_FADING / 2 * (1 - left**2)
    return np.array([[1, reach], [0, left]]), np.array([[place, both], [both, speed]])

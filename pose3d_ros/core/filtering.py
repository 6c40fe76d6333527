# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
One body through time: a Kalman filter per joint for position and velocity.

Motion: the velocity of a joint fades with a time constant and is kicked by white noise (an
Ornstein-Uhlenbeck process), the far joints of limbs sooner and harder than the trunk. Constants
are fitted to motion capture: how much of a displacement after 0.1 to 0.5 s the present velocity
explains, and what it leaves unexplained.

Measurements: most of a joint's error is the same in the next frame (a wrong body height, a depth
that lifting always misjudges). Averaging frames does not reduce that part, so only the share
JITTER of the stated covariance is filtered; the rest is added to the result as it is.
"""
import numpy as np
from pose3d_ros.core.skeleton import Skeleton

#: Time constant of the velocity, s, and spectral density of its kicks, m^2/s^3 (any axis).
MOTION = {
    'trunk': (0.33, 4.0),
    'elbow': (0.17, 12.0), 'knee': (0.17, 12.0),
    'wrist': (0.12, 20.0), 'ankle': (0.12, 20.0),
}
JITTER = 0.1  # share of a measurement's covariance that is new in each frame
GATE = 60.0  # squared standard deviations: quick people, not only wrong measurements, go beyond 25
PATIENCE = 0.05  # s, after which a joint that stays outside its gate is believed
START_SPEED = 1.0  # m/s, standard deviation of an unknown velocity
_POSITION = np.concatenate([np.eye(3), np.zeros((3, 3))], axis=1)  # (3, 6)


class BodyFilter:
    """
    Position, velocity and covariance of the joints of one body.

    Parameters
    ----------
    skeleton : Skeleton
        Decides which joints move like which part of the body.

    """

    def __init__(self, skeleton: Skeleton):
        motion = [MOTION[_part(name)] for name in skeleton.points]
        self._fading, self._kicks = np.array(motion).T  # (J,) s, (J,) m^2/s^3
        count = len(skeleton)
        self._state = np.full((count, 6), np.nan)  # m, m/s
        self._covariance = np.full((count, 6, 6), np.nan)
        self._lasting = np.zeros((count, 3, 3))  # m^2, the part that frames share
        self._inside = np.full(count, -np.inf)  # s, when the joint was last within its gate
        self._stamp = -np.inf

    def update(self, stamp: float, positions: np.ndarray, covariance: np.ndarray) -> None:
        """
        Take the joints of a frame.

        Parameters
        ----------
        stamp : float
            Of the frame, s; not before that of the last one.
        positions : (J, 3)
            Joints, m; NaN unknown.
        covariance : (J, 3, 3)
            Their covariance, m^2.

        """
        self._state, self._covariance = self._moved(stamp - self._stamp)
        self._stamp = stamp
        known = np.isfinite(positions).all(axis=1)
        started = np.isfinite(self._state).all(axis=1)
        fits = np.zeros(len(known), bool)
        both = np.flatnonzero(known & started)
        fits[both] = self._correct(both, positions[both], JITTER * covariance[both])
        self._inside[fits] = stamp
        lost = known & ~fits & (stamp - self._inside > PATIENCE)
        self._start(lost, positions, covariance)
        self._inside[lost] = stamp
        share = known[:, None, None]
        self._lasting = np.where(share, (1 - JITTER) * covariance, self._lasting)

    def predict(self, stamp: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """
        Return the joints at a stamp, not before that of the last update.

        Returns
        -------
        (J, 3), (J, 3), (J, 3, 3)
            Positions (m), velocities (m/s), covariance of the positions (m^2); NaN unknown.

        """
        state, covariance = self._moved(stamp - self._stamp)
        return state[:, :3], state[:, 3:], covariance[:, :3, :3] + self._lasting

    def _moved(self, seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """Return state and covariance after some seconds without measurement."""
        if not np.isfinite(seconds):  # before the first update
            return self._state, self._covariance
        step, noise = _transition(seconds, self._fading, self._kicks)
        state = (step @ self._state[..., None])[..., 0]
        return state, step @ self._covariance @ step.swapaxes(1, 2) + noise

    def _correct(self, joints, positions, noise) -> np.ndarray:
        """Update some joints; return which of them were within their gate."""
        state, covariance = self._state[joints], self._covariance[joints]
        innovation = positions - state[:, :3]
        inverse = np.linalg.inv(covariance[:, :3, :3] + noise)
        distance = (innovation[:, None] @ inverse @ innovation[..., None])[:, 0, 0]
        fits = distance < GATE
        gain = covariance[:, :, :3] @ inverse
        state = state + (gain @ innovation[..., None])[..., 0]
        keep = np.eye(6) - gain @ _POSITION
        # Joseph's form stays symmetric and positive
        covariance = keep @ covariance @ keep.swapaxes(1, 2) + gain @ noise @ gain.swapaxes(1, 2)
        self._state[joints[fits]], self._covariance[joints[fits]] = state[fits], covariance[fits]
        return fits

    def _start(self, joints, positions, covariance) -> None:
        """Begin anew with what was measured, at rest."""
        self._state[joints, :3], self._state[joints, 3:] = positions[joints], 0.0
        self._covariance[joints] = 0.0
        self._covariance[joints, :3, :3] = JITTER * covariance[joints]
        self._covariance[joints, 3:, 3:] = START_SPEED**2 * np.eye(3)


def _part(joint: str) -> str:
    """Return the entry of MOTION for a joint."""
    part = joint.rpartition('_')[2]
    return part if part in MOTION else 'trunk'


def _transition(seconds: float, fading, kicks) -> tuple[np.ndarray, np.ndarray]:
    """Return the transition (J, 6, 6) and noise (J, 6, 6) of an Ornstein-Uhlenbeck velocity."""
    left = np.exp(-seconds / fading)  # share of the velocity
    reach = fading * (1 - left)  # s, displacement per velocity
    speed = kicks * fading / 2 * (1 - left**2)
    both = kicks * reach**2 / 2
    place = kicks * fading**2 * (seconds - reach - reach**2 / (2 * fading))
    ones = np.ones_like(left)
    return _blocks(ones, reach, 0 * ones, left), _blocks(place, both, both, speed)


def _blocks(a, b, c, d) -> np.ndarray:
    """Return [[a I, b I], [c I, d I]] (J, 6, 6) of four (J,) arrays."""
    pairs = np.stack([np.stack([a, b], -1), np.stack([c, d], -1)], -2)  # (J, 2, 2)
    return np.kron(pairs, np.eye(3))

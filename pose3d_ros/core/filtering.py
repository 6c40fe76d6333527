# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Bodies through time: a Kalman filter per joint for position and velocity, of all bodies at once.

Motion: the velocity of a joint fades with a time constant and is kicked by white noise (an
Ornstein-Uhlenbeck process), the far joints of limbs sooner and harder than the trunk. Constants
are fitted to motion capture: how much of a displacement after 0.1 to 0.5 s the present velocity
explains, and what it leaves unexplained.

Measurements: most of a joint's error is the same in the next frame (a wrong body height, a depth
that lifting always misjudges). Averaging frames does not reduce that part, so only the share
JITTER of the stated covariance is filtered; the rest is added to the result as it is.
"""
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core.records import Joints
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


@dataclass(frozen=True)
class Estimate:
    """Where the joints of N bodies are at one time, and where they go."""

    ids: tuple[str, ...]
    positions: np.ndarray  # (N, J, 3) m, NaN unknown
    velocity: np.ndarray  # (N, J, 3) m/s, NaN unknown
    covariance: np.ndarray  # (N, J, 3, 3) m^2, of the positions; NaN unknown
    changing: np.ndarray  # (N, J, 3, 3) m^2, the part of it that does not last from frame to frame


class Filters:
    """
    Position, velocity and covariance of the joints of all bodies.

    A frame is: keep the bodies that go on, advance to its stamp, update with what was found.

    Parameters
    ----------
    skeleton : Skeleton
        Decides which joints move like which part of the body.

    """

    def __init__(self, skeleton: Skeleton):
        motion = [MOTION[_part(name)] for name in skeleton.points]
        self._fading, self._kicks = np.array(motion).T  # (J,) s, (J,) m^2/s^3
        count = len(skeleton)
        self._blank = np.zeros(1, [
            ('state', float, (count, 6)),  # m, m/s
            ('covariance', float, (count, 6, 6)),
            ('lasting', float, (count, 3, 3)),  # m^2, the part that frames share
            ('inside', float, count),  # s, when the joint was last within its gate
        ])
        for field, value in (('state', np.nan), ('covariance', np.nan), ('inside', -np.inf)):
            self._blank[field] = value
        self._bodies = self._blank[:0]
        self._stamp = np.nan
        self.ids: tuple[str, ...] = ()

    def keep(self, ids: Collection[str]) -> None:
        """Forget all bodies but these."""
        rows = [row for row, name in enumerate(self.ids) if name in ids]
        if len(rows) < len(self.ids):
            self.ids, self._bodies = tuple(self.ids[row] for row in rows), self._bodies[rows]

    def advance(self, stamp: float) -> None:
        """Move all bodies on to a stamp, s; raise ValueError where time would run backwards."""
        if self.ids:
            if not stamp >= self._stamp:
                raise ValueError(f'expected a stamp from {self._stamp} s on, {stamp} given: bodies'
                                 ' of another time must be forgotten first')
            moved = self._moved(stamp - self._stamp)
            self._bodies['state'], self._bodies['covariance'] = moved
        self._stamp = stamp

    def update(self, ids: Sequence[str], joints: Joints) -> None:
        """
        Take the joints that were found at the stamp of advance; who is new begins.

        Parameters
        ----------
        ids : N str
            Whose joints, each body once.
        joints : Joints
            Of these N; NaN unknown.

        """
        rows = self._rows_of(ids)
        bodies = self._bodies[rows]
        known = np.isfinite(joints.positions).all(axis=-1)
        fits = known & np.isfinite(bodies['state']).all(axis=-1)
        noise = JITTER * joints.covariance
        fits[fits] = _correct(bodies, fits, joints.positions[fits], noise[fits])
        lost = known & ~fits & (self._stamp - bodies['inside'] > PATIENCE)
        _start(bodies, lost, joints.positions[lost], noise[lost])
        bodies['inside'][fits | lost] = self._stamp
        bodies['lasting'][known] = (1 - JITTER) * joints.covariance[known]
        self._bodies[rows] = bodies

    def estimate(self, ahead: float = 0.0) -> Estimate:
        """Return all bodies so many seconds after the stamp of advance."""
        # a copy: what was returned must not change with the next frame
        state, covariance = self._bodies['state'].copy(), self._bodies['covariance']
        if ahead:
            state, covariance = self._moved(ahead)
        changing = covariance[..., :3, :3].copy()
        return Estimate(self.ids, state[..., :3], state[..., 3:],
                        changing + self._bodies['lasting'], changing)

    def _rows_of(self, ids: Sequence[str]) -> list[int]:
        """Return where bodies are kept, which for new ones is at the end."""
        new = tuple(name for name in ids if name not in self.ids)
        if new:
            self.ids += new
            self._bodies = np.concatenate([self._bodies, np.repeat(self._blank, len(new))])
        return [self.ids.index(name) for name in ids]

    def _moved(self, seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """Return state and covariance after some seconds without measurement."""
        step, noise = _transition(seconds, self._fading, self._kicks)
        state = (step @ self._bodies['state'][..., None])[..., 0]
        return state, step @ self._bodies['covariance'] @ step.swapaxes(1, 2) + noise


def _correct(bodies, where, positions, noise) -> np.ndarray:
    """Update joints (M of N, J) with positions (M, 3); return which were within their gate."""
    state, covariance = bodies['state'][where], bodies['covariance'][where]
    innovation = positions - state[:, :3]
    inverse = np.linalg.inv(covariance[:, :3, :3] + noise)
    distance = (innovation[:, None] @ inverse @ innovation[..., None])[:, 0, 0]
    fits = distance < GATE
    gain = covariance[:, :, :3] @ inverse
    keep = np.eye(6) - gain @ _POSITION
    # Joseph's form stays symmetric and positive
    corrected = keep @ covariance @ keep.swapaxes(1, 2) + gain @ noise @ gain.swapaxes(1, 2)
    bodies['state'][where] = np.where(
        fits[:, None], state + (gain @ innovation[..., None])[..., 0], state)
    bodies['covariance'][where] = np.where(fits[:, None, None], corrected, covariance)
    return fits


def _start(bodies, where, positions, noise) -> None:
    """Begin joints anew with what was measured, at rest."""
    bodies['state'][where] = np.concatenate([positions, np.zeros_like(positions)], axis=-1)
    covariance = np.zeros((len(positions), 6, 6))
    covariance[:, :3, :3] = noise
    covariance[:, 3:, 3:] = START_SPEED**2 * np.eye(3)
    bodies['covariance'][where] = covariance


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

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Bodies through time: a Kalman filter per joint, of all bodies at once.

Most of a joint's measurement error lasts: a wrong body height, a depth that lifting always
misjudges. It changes within seconds; only the share JITTER is new in each frame. Lasting errors
are allowed for and not estimated (Schmidt 1966): averaging does not make them smaller, but a joint
whose depth was measured stays near there while its depth is lifted again, and jumps to a measured
depth. Estimating them was tried, too: it lags behind whoever walks on.

How joints move is in motion.py, exchanged sides in sides.py.
"""
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from pose3d_ros.core.matrices import AXES, inverse_and_determinant, squared_lengths
from pose3d_ros.core.motion import believed, Motion, transition
from pose3d_ros.core.records import Joints
from pose3d_ros.core.sides import Sides
from pose3d_ros.core.skeleton import Skeleton

JITTER = 0.02  # share of a measurement's covariance that is new in each frame
LASTING = 3.0  # s, time constant of the rest
LEAST = 1e-4  # m, standard deviation of the best measurement
GATE = 60.0  # squared standard deviations: quick people, not only wrong measurements, go beyond 25
QUICKEST = 150.0  # m/s^2: what a boxer's fist could do is within the gate, too
PATIENCE = 0.05  # s, after which a joint that stays outside its gate is believed ...
EXCHANGE = 0.3  # s, ... and after which sides that stay exchanged are
START_SPEED = 1.0  # m/s, standard deviation of an unknown velocity
ANYWHERE = 100.0  # m, of an unknown position
_P, _B = slice(0, 3), slice(6, 9)  # of the covariance; between them is the velocity
_IS_LASTING = np.arange(9) >= 6
_ON_LASTING = np.diag(_IS_LASTING.astype(float))


@dataclass(frozen=True)
class Estimate:
    """Where the joints of N bodies are at one time, and where they go."""

    ids: tuple[str, ...]
    known: np.ndarray  # (N, J) bool
    positions: np.ndarray  # (N, J, 3) m, NaN unknown
    velocity: np.ndarray  # (N, J, 3) m/s, NaN unknown
    covariance: np.ndarray  # (N, J, 3, 3) m^2, of the positions; NaN unknown
    whole: np.ndarray  # (N, J, 9, 9) covariance of position, velocity, and measurements' errors

    @property
    def changing(self) -> np.ndarray:
        """Return the covariance (N, J, 3, 3), m^2, of what should be measured, but for jitter."""
        both = self.whole[..., _P, _B]
        return self.whole[..., _P, _P] + both + both.swapaxes(-1, -2) + self.whole[..., _B, _B]


class Filters:
    """
    Position, velocity and covariance of the joints of all bodies.

    A frame is: keep the bodies that go on, advance to its stamp, update with what was found.

    Parameters
    ----------
    skeleton : Skeleton
        Of the joints.
    patience : float
        Seconds after which a joint that was not measured is unknown.

    """

    def __init__(self, skeleton: Skeleton, patience: float = np.inf):
        self._patience = patience
        self._motion, self._sides = Motion(skeleton), Sides(skeleton)
        count = len(skeleton)
        self._blank = np.zeros(1, [
            ('state', float, (count, 6)),  # m, m/s
            ('covariance', float, (count, 9, 9)),  # of the state and the lasting error
            ('lasting', float, (count, 3, 3)),  # m^2, of measurements: what the latter tends to
            ('known', bool, count),
            ('inside', float, count),  # s, when the joint was last within its gate
            ('speed', float),  # m/s, root mean square of the joints'
        ])
        spread = np.repeat([ANYWHERE, START_SPEED, 0.0], 3)
        self._blank['covariance'], self._blank['inside'] = np.diag(spread**2), -np.inf
        self._blank['lasting'] = LEAST**2 * AXES
        self._bodies = self._blank[:0]
        self._stamp = np.nan
        self.ids: tuple[str, ...] = ()

    def keep(self, ids: Collection[str]) -> None:
        """Forget all bodies but these, and put them in their order."""
        rows = [self.ids.index(name) for name in ids if name in self.ids]
        if rows != list(range(len(self.ids))):
            self.ids, self._bodies = tuple(self.ids[row] for row in rows), self._bodies[rows]

    def advance(self, stamp: float) -> None:
        """Move all bodies on to a stamp, s; raise ValueError where time would run backwards."""
        if self.ids:
            if not stamp >= self._stamp:
                raise ValueError(f'expected a stamp from {self._stamp} s on, {stamp} given: bodies'
                                 ' of another time must be forgotten first')
            moved = self._moved(self._bodies['state'], stamp - self._stamp)
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
        measured = joints.covariance + LEAST**2 * AXES
        _renew(bodies, np.where(
            known[..., None, None], (1 - JITTER) * measured, bodies['lasting']))
        weights = _weights(bodies['covariance'], JITTER * measured)
        innovation, distance, swapped = self._compare(bodies, joints.positions, weights[0])
        fits = distance < GATE  # False where unknown
        lost = known & ~fits
        if lost.any():  # few frames
            unseen = self._stamp - bodies['inside']  # s
            fits |= (innovation**2).sum(axis=-1) < (QUICKEST * unseen**2) ** 2
            lost &= ~fits & (unseen > PATIENCE)
            self._restart(bodies, lost)
            weights = _weights(bodies['covariance'], JITTER * measured)
        _correct(bodies, fits | lost, innovation, *weights)
        bodies['inside'][lost | fits & ~swapped] = self._stamp
        self._bodies[rows] = bodies

    def estimate(self, ahead: float = 0.0) -> Estimate:
        """Return all bodies so many seconds after the stamp of advance."""
        bodies = self._bodies
        state, covariance = bodies['state'], bodies['covariance']
        if ahead:
            state, covariance = self._moved(believed(state, covariance), ahead)
        recent = self._stamp - bodies['inside'] <= self._patience
        known = bodies['known'] & recent
        state = np.where(known[..., None], state, np.nan)
        return Estimate(
            self.ids, known, state[..., :3], state[..., 3:],
            np.where(known[..., None, None], covariance[..., _P, _P], np.nan), covariance.copy())

    def _rows_of(self, ids: Sequence[str]) -> list[int]:
        """Return where bodies are kept, which for new ones is at the end."""
        new = tuple(name for name in ids if name not in self.ids)
        if new:
            self.ids += new
            self._bodies = np.concatenate([self._bodies, np.repeat(self._blank, len(new))])
        return [self.ids.index(name) for name in ids]

    def _moved(self, state: np.ndarray, seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """Return a state and the covariance after some seconds without measurement."""
        bodies, kept = self._bodies, exp(-seconds / LASTING)
        step, noise = transition(seconds)
        whole = kept * _ON_LASTING
        whole[:6, :6] = _on_each_axis(step)
        covariance = bodies['covariance']
        # all joints at once from the right, which is quicker
        covariance = ((whole @ covariance).reshape(-1, 9) @ whole.T).reshape(covariance.shape)
        kicks = self._motion.kicks(bodies['speed'])[..., None, None]
        covariance[..., :6, :6] += kicks * _on_each_axis(noise)
        covariance[..., _B, _B] += (1 - kept**2) * bodies['lasting']
        return self._motion.moved(state, seconds), covariance

    def _compare(self, bodies, positions: np.ndarray, weight: np.ndarray) -> tuple:
        """Return innovations (N, J, 3), their squared distances, and where sides are swapped."""
        expected, other = bodies['state'][..., :3], self._sides.other
        straight = positions - expected
        distance = squared_lengths(straight, weight)
        if not self._sides.in_doubt(distance):  # most frames
            return straight, distance, np.zeros(distance.shape, bool)
        crossed = positions[:, other] - expected
        across = squared_lengths(crossed, weight)
        recent = self._stamp - bodies['inside'] < EXCHANGE
        swapped = self._sides.exchanged(distance, across) & recent & recent[:, other]
        return (np.where(swapped[..., None], crossed, straight),
                np.where(swapped, across, distance), swapped)

    def _restart(self, bodies, lost: np.ndarray) -> None:
        """Forget what was known of some joints (N, J)."""
        bodies['state'][lost, 3:] = 0
        blank = np.where(lost[..., None, None], self._blank['covariance'], bodies['covariance'])
        blank[..., _B, _B] = np.where(
            lost[..., None, None], bodies['lasting'], blank[..., _B, _B])
        bodies['covariance'] = blank


def _on_each_axis(matrix: np.ndarray) -> np.ndarray:
    """Return (6, 6) for position and velocity of what (2, 2) is for those along an axis."""
    return (matrix[:, None, :, None] * AXES[:, None]).reshape(6, 6)


def _renew(bodies, lasting: np.ndarray) -> None:
    """Let lasting errors get another covariance: the less alike the two, the less lasts."""
    covariance = bodies['covariance']
    before, after = (c.trace(axis1=-2, axis2=-1) for c in (bodies['lasting'], lasting))
    alike = np.minimum(before, after) / np.maximum(before, after)
    shares = np.where(_IS_LASTING, alike[..., None], 1)
    covariance *= shares[..., None] * shares[..., None, :]
    covariance[..., _B, _B] += (1 - alike**2 * before / after)[..., None, None] * lasting
    bodies['lasting'] = lasting


def _weights(covariance: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the inverse covariance of the innovation, and that of innovation and all else."""
    shared = covariance[..., _P] + covariance[..., _B]  # (N, J, 9, 3)
    weight, _ = inverse_and_determinant(shared[..., _P, :] + shared[..., _B, :] + noise)
    return weight, shared


def _correct(bodies, taken: np.ndarray, innovation, weight, shared) -> None:
    """Update the joints (N, J) whose measurement is taken, but not what lasts of their error."""
    gain = shared @ np.where(taken[..., None, None], weight, 0)
    less = gain @ shared.swapaxes(-1, -2)
    less[..., _B, _B] = 0
    # symmetric to the last bit: what is not grows from frame to frame
    bodies['covariance'] -= (less + less.swapaxes(-1, -2)) / 2
    innovation = np.where(taken[..., None], innovation, 0)[..., None]
    bodies['state'] += (gain[..., :6, :] @ innovation)[..., 0]
    bodies['known'] |= taken
    velocity = bodies['state'][..., 3:]
    bodies['speed'] = np.sqrt((velocity**2).sum(axis=(1, 2)) / velocity.shape[1])

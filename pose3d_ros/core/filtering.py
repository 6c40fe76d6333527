# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Bodies through time: a Kalman filter per joint, of all bodies at once.

What a filter does is in kalman.py, how joints move in motion.py, exchanged sides in sides.py.
"""
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core import kalman
from pose3d_ros.core.kalman import ERROR, JITTER, POSITION
from pose3d_ros.core.matrices import AXES, squared_lengths
from pose3d_ros.core.motion import believed, Motion, speed
from pose3d_ros.core.records import Joints
from pose3d_ros.core.sides import SpaceSides
from pose3d_ros.core.skeleton import Skeleton

LEAST = 1e-4  # m, standard deviation of the best measurement
GATE = 60.0  # squared standard deviations: quick people, not only wrong measurements, go beyond 25
QUICKEST = 150.0  # m/s^2: what a boxer's fist could do is within the gate, too
PATIENCE = 0.05  # s, after which a joint that stays outside its gate is believed ...
EXCHANGE = 0.3  # s, ... and after which sides that stay exchanged are


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
        both = self.whole[..., POSITION, ERROR]
        return (self.whole[..., POSITION, POSITION] + both + both.swapaxes(-1, -2)
                + self.whole[..., ERROR, ERROR])


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
        self._motion, self._sides = Motion(skeleton), SpaceSides(skeleton)
        count = len(skeleton)
        self._blank = np.zeros(1, [
            ('state', float, (count, 6)),  # m, m/s
            ('covariance', float, (count, 9, 9)),  # of the state and the lasting error
            ('lasting', float, (count, 3, 3)),  # m^2, of measurements: what the latter tends to
            ('known', bool, count),
            ('inside', float, count),  # s, when the joint was last within its gate
            ('speed', float),  # m/s, root mean square of the joints'
        ])
        self._blank['covariance'], self._blank['lasting'] = kalman.UNKNOWN, LEAST**2 * AXES
        self._blank['inside'] = -np.inf
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
        Take the joints that were found at the stamp of advance; new bodies begin.

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
        kalman.renew(bodies, np.where(
            known[..., None, None], (1 - JITTER) * measured, bodies['lasting']))
        weights = kalman.weights(bodies['covariance'], JITTER * measured)
        innovation, distance, swapped = self._compare(bodies, joints, weights[0])
        fits, lost = self._judge(bodies, known, innovation, distance)
        if lost.any():  # few frames
            kalman.restart(bodies, lost)
            weights = kalman.weights(bodies['covariance'], JITTER * measured)
        kalman.correct(bodies, fits | lost, innovation, *weights)
        bodies['known'] |= fits | lost
        bodies['speed'] = speed(bodies['state'])
        bodies['inside'][lost | fits & ~swapped] = self._stamp
        self._bodies[rows] = bodies

    def estimate(self, ahead: float = 0.0) -> Estimate:
        """Return all bodies some seconds after the stamp of advance."""
        bodies = self._bodies
        state, covariance = bodies['state'], bodies['covariance']
        if ahead:
            state, covariance = self._moved(believed(state, covariance), ahead)
        recent = self._stamp - bodies['inside'] <= self._patience
        known = bodies['known'] & recent
        state = np.where(known[..., None], state, np.nan)
        return Estimate(
            self.ids, known, state[..., :3], state[..., 3:],
            np.where(known[..., None, None], covariance[..., POSITION, POSITION], np.nan),
            covariance.copy())

    def _rows_of(self, ids: Sequence[str]) -> list[int]:
        """Return where bodies are kept, which for new ones is at the end."""
        new = tuple(name for name in ids if name not in self.ids)
        if new:
            self.ids += new
            self._bodies = np.concatenate([self._bodies, np.repeat(self._blank, len(new))])
        return [self.ids.index(name) for name in ids]

    def _moved(self, state: np.ndarray, seconds: float) -> tuple[np.ndarray, np.ndarray]:
        """Return a state and the covariance after some seconds without measurement."""
        bodies = self._bodies
        kicks = self._motion.kicks(bodies['speed'])
        return self._motion.moved(state, seconds), kalman.moved(
            bodies['covariance'], bodies['lasting'], kicks, seconds)

    def _compare(self, bodies, joints: Joints, weight: np.ndarray) -> tuple:
        """Return innovations (N, J, 3), their squared distances, and where sides are swapped."""
        expected, other = bodies['state'][..., :3], self._sides.other
        straight = joints.positions - expected
        distance = squared_lengths(straight, weight)
        if not self._sides.in_doubt(distance):  # most frames
            return straight, distance, np.zeros(distance.shape, bool)
        crossed = joints.positions[:, other] - expected
        across = squared_lengths(crossed, weight)
        recent = self._stamp - bodies['inside'] < EXCHANGE
        swapped = self._sides.exchanged(distance, across, self._sides.order(joints))
        swapped &= recent & recent[:, other]
        return (np.where(swapped[..., None], crossed, straight),
                np.where(swapped, across, distance), swapped)

    def _judge(self, bodies, known: np.ndarray, innovation, distance) -> tuple:
        """Return which joints (N, J) fit, and which have not for so long that they are lost."""
        fits = distance < GATE  # False where unknown
        lost = known & ~fits
        if lost.any():  # few frames
            unseen = self._stamp - bodies['inside']  # s
            fits |= (innovation**2).sum(axis=-1) < (QUICKEST * unseen**2) ** 2
            lost &= ~fits & (unseen > PATIENCE)
        return fits, lost

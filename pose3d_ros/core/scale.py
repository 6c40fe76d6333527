# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
How large each body is, learned over time.

A body's scale in a frame is what its lifted joints have to be multiplied with: the size of the
person, which stays, and what lifting gets wrong in this pose, which passes. Evidence is wrong too,
and in much the same way in the next frame. So all of these are states of one Kalman filter, each
of which forgets in its own time (Ornstein-Uhlenbeck): a thousand frames that share an error are
not a thousand measurements, and the deviation that is stated stays honest.
"""
from collections.abc import Sequence

import numpy as np

#: What can be evidence, besides what was known before.
SOURCES = ('floor', 'depth')
#: Time constants, s, of a body's size, of what its pose does, of the errors of each source. Size
#: stays, but an id may pass to another person; a camera's mounting stays as it is.
FADING = np.array([300.0, 1.0, 30.0, 5.0])
SEPARATE = np.eye(len(FADING))
#: Relative deviation of the scale by pose: measured on simulated people of whom all is known.
POSE = 0.02
#: Variance share of evidence that is new in each frame.
FRESH = 0.5
#: What is added to the deviation of evidence for somebody larger than expected, by how much: who
#: seems tall from the floor may stand on something.
DOUBT = np.array([1.0, 0.0])
#: Standard deviations beyond which evidence is not believed.
GATE = 2.5
#: Standard deviations below which rather what was learned is not believed: feet may stand on
#: something, never below the floor.
BELOW = 4.0
REMEMBERED = 10.0  # s, after which a body that is not found is forgotten


class Scales:
    """
    The scale of every body.

    Parameters
    ----------
    mean, sigma : float
        Of a body of whom nothing is known: its size by that of the lifter's joints.

    """

    def __init__(self, mean: float, sigma: float):
        self._mean = mean
        self._variance = np.array([sigma**2, (POSE * mean) ** 2, *np.ones(len(SOURCES))])
        nobody = (-np.inf, np.zeros(len(FADING)), np.diag(self._variance),
                  np.zeros(len(SOURCES), bool))
        # of each body: stamp; size and pose, from the mean, and errors of the sources, in sigmas;
        # covariance; which sources have been believed
        self._bodies: dict[str | None, tuple] = {None: nobody}
        self.at(0.0, [])

    def at(self, stamp: float, ids: Sequence[str | None]) -> tuple[np.ndarray, np.ndarray]:
        """Return scale and standard deviation (N,) of bodies at a stamp, s; None: somebody new."""
        self._stamp, self._ids = stamp, ids
        stamps, state, covariance, learned = zip(*map(self._before, (*ids, None)))
        left = np.exp((np.array(stamps)[:-1, None] - stamp) / FADING)
        self._state = np.array(state)[:-1] * left
        self._covariance = np.array(covariance)[:-1] * (left[:, :, None] * left[:, None])
        self._covariance += (self._variance * (1 - left**2))[:, None] * SEPARATE
        self._learned = np.array(learned)[:-1]
        return self._scales()

    def learn(self, source: str, scale: np.ndarray, sigma: np.ndarray) -> tuple:
        """
        Take evidence on the bodies that were asked for; return what `at` would now.

        Parameters
        ----------
        source : str
            One of SOURCES.
        scale, sigma : (N,)
            What it says, and the standard deviation; NaN: nothing.

        """
        rows = np.flatnonzero(np.isfinite(scale + sigma))
        if len(rows):
            self._correct(rows, SOURCES.index(source), scale[rows], sigma[rows])
        return self._scales()

    def keep(self, ids: Sequence[str | None]) -> None:
        """
        Remember what was learned, for the next frame.

        Parameters
        ----------
        ids : list of N str or None
            Who the bodies that were asked for turned out to be. Nothing is kept where that is
            somebody else than asked for, or somebody known who was asked for as new.

        """
        bodies = {name: body for name, body in self._bodies.items()
                  if name is None or 0 <= self._stamp - body[0] <= REMEMBERED}
        for row, (asked, name) in enumerate(zip(self._ids, ids, strict=True)):
            if name and (asked == name or asked is None and name not in bodies):
                bodies[name] = (self._stamp, self._state[row], self._covariance[row],
                                self._learned[row])
        self._bodies = bodies  # at once: `learned` may be asked for from another thread

    def forget(self) -> None:
        """Forget everybody."""
        self._bodies = {None: self._bodies[None]}

    def _before(self, name: str | None) -> tuple:
        """Return what was known of a body; nothing where the clock has jumped back since."""
        body = self._bodies.get(name, self._bodies[None])
        return body if body[0] <= self._stamp else self._bodies[None]

    @property
    def learned(self) -> dict[str, tuple[float, float, list[str]]]:
        """Return size and standard deviation of bodies apart from their pose, and by what."""
        return {
            name: (self._mean + state[0], covariance[0, 0] ** 0.5,
                   [source for source, yes in zip(SOURCES, learned) if yes])
            for name, (_, state, covariance, learned) in self._bodies.items() if learned.any()}

    def _correct(self, rows, source: int, scale, sigma) -> None:
        """Update some bodies with a measurement each, as far as it is believed."""
        sigma = np.hypot(sigma, DOUBT[source] * np.maximum(scale - self._mean, 0))
        observed = np.zeros((len(rows), len(FADING)))
        observed[:, :2] = 1
        observed[:, 2 + source] = (1 - FRESH) ** 0.5 * sigma
        both = (self._covariance[rows] @ observed[..., None])[..., 0]
        variance = (observed * both).sum(axis=1) + FRESH * sigma**2
        residual = scale - self._mean - (observed * self._state[rows]).sum(axis=1)
        distance = residual / np.sqrt(variance)
        wrong = rows[(distance < -BELOW) & self._learned[rows].any(axis=1)]
        if len(wrong):
            _, self._state[wrong], self._covariance[wrong], self._learned[wrong] = (
                self._bodies[None])
            return self._correct(rows, source, scale, sigma)
        believed = np.abs(distance) < GATE
        gain = both * (believed / variance)[:, None]
        self._state[rows] += gain * residual[:, None]
        self._covariance[rows] -= gain[..., None] * both[:, None]
        self._learned[rows, source] |= believed

    def _scales(self) -> tuple[np.ndarray, np.ndarray]:
        """Return scale and deviation (N,) of the bodies that were last asked for."""
        return (self._mean + self._state[:, :2].sum(axis=1),
                np.sqrt(self._covariance[:, :2, :2].sum(axis=(1, 2))))

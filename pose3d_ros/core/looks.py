# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
What people look like: the colours of their trunks and thighs.

Places tell apart people who stand alone, colours those who stand close together. What colours say
against a pair is how much better they fit somebody else nearby: between two who look alike, or
where nobody else is, they say nothing.
"""
import numpy as np
from pose3d_ros.core.skeleton import Skeleton

#: Between which points, left and right, colours are taken.
PATCHES = (('shoulder', 'hip'), ('hip', 'knee'))
GRID = np.linspace(0.2, 0.8, 4)  # shares of the way down, and across
#: What red, green and blue are in lightness, red against green, and yellow against blue.
OPPONENT = np.array([[1 / 3, 1, 1 / 2], [1 / 3, -1, 1 / 2], [1 / 3, 0, -1]])
#: Standard deviations of lightness, red against green, and yellow against blue, of 255: what
#: light, folds, arms and turning round change (measured on simulated people: 4 to 16, 1 to 13).
SIGMA = np.tile([16.0, 10.0, 10.0], len(PATCHES))
LIMIT = 9.0  # squared standard deviations: what one colour can say
SOON = 30  # frames in which somebody's colours are learned; older ones count less
TOLD = 4  # frames after which they are known
ALIKE = 8.0  # half squared deviations in all, up to which somebody looks like somebody
#: Somebody's colours as learned, and from how many frames.
FIELDS = np.dtype([('mean', float, len(SIGMA)), ('count', float, len(SIGMA))])


class Palette:
    """
    Takes the colours of persons out of an image.

    Parameters
    ----------
    skeleton : Skeleton
        Of the keypoints.

    """

    def __init__(self, skeleton: Skeleton):
        down, across = (g.ravel() for g in np.meshgrid(GRID, GRID, indexing='ij'))
        self._weights = np.zeros((len(PATCHES), len(down), len(skeleton)))
        for weights, (top, bottom) in zip(self._weights, PATCHES):
            for name, share in ((top, 1 - down), (bottom, down)):
                weights[:, skeleton.index(f'left_{name}')] = share * (1 - across)
                weights[:, skeleton.index(f'right_{name}')] = share * across
        self._corners = self._weights.any(axis=1).T.astype(float)  # (K, P)

    def __call__(self, image: np.ndarray, positions: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """
        Return the colours (N, 3 P) of persons: lightness, red - green, yellow - blue of patches.

        Parameters
        ----------
        image : (H, W, 3) uint8
            RGB.
        positions, seen : (N, K, 2), (N, K)
            Keypoints, px, and which of them count; a patch is NaN where one of its corners does
            not, or where it reaches out of the image.

        """
        places = self._weights @ np.where(seen[..., None], positions, 0)[:, None]
        column, row = np.rint(places).astype(int).transpose(3, 0, 1, 2)  # (N, P, S)
        inside = (column >= 0) & (column < image.shape[1]) & (row >= 0) & (row < image.shape[0])
        known = inside.all(axis=-1) & (~seen @ self._corners == 0)
        pixels = image[np.where(inside, row, 0), np.where(inside, column, 0)]
        pixels.sort(axis=2)
        # the median: an arm or somebody's shoulder in front of the patch does not count
        colours = pixels[:, :, len(GRID)**2 // 2] @ OPPONENT
        return np.where(known[..., None], colours, np.nan).reshape(len(positions), len(SIGMA))


def learn(looks: np.ndarray, colours: np.ndarray) -> None:
    """Take the colours (N, 3 P) in a frame, NaN unknown, of persons with looks (N,) FIELDS."""
    known = np.isfinite(colours)
    if not known.any():  # in most frames a single person is not looked at
        return
    looks['count'] += known & (looks['count'] < SOON)
    looks['mean'] += np.where(known, colours - looks['mean'], 0) / np.maximum(looks['count'], 1)


class Resemblance:
    """
    How well colours fit persons.

    Parameters
    ----------
    looks : (T,) FIELDS
        Of the persons.
    colours : (C, 3 P)
        From a Palette.

    """

    def __init__(self, looks: np.ndarray, colours: np.ndarray):
        mean, count = looks['mean'][:, None], looks['count'][:, None]
        off = (colours[None] - mean) / SIGMA
        # the mean is uncertain, too; what is not known says as much as what fits does on average
        squared = np.where(count > 0, off**2 * count / (count + 1), np.nan)
        known = np.isfinite(squared)
        self._mismatch = np.where(known, np.minimum(squared, LIMIT), 1).sum(axis=-1) / 2
        told = known.all(axis=-1) & (count >= TOLD).all(axis=-1)
        self.alike = told & (self._mismatch < ALIKE)  # (T, C), True only where it is known

    def against(self, near: np.ndarray) -> np.ndarray:
        """Return what colours say against pairs (T, C), by who is near (T, C): 0 or more."""
        best = np.where(near, self._mismatch, np.inf).min(axis=0, initial=np.inf)
        return np.maximum(self._mismatch - best, 0)

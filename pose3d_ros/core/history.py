# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
What was seen of each body before: the earlier frames of a lifter with a window.

A window's frames lie a fixed interval apart, whatever the camera's rate: rays are interpolated
between the frames around that time, and nothing is known where there are none. The rays of the
past are those of the camera as it was then: where it turns, they are off by as much.
"""
from collections import deque

import numpy as np

#: Two frames farther apart are not interpolated, s: five pictures a second are.
GAP = 0.25


class RayHistory:
    """
    Rays and scores of the last frames, by body.

    Parameters
    ----------
    window : int
        Frames that the lifter takes, the present one included.
    interval : float
        From one of them to the next, s.

    """

    def __init__(self, window: int, interval: float):
        self._ages = interval * np.arange(window - 1, 0, -1)  # (T - 1,) s
        self._frames: dict[str, deque] = {}

    def past(
        self, stamp: float, ids: list[str | None], rays: np.ndarray, scores: np.ndarray,
    ) -> tuple:
        """
        Return what came before.

        Parameters
        ----------
        stamp : float
            Of the present frame, s.
        ids : list of N str or None
            Who is probably in it; None: somebody new.
        rays : (N, J, 2)
            In the camera, zero where not seen.
        scores : (N, J)
            Zero where not seen.

        Returns
        -------
        (N, T - 1, J, 2), (N, T - 1, J)
            Rays and scores at the window's earlier times, oldest first; zero where unknown.

        """
        times = stamp - self._ages
        shape = (len(ids), len(self._ages), *scores.shape[1:])
        past_rays, past_scores = np.zeros((*shape, 2)), np.zeros(shape)
        if not len(self._ages):
            return past_rays, past_scores
        for row, name in enumerate(ids):
            frames = [frame for frame in self._frames.get(name, ())
                      if stamp > frame[0] >= stamp - self._span]
            frames.append((stamp, rays[row], scores[row]))
            past_rays[row], past_scores[row] = _at(times, frames, past_rays[row], past_scores[row])
        return past_rays, past_scores

    def keep(self, stamp: float, ids: list[str], rays: np.ndarray, scores: np.ndarray) -> None:
        """Keep a frame: arguments as for past; time that runs backwards begins anew."""
        if not len(self._ages):
            return
        old = {name: frames for name, frames in self._frames.items()
               if stamp > frames[-1][0] >= stamp - self._span}
        self._frames = {name: old.get(name, deque()) for name in {*old, *ids}}
        for row, name in enumerate(ids):
            frames = self._frames[name]
            frames.append((stamp, rays[row], scores[row]))
            while stamp - frames[0][0] > self._span:
                frames.popleft()

    @property
    def _span(self) -> float:
        """Return the age, s, beyond which frames are of no use."""
        return max(self._ages, default=0.0) + GAP


def _at(times, frames, rays, scores) -> tuple:
    """Fill in rays (T, J, 2) and scores (T, J) at times, where frames lie around them."""
    stamps = np.array([frame[0] for frame in frames])
    for i, after in enumerate(np.searchsorted(stamps, times)):
        before = max(after - 1, 0)
        if times[i] < stamps[before] or stamps[after] - stamps[before] > GAP:
            continue
        share = (times[i] - stamps[before]) / max(stamps[after] - stamps[before], 1e-9)
        (_, rays_0, scores_0), (_, rays_1, scores_1) = frames[before], frames[after]
        seen = (scores_0 > 0) & (scores_1 > 0)
        rays[i] = np.where(seen[:, None], (1 - share) * rays_0 + share * rays_1, 0)
        scores[i] = np.where(seen, np.minimum(scores_0, scores_1), 0)
    return rays, scores

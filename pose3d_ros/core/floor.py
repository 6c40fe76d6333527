# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The size of people who stand on the floor, seen by a camera whose height above it is known.

The ray through an ankle meets the plane in which ankles of standing people lie at one distance:
that of the person, and so the scale of the body. On chairs, boxes and stairs this is wrong, and
nothing in one picture tells: who does not stand upright gives no evidence here, and what a box
does to the size of somebody is left to core/scale.py to disbelieve.
"""
import numpy as np
from pose3d_ros.core.fitting import Fit
from pose3d_ros.core.skeleton import Skeleton

ANKLE = 0.085  # m above the floor, of a body of scale 1: joint centre and sole of a shoe
#: Standard deviations: of that, m (steps, heels, soles); of the camera's height, m; of the
#: direction of gravity, rad.
ANKLE_SIGMA, HEIGHT_SIGMA, TILT_SIGMA = 0.025, 0.01, np.radians(0.3)
CERTAIN = 0.6  # least score of ankles: a hidden or cut one is placed somewhere too, but unsurely
UPRIGHT = 0.75  # least height of a hip above the ankle in lengths of the leg; sitting: 0.5 to 0.6
LEAST_DROP = 0.1  # m, of an ankle's plane below the camera: a floor seen from its side is none


class Floor:
    """
    Finds the scale of bodies that stand.

    Parameters
    ----------
    skeleton : Skeleton
        Of the joints; one without legs never gives evidence.

    """

    def __init__(self, skeleton: Skeleton):
        self._legs = np.array([
            [skeleton.index(f'{side}_{joint}') for joint in ('hip', 'knee', 'ankle')]
            for side in ('left', 'right')])  # (2, 3)

    def scale(self, fit: Fit, relative, relative_cov, rays, ray_cov, scores, down, height):
        """
        Return what the floor says about the scale.

        Parameters
        ----------
        fit, relative, relative_cov, rays, ray_cov, scores
            Bodies as for joints_of.
        down : (3,)
            Unit vector in the camera optical frame.
        height : float
            Of the camera above the floor, m.

        Returns
        -------
        (N,), (N,)
            Scale and its standard deviation; NaN where nobody stands.

        """
        ankles = self._legs[:, 2]
        slope = rays[:, ankles] @ down[:2] + down[2]  # m down by m of depth
        depth = (fit.state[:, 2] / fit.state[:, 3])[:, None] + relative[:, ankles, 2]
        lower = (depth * slope).argmax(axis=1)
        bodies = np.arange(len(lower))
        depth, slope, ankle = depth[bodies, lower], slope[bodies, lower], ankles[lower]
        drop = depth * slope + ANKLE
        reach = depth**2 * (1 + (rays[bodies, ankle] ** 2).sum(axis=1) - slope**2)  # m^2, level
        variance = (
            slope**2 * relative_cov[bodies, ankle, 2, 2]
            + depth**2 * (ray_cov[bodies, ankle] @ down[:2] @ down[:2])
            + ANKLE_SIGMA**2 + HEIGHT_SIGMA**2 + TILT_SIGMA**2 * reach)
        stands = ((scores[:, ankles].min(axis=1) >= CERTAIN) & (drop > LEAST_DROP)
                  & _upright(relative[bodies[:, None], self._legs[lower]], down))
        scale = height / np.where(stands, drop, np.nan)
        return scale, scale / drop * np.sqrt(variance)


def _upright(leg, down) -> np.ndarray:
    """Return whether legs (N, 3, 3), hip to ankle, are about straight, and below the hips."""
    bones = leg[:, 1:] - leg[:, :-1]
    length = np.sqrt((bones**2).sum(axis=2)).sum(axis=1)
    return (leg[:, 2] - leg[:, 0]) @ down > UPRIGHT * length

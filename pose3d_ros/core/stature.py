# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How tall people are taken to be before anything is learned of them, and in words why."""
from collections.abc import Mapping

from pose3d_ros.core.config import Placement


def scale_prior(placement: Placement, stature: float) -> tuple[float, float]:
    """
    Return mean and standard deviation of a body's size over that of the lifter's joints.

    Parameters
    ----------
    placement : Placement
        The height that is given, or 0, and how far people's differ.
    stature : float
        Body height that the lifter's joints have, m.

    """
    scale = placement.height / stature if placement.height else 1.0
    return scale, scale * placement.height_sigma


def scale_in_words(
    placement: Placement, stature: float, learned: Mapping[str, tuple[float, float, list[str]]],
) -> str:
    """Return where the size of bodies, and with it their distance, comes from; see Scales."""
    height = placement.height or stature
    source = ('as given' if placement.height
              else 'assumed: set placement.height where it is known')
    return '; '.join(
        [f'body height {height:.2f} m within {100 * placement.height_sigma:.0f} %, {source}'] + [
            f'{name} {size * stature:.2f} m within {100 * within:.0f} % from '
            + ' and '.join(sources)
            for name, (size, within, sources) in learned.items()])

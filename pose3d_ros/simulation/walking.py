# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A walk, as a function of the step and the speed."""
import numpy as np
from pose3d_ros.simulation.anatomy import SIDES
from pose3d_ros.simulation.figure import Figure
from pose3d_ros.simulation.pose import about, Pose

TAU = 2 * np.pi


def stride(figure: Figure, phase: float, speed: float, style) -> Pose:
    """
    Return one instant of walking on the spot: the floor moves backwards below.

    Parameters
    ----------
    figure : Figure
        Who walks.
    phase : float
        1 is a step with each foot.
    speed : float
        m/s.
    style : (8,)
        The person's own.

    """
    half = step_length(figure, speed) / 2
    lively = np.clip(speed / 1.3, 0.2, 1.3)
    ankles, feet = [], []
    for sign in SIDES.values():
        forward, lift, pitch = _step((phase + (0.5 if sign < 0 else 0)) % 1, half)
        ankles.append(figure.ankle(sign, forward, -0.03 * sign, lift * lively * figure.scale))
        feet.append(about(2, 0.1 * sign) @ about(1, -pitch * lively))
    swing = np.cos(TAU * phase)
    # the legs are struts: highest where one stands below the hips, lowest with both on the floor
    drop = figure.leg - np.sqrt(figure.leg**2 - (0.8 * half) ** 2)
    drop *= 0.55 - 0.45 * np.cos(2 * TAU * (phase - 0.3))
    hips = about(2, -0.10 * swing * lively) @ about(0, 0.04 * np.sin(TAU * phase))
    lean = 0.04 + 0.05 * lively + 0.04 * style[2]
    chest = about(2, 0.10 * swing * lively) @ about(1, lean)
    reach, bend = 0.30 * lively * (1 + 0.3 * style[5]), 0.10 + 0.06 * abs(style[3])
    hands = [[0.10 - sign * reach * swing, sign * (0.13 + bend), -0.93 + 0.1 * abs(
        swing) * lively] for sign in SIDES.values()]
    pelvis = [0, 0.02 * np.sin(TAU * phase), figure.height - 0.008 - drop]
    return figure.pose(pelvis, hips, chest, about(1, 0.06 + 0.05 * style[6]) @ about(
        2, 0.15 * style[7]), hands, ankles, feet)


def _step(part: float, half: float) -> tuple[float, float, float]:
    """Return how far ahead (m), high (m) and steep (rad) a foot is at a part of its cycle."""
    if part < 0.6:  # on the floor
        heel, toe = max(0, 1 - part / 0.1), max(0, (part - 0.38) / 0.22) ** 2
        return half * (1 - 2 * part / 0.6), 0.11 * toe, 0.25 * heel - 0.75 * toe
    swing = (part - 0.6) / 0.4
    smooth = swing * swing * (3 - 2 * swing)
    lift = 0.11 * (1 - swing) ** 2 + 0.09 * np.sin(np.pi * swing)
    return half * (2 * smooth - 1), lift, -0.75 * (1 - smooth) + 0.25 * smooth


def step_length(figure: Figure, speed: float) -> float:
    """Return how far a foot travels on the floor at a speed, m."""
    return figure.leg * (0.42 + 0.30 * np.clip(speed, 0, 2))

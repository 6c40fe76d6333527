# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
What people do, as functions of time: each returns the pose of a person who stands at the origin.

The person faces x at time 0; z is up, the floor at 0, metres and seconds. Actions go on for ever
and are smooth. A style is a person's own numbers in [-1, 1].
"""
import numpy as np
from pose3d_ros.simulation.anatomy import SIDES
from pose3d_ros.simulation.figure import Figure
from pose3d_ros.simulation.pose import about, Pose, unit

TAU = 2 * np.pi
SEAT = 0.44  # m, height of what people sit on


def _sway(time, style, speed=1.0):
    return np.array([np.sin(speed * (0.7 + 0.2 * style[0]) * time + 3 * style[1]),
                     np.sin(speed * (0.53 + 0.2 * style[1]) * time + 5 * style[2])])


def _arms_down(time, style):
    """Return hands that hang, swaying a little."""
    a, b = _sway(time, style)
    return np.array([[0.10 + 0.03 * a, 0.14 + 0.08 * abs(style[3]), -0.95],
                     [0.10 + 0.03 * b, -0.14 - 0.08 * abs(style[3]), -0.95]])


def _look(time, style, amount=0.5):
    a, b = _sway(time, style, 0.8)
    return about(2, amount * a) @ about(1, 0.15 * b)


def stand(figure: Figure, time: float, style) -> Pose:
    """Stand at ease: weight from one leg to the other, the head looks around."""
    a, b = _sway(time, style)
    arms = _arms_down(time, style)
    if style[4] > 0.5:  # hands on the hips
        arms = np.array([[0.08, 0.10, -0.66], [0.08, -0.10, -0.66]])
    elif style[4] < -0.6:  # arms crossed
        arms = np.array([[0.36, -0.42, -0.42], [0.42, 0.42, -0.36]])
    elbows = np.array([[-0.5, 1.0, -0.3], [-0.5, -1.0, -0.3]]) if abs(style[4]) > 0.5 else None
    turn = about(2, 0.08 * a) @ about(0, 0.03 * b)
    return figure.pose([0.01 * a, 0.03 * b, figure.height - 0.007], turn, turn @ about(
        1, 0.05 + 0.04 * style[2]), turn @ _look(time, style), arms,
        [figure.ankle(1, 0.03 * style[0], 0.02), figure.ankle(-1, -0.03 * style[0], -0.02)],
        [about(2, 0.15), about(2, -0.15)], elbows)


def wave(figure: Figure, time: float, style) -> Pose:
    """Wave with one hand."""
    base = stand(figure, time, style * [1, 1, 1, 1, 0, 1, 1, 1])
    arms = _arms_down(time, style)
    swing = np.sin((7 + 2 * style[5]) * time)
    side = 1 if style[0] > 0 else -1
    arms[0 if side > 0 else 1] = [0.22, side * (0.42 + 0.22 * swing), 0.42 + 0.18 * style[1]]
    return _rearmed(figure, base, arms, [[-0.4, 0.7 * (1 if i == 0 else -1), -0.9]
                                         for i in range(2)])


def reach(figure: Figure, time: float, style) -> Pose:
    """Reach with one hand or both for something: high, low or aside, and come back."""
    cycle = 0.5 - 0.5 * np.cos((1.1 + 0.3 * style[5]) * time)
    round_ = int((1.1 + 0.3 * style[5]) * time / TAU)
    chance = np.random.default_rng([round_, int(1000 * (style[6] + 1))])
    height = chance.uniform(-0.75, 0.97)
    aside = chance.uniform(-0.2, 0.75)
    ahead = np.sqrt(max(1 - height**2 - aside**2, 0.05))
    which = chance.integers(3)
    arms = _arms_down(time, style)
    for i, sign in enumerate(SIDES.values()):
        if which in (i, 2):
            target = np.array([ahead, sign * aside, height])
            arms[i] = (1 - cycle) * arms[i] + cycle * 0.96 * target
            arms[i][0] += 0.35 * cycle * (1 - cycle)  # not through the body
    lean = cycle * (0.35 * max(-height, 0) + 0.12)
    turn = about(2, cycle * chance.uniform(-0.4, 0.4))
    down = 0.12 * cycle * max(-height, 0)
    return figure.pose([-0.05 * lean, 0, figure.height - 0.008 - down], about(2, 0), turn @ about(
        1, lean), turn @ about(1, -0.5 * height * cycle), arms,
        [figure.ankle(1, 0, 0.04), figure.ankle(-1, 0, -0.04)], [about(2, 0.2), about(2, -0.2)])


def squat(figure: Figure, time: float, style) -> Pose:
    """Squat down and up, arms ahead for balance."""
    deep = (0.5 - 0.5 * np.cos((1.5 + 0.4 * style[5]) * time)) * (0.8 + 0.2 * style[1])
    drop = deep * 0.52 * figure.leg
    lean = 0.65 * deep
    arms = np.array([[0.05 + 0.85 * deep, 0.15, -0.95 + 0.85 * deep],
                     [0.05 + 0.85 * deep, -0.15, -0.95 + 0.85 * deep]])
    return figure.pose([-0.16 * deep * figure.scale, 0, figure.height - 0.008 - drop],
                       about(1, 0.5 * lean), about(1, lean), about(1, 0.25 * deep), arms,
                       [figure.ankle(1, 0, 0.08), figure.ankle(-1, 0, -0.08)],
                       [about(2, 0.35), about(2, -0.35)])


def sit(figure: Figure, time: float, style) -> Pose:
    """Sit on a seat that stands behind the person; hands on the lap, or talking with them."""
    a, b = _sway(time, style)
    arms = np.array([[0.55, 0.05, -0.62], [0.55, -0.05, -0.62]])
    if style[4] > 0:
        talk = np.sin(2.1 * time + style[1]) * np.clip(np.sin(0.8 * time), 0, 1)
        arms[0] += [0.1 * talk, 0.1, 0.35 * abs(talk)]
        arms[1] += [0.1 * abs(talk), -0.1, 0.2 * abs(talk)]
    turn = about(2, 0.08 * a)
    seat = [-0.52 * figure.leg + 0.02 * b, 0, SEAT + 0.095 * figure.scale]
    return figure.pose(seat, about(1, -0.12), turn @ about(1, 0.05 + 0.1 * style[2]),
                       turn @ _look(time, style), arms,
                       [figure.ankle(1, -0.02, 0.05), figure.ankle(-1, -0.02 + 0.1 * style[3],
                                                                   -0.05)],
                       [about(2, 0.15), about(2, -0.15)])


def bend(figure: Figure, time: float, style) -> Pose:
    """Bend down as if to lift something from the floor, and rise."""
    deep = 0.5 - 0.5 * np.cos((1.2 + 0.3 * style[5]) * time)
    arms = np.array([[0.1 + 0.55 * deep, 0.12, -0.93 + 0.12 * deep],
                     [0.1 + 0.55 * deep, -0.12, -0.93 + 0.12 * deep]])
    return figure.pose([-0.18 * deep, 0, figure.height - 0.008 - 0.16 * deep],
                       about(1, 0.6 * deep), about(1, 1.25 * deep), about(1, 0.9 * deep), arms,
                       [figure.ankle(1, 0, 0.04), figure.ankle(-1, 0, -0.04)],
                       [about(2, 0.2), about(2, -0.2)])


def stretch(figure: Figure, time: float, style) -> Pose:
    """Raise both arms to the sides and overhead."""
    up = 0.5 - 0.5 * np.cos((1.3 + 0.4 * style[5]) * time)
    angle = -1.35 + 2.8 * up
    arms = np.array([[0.12 * style[1], sign * 0.97 * np.cos(angle), 0.97 * np.sin(angle)]
                     for sign in SIDES.values()])
    lean = about(0, 0.25 * style[2] * up)
    return figure.pose([0, 0, figure.height - 0.007], about(2, 0), lean, lean, arms,
                       [figure.ankle(1, 0, 0.06), figure.ankle(-1, 0, -0.06)],
                       [about(2, 0.2), about(2, -0.2)])


def _rearmed(figure, base, arms, elbows):
    pose = figure.pose(base.pelvis, base.hips, base.chest, base.head, arms,
                       [figure.ankle(1), figure.ankle(-1)], base.feet, np.array(elbows, float))
    return Pose(**{**base.__dict__, 'arms': pose.arms})


def tangled(rng: np.random.Generator, figure: Figure) -> Pose:
    """Return a pose that no action has: limbs wherever joints allow, for training."""
    hips = about(2, 0) @ about(1, rng.normal(0, 0.25)) @ about(0, rng.normal(0, 0.12))
    chest = hips @ about(2, rng.normal(0, 0.3)) @ about(1, rng.normal(0.1, 0.3)) @ about(
        0, rng.normal(0, 0.15))
    head = chest @ about(2, rng.normal(0, 0.45)) @ about(1, rng.normal(0, 0.3))
    hands, elbows = [], []
    for sign in SIDES.values():
        direction = unit(np.array([rng.normal(0.4, 0.6), sign * rng.normal(0.4, 0.6),
                                   rng.normal(-0.2, 0.75)]))
        hands.append(direction * rng.uniform(0.3, 0.98))
        elbows.append([rng.normal(-0.8, 0.4), sign * rng.normal(0.8, 0.4), rng.normal(-0.5, 0.5)])
    drop = figure.leg * abs(rng.normal(0, 0.18))
    pelvis = np.array([0, 0, max(figure.height - 0.01 - drop, 0.3)])
    ankles, feet = [], []
    for sign in SIDES.values():
        free = rng.random() < 0.25
        ankles.append(figure.ankle(sign, rng.normal(0, 0.16), sign * abs(rng.normal(0, 0.12)),
                                   abs(rng.normal(0, 0.25)) if free else 0))
        feet.append(about(2, sign * rng.normal(0.2, 0.2)) @ about(1, rng.normal(0, 0.3) * free))
    return figure.pose(pelvis, hips, chest, head, hands, ankles, feet, np.array(elbows))


#: What can be done on the spot.
ACTIONS = {'stand': stand, 'wave': wave, 'reach': reach, 'squat': squat, 'sit': sit,
           'bend': bend, 'stretch': stretch}

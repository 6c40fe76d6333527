# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
What people in a scene do: scripts of phases, written by chance for each motion.

World: z up, metres, seconds, rad. Each person keeps to a lane, a line across the view at some
depth, so that people hide one another in the picture but never walk through each other.
"""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.simulation.motions import ACTIONS, SEAT
from pose3d_ros.simulation.room import Box

TURN_RATE = 2.2  # rad/s


@dataclass(frozen=True)
class Phase:
    """One thing that somebody does for a while."""

    begin: float  # s
    end: float  # s
    action: str  # a key of ACTIONS, 'walk' or 'turn'
    place: np.ndarray  # (2,) m, where it begins
    target: np.ndarray  # (2,) m, where it ends
    heading: float  # rad, at its begin
    turn: float = 0.0  # rad, until its end


class Script:
    """Writes phases one after another."""

    def __init__(self, place, heading: float):
        self.phases, self._time = [], 0.0
        self._place, self._heading = np.asarray(place, float), heading

    def act(self, action: str, seconds: float) -> 'Script':
        """Do something on the spot."""
        return self._add(action, seconds, self._place, 0.0)

    def face(self, heading: float) -> 'Script':
        """Turn on the spot, the shorter way."""
        turn = (heading - self._heading + np.pi) % (2 * np.pi) - np.pi
        return self.spin(turn) if abs(turn) > 0.05 else self

    def spin(self, turn: float) -> 'Script':
        """Turn on the spot by an angle, rad."""
        return self._add('turn', abs(turn) / TURN_RATE + 0.3, self._place, turn)

    def walk_to(self, target, speed: float) -> 'Script':
        """Turn to a place and walk there."""
        target = np.asarray(target, float)
        way = target - self._place
        if np.hypot(*way) < 0.05:
            return self
        self.face(float(np.arctan2(way[1], way[0])))
        return self._add('walk', float(np.hypot(*way)) / speed, target, 0.0)

    def _add(self, action, seconds, target, turn):
        self.phases.append(Phase(self._time, self._time + seconds, action, self._place, target,
                                 self._heading, turn))
        self._time += seconds
        self._place, self._heading = target, self._heading + turn
        return self


def _speed(rng) -> float:
    return float(rng.uniform(0.8, 1.4))


def on_the_spot(rng, number, lane, motion):
    """Do one thing for ever."""
    side = (-1) ** number * (0.55 + 0.3 * (number > 1))
    heading = np.pi + rng.normal(0, 0.4)
    boxes = [_seat((lane, side), heading)] if motion == 'sit' else []
    return Script((lane, side), heading).act(motion, 60.0), boxes


def _turn(rng, number, lane, motion):
    script = Script((lane, (-1) ** number * 0.7), rng.uniform(0, 6))
    for _ in range(4):
        script.spin(float(rng.choice([-1, 1]) * np.pi / 2 * rng.integers(1, 4))).act('stand', 1.0)
    return script, []


def _walk(rng, number, lane, motion):
    """Walk to and fro between places on the lane."""
    start = rng.uniform(-1.6, 1.6)
    script, speed = Script((lane, start), rng.uniform(0, 6)), _speed(rng)
    for end in (*rng.uniform(-1.7, 1.7, 5), start):
        script.walk_to((lane + rng.uniform(-0.15, 0.15), end), speed)
    return script.walk_to((lane, start), speed), []


def _cross(rng, number, lane, motion):
    """Walk from side to side, every second person the other way."""
    side = 1.6 if number % 2 else -1.6
    speed = 1.0 + 0.05 * number
    return (Script((lane, side), -side).walk_to((lane, -side), speed).act('stand', 0.5)
            .walk_to((lane, side), speed).act('stand', 0.5)), []


def _behind(rng, number, lane, motion):
    """Walk to and fro behind a box."""
    script, _ = _cross(rng, number, lane + 0.6, motion)
    box = Box((-0.55, 0.0, 0.55), (0.4, 1.1, 1.1), rng.normal(0, 0.1))
    return script, [] if number else [box]


def _pass(rng, number, lane, motion):
    """Enter at one side, leave at the other, stay away, come back."""
    side, speed = (6.0 if number % 2 else -6.0), 1.3 + 0.1 * number
    return (Script((lane, side), -np.sign(side) * np.pi / 2).act('stand', 1.0 * number + 0.1)
            .walk_to((lane, -side), speed).act('stand', 1.0).walk_to((lane, side), speed)), []


def _mixed(rng, number, lane, motion):
    """Walk between places and do something at each; sometimes sit down."""
    home = (-1) ** number * rng.uniform(0.3, 1.0)
    script, speed, boxes = Script((lane, home), rng.uniform(0, 6)), _speed(rng), []
    names = [name for name in ACTIONS if name not in ('sit', 'stand')]
    order = list(rng.permutation(names))
    if number == 0:
        boxes.append(Box((-1.6, -1.0, 0.35), (0.5, 0.7, 0.7), rng.normal(0, 0.3)))
    seat = lane >= 0 and rng.random() < 0.6
    for step in range(4):
        place = (lane + rng.uniform(-0.15, 0.15), rng.uniform(-1.4, 1.4))
        script.walk_to(place, speed).face(np.pi + rng.normal(0, 0.7))
        script.act(order[step % len(order)], rng.uniform(3, 6)).act('stand', rng.uniform(1, 2))
    if seat:
        spot, heading = (lane, 1.75 if number % 2 else -1.75), np.pi + rng.normal(0, 0.3)
        boxes.append(_seat(spot, heading))
        script.walk_to(spot, speed).face(heading).act('sit', 6.0).act('stand', 1.0)
    return script.walk_to((lane, home), speed), boxes


def _seat(place, heading) -> Box:
    """Return a seat behind somebody who stands at a place."""
    back = 0.53
    return Box((place[0] - back * np.cos(heading), place[1] - back * np.sin(heading), SEAT / 2),
               (0.42, 0.46, SEAT), heading)


#: Writers of a script and of the furniture it needs: of chance, the person's number, the lane's x
#: in m and the motion's name.
WRITERS = {'mixed': _mixed, 'walk': _walk, 'turn': _turn, 'cross': _cross, 'behind': _behind,
           'pass': _pass}

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Who does what when: people who walk from place to place and act there.

World: z up, metres, seconds. Each actor keeps to a lane of its own, a line across the view at some
depth, so that people hide one another in the picture but never walk through each other.
"""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pose3d_ros.simulation.crowd import Person
from pose3d_ros.simulation.mocap import imitate, Take
from pose3d_ros.simulation.motions import ACTIONS, Figure, step_length, stride
from pose3d_ros.simulation.pose import about, blend, Pose

FADE = 0.5  # s, from one thing to the next
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


class Actor:
    """
    A person and a script, which starts again at its end.

    Parameters
    ----------
    person : Person
        Who acts.
    script : list of Phase
        One after another, from 0 s on.
    style : (8,)
        The person's own way, numbers in [-1, 1].

    """

    def __init__(self, person: Person, script: Sequence[Phase], style: np.ndarray):
        self.person, self._script, self._style = person, list(script), style
        self._figure = Figure(person.mesh.anatomy)

    def pose(self, time: float) -> Pose:
        """Return where and how the person is at a time, s."""
        time = time % self._script[-1].end
        number = next(n for n, phase in enumerate(self._script) if time < phase.end)
        now, before = self._script[number], self._script[number - 1]
        share = (time - now.begin) / FADE
        if share >= 1 or before.action == now.action:
            return self._during(now, time)
        share = share * share * (3 - 2 * share)
        return blend(self._during(before, before.end), self._during(now, time), share)

    def _during(self, phase: Phase, time: float) -> Pose:
        share = (time - phase.begin) / max(phase.end - phase.begin, 1e-6)
        heading = phase.heading + phase.turn * share
        place = phase.place + share * (phase.target - phase.place)
        if phase.action in ('walk', 'turn'):
            distance = np.linalg.norm(phase.target - phase.place)
            speed = distance / (phase.end - phase.begin)
            # while turning the feet are lifted in place
            cycle = 0.6 * share * distance / step_length(self._figure, speed) if distance else (
                share * abs(phase.turn) / 0.9)
            pose = stride(self._figure, cycle, speed, self._style)
        else:
            pose = ACTIONS[phase.action](self._figure, time, self._style)
        return pose.moved(about(2, heading), np.array([*place, 0]))


class Imitator:
    """A person who does a recorded motion at a place, forwards and backwards for ever."""

    def __init__(self, person: Person, recorded: Take, place, heading: float):
        self.person, self._take = person, recorded
        self._place, self._turn = np.array([*place, 0.0]), about(2, heading)
        self._figure = Figure(person.mesh.anatomy)

    def pose(self, time: float) -> Pose:
        """Return where and how the person is at a time, s."""
        pose = imitate(self._take.at(time), self._figure)
        return pose.moved(self._turn, self._place)


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

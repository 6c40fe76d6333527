# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
People who follow a script or a recorded motion: their poses at any time.

World: z up, metres, seconds.
"""
from collections.abc import Sequence

import numpy as np
from pose3d_ros.simulation.crowd import Person
from pose3d_ros.simulation.figure import Figure
from pose3d_ros.simulation.mocap import imitate, Take
from pose3d_ros.simulation.motions import ACTIONS
from pose3d_ros.simulation.pose import about, blend, Pose
from pose3d_ros.simulation.scripts import Phase
from pose3d_ros.simulation.walking import step_length, stride

FADE = 0.5  # s, from one thing to the next


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

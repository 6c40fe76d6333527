# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
A room with people who move in it, and cameras that look at it.

World: z up, metres; the first camera stands at x = -DISTANCE, y = 0 and looks along x at the
origin, around which people move; further cameras stand on a circle around it.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pose3d_ros.core.camera import CameraError
from pose3d_ros.simulation.actors import Actor, Imitator
from pose3d_ros.simulation.crowd import assemble, make_person, shadow_of
from pose3d_ros.simulation.lens import look_from, pinhole, View
from pose3d_ros.simulation.mocap import load_take, motion_files, MotionError, Take
from pose3d_ros.simulation.motions import ACTIONS
from pose3d_ros.simulation.picture import Picture, take
from pose3d_ros.simulation.room import make_room, see
from pose3d_ros.simulation.scripts import on_the_spot, WRITERS
from pose3d_ros.simulation.truth import PersonTruth, truths_of

DISTANCE = 4.0  # m, from the first camera to the middle of the scene
LANES = (0.0, 0.75, -0.75, 1.5, 2.2)  # m, x of the lines that people walk on
MOTIONS = (*WRITERS, *ACTIONS)


@dataclass(frozen=True)
class Seen:
    """What one camera sees, and what is true, at one time."""

    picture: Picture
    people: list[PersonTruth]  # of everybody in the scene, also out of the picture


class Scene:
    """
    People in a room, seen by cameras.

    Parameters
    ----------
    views : list of View
        The cameras.
    people : int
        How many people.
    motion : str
        One of MOTIONS, or a BVH file or a folder of them.
    seed : int
        Of everything that is left to chance.

    """

    def __init__(self, views: Sequence[View], people: int = 2, motion: str = 'mixed',
                 seed: int = 0):
        if not 0 <= people <= len(LANES):
            raise ValueError(f'people: expected 0 to {len(LANES)}, {people} given')
        if seed < 0:
            raise ValueError(f'seed: expected 0 or more, {seed} given')
        rng = np.random.default_rng([seed, 7])
        takes = None if motion in MOTIONS else _takes(motion, people, rng)
        self.views, boxes, self.actors = list(views), [], []
        for number in range(people):
            person = make_person(np.random.default_rng([seed, number]))
            lane = LANES[number]
            if takes:
                place = (lane, (-1) ** number * 0.5 * (people > 1))
                recorded = takes[number % len(takes)]
                self.actors.append(Imitator(person, recorded, place, rng.uniform(-np.pi, np.pi)))
                continue
            script, furniture = WRITERS.get(motion, on_the_spot)(rng, number, lane, motion)
            boxes += furniture
            self.actors.append(Actor(person, script.phases, rng.uniform(-1, 1, 8)))
        self.room = make_room(rng, tuple(boxes), [view.eye for view in self.views])
        self._backdrops = [see(self.room, view) for view in self.views]

    def at(self, time: float) -> list[Seen]:
        """Return what each camera sees at a time, s."""
        moment = shadow = None
        if self.actors:
            moment = assemble([actor.person for actor in self.actors],
                              [actor.pose(time) for actor in self.actors])
            shadow = shadow_of(moment, self.room.light.direction)
        seen = []
        for view, backdrop in zip(self.views, self._backdrops):
            picture = take(moment, view, backdrop, self.room.light, shadow)
            seen.append(Seen(picture, truths_of(moment, view, picture) if moment else []))
        return seen


def _takes(motion: str, people: int, rng) -> list[Take]:
    """Return recorded motions, one a person as far as there are as many."""
    if not motion or not Path(motion).exists():
        raise MotionError(f"unknown motion '{motion}': expected one of {', '.join(MOTIONS)}, or a"
                          ' BVH file or a folder of them')
    files = motion_files(motion)
    return [load_take(files[n]) for n in rng.permutation(len(files))[:max(people, 1)]]


def make_views(count: int, width: int, height: int, fov: float, height_m: float, tilt: float,
               distortion: Sequence[float] = (0, 0, 0, 0, 0)) -> list[View]:
    """
    Return cameras on a circle around the scene, all looking at its middle.

    Parameters
    ----------
    count : int
        How many.
    width, height : int
        px.
    fov : float
        Horizontal field of view, degrees.
    height_m : float
        Height above the floor, m.
    tilt : float
        Up from the horizon, degrees.
    distortion : (5,)
        plumb_bob: k1, k2, p1, p2, k3.

    """
    if not 1 <= count <= 8:
        raise CameraError(f'cameras: expected 1 to 8, {count} given')
    if not (0.05 <= height_m <= 3.2 and -85 <= tilt <= 85):
        raise CameraError(f'impossible camera: height {height_m} m (expected 0.05 to 3.2), tilt'
                          f' {tilt} degrees (expected -85 to 85)')
    camera = pinhole(width, height, fov, distortion)
    angles = [2 * np.pi * number / count if count > 2 else np.pi / 2 * number
              for number in range(count)]
    return [View(camera, look_from([-DISTANCE * np.cos(angle), -DISTANCE * np.sin(angle),
                                    height_m], angle, np.radians(tilt))) for angle in angles]

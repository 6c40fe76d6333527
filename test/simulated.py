# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Rendered people before the whole pipeline, and what is true of them.

    film = shoot(Scene(cameras(), people=1, motion='squat', seed=5), seconds=2.0)[0]
    bodies = play(film)
    for shot, found in zip(film, bodies): ...  # shot.frame, shot.people; found: list[Body]
"""
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from pose3d_ros import inference
from pose3d_ros.core.config import Config
from pose3d_ros.core.records import Body, Frame
from pose3d_ros.core.skeleton import COCO_17, LIMB_JOINTS
from pose3d_ros.evaluation.matching import costs_of, match
from pose3d_ros.pipeline import Pipeline
from pose3d_ros.simulation.bodies import in_picture
from pose3d_ros.simulation.lens import View
from pose3d_ros.simulation.scene import make_views, Scene
from pose3d_ros.simulation.truth import PersonTruth

RATE = 10.0  # Hz
OWN = {'detection.engine': 'sim-person-192x256', 'keypoints.engine': 'sim-pose-128x96'}
LIMBS = [COCO_17.index(name) for name in LIMB_JOINTS]


@dataclass(frozen=True)
class Shot:
    """A picture of a simulated camera, and everybody in the scene, also out of the picture."""

    frame: Frame  # with depth, gravity and height of the camera
    people: list[PersonTruth]


def cameras(count=1, width=320, height=240, fov=65.0, height_m=1.3, tilt=-5.0, **more):
    """Return small cameras; see make_views."""
    return make_views(count, width, height, fov, height_m, tilt, **more)


def shoot(scene: Scene, seconds: float, rate: float = RATE, start: float = 0.0):
    """Return a list of Shot for each camera of a scene; stamps begin at 0 s."""
    times = np.arange(round(seconds * rate)) / rate
    moments = [scene.at(start + time) for time in times]
    return [[Shot(_frame(time, seen[number].picture, view), seen[number].people)
             for time, seen in zip(times, moments)] for number, view in enumerate(scene.views)]


def _frame(stamp: float, picture, view: View) -> Frame:
    down = view.rotation @ [0.0, 0.0, -1.0]
    return Frame(float(stamp), picture.image, view.camera, picture.depth, down, view.eye[2])


@cache
def _engine(name: str, kind: str):
    return inference.load(name, kind)


def own_pipeline(**values) -> Pipeline:
    """Return a new pipeline on the engines that were trained on renders; values: parameters."""
    config = Config.from_values(OWN | {'inference.backend': 'onnxruntime'} | values)
    return Pipeline(config, _engine(config.detection.engine, 'detector'),
                    _engine(config.keypoints.engine, 'heatmap'),
                    _engine(config.lifting.engine, 'lifter'))


def play(film: Iterable[Shot], depth=False, **values) -> list[list[Body]]:
    """Return what a new pipeline says of each picture, with a depth camera or without."""
    pipeline = own_pipeline(**values)
    return [pipeline(shot.frame if depth else replace(shot.frame, depth=None)) for shot in film]


def pairs(people: list[PersonTruth], bodies: list[Body]) -> dict[int, Body]:
    """Return the bodies that lie, in the picture, on a person: number of the person -> body."""
    if not people or not bodies:
        return {}
    there = np.array([in_picture(person) for person in people])[:, None, None]
    true = np.where(there, [person.keypoints[LIMBS] for person in people], np.nan)
    found = match(costs_of(np.array([body.keypoints[LIMBS] for body in bodies]), true))
    return {person: bodies[row] for person, row in found.items()}


def names_of(film: list[Shot], bodies: list[list[Body]], person: int) -> list[str | None]:
    """Return the id under which a person is known in each picture; None: not found."""
    found = [pairs(shot.people, said).get(person) for shot, said in zip(film, bodies)]
    return [body and body.id for body in found]

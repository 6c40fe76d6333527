# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Random pictures of people with their keypoints, for training: crops of one, whole pictures of many.

Surfaces of people and papers of walls are made once and used again in new colours and lights; all
else is new in each sample. Equal generators give equal samples.
"""
from dataclasses import dataclass, replace

import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.simulation.crowd import assemble, dress, make_person
from pose3d_ros.simulation.figure import Figure
from pose3d_ros.simulation.lens import View
from pose3d_ros.simulation.mocap import imitate
from pose3d_ros.simulation.motions import ACTIONS, SEAT, tangled
from pose3d_ros.simulation.picture import Picture, take
from pose3d_ros.simulation.pose import about, Pose
from pose3d_ros.simulation.room import Box, make_light, make_room, see
from pose3d_ros.simulation.staging import (
    box_around,
    camera_before,
    camera_on,
    cropped,
    furniture,
    furniture_at,
    papered,
)
from pose3d_ros.simulation.truth import PersonTruth, truths_of
from pose3d_ros.simulation.walking import stride

MOST_BOXES = 9  # in a picture
LEAST_VISIBLE = 4  # keypoints in a crop
BARE = 0.35  # share of the men who wear no shirt
ANYWHERE = Box((0, 0, 0.3), (0.5, 0.5, 0.5))  # stands in for those of each picture


@dataclass(frozen=True)
class Crop:
    """One person in a crop."""

    image: np.ndarray  # (h, w, 3) uint8 RGB
    keypoints: np.ndarray  # (17, 2) px in the crop, COCO_17; also where they cannot be seen
    visible: np.ndarray  # (17,) bool: inside the crop and hidden by nothing
    mask: np.ndarray  # (h, w) bool: the person's own pixels
    joints: np.ndarray  # (16, 3) m, BODY_16, camera optical frame
    camera: PinholeCamera  # of the crop


@dataclass(frozen=True)
class Shot:
    """A whole picture."""

    image: np.ndarray  # (h, w, 3) uint8 RGB
    people: list[PersonTruth]
    depth: np.ndarray  # (h, w) float32 m
    camera: PinholeCamera


class Sampler:
    """
    Draws samples.

    Parameters
    ----------
    seed : int
        Of the people and rooms it draws from.
    people, rooms : int
        How many of them; made when first needed (0.3 s each).
    poses : (M, 17, 3), optional
        COCO keypoints of motion capture, z up, any unit, which half of the people imitate.
    backgrounds : list of (H, W, 3) uint8 RGB, optional
        Pictures without people, behind half of the people.

    """

    def __init__(self, seed: int = 0, people: int = 48, rooms: int = 24, poses=None,
                 backgrounds=()):
        self._seed, self._poses, self._backgrounds = seed, poses, list(backgrounds)
        self._people, self._rooms = [None] * people, [None] * rooms

    def crop(self, rng: np.random.Generator, size: tuple[int, int] = (256, 192),
             padding: float = 1.25, jitter: float = 0.12) -> Crop:
        """
        Return a random person in a crop.

        Parameters
        ----------
        rng : Generator
            Where chance comes from.
        size : (int, int)
            Height and width of the crop, px.
        padding : float
            Factor by which the person's box is grown; see core/crop.py.
        jitter : float
            Standard deviation of the box's scale (relative) and place (in boxes).

        """
        while True:
            crop = self._crop(rng, size, padding, jitter)
            if crop.visible.sum() >= LEAST_VISIBLE:
                return crop

    def _crop(self, rng, size, padding, jitter) -> Crop:
        person, pose, seats = self._somebody(rng, np.zeros(3))
        people, poses = [person], [pose]
        if rng.random() < 0.3:  # company, in front or behind
            aside = np.array([*rng.normal(0, 0.7, 2), 0])
            other, theirs, more = self._somebody(rng, aside)
            if np.hypot(*aside[:2]) > 0.4:
                people, poses, seats = [person, other], [pose, theirs], seats + more
        moment = assemble(people, poses)
        view = camera_on(rng, moment)
        view = cropped(view, box_around(rng, moment, view, jitter), size, padding)
        picture = self._photograph(rng, moment, view, seats + furniture(rng, view))
        truth = truths_of(moment, view, picture)[0]
        return Crop(picture.image, truth.keypoints, truth.visible, picture.owner == 1,
                    truth.joints, view.camera)

    def shot(self, rng: np.random.Generator, size: tuple[int, int] = (480, 640),
             most: int = 4) -> Shot:
        """Return a whole picture (height, width) of up to `most` people, at times of nobody."""
        count = int(rng.integers(0, most + 1))
        people, poses, spots, boxes = [], [], [], ()
        while len(people) < count:
            spot = np.array([rng.uniform(-1.5, 3.0), rng.uniform(-2.5, 2.5), 0])
            if all(np.hypot(*(spot - other)[:2]) > 0.6 for other in spots):
                person, pose, seats = self._somebody(rng, spot)
                people, poses, boxes = [*people, person], [*poses, pose], boxes + seats
                spots.append(spot)
        moment = assemble(people, poses) if people else None
        view = camera_before(rng, size[1], size[0])
        boxes += tuple(furniture_at(rng, [rng.uniform(-1.6, 2.5), rng.uniform(-3, 3)])
                      for _ in range(rng.integers(0, 4)))
        picture = self._photograph(rng, moment, view, boxes)
        truths = truths_of(moment, view, picture) if moment else []
        return Shot(picture.image, truths, picture.depth, view.camera)

    def _somebody(self, rng, spot) -> tuple:
        """Return a person in new colours, a pose at a spot (3,), and what the person sits on."""
        number = int(rng.integers(len(self._people)))
        if self._people[number] is None:
            self._people[number] = make_person(
                np.random.default_rng([self._seed, 1, number]), BARE)
        person = dress(self._people[number].mesh, rng)
        pose, sits = self._pose(rng, Figure(person.mesh.anatomy))
        yaw = rng.uniform(0, 2 * np.pi)
        seats = ()
        if sits and rng.random() < 0.8:
            width = rng.uniform(0.35, 0.6)
            seats = (Box((*spot[:2], SEAT / 2), (0.4, width, SEAT), yaw),)
        return person, pose.moved(about(2, yaw), spot), seats

    def _pose(self, rng, figure: Figure) -> tuple[Pose, bool]:
        """Return a pose with the pelvis above the origin, and whether the person sits."""
        style, kind, name = rng.uniform(-1, 1, 8), rng.random(), ''
        if self._poses is not None and rng.random() < 0.5:
            pose = imitate(self._poses[rng.integers(len(self._poses))], figure)
        elif kind < 0.3:
            pose = tangled(rng, figure)
        elif kind < 0.5:
            pose = stride(figure, rng.random(), rng.uniform(0.5, 1.8), style)
        else:
            name = list(ACTIONS)[rng.integers(len(ACTIONS))]
            pose = ACTIONS[name](figure, rng.uniform(0, 60), style)
        return pose.moved(np.eye(3), -pose.pelvis * [1, 1, 0]), name == 'sit'

    def _photograph(self, rng, moment, view: View, boxes: tuple[Box, ...]) -> Picture:
        number = int(rng.integers(len(self._rooms)))
        if self._rooms[number] is None:
            self._rooms[number] = make_room(
                np.random.default_rng([self._seed, 2, number]), (ANYWHERE,) * MOST_BOXES)
        stored = self._rooms[number]
        extent = stored.extent * rng.uniform(0.7, 1.3)
        room = replace(stored, boxes=boxes, tiles=stored.tiles[:1 + len(boxes)],
                       walls=np.roll(stored.walls, int(rng.integers(4)), axis=0), extent=extent,
                       light=make_light(rng))
        backdrop = see(room, view)
        if self._backgrounds and rng.random() < 0.5:
            backdrop = papered(rng, backdrop, self._backgrounds)
        return take(moment, view, backdrop, room.light)

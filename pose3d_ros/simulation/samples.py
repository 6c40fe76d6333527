# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Random pictures of people with their keypoints, for training: crops of one, whole pictures of many.

Surfaces of people and papers of walls are made once and used again in new colours and lights; all
else is new in each sample. Equal generators give equal samples.
"""
from dataclasses import dataclass, replace

import cv2
import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.crop import crop_affine
from pose3d_ros.simulation.crowd import assemble, dress, make_person, Moment
from pose3d_ros.simulation.figure import Figure
from pose3d_ros.simulation.kernels import project
from pose3d_ros.simulation.lens import look_from, pinhole, View
from pose3d_ros.simulation.mocap import imitate
from pose3d_ros.simulation.motions import ACTIONS, SEAT, tangled
from pose3d_ros.simulation.picture import Picture, take
from pose3d_ros.simulation.pose import about, Pose
from pose3d_ros.simulation.room import Box, make_light, make_room, see
from pose3d_ros.simulation.truth import PersonTruth, truths_of
from pose3d_ros.simulation.walking import stride

CAMERA_WIDTH, CAMERA_HEIGHT = 640, 480  # px, of the imagined whole picture
MOST_BOXES = 9  # in a picture
LEAST_VISIBLE = 4  # keypoints in a crop
BARE = 0.35  # share of the men who wear no shirt
HIGH = 0.3  # share of the cameras that hang under the ceiling and look down


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
        view = self._camera_on(rng, moment)
        view = _cropped(view, self._box(rng, moment, view, jitter), size, padding)
        picture = self._photograph(rng, moment, view, seats + self._furniture(rng, view))
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
        camera = pinhole(size[1], size[0], rng.uniform(50, 85))
        tilt = rng.normal(-0.12, 0.12)
        view = View(camera, look_from([-rng.uniform(2.4, 4.2), rng.normal(0, 0.4), np.clip(
            1.35 - 2.2 * tilt + rng.normal(0, 0.3), 0.4, 2.9)], rng.normal(0, 0.12), tilt))
        boxes += tuple(_furniture_at(rng, [rng.uniform(-1.6, 2.5), rng.uniform(-3, 3)])
                      for _ in range(rng.integers(0, 4)))
        picture = self._photograph(rng, moment, view, boxes)
        truths = truths_of(moment, view, picture) if moment else []
        return Shot(picture.image, truths, picture.depth, camera)

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

    def _camera_on(self, rng, moment: Moment) -> View:
        """Return a camera that sees the first person somewhere in its picture."""
        camera = pinhole(CAMERA_WIDTH, CAMERA_HEIGHT, rng.uniform(45, 90))
        distance = rng.uniform(1.3, 6.0)
        height = float(np.clip(rng.normal(1.3, 0.55), 0.25, 2.9))
        if rng.random() < HIGH:
            distance, height = rng.uniform(1.5, 4.5), rng.uniform(2.2, 3.1)
        aim = moment.joints[0]['pelvis'][2] + rng.normal(0.1, 0.25)
        aside = rng.uniform(-0.35, 0.35)  # rad: not only in the middle of the picture
        return View(camera, look_from([-distance, 0, height], aside, np.arctan2(
            aim - height, distance) + rng.normal(0, 0.08)))

    def _box(self, rng, moment: Moment, view: View, jitter: float) -> np.ndarray:
        """Return a box around what there is of the first person in the picture, shaken."""
        vertices = moment.vertices[:moment.first_vertex[1]:5]
        pixels, depth = project(vertices, view.rotation, view.camera_from_world[:3, 3],
                                view.camera.matrix, view.lens, np.inf)
        pixels = pixels[depth > 0].astype(float)
        box = np.concatenate([pixels.min(0), pixels.max(0)])
        if rng.random() < 0.75:  # else as if nothing were cut off
            limit = np.array([CAMERA_WIDTH, CAMERA_HEIGHT])
            box = np.clip(box, 0, [*(limit - 1), *(limit - 1)])
        size = np.maximum(box[2:] - box[:2], 20)
        middle = (box[2:] + box[:2]) / 2 + size * rng.normal(0, jitter / 2, 2)
        size = size * np.exp(rng.normal(0, jitter))
        if rng.random() < 0.15:  # a detector's mistake: half of the person only
            middle[1] -= size[1] * rng.uniform(0.1, 0.3)
            size[1] *= rng.uniform(0.4, 0.75)
        return np.concatenate([middle - size / 2, middle + size / 2])

    def _furniture(self, rng, view: View) -> tuple[Box, ...]:
        """Return boxes, at times one that hides part of the first person."""
        boxes = [_furniture_at(rng, [rng.uniform(0.6, 3), rng.uniform(-2.5, 2.5)])
                 for _ in range(rng.integers(0, 3))]
        if rng.random() < 0.25:
            share = rng.uniform(0.15, 0.6)
            boxes.append(_furniture_at(rng, [view.eye[0] * share, rng.normal(0, 0.5)]))
        return tuple(boxes)

    def _photograph(self, rng, moment, view: View, boxes: tuple[Box, ...]) -> Picture:
        number = int(rng.integers(len(self._rooms)))
        if self._rooms[number] is None:
            self._rooms[number] = make_room(
                np.random.default_rng([self._seed, 2, number]), (_ANYWHERE,) * MOST_BOXES)
        stored = self._rooms[number]
        extent = stored.extent * rng.uniform(0.7, 1.3)
        room = replace(stored, boxes=boxes, tiles=stored.tiles[:1 + len(boxes)],
                       walls=np.roll(stored.walls, int(rng.integers(4)), axis=0), extent=extent,
                       light=make_light(rng))
        backdrop = see(room, view)
        if self._backgrounds and rng.random() < 0.5:
            backdrop = _papered(rng, backdrop, self._backgrounds)
        return take(moment, view, backdrop, room.light)


_ANYWHERE = Box((0, 0, 0.3), (0.5, 0.5, 0.5))


def _furniture_at(rng, place) -> Box:
    size = rng.uniform([0.25, 0.25, 0.3], [1.0, 1.3, 1.3])
    lift = rng.uniform(0.3, 1.2) if rng.random() < 0.15 else 0.0
    return Box((*place, size[2] / 2 + lift), tuple(size), rng.uniform(0, np.pi))


def _cropped(view: View, box, size, padding) -> View:
    """Return the view through the crop's pixels: straight from the world, nothing resized."""
    affine = crop_affine(box, size, padding)
    matrix = np.vstack([affine, [0, 0, 1]]) @ view.camera.matrix
    camera = PinholeCamera(size[1], size[0], matrix, 'plumb_bob', view.camera.distortion)
    return View(camera, view.camera_from_world)


def _papered(rng, backdrop, backgrounds):
    """Return the backdrop with a piece of a picture in place of the room."""
    picture = backgrounds[rng.integers(len(backgrounds))]
    height, width = backdrop.depth.shape
    share = rng.uniform(0.3, 1.0)
    aspect = width / height
    high = int(max(2, min(picture.shape[0], picture.shape[1] / aspect) * share))
    wide = int(max(2, high * aspect))
    y, x = rng.integers(picture.shape[0] - high + 1), rng.integers(picture.shape[1] - wide + 1)
    piece = cv2.resize(picture[y:y + high, x:x + wide], (width, height),
                       interpolation=cv2.INTER_AREA)
    linear = (piece.astype(np.float32) / 255) ** np.float32(2.2)
    return replace(backdrop, ambient=0.6 * linear, direct=0.5 * linear)

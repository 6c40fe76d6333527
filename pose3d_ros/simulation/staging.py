# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where cameras and things stand by chance, for random pictures of people."""
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.crop import crop_affine
from pose3d_ros.simulation.crowd import Moment
from pose3d_ros.simulation.kernels import project
from pose3d_ros.simulation.lens import look_from, pinhole, View
from pose3d_ros.simulation.room import Backdrop, Box

WIDTH, HEIGHT = 640, 480  # px, of the imagined whole picture
HIGH = 0.3  # share of the cameras that hang under the ceiling and look down


def camera_on(rng, moment: Moment) -> View:
    """Return a camera that sees the first person somewhere in its picture."""
    camera = pinhole(WIDTH, HEIGHT, rng.uniform(45, 90))
    distance = rng.uniform(1.3, 6.0)
    height = float(np.clip(rng.normal(1.3, 0.55), 0.25, 2.9))
    if rng.random() < HIGH:
        distance, height = rng.uniform(1.5, 4.5), rng.uniform(2.2, 3.1)
    aim = moment.joints[0]['pelvis'][2] + rng.normal(0.1, 0.25)
    aside = rng.uniform(-0.35, 0.35)  # rad: not only in the middle of the picture
    return View(camera, look_from([-distance, 0, height], aside, np.arctan2(
        aim - height, distance) + rng.normal(0, 0.08)))


def camera_before(rng, width: int, height: int) -> View:
    """Return a camera that looks into the room."""
    camera = pinhole(width, height, rng.uniform(50, 85))
    tilt = rng.normal(-0.12, 0.12)
    return View(camera, look_from([-rng.uniform(2.4, 4.2), rng.normal(0, 0.4), np.clip(
        1.35 - 2.2 * tilt + rng.normal(0, 0.3), 0.4, 2.9)], rng.normal(0, 0.12), tilt))


def box_around(rng, moment: Moment, view: View, jitter: float) -> np.ndarray:
    """Return a box around what there is of the first person in the picture, shaken."""
    vertices = moment.vertices[:moment.first_vertex[1]:5]
    pixels, depth = project(vertices, view.rotation, view.camera_from_world[:3, 3],
                            view.camera.matrix, view.lens, np.inf)
    pixels = pixels[depth > 0].astype(float)
    box = np.concatenate([pixels.min(0), pixels.max(0)])
    if rng.random() < 0.75:  # else as if nothing were cut off
        limit = np.array([WIDTH, HEIGHT])
        box = np.clip(box, 0, [*(limit - 1), *(limit - 1)])
    size = np.maximum(box[2:] - box[:2], 20)
    middle = (box[2:] + box[:2]) / 2 + size * rng.normal(0, jitter / 2, 2)
    size = size * np.exp(rng.normal(0, jitter))
    if rng.random() < 0.15:  # a detector's mistake: half of the person only
        middle[1] -= size[1] * rng.uniform(0.1, 0.3)
        size[1] *= rng.uniform(0.4, 0.75)
    return np.concatenate([middle - size / 2, middle + size / 2])


def furniture(rng, view: View) -> tuple[Box, ...]:
    """Return boxes, at times one that hides part of the first person."""
    boxes = [furniture_at(rng, [rng.uniform(0.6, 3), rng.uniform(-2.5, 2.5)])
             for _ in range(rng.integers(0, 3))]
    if rng.random() < 0.25:
        share = rng.uniform(0.15, 0.6)
        boxes.append(furniture_at(rng, [view.eye[0] * share, rng.normal(0, 0.5)]))
    return tuple(boxes)


def furniture_at(rng, place: Sequence[float]) -> Box:
    """Return a box of some size at a place (2,), m; at times it hangs in the air."""
    size = rng.uniform([0.25, 0.25, 0.3], [1.0, 1.3, 1.3])
    lift = rng.uniform(0.3, 1.2) if rng.random() < 0.15 else 0.0
    return Box((*place, size[2] / 2 + lift), tuple(size), rng.uniform(0, np.pi))


def cropped(view: View, box, size, padding) -> View:
    """Return the view through the crop's pixels: straight from the world, nothing resized."""
    affine = crop_affine(box, size, padding)
    matrix = np.vstack([affine, [0, 0, 1]]) @ view.camera.matrix
    camera = PinholeCamera(size[1], size[0], matrix, 'plumb_bob', view.camera.distortion)
    return View(camera, view.camera_from_world)


def papered(rng, backdrop: Backdrop, backgrounds: Sequence[np.ndarray]) -> Backdrop:
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

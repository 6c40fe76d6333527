# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What is true of the people in a picture: joints, keypoints, what of them is seen."""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.simulation.crowd import Moment
from pose3d_ros.simulation.lens import View
from pose3d_ros.simulation.picture import Picture

#: How far behind the surface a point of the body lies at most, m at a stature of 1.70 m: half the
#: thickness of the limb and what clothes add.
THICKNESS = {'shoulder': 0.12, 'elbow': 0.075, 'wrist': 0.06, 'hip': 0.17, 'knee': 0.10,
             'ankle': 0.085, 'pelvis': 0.19, 'neck': 0.12, 'head': 0.13, 'nose': 0.03,
             'eye': 0.03, 'ear': 0.04}
TOLERANCE = 0.02  # m, by which a surface may lie in front of a vertex that is seen
WHOLE = 0.98  # share of the surface that nothing hides, for a person to count as fully visible


@dataclass(frozen=True)
class PersonTruth:
    """One person in one picture of one camera."""

    joints_world: np.ndarray  # (16, 3) m, BODY_16
    joints: np.ndarray  # (16, 3) m, BODY_16, camera optical frame
    keypoints: np.ndarray  # (17, 2) px, COCO_17; NaN where the lens leads to no pixel
    visible: np.ndarray  # (17,) bool: in the picture and hidden by nothing, not by oneself either
    joints_visible: np.ndarray  # (16,) bool, the same for the joints
    box: np.ndarray  # (4,) px, left, top, right, bottom of the body within the picture; NaN: none
    share: np.ndarray  # share of the body's surface that neither others nor the border hide

    @property
    def fully_visible(self) -> bool:
        """Return whether nobody, no thing and no border hides any part of the person."""
        return bool(self.share >= WHOLE)


def truths_of(moment: Moment, view: View, picture: Picture) -> list[PersonTruth]:
    """Return the truth of each person, in the order of the moment's people."""
    return [_truth(moment, person, view, picture) for person in range(len(moment.people))]


def _truth(moment, person, view, picture):
    joints = moment.joints[person]
    scale = moment.people[person].mesh.anatomy.scale
    world = np.stack([joints[name] for name in BODY_16.points])
    coco = np.stack([joints[name] for name in COCO_17.points])
    keypoints, in_camera = pixels_of(coco, view)
    part = slice(*moment.first_vertex[person:person + 2])
    box, share = _outline(picture, part, person)
    return PersonTruth(
        joints_world=world, joints=view.into_camera(world), keypoints=keypoints,
        visible=_seen(keypoints, in_camera, COCO_17, scale, picture, person),
        joints_visible=_seen(*pixels_of(world, view), BODY_16, scale, picture, person),
        box=box, share=share)


def pixels_of(points: np.ndarray, view: View) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels (..., 2) of world points, NaN outside the lens's field, and depths (...)."""
    local = view.into_camera(points)
    pixels = view.camera.project(local)
    slopes = np.linalg.norm(local[..., :2], axis=-1) / np.where(local[..., 2] > 0, local[..., 2],
                                                               np.nan)
    return np.where((slopes <= view.reach)[..., None], pixels, np.nan), local[..., 2]


def _seen(pixels, depth, skeleton, scale, picture, person):
    """
    Return which points lie in the picture, on the person, no deeper than a limb's half.

    The pixels next to a point count as well: the tip of a nose lies on the outline.
    """
    height, width = picture.owner.shape
    places = np.round(np.nan_to_num(pixels, nan=-9)).astype(int)
    inside = ((places >= 0) & (places < [width, height])).all(-1)
    around = places[:, None] + [(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1)]  # (J, 9, 2)
    x, y = np.clip(around, 0, [width - 1, height - 1]).transpose(2, 0, 1)
    limit = scale * np.array([THICKNESS[part] for part in skeleton.parts])
    on_surface = depth[:, None] - picture.depth[y, x] < limit[:, None]
    return inside & ((picture.owner[y, x] == person + 1) & on_surface).any(1)


def _outline(picture, part, person):
    """Return the box within the picture and the share of vertices that others do not hide."""
    height, width = picture.owner.shape
    pixels, depth = picture.pixels[part], picture.vertex_depth[part]
    x, y = pixels.T[:, depth > 0]
    if not len(x):
        return np.full(4, np.nan), 0.0
    box = np.array([x.min(), y.min(), x.max(), y.max()], float)
    box = np.clip(box, 0, [width - 1, height - 1] * 2)
    if (box[2:] - box[:2] < 1).any():
        box[:] = np.nan
    some = slice(None, None, 7)
    places = np.round(pixels[some]).astype(int)
    inside = (depth[some] > 0) & ((places >= 0) & (places < [width, height])).all(-1)
    x, y = places[inside].T
    # a neighbouring person's pixel at the outline hides nothing: the surface must lie in front
    hidden = (picture.owner[y, x] != person + 1) & (
        picture.depth[y, x] < depth[some][inside] - TOLERANCE)
    return box, float((~hidden).sum() / len(places))

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""From people and a room to an image, a depth image and who is seen where."""
from dataclasses import dataclass

import cv2
import numpy as np
from pose3d_ros.simulation.crowd import Moment, Shadow, shadow_of
from pose3d_ros.simulation.kernels import project, rasterise
from pose3d_ros.simulation.lamp import room_shadow
from pose3d_ros.simulation.lens import View
from pose3d_ros.simulation.room import Backdrop, Light
from pose3d_ros.simulation.shading import shade

BLUR = 0.55  # px, standard deviation of a good lens: takes the stairs off the edges
LEVELS = 4096
#: From linear light to what is displayed, with a soft shoulder for the brightest.
_GAMMA = np.clip(255 * (np.linspace(0, 1.6, LEVELS) / 1.12) ** (1 / 2.2), 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Picture:
    """What one camera sees at one time."""

    image: np.ndarray  # (H, W, 3) uint8 RGB
    depth: np.ndarray  # (H, W) float32 m along the optical axis
    owner: np.ndarray  # (H, W) uint8: number of the person seen, from 1; 0: the room
    pixels: np.ndarray  # (V, 2) float32 px, vertices of the people
    vertex_depth: np.ndarray  # (V,) float32 m; 0 outside the lens's field


def take(moment: Moment | None, view: View, backdrop: Backdrop, light: Light,
         shadow: Shadow | None = None) -> Picture:
    """
    Return the picture of people in a room.

    Parameters
    ----------
    moment : Moment or None
        The people; None: nobody is there.
    view : View
        The camera.
    backdrop : Backdrop
        The room as this camera sees it.
    light : Light
        The lamp.
    shadow : Shadow, optional
        What the lamp sees of the people, where it is known from another camera's picture.

    """
    depth = backdrop.depth.copy()
    owner = np.zeros(depth.shape, np.uint8)
    if moment is None:
        linear = backdrop.ambient + backdrop.direct
        return Picture(developed(linear), depth, owner, np.zeros((0, 2)), np.zeros(0))
    shadow = shadow or shadow_of(moment, light.direction)
    pixels, vertex_depth = project(
        moment.vertices, view.rotation, view.camera_from_world[:3, 3], view.camera.matrix,
        view.lens, view.reach)
    hit = np.full(depth.shape, -1, np.int32)
    rasterise(pixels, vertex_depth, moment.triangles, depth, hit, 0)
    lamp = (shadow.depth, shadow.axes[0], shadow.axes[1], shadow.light, shadow.middle,
            shadow.texel)
    reach = cv2.blur(room_shadow(backdrop.points, lamp), (5, 5))
    linear = backdrop.ambient + backdrop.direct * reach[..., None]
    shade(linear, owner, hit, pixels, vertex_depth, moment.vertices, moment.normals,
          moment.triangles, moment.layers, moment.texture, moment.openness, moment.who,
          moment.looks, view.eye, view.camera.matrix[0, 0], light.colour, light.ambient, lamp)
    return Picture(developed(linear), depth, owner, pixels, vertex_depth)


def developed(linear: np.ndarray) -> np.ndarray:
    """Return linear light (H, W, 3) as an 8-bit picture."""
    levels = np.clip(linear * np.float32((LEVELS - 1) / 1.6), 0, LEVELS - 1).astype(np.uint16)
    return cv2.GaussianBlur(_GAMMA[levels], (3, 3), BLUR)

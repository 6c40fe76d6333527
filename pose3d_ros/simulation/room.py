# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
What stands still: floor, walls, boxes and the light, and their picture from one camera.

World: z up, the floor at z = 0, metres. A camera that stands still sees the same room each time:
its picture is made once, by a ray for each pixel, and people are drawn onto it.
"""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.simulation.casting import cast
from pose3d_ros.simulation.lens import View
from pose3d_ros.simulation.textures import paint_box, paint_floor, paint_wall

CLEARANCE = 0.5  # m, between a camera and the walls


@dataclass(frozen=True)
class Box:
    """A box that stands on the floor or hangs above it."""

    centre: tuple[float, float, float]  # m
    size: tuple[float, float, float]  # m
    yaw: float = 0.0  # rad

    def row(self) -> list[float]:
        """Return centre, half size, cosine and sine of yaw."""
        return [*self.centre, *(side / 2 for side in self.size), np.cos(self.yaw),
                np.sin(self.yaw)]


@dataclass(frozen=True)
class Light:
    """A far lamp and the light from everywhere; colours in linear light."""

    direction: np.ndarray  # (3,) unit, to the lamp
    colour: np.ndarray  # (3,)
    ambient: np.ndarray  # (3,)


@dataclass(frozen=True)
class Room:
    """Walls at x and y of `extent` (4,): lowest and highest x, lowest and highest y."""

    extent: np.ndarray  # (4,) m
    walls: np.ndarray  # (4, H, W, 3) float32 in [0, 1], as displayed
    tiles: np.ndarray  # (1 + boxes, H, W, 3): floor, then each box
    boxes: tuple[Box, ...]
    light: Light


@dataclass(frozen=True)
class Backdrop:
    """The room as one camera sees it, linear light."""

    ambient: np.ndarray  # (H, W, 3) float32, light from everywhere
    direct: np.ndarray  # (H, W, 3) float32, what the lamp adds where no person is in its way
    points: np.ndarray  # (H, W, 3) float32 m, world
    depth: np.ndarray  # (H, W) float32 m along the optical axis


def make_light(rng: np.random.Generator) -> Light:
    """Return a lamp from above, warm or cold, strong or weak."""
    height, azimuth = rng.uniform(0.55, 1.35), rng.uniform(0, 2 * np.pi)
    direction = np.array([np.cos(height) * np.cos(azimuth), np.cos(height) * np.sin(azimuth),
                          np.sin(height)])
    tint = np.clip(rng.normal(1, 0.06, 3), 0.8, 1.2)
    share, level = rng.uniform(0.25, 0.7), rng.uniform(0.85, 1.35)
    return Light(direction, 1.25 * level * (1 - share) * tint,
                 1.15 * level * share * np.clip(rng.normal(1, 0.05, 3), 0.85, 1.15))


def make_room(rng: np.random.Generator, boxes: tuple[Box, ...] = (), eyes=()) -> Room:
    """Return a room around the world's origin and the places (N, 3) of cameras, m."""
    extent = np.array([-9.0, rng.uniform(2.6, 6), -rng.uniform(3, 6), rng.uniform(3, 6)])
    for x, y, _ in eyes:
        extent[[0, 2]] = np.minimum(extent[[0, 2]], [x - CLEARANCE, y - CLEARANCE])
        extent[[1, 3]] = np.maximum(extent[[1, 3]], [x + CLEARANCE, y + CLEARANCE])
    return Room(
        extent=extent,
        walls=np.stack([paint_wall(rng) for _ in range(4)]),
        tiles=np.stack([paint_floor(rng), *(paint_box(rng) for _ in boxes)]),
        boxes=tuple(boxes),
        light=make_light(rng),
    )


def see(room: Room, view: View) -> Backdrop:
    """Return the room as a camera sees it."""
    rays = view.rays_world().astype(np.float32)
    shape = rays.shape[:2]
    boxes = np.array([box.row() for box in room.boxes], np.float32).reshape(-1, 8)
    colour, facing, lit, points, depth = cast(
        rays.reshape(-1, 3), view.eye.astype(np.float32), room.extent.astype(np.float32),
        room.walls, room.tiles, boxes, room.light.direction.astype(np.float32))
    linear = colour ** np.float32(2.2)
    direct = linear * (facing * lit)[:, None] * room.light.colour.astype(np.float32)
    ambient = linear * room.light.ambient.astype(np.float32) * (0.75 + 0.25 * lit[:, None])
    return Backdrop(ambient.reshape(*shape, 3), direct.astype(np.float32).reshape(*shape, 3),
                    points.reshape(*shape, 3), depth.reshape(shape))

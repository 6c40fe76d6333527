# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Walls, floors and wood: painted by chance. Pictures are (H, W, 3) float32 in [0, 1]."""
import colorsys

import cv2
import numpy as np

WALL_SIZE, TILE_SIZE = (192, 576), (256, 256)  # px: height, width


def colour(rng: np.random.Generator, vivid: float = 0.6) -> np.ndarray:
    """Return a random colour."""
    return np.array(colorsys.hsv_to_rgb(rng.random(), vivid * rng.random() ** 1.5,
                                        rng.uniform(0.15, 0.95)), np.float32)


def clouds(rng: np.random.Generator, size: tuple, roughness: float = 0.6) -> np.ndarray:
    """Return smooth noise (H, W) in about [-1, 1] with detail at several scales; it wraps."""
    total, weight = np.zeros(size, np.float32), 1.0
    for cells in (4, 8, 16, 32, 64):
        coarse = np.tile(rng.standard_normal((cells, cells), dtype=np.float32), (2, 2))
        fine = cv2.resize(coarse, (2 * size[1], 2 * size[0]), interpolation=cv2.INTER_CUBIC)
        middle = [slice(side // 2, side // 2 + side) for side in size]
        total += weight * fine[middle[0], middle[1]]
        weight *= roughness
    return total / 2


def paint_wall(rng: np.random.Generator) -> np.ndarray:
    """Return a wall with whatever may stand in front of it or hang on it."""
    height, width = WALL_SIZE
    picture = np.empty((*WALL_SIZE, 3), np.float32)
    picture[:] = colour(rng, 0.35) * 0.4 + 0.6 * rng.uniform(0.3, 0.95)
    picture *= np.linspace(1, rng.uniform(0.7, 1.1), height, dtype=np.float32)[:, None, None]
    if rng.random() < 0.3:
        _bricks(picture, rng)
    for _ in range(rng.integers(2, 14)):
        rng.choice([_poster, _shelf, _window, _rectangle, _ball, _rod])(picture, rng)
    if rng.random() < 0.8:  # a skirting board
        cv2.rectangle(picture, (0, height - 6), (width, height), colour(rng).tolist(), -1)
    picture *= 1 + rng.uniform(0.02, 0.12) * clouds(rng, WALL_SIZE)[..., None]
    return np.clip(picture, 0.01, 1)


def _spot(rng, least=12, most=110):
    height, width = WALL_SIZE
    x, y = int(rng.integers(-20, width)), int(rng.integers(-20, height))
    return x, y, x + int(rng.integers(least, most)), y + int(rng.integers(least, most))


def _bricks(picture, rng):
    rows, line = int(rng.integers(6, 16)), (colour(rng, 0.2)).tolist()
    for y in range(0, WALL_SIZE[0], rows):
        cv2.line(picture, (0, y), (WALL_SIZE[1], y), line, 1)
        for x in range((y // rows % 2) * rows, WALL_SIZE[1], rows * 2):
            cv2.line(picture, (x, y), (x, y + rows), line, 1)


def _rectangle(picture, rng):
    x, y, right, bottom = _spot(rng)
    cv2.rectangle(picture, (x, y), (right, bottom), colour(rng).tolist(), -1)


def _poster(picture, rng):
    x, y, right, bottom = _spot(rng, 24, 90)
    cv2.rectangle(picture, (x, y), (right, bottom), colour(rng).tolist(), -1)
    for _ in range(rng.integers(2, 9)):
        a = (int(rng.integers(x, right)), int(rng.integers(y, bottom)))
        b = (int(rng.integers(x, right)), int(rng.integers(y, bottom)))
        if rng.random() < 0.5:
            cv2.rectangle(picture, a, b, colour(rng, 0.9).tolist(), -1)
        else:
            cv2.circle(picture, a, int(rng.integers(2, 14)), colour(rng, 0.9).tolist(), -1)


def _shelf(picture, rng):
    x, y, right, bottom = _spot(rng, 40, 150)
    cv2.rectangle(picture, (x, y), (right, bottom), (colour(rng) * 0.5).tolist(), -1)
    for row in range(y + 4, bottom - 10, int(rng.integers(18, 32))):
        at = x + 3
        while at < right - 3:
            wide, high = int(rng.integers(2, 9)), int(rng.integers(8, 18))
            cv2.rectangle(picture, (at, row + 18 - high), (at + wide - 1, row + 17),
                          colour(rng, 0.9).tolist(), -1)
            at += wide + int(rng.integers(0, 3))


def _window(picture, rng):
    x, y, right, bottom = _spot(rng, 40, 120)
    frame = (colour(rng, 0.2)).tolist()
    cv2.rectangle(picture, (x, y), (right, bottom), (0.8, 0.9, 1.0), -1)
    cv2.rectangle(picture, (x, y), (right, bottom), frame, 4)
    cv2.line(picture, ((x + right) // 2, y), ((x + right) // 2, bottom), frame, 3)


def _ball(picture, rng):
    x, y, right, _ = _spot(rng, 8, 60)
    cv2.circle(picture, (x, y), (right - x) // 2, colour(rng, 0.9).tolist(), -1, cv2.LINE_AA)


def _rod(picture, rng):  # as thick and as coloured as limbs are
    x, y, right, bottom = _spot(rng, 10, 160)
    cv2.line(picture, (x, y), (right, bottom), colour(rng, 0.6).tolist(),
             int(rng.integers(2, 12)), cv2.LINE_AA)


def paint_floor(rng: np.random.Generator) -> np.ndarray:
    """Return a piece of floor that repeats: planks, tiles, carpet or concrete."""
    height, width = TILE_SIZE
    picture = np.empty((*TILE_SIZE, 3), np.float32)
    picture[:] = colour(rng, 0.5) * 0.5 + 0.5 * rng.uniform(0.15, 0.8)
    kind = rng.choice(['planks', 'tiles', 'carpet', 'concrete'])
    if kind == 'planks':
        picture[:] = np.array([0.62, 0.45, 0.3]) * rng.uniform(0.5, 1.4)
        for x in range(0, width, 16):
            picture[:, x:x + 16] *= rng.uniform(0.8, 1.15)
            picture[:, x] *= 0.6
    elif kind == 'tiles':
        cell = int(rng.choice([32, 64]))
        if rng.random() < 0.4:
            rows, columns = np.indices(TILE_SIZE) // cell
            picture[(rows + columns) % 2 == 1] *= rng.uniform(0.5, 0.9)
        picture[::cell], picture[:, ::cell] = picture[::cell] * 0.7, picture[:, ::cell] * 0.7
    rough = 0.9 if kind == 'carpet' else 0.6
    noise = clouds(rng, TILE_SIZE, rough)
    picture *= 1 + rng.uniform(0.03, 0.12) * noise[..., None]
    return np.clip(picture, 0.01, 1)


def paint_box(rng: np.random.Generator) -> np.ndarray:
    """Return the surface of a piece of furniture."""
    picture = np.empty((*TILE_SIZE, 3), np.float32)
    picture[:] = colour(rng, 0.8)
    if rng.random() < 0.4:  # wood
        picture[:] = np.array([0.6, 0.42, 0.26]) * rng.uniform(0.5, 1.5)
        grain = clouds(rng, (256, 16), 0.9)
        picture *= 1 + 0.12 * cv2.resize(grain, TILE_SIZE)[..., None]
    elif rng.random() < 0.4:
        for _ in range(rng.integers(2, 8)):
            _rectangle(picture, rng)
    picture *= 1 + 0.06 * clouds(rng, TILE_SIZE)[..., None]
    return np.clip(picture, 0.01, 1)

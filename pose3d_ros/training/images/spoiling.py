# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Pictures as bad cameras, bad light and full rooms make them.

Renders are too clean and too much alike: whatever may differ between them and the world is drawn
by chance (Tobin et al., IROS 2017). Pictures are (h, w, 3) uint8 RGB; masks (h, w) uint8.
"""
import cv2
import numpy as np
from numpy.random import Generator

#: Noise is expensive: one piece of it serves all pictures, from another place each time.
_GRAIN = np.random.default_rng(0).standard_normal(2**20, np.float32)


def random_colour(rng: Generator) -> list[int]:
    """Return a colour, as often pale as bright."""
    grey = rng.uniform(0, 255)
    return np.clip(grey + rng.uniform(0, 90) * rng.standard_normal(3), 0, 255).tolist()


def noise(rng: Generator, size: tuple, cells: int, channels: int = 3) -> np.ndarray:
    """Return smooth noise (h, w, channels) float32 in 0..1 of about that many cells a side."""
    coarse = rng.random((cells, max(2, cells * size[1] // size[0]), channels), np.float32)
    return cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_LINEAR).reshape(*size, channels)


def texture(rng: Generator, size: tuple) -> np.ndarray:
    """Return a picture (h, w, 3) of nothing: a gradient, noise, stripes, shapes."""
    picture = noise(rng, size, int(rng.integers(2, 5))) * rng.uniform(40, 255)
    picture += rng.uniform(-60, 120)
    if rng.random() < 0.6:
        grain = noise(rng, size, int(rng.integers(6, 40)), int(rng.choice([1, 3])))
        picture += rng.uniform(20, 160) * (grain - 0.5)
    if rng.random() < 0.25:
        y, x = np.mgrid[:size[0], :size[1]].astype(np.float32)
        phase = (x * rng.normal() + y * rng.normal()) * rng.uniform(0.1, 1)
        picture += rng.uniform(10, 80) * np.sign(np.sin(phase))[..., None]
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(0, 14))):
        draw_shape(rng, picture, random_colour(rng), rng.uniform(0.05, 0.6))
    return picture


def draw_shape(rng: Generator, picture: np.ndarray, colour, extent: float) -> None:
    """Draw a box, an ellipse, a triangle or a bar; `extent` in sides of the picture."""
    height, width = picture.shape[:2]
    at = (rng.random(2) * (width, height)).astype(int)
    reach = np.maximum(1, extent * height * rng.uniform(0.2, 1, 2)).astype(int)
    kind = rng.integers(4)
    if kind == 0:
        cv2.ellipse(picture, at.tolist(), (reach // 2 + 1).tolist(), rng.uniform(0, 180), 0, 360,
                    colour, -1, cv2.LINE_AA)
    elif kind == 1:
        cv2.rectangle(picture, (at - reach // 2).tolist(), (at + reach // 2).tolist(), colour, -1)
    elif kind == 2:
        corners = at + (rng.standard_normal((int(rng.integers(3, 6)), 2)) * reach / 2)
        cv2.fillPoly(picture, [corners.astype(np.int32)], colour, cv2.LINE_AA)
    else:
        end = at + rng.standard_normal(2) * height
        cv2.line(picture, at.tolist(), end.astype(int).tolist(), colour,
                 int(rng.integers(1, max(2, height // 12))), cv2.LINE_AA)


def blend(under: np.ndarray, over: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return `over` where the mask is 255, `under` where it is 0."""
    share = mask.astype(np.float32) / 255
    return cv2.blendLinear(np.ascontiguousarray(over), under, share, 1 - share)


def repaint(rng: Generator, picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the picture with other colours where the mask is set: cloth nobody rendered."""
    size = picture.shape[:2]
    gain = 0.35 + 1.3 * noise(rng, size, int(rng.integers(2, 8)))
    painted = np.clip(picture * gain + rng.uniform(-40, 40, 3), 0, 255).astype(np.uint8)
    return blend(picture, painted, mask)


def light(rng: Generator, picture: np.ndarray) -> np.ndarray:
    """Return the picture in another light, by another sensor."""
    table = np.arange(256, dtype=np.float32)[:, None] / 255
    table = table ** np.exp(rng.normal(0, 0.25)) * np.exp(rng.normal(0, 0.12, 3))
    table = (table - 0.5) * np.exp(rng.normal(0, 0.22)) + 0.5 + rng.normal(0, 0.06)
    table = np.clip(table * 255, 0, 255).astype(np.uint8)
    picture = cv2.LUT(picture, table[None])
    draw = rng.random()
    if draw < 0.12:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        return cv2.merge([grey] * 3)
    if draw < 0.22:
        return np.ascontiguousarray(picture[..., rng.permutation(3)])
    if draw < 0.4:
        shade = 0.3 + 0.7 * noise(rng, picture.shape[:2], int(rng.integers(2, 4)), 1)
        return (picture * shade).astype(np.uint8)
    return picture


def blur(rng: Generator, picture: np.ndarray) -> np.ndarray:
    """Return the picture out of focus, moved, or scaled down and up again; mostly as it was."""
    height, width = picture.shape[:2]
    draw = rng.random()
    if draw < 0.15:
        return cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 0.016 * height))
    if draw < 0.25:
        length = int(rng.integers(2, max(3, height // 14)))
        line = np.zeros((length, length), np.float32)
        turn = rng.uniform(0, np.pi)
        reach = (length - 1) / 2 * np.array([np.cos(turn), np.sin(turn)])
        ends = ((length - 1) / 2 + np.stack([-reach, reach])).round().astype(int).tolist()
        cv2.line(line, ends[0], ends[1], 1.0)
        return cv2.filter2D(picture, -1, line / line.sum())
    if draw < 0.45:
        factor = rng.uniform(0.25, 0.8)
        small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (width, height), interpolation=int(rng.choice(
            [cv2.INTER_LINEAR, cv2.INTER_NEAREST, cv2.INTER_CUBIC])))
    return picture


def sensor(rng: Generator, picture: np.ndarray) -> np.ndarray:
    """Return the picture with the noise of a sensor and what JPEG leaves of it."""
    if rng.random() < 0.4:
        start = rng.integers(len(_GRAIN) - picture.size)
        grain = _GRAIN[start:start + picture.size].reshape(picture.shape)
        grain = cv2.multiply(grain, float(rng.uniform(1, 18)), dtype=cv2.CV_16S)
        picture = cv2.add(picture, grain, dtype=cv2.CV_8U)
    if rng.random() < 0.25:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(12, 80))]
        picture = cv2.imdecode(cv2.imencode('.jpg', picture, quality)[1], cv2.IMREAD_COLOR)
    return picture


def spoil(rng: Generator, picture: np.ndarray) -> np.ndarray:
    """Return the picture after light, lens and sensor."""
    return sensor(rng, blur(rng, light(rng, picture)))

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The light of the lamp and its shadows, compiled by numba.

A lamp is a tuple: its depth map (S, S) float32 m, the map's axes to the right and down (3,), the
direction to the lamp (3,), the middle of the map (3,) m, the size of its pixels, m.
"""
from math import floor, sqrt

from numba import njit
import numpy as np

LIGHT_DISTANCE = 50.0  # m, added to the depths that the lamp sees
#: By layer (hair, shirt, trousers, shoes, skin): strength and sharpness of the gloss, how far the
#: light goes round, as it does under skin.
GLOSS = np.array([0.16, 0.03, 0.03, 0.03, 0.10])
SHARPNESS = np.array([14.0, 14.0, 14.0, 30.0, 14.0])
WRAP = np.array([0.08, 0.08, 0.08, 0.08, 0.25])
BODY_BIAS, ROOM_BIAS = 0.035, 0.02  # m, by which a surface may lie behind what the lamp sees


@njit(cache=True)
def light_reach(shadow, right, down, light, middle, texel, x, y, z, bias):
    """Return the share of the light that reaches a place: 0 in shadow; four looks at the map."""
    x, y, z = x - middle[0], y - middle[1], z - middle[2]
    u = (x * right[0] + y * right[1] + z * right[2]) / texel + shadow.shape[1] / 2
    v = (x * down[0] + y * down[1] + z * down[2]) / texel + shadow.shape[0] / 2
    far = LIGHT_DISTANCE - (x * light[0] + y * light[1] + z * light[2]) - bias
    i, j = int(floor(v)), int(floor(u))
    if i < 0 or j < 0 or i >= shadow.shape[0] - 1 or j >= shadow.shape[1] - 1:
        return 1.0
    fu, fv = u - j, v - i
    reach = 0.0
    for a in range(2):
        for b in range(2):
            if shadow[i + a, j + b] >= far:
                reach += (fv if a else 1 - fv) * (fu if b else 1 - fu)
    return reach


@njit(cache=True)
def room_shadow(points, lamp):
    """Return the share (H, W) float32 of the lamp that people leave to the room's points."""
    height, width = points.shape[:2]
    shadow, right, down, light, middle, texel = lamp  # here: taken apart for each pixel it is slow
    reach = np.ones((height, width), np.float32)
    for y in range(height):
        for x in range(width):
            reach[y, x] = light_reach(
                shadow, right, down, light, middle, texel, points[y, x, 0], points[y, x, 1],
                points[y, x, 2], ROOM_BIAS)
    return reach


@njit(cache=True)
def shine(lamp, spot, normal, eye, layer):
    """Return how strongly the lamp lights a place on a person, and how much of it glosses."""
    shadow, right, down, light, middle, texel = lamp
    facing = normal[0] * light[0] + normal[1] * light[1] + normal[2] * light[2]
    diffuse = max((facing + WRAP[layer]) / (1 + WRAP[layer]), 0.0)
    if diffuse > 0:
        diffuse *= light_reach(
            shadow, right, down, light, middle, texel, spot[0], spot[1], spot[2], BODY_BIAS)
    if facing <= 0:
        return diffuse, 0.0
    x, y, z = eye[0] - spot[0], eye[1] - spot[1], eye[2] - spot[2]
    out = sqrt(x * x + y * y + z * z)
    x, y, z = light[0] + x / out, light[1] + y / out, light[2] + z / out
    half = (normal[0] * x + normal[1] * y + normal[2] * z) / sqrt(x * x + y * y + z * z)
    return diffuse, GLOSS[layer] * max(half, 0.0) ** SHARPNESS[layer] * diffuse

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The colours of the pixels that show a person, compiled by numba.

For each pixel the triangle seen is looked up, its vertices' values are interpolated, the place on
the body decides on skin, face, hair or cloth with its pattern, and light, shadow and sky shade it.
"""
from math import exp, floor, sin, sqrt

from numba import njit
import numpy as np
from pose3d_ros.simulation.looks import COLUMNS

SKIN, HAIR, SHIRT, SHIRT_2, TROUSERS, TROUSERS_2, SHOES, IRIS = (
    COLUMNS[name] for name in ('skin', 'hair', 'shirt', 'shirt_second', 'trousers',
                               'trousers_second', 'shoes', 'iris'))
SHIRT_PATTERN, TROUSERS_PATTERN, PERIOD, BEARD, FOLDS, PHASE, HEAD, SCALE, LIPS = (
    COLUMNS[name] for name in ('shirt_pattern', 'trousers_pattern', 'period', 'beard', 'folds',
                               'phase', 'head', 'scale', 'lips'))
LIGHT_DISTANCE = 50.0  # m, added to the depths that the lamp sees


@njit(cache=True)
def hash_noise(i, j, k):
    """Return a number in [0, 1) for three whole numbers."""
    value = (i * 73856093) ^ (j * 19349663) ^ (k * 83492791)
    value = (value ^ (value >> 13)) * 1274126177
    return ((value ^ (value >> 16)) & 0xFFFF) / 65536.0


@njit(cache=True)
def smooth_noise(x, y, z):
    """Return smooth noise in [0, 1] that changes over a length of 1."""
    i, j, k = int(floor(x)), int(floor(y)), int(floor(z))
    fx, fy, fz = x - i, y - j, z - k
    total = 0.0
    for a in range(2):
        for b in range(2):
            for c in range(2):
                weight = (fx if a else 1 - fx) * (fy if b else 1 - fy) * (fz if c else 1 - fz)
                total += weight * hash_noise(i + a, j + b, k + c)
    return total


@njit(cache=True)
def pattern_share(pattern, x, y, z, period, phase):
    """Return the share of the second colour at a place on a garment."""
    if pattern == 1:
        return 1.0 if sin(6.2832 * z / period + phase) > 0.1 else 0.0
    if pattern == 2:
        return 1.0 if sin(6.2832 * y / period + phase) > 0.3 else 0.0
    if pattern == 3:
        return 0.5 * (sin(6.2832 * z / period) > 0.2) + 0.5 * (sin(6.2832 * y / period) > 0.2)
    if pattern == 4:
        a, b = y / period - floor(y / period) - 0.5, z / period - floor(z / period) - 0.5
        return 1.0 if a * a + b * b < 0.06 else 0.0
    if pattern == 5:
        return smooth_noise(x / period * 2, y / period * 2, z / period * 2)
    return 0.0


@njit(cache=True)
def paint_face(colour, look, x, y, z, px):
    """Paint eyes, brows, mouth and beard; x, y, z: from the middle of the ears, 1.70 m tall."""
    side = abs(y)
    if x < 0.03:
        return
    flush = exp(-((side - 0.042) ** 2 + (z + 0.025) ** 2) / 0.0006)
    colour[1] *= 1 - 0.10 * flush
    colour[2] *= 1 - 0.10 * flush
    beard = look[BEARD]
    mouth = (z + 0.058) ** 2 / 0.0002 + y * y / 0.0006
    if beard > 0 and z < -0.032 and side < 0.07 and mouth > 1:
        for c in range(3):
            colour[c] += beard * 0.8 * (look[HAIR + c] - colour[c])
    soft = max(px, 0.0015)
    eye = ((side - 0.0325) / 0.0165) ** 2 + ((z - 0.026) / 0.0078) ** 2
    lid = ((side - 0.0325) / 0.021) ** 2 + ((z - 0.029) / 0.0125) ** 2
    arch = 28 * (side - 0.034) ** 2
    brow = ((side - 0.034) / 0.021) ** 2 + ((z - 0.047 + arch) / 0.0042) ** 2
    shade = 1.0
    if lid < 1.0:
        shade = 0.62
    if brow < 1.0 + soft * 100:
        for c in range(3):
            colour[c] += 0.75 * (look[HAIR + c] * 0.8 - colour[c])
    for c in range(3):
        colour[c] *= shade
    if eye < 1.0:
        iris = sqrt((side - 0.0325) ** 2 + (z - 0.0265) ** 2)
        for c in range(3):
            colour[c] = 0.86 if iris > 0.0068 else (look[IRIS + c] if iris > 0.003 else 0.03)
    lips = (y / 0.026) ** 2 + ((z + 0.062) / 0.0085) ** 2
    if lips < 1.0:
        line = 0.55 if abs(z + 0.0615) < 0.0018 else 1.0
        for c in range(3):
            colour[c] = look[LIPS + c] * line
    if (side - 0.008) ** 2 + (z + 0.030) ** 2 < 0.000022:
        for c in range(3):
            colour[c] *= 0.45


@njit(cache=True)
def body_colour(colour, look, layers, place, px):
    """Write the colour of a place on a person; return the layer (0 hair to 3 shoes, 4 skin)."""
    x, y, z = place
    layer, first, second, share = 4, SKIN, SKIN, 0.0
    period = look[PERIOD]
    if layers[0] > 0:
        layer, first, second = 0, HAIR, HAIR
    elif layers[1] > 0:
        layer, first, second = 1, SHIRT, SHIRT_2
        pattern = int(look[SHIRT_PATTERN])
        if pattern == 6:  # a print on the chest
            a, b = y / 0.12, (z - look[HEAD + 2] + 0.36) / 0.11
            if x > 0 and abs(a) < 1 and abs(b) < 1:
                share = 1.0 if smooth_noise(a * 2.5 + look[PHASE], b * 2.5, 1.0) > 0.45 else 0.0
        else:
            share = pattern_share(pattern, x, y, z, period, look[PHASE])
    elif layers[2] > 0:
        layer, first, second = 2, TROUSERS, TROUSERS_2
        share = 0.6 * pattern_share(int(look[TROUSERS_PATTERN]), x, y, z, period, look[PHASE])
    elif layers[3] > 0:
        layer, first, second = 3, SHOES, SHOES
    for c in range(3):
        colour[c] = look[first + c] + share * (look[second + c] - look[first + c])
    grain = smooth_noise(x * 60, y * 60, z * 60) - 0.5
    if layer == 0:
        grain = 1.6 * (smooth_noise(x * 160, y * 160, z * 25) - 0.5)
    elif layer == 3 and z < 0.018:  # the sole
        for c in range(3):
            colour[c] = 0.75 if look[PHASE] > 4 else 0.12
    for c in range(3):
        colour[c] *= 1 + 0.16 * grain
    if layer == 4:
        scale = look[SCALE]
        hz = (z - look[HEAD + 2]) / scale
        if hz > -0.13:
            paint_face(colour, look, (x - look[HEAD]) / scale, y / scale, hz, px)
        elif look[SHIRT_PATTERN] >= 0 and hz < -0.86 * 1.0 and z > 0.5 * scale:
            gap = (x / scale + 0.002) / 0.0185  # fingers
            if abs(gap - floor(gap + 0.5)) < 0.12:
                for c in range(3):
                    colour[c] *= 0.72
    return layer


@njit(cache=True)
def light_reach(shadow, place, light_u, light_v, light, origin, texel, bias):
    """Return the share of the light that reaches a place: 0 in shadow; four looks at the map."""
    rx, ry, rz = place[0] - origin[0], place[1] - origin[1], place[2] - origin[2]
    u = (rx * light_u[0] + ry * light_u[1] + rz * light_u[2]) / texel + shadow.shape[1] / 2
    v = (rx * light_v[0] + ry * light_v[1] + rz * light_v[2]) / texel + shadow.shape[0] / 2
    far = LIGHT_DISTANCE - (rx * light[0] + ry * light[1] + rz * light[2]) - bias
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
def shade(image, owner, hit, pixels, depth, vertices, normals, triangles, layers, texture,
          openness, who, looks, eye, focal, light_colour, ambient, shadow, light_u, light_v,
          light, origin, texel):
    """
    Colour the pixels where a triangle is seen.

    Parameters
    ----------
    image : (H, W, 3) float32
        Written, linear light.
    owner : (H, W) uint8
        Number of the person seen, from 1; written.
    hit : (H, W) int32
        Number of the triangle seen, negative where none is.
    pixels, depth : (V, 2) px, (V,) m
        Vertices in the picture.
    vertices, normals, triangles, layers, texture, openness : (V, ...), (F, 3)
        World places and directions, and the mesh's fields.
    who : (V,) uint8
        Person of each vertex, from 0.
    looks : (P, COUNT)
        See looks.py.
    eye : (3,)
        The camera's place in the world, m.
    focal : float
        Focal length, px.
    light_colour, ambient : (3,)
        Colour of the lamp and of the light from everywhere.
    shadow, light_u, light_v, light, origin, texel
        The lamp's depth map: (S, S) m, its axes, the direction to the lamp, its middle and the
        size of its pixels.

    """
    height, width = hit.shape
    colour, place, fields, normal, spot = (
        np.empty(3), np.empty(3), np.empty(4), np.empty(3), np.empty(3))
    for y in range(height):
        for x in range(width):
            if hit[y, x] < 0:
                continue
            i, j, k = triangles[hit[y, x]]
            ax, ay, bx, by = pixels[i, 0], pixels[i, 1], pixels[j, 0], pixels[j, 1]
            cx, cy = pixels[k, 0], pixels[k, 1]
            area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
            u = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area / depth[i]
            v = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area / depth[j]
            w = (1 - u * depth[i] - v * depth[j]) / depth[k]
            total = u + v + w
            u, v, w = u / total, v / total, w / total
            for c in range(3):
                place[c] = u * texture[i, c] + v * texture[j, c] + w * texture[k, c]
                normal[c] = u * normals[i, c] + v * normals[j, c] + w * normals[k, c]
                spot[c] = u * vertices[i, c] + v * vertices[j, c] + w * vertices[k, c]
            for c in range(4):
                fields[c] = u * layers[i, c] + v * layers[j, c] + w * layers[k, c]
            fold = u * openness[i] + v * openness[j] + w * openness[k]
            person = who[i]
            look = looks[person]
            owner[y, x] = person + 1
            layer = body_colour(colour, look, fields, place, 1 / (total * focal))
            if layer == 1 or layer == 2:  # folds of cloth tilt the normal
                for c in range(3):
                    normal[c] += look[FOLDS] * (smooth_noise(
                        place[0] * 20 + 9 * c, place[1] * 16, place[2] * 12) - 0.5)
            length = sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2) + 1e-9
            facing, half = 0.0, 0.0
            out = sqrt((eye[0] - spot[0]) ** 2 + (eye[1] - spot[1]) ** 2 + (eye[2] - spot[2]) ** 2)
            hx = light[0] + (eye[0] - spot[0]) / out
            hy = light[1] + (eye[1] - spot[1]) / out
            hz = light[2] + (eye[2] - spot[2]) / out
            for c in range(3):
                normal[c] /= length
                facing += normal[c] * light[c]
            half = (normal[0] * hx + normal[1] * hy + normal[2] * hz) / sqrt(hx**2 + hy**2 + hz**2)
            wrap = 0.25 if layer == 4 else 0.08  # light goes under the skin
            diffuse = max((facing + wrap) / (1 + wrap), 0.0)
            if diffuse > 0:
                diffuse *= light_reach(shadow, spot, light_u, light_v, light, origin, texel, 0.035)
            gloss = 0.0
            if half > 0 and facing > 0:
                gloss = (0.10 if layer == 4 else 0.16 if layer == 0 else 0.03) * half ** (
                    14 if layer != 3 else 30) * diffuse
            sky = fold * (0.68 + 0.32 * normal[2])
            for c in range(3):
                image[y, x, c] = colour[c] ** 2.2 * (
                    ambient[c] * sky + light_colour[c] * diffuse) + gloss * light_colour[c]


@njit(cache=True)
def room_shadow(points, shadow, light_u, light_v, light, origin, texel):
    """Return the share (H, W) float32 of the lamp that people leave to the room's points."""
    height, width = points.shape[:2]
    reach = np.ones((height, width), np.float32)
    for y in range(height):
        for x in range(width):
            reach[y, x] = light_reach(
                shadow, points[y, x], light_u, light_v, light, origin, texel, 0.02)
    return reach

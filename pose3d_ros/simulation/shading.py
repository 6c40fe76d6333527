# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The pixels that show a person, compiled by numba.

For each pixel the triangle seen is looked up, its vertices' values are interpolated, the place on
the body decides on the colour, and lamp, shadow and the light from everywhere shade it.
"""
from math import sqrt

from numba import njit
import numpy as np
from pose3d_ros.simulation.lamp import shine
from pose3d_ros.simulation.noise import smooth_noise
from pose3d_ros.simulation.paint import body_colour, FOLDS, IS_SHIRT, IS_TROUSERS


@njit(cache=True)
def weights_of(pixels, depth, i, j, k, x, y):
    """Return the shares of a triangle's vertices at a pixel, in space, and the depth there."""
    ax, ay, bx, by = pixels[i, 0], pixels[i, 1], pixels[j, 0], pixels[j, 1]
    cx, cy = pixels[k, 0], pixels[k, 1]
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    u = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
    v = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
    w = (1 - u - v) / depth[k]
    u, v = u / depth[i], v / depth[j]
    total = u + v + w
    return u / total, v / total, w / total, 1 / total


@njit(cache=True)
def mix(values, i, j, k, u, v, w, result):
    """Write the mixture of three rows of values (V, C)."""
    for c in range(len(result)):
        result[c] = u * values[i, c] + v * values[j, c] + w * values[k, c]


@njit(cache=True)
def crease(normal, place, amount):
    """Tilt a normal as the folds of cloth do, and make it a unit vector again."""
    for c in range(3):
        if amount > 0:
            normal[c] += amount * (smooth_noise(
                place[0] * 20 + 9 * c, place[1] * 16, place[2] * 12) - 0.5)
    length = sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2) + 1e-9
    for c in range(3):
        normal[c] /= length


@njit(cache=True)
def shade(image, owner, hit, pixels, depth, vertices, normals, triangles, layers, texture,
          openness, who, looks, eye, focal, light_colour, ambient, lamp):
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
    looks : (P, C)
        See looks.py.
    eye : (3,)
        The camera's place in the world, m.
    focal : float
        Focal length, px.
    light_colour, ambient : (3,)
        Colour of the lamp and of the light from everywhere.
    lamp : tuple
        See lamp.py.

    """
    colour, place, fields, normal, spot = (
        np.empty(3), np.empty(3), np.empty(4), np.empty(3), np.empty(3))
    for y in range(hit.shape[0]):
        for x in range(hit.shape[1]):
            if hit[y, x] < 0:
                continue
            f = hit[y, x]
            i, j, k = triangles[f, 0], triangles[f, 1], triangles[f, 2]
            u, v, w, away = weights_of(pixels, depth, i, j, k, x, y)
            mix(texture, i, j, k, u, v, w, place)
            mix(normals, i, j, k, u, v, w, normal)
            mix(vertices, i, j, k, u, v, w, spot)
            mix(layers, i, j, k, u, v, w, fields)
            person = who[i]
            owner[y, x] = person + 1
            layer = body_colour(colour, looks, person, fields, place, away / focal)
            cloth = layer in (IS_SHIRT, IS_TROUSERS)
            crease(normal, place, looks[person, FOLDS] if cloth else 0.0)
            diffuse, gloss = shine(lamp, spot, normal, eye, layer)
            sky = (u * openness[i] + v * openness[j] + w * openness[k]) * (
                0.68 + 0.32 * normal[2])
            for c in range(3):
                image[y, x, c] = colour[c] ** 2.2 * (
                    ambient[c] * sky + light_colour[c] * diffuse) + gloss * light_colour[c]

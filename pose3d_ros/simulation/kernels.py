# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The loops over vertices and pixels, compiled by numba: skinning, normals, z-buffer."""
from numba import njit
import numpy as np

NEAR = 0.12  # m, nearer triangles are not drawn


@njit(cache=True, fastmath=False)
def skin(vertices, bones, weights, turns, shifts):
    """Return vertices (V, 3) moved by linear blend skinning, float32 m."""
    moved = np.empty_like(vertices)
    for v in range(len(vertices)):
        x, y, z = vertices[v, 0], vertices[v, 1], vertices[v, 2]
        a = b = c = np.float32(0)
        for k in range(4):
            w = weights[v, k]
            if w == 0:
                continue
            turn, shift = turns[bones[v, k]], shifts[bones[v, k]]
            a += w * (turn[0, 0] * x + turn[0, 1] * y + turn[0, 2] * z + shift[0])
            b += w * (turn[1, 0] * x + turn[1, 1] * y + turn[1, 2] * z + shift[1])
            c += w * (turn[2, 0] * x + turn[2, 1] * y + turn[2, 2] * z + shift[2])
        moved[v, 0], moved[v, 1], moved[v, 2] = a, b, c
    return moved


@njit(cache=True, fastmath=False)
def vertex_normals(vertices, triangles):
    """Return unit normals (V, 3) float32, mean of the triangles around weighted by area."""
    normals = np.zeros_like(vertices)
    for f in range(len(triangles)):
        i, j, k = triangles[f, 0], triangles[f, 1], triangles[f, 2]
        x, y, z = vertices[i, 0], vertices[i, 1], vertices[i, 2]
        ax, ay, az = vertices[j, 0] - x, vertices[j, 1] - y, vertices[j, 2] - z
        bx, by, bz = vertices[k, 0] - x, vertices[k, 1] - y, vertices[k, 2] - z
        nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        for v in (i, j, k):
            normals[v, 0] += nx
            normals[v, 1] += ny
            normals[v, 2] += nz
    for v in range(len(normals)):
        x, y, z = normals[v, 0], normals[v, 1], normals[v, 2]
        length = np.sqrt(x * x + y * y + z * z) + np.float32(1e-12)
        normals[v, 0], normals[v, 1], normals[v, 2] = x / length, y / length, z / length
    return normals


@njit(cache=True, fastmath=False)
def rasterise(pixels, depth, triangles, z_buffer, hit, first):
    """
    Draw triangles into a z-buffer.

    Parameters
    ----------
    pixels : (V, 2) float32
        Vertices in the image, px; pixel centres at whole numbers.
    depth : (V,) float32
        Distance along the optical axis, m.
    triangles : (F, 3) int32
        Counter-clockwise seen from outside: those seen from inside are left out.
    z_buffer : (H, W) float32
        Depth so far; written.
    hit : (H, W) int32
        Number of the triangle seen; written.
    first : int
        Number of the first of these triangles.

    """
    height, width = z_buffer.shape
    for f in range(len(triangles)):
        i, j, k = triangles[f, 0], triangles[f, 1], triangles[f, 2]
        if depth[i] < NEAR or depth[j] < NEAR or depth[k] < NEAR:
            continue
        ax, ay, bx, by = pixels[i, 0], pixels[i, 1], pixels[j, 0], pixels[j, 1]
        cx, cy = pixels[k, 0], pixels[k, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if not area < 0:  # y points down: outside is clockwise in the picture
            continue
        left, right = max(0, np.ceil(min(ax, bx, cx))), min(width - 1, np.floor(max(ax, bx, cx)))
        top, bottom = max(0, np.ceil(min(ay, by, cy))), min(height - 1, np.floor(max(ay, by, cy)))
        if left > right or top > bottom:
            continue
        za, zb, zc = 1 / depth[i], 1 / depth[j], 1 / depth[k]
        for y in range(int(top), int(bottom) + 1):
            for x in range(int(left), int(right) + 1):
                u = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
                v = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
                w = 1 - u - v
                if u < 0 or v < 0 or w < 0:
                    continue
                z = 1 / (u * za + v * zb + w * zc)
                if z < z_buffer[y, x]:
                    z_buffer[y, x] = z
                    hit[y, x] = first + f


@njit(cache=True, fastmath=False)
def project(vertices, rotation, shift, matrix, lens, reach):
    """
    Return pixels (V, 2) and depths (V,), float32, of world points through a plumb_bob lens.

    What lies beside or behind the picture by more than `reach` (tangent) gets depth 0: there the
    lens formula may lead back into the picture.
    """
    pixels = np.empty((len(vertices), 2), np.float32)
    depth = np.zeros(len(vertices), np.float32)
    k1, k2, p1, p2, k3 = lens
    for v in range(len(vertices)):
        x, y, z = vertices[v, 0], vertices[v, 1], vertices[v, 2]
        cz = rotation[2, 0] * x + rotation[2, 1] * y + rotation[2, 2] * z + shift[2]
        pixels[v, 0] = pixels[v, 1] = -1e6
        if cz < NEAR:
            continue
        a = (rotation[0, 0] * x + rotation[0, 1] * y + rotation[0, 2] * z + shift[0]) / cz
        b = (rotation[1, 0] * x + rotation[1, 1] * y + rotation[1, 2] * z + shift[1]) / cz
        square = a * a + b * b
        if square > reach * reach:
            continue
        radial = 1 + square * (k1 + square * (k2 + square * k3))
        da = a * radial + 2 * p1 * a * b + p2 * (square + 2 * a * a)
        db = b * radial + p1 * (square + 2 * b * b) + 2 * p2 * a * b
        pixels[v, 0] = matrix[0, 0] * da + matrix[0, 1] * db + matrix[0, 2]
        pixels[v, 1] = matrix[1, 1] * db + matrix[1, 2]
        depth[v] = cz
    return pixels, depth


@njit(cache=True, fastmath=False)
def flatten(vertices, middle, axes, light, texel, half, distance):
    """Return pixels (V, 2) and depths (V,), float32, of world points as a far lamp sees them."""
    pixels = np.empty((len(vertices), 2), np.float32)
    depth = np.empty(len(vertices), np.float32)
    for v in range(len(vertices)):
        x, y, z = (vertices[v, 0] - middle[0], vertices[v, 1] - middle[1],
                   vertices[v, 2] - middle[2])
        pixels[v, 0] = (x * axes[0, 0] + y * axes[0, 1] + z * axes[0, 2]) / texel + half
        pixels[v, 1] = (x * axes[1, 0] + y * axes[1, 1] + z * axes[1, 2]) / texel + half
        depth[v] = distance - (x * light[0] + y * light[1] + z * light[2])
    return pixels, depth

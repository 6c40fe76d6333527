# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The 3D view of a page, in matplotlib.

Levelled frame: x right, y forward, z up, metres; the camera is at x = y = 0 and z counts from the
lowest joint. With gravity unknown, the camera's y axis is taken for down.
"""
from collections.abc import Sequence

import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import Skeleton
from pose3d_ros.drawing import label_of, person_colour, side_of

INK, MUTED, GRID = '#1d2433', '#6b7486', '#d5dae3'
#: The sides' colours, darker than on the picture: the page is white.
SIDES = {'left': '#1f6fd6', 'right': '#e8730c', 'trunk': '#3d4657'}
TRUTH, SHADOW = '#a7afbd', '#e1e6ee'
MARGIN = 0.9  # part of its place that the view takes: the rest is for labels
FRUSTUM = 0.45  # m, depth of the camera drawn
DOWN = np.array([0.0, 1.0, 0.0])  # camera optical frame
UP = np.array([0.0, 0.0, 1.0])  # levelled frame


def show_bodies(
    view, bodies: Sequence[Body], camera: PinholeCamera, skeleton: Skeleton,
    truth: np.ndarray | None = None, gravity: np.ndarray | None = None,
):
    """Draw bodies, true joints (P, J, 3) and the camera into an Axes3D; see `write_page`."""
    rotation = level(gravity)
    people = [*(body.joints for body in bodies), *(() if truth is None else truth)]
    people = [joints @ rotation.T for joints in people]
    frustum = _frustum(camera) @ rotation.T
    floor = _lowest([*people, frustum]) * UP
    people, frustum = [joints - floor for joints in people], frustum - floor
    low, high = _bounds([*people, frustum])
    _draw_floor(view, low, high)
    _draw_camera(view, frustum)
    for joints in people[len(bodies):]:
        _draw_skeleton(view, joints, skeleton, TRUTH)
    for body, joints in zip(bodies, people):
        _draw_skeleton(view, joints, skeleton)
        _name(view, label_of(body, skeleton), person_colour(body.id), joints)
    _set_view(view, low, high)


def level(gravity: np.ndarray | None = None) -> np.ndarray:
    """Return the rotation (3, 3) from the camera optical frame: x right, y forward, z up."""
    up = -np.asarray(DOWN if gravity is None else gravity, float)
    up = up / np.linalg.norm(up)
    # a camera that looks straight down has no forward: then the picture's top is
    axis = np.array([0, 0, 1]) if abs(up[2]) < 0.99 else -DOWN
    forward = axis - (axis @ up) * up
    forward /= np.linalg.norm(forward)
    return np.stack([np.cross(forward, up), forward, up])


def _frustum(camera: PinholeCamera) -> np.ndarray:
    """Return the camera's centre and its picture's four corners (5, 3), m, FRUSTUM ahead."""
    across, down = camera.width, camera.height
    pixels = np.array([[0, 0], [across, 0], [across, down], [0, down]]) - 0.5
    # the matrix alone: a lens formula need not hold in the picture's corners
    corners = np.c_[pixels, np.ones(4)] @ np.linalg.inv(camera.matrix).T
    return FRUSTUM * np.vstack([np.zeros(3), corners])


def _lowest(people: list[np.ndarray]) -> float:
    """Return the height of the lowest known point."""
    return float(np.nanmin(np.vstack(people)[:, 2]))


def _bounds(groups: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of the box to show: everything, sideways to whole half metres."""
    points = np.vstack(groups)
    low, high = np.nanmin(points, axis=0) - 0.1, np.nanmax(points, axis=0) + 0.1
    low[:2], high[:2] = np.floor(2 * low[:2]) / 2, np.ceil(2 * high[:2]) / 2
    return np.array([*low[:2], 0]), high


def _draw_floor(view, low, high):
    for axis in (0, 1):
        for value in np.arange(low[axis], high[axis] + 0.01, 0.5):
            ends = np.array([low, high])
            ends[:, axis], ends[:, 2] = value, 0
            view.plot(*ends.T, color=GRID, lw=1.1 if value == round(value) else 0.5, zorder=0)


def _draw_skeleton(view, joints, skeleton, colour=None):
    """Draw a person, by side with a shadow that tells where the person stands, or in grey."""
    for a, b in skeleton.bone_indices:
        bone = joints[[a, b]]
        if not np.isfinite(bone).all():
            continue
        own = SIDES[side_of(skeleton.points[a], skeleton.points[b])]
        view.plot(*bone.T, color=colour or own, lw=2.6 if colour else 3.6,
                  zorder=4 if colour else 6, solid_capstyle='round')
        if colour is None:
            view.plot(*(bone - bone * UP).T, color=SHADOW, lw=3, zorder=1, solid_capstyle='round')
    if colour is None:
        view.plot(*joints.T, 'o', color='white', mec=INK, mew=0.9, ms=4.4, zorder=7)


def _name(view, text, colour, joints):
    known = joints[np.isfinite(joints).all(1)]
    if not len(known):
        return
    view.text(*known.mean(0)[:2], known[:, 2].max() + 0.2, text, color='white', size=9.5,
              weight='bold', ha='center', zorder=9,
              bbox={'boxstyle': 'round,pad=0.3', 'lw': 0, 'fc': np.array(colour) / 255})


def _draw_camera(view, frustum):
    centre, corners = frustum[0], frustum[1:]
    for corner, following in zip(corners, np.roll(corners, -1, axis=0)):
        view.plot(*np.array([centre, corner]).T, color=INK, lw=1.2, zorder=5)
        view.plot(*np.array([corner, following]).T, color=INK, lw=1.2, zorder=5)
    view.plot(*np.array([centre, centre - centre * UP]).T, color=MUTED, lw=0.8, ls=':', zorder=2)
    view.text(*frustum.mean(0)[:2], frustum[:, 2].max() + 0.12, 'camera', color=INK, size=9.5,
              ha='center', zorder=9)


def _set_view(view, low, high):
    view.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(low[2], high[2]))
    view.view_init(elev=17, azim=-58)
    _fill(view, low, high)
    view.patch.set_visible(False)
    view.grid(False)
    for name, axis, text in zip('xyz', (view.xaxis, view.yaxis, view.zaxis),
                                ('right [m]', 'forward [m]', 'up [m]')):
        axis.pane.set_visible(False)
        axis.line.set_color(GRID)
        axis.set_tick_params(labelsize=8, labelcolor=MUTED, color=GRID)
        axis.set_major_locator(_whole_metres())
        getattr(view, f'set_{name}label')(text, color=MUTED, size=9)


def _fill(view, low, high):
    """Make the box from low to high as large as its place on the page allows, in the middle."""
    place = view.get_position().transformed(view.figure.transFigure)
    view.set_box_aspect(high - low)
    drawn = _drawn(view, low, high)
    view.set_box_aspect(high - low, zoom=MARGIN * min(
        place.width / (drawn[1] - drawn[0])[0], place.height / (drawn[1] - drawn[0])[1]))
    shift = (place.min + place.max - _drawn(view, low, high).sum(0)) / 2
    moved = place.translated(*shift).transformed(view.figure.transFigure.inverted())
    view.set_position(moved)


def _drawn(view, low, high) -> np.ndarray:
    """Return the lower left and upper right corner (2, 2) of the box's picture on the page, px."""
    from mpl_toolkits.mplot3d.proj3d import proj_transform
    view.apply_aspect()
    corners = np.array(np.meshgrid(*zip(low, high))).reshape(3, -1)
    x, y, _ = proj_transform(*corners, view.get_proj())
    pixels = view.transData.transform(np.c_[x, y])
    return np.array([pixels.min(0), pixels.max(0)])


def _whole_metres():
    from matplotlib.ticker import MultipleLocator
    return MultipleLocator(1)

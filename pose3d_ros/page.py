# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
One page that shows what the package does: the picture with the overlay beside the skeletons in 3D.

matplotlib is imported only when a page is written.
"""
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import Skeleton
from pose3d_ros.drawing import draw_bodies
from pose3d_ros.scene import GRID, INK, MUTED, show_bodies, SIDES, TRUTH

HEIGHT = 7.2  # inches


def write_page(
    path: str | Path,
    image: np.ndarray,
    bodies: Sequence[Body],
    camera: PinholeCamera,
    keypoint_skeleton: Skeleton,
    joint_skeleton: Skeleton,
    *,
    truth: np.ndarray | None = None,
    gravity: np.ndarray | None = None,
    title: str = '',
    numbers: Mapping[str, str] | None = None,
):
    """
    Write the page as a PNG file.

    Parameters
    ----------
    path : str or Path
        The file; its folder is made.
    image : (H, W, 3)
        uint8 RGB without overlay; not changed.
    bodies : sequence of Body
        The bodies in it; joints in the camera optical frame.
    camera : PinholeCamera
        The camera that took the image.
    keypoint_skeleton, joint_skeleton : Skeleton
        What the bodies' keypoints and joints are called.
    truth : (P, J, 3), optional
        True joints in the joint skeleton's order, m, camera optical frame, NaN unknown: in grey.
    gravity : (3,), optional
        Direction of down in the camera optical frame.
    title : str
        What the picture shows.
    numbers : mapping, optional
        Label -> number as text, for the strip beneath, in this order.

    """
    picture = draw_bodies(image.copy(), bodies, keypoint_skeleton, joint_skeleton)
    figure, left, right = _blank(picture.shape[1] / picture.shape[0])
    _show_picture(figure.add_axes((left, 0.155, right - left, 0.76)), picture)
    view = figure.add_axes((right, 0.19, 1 - right, 0.74), projection='3d',
                           computed_zorder=False)
    show_bodies(view, bodies, camera, joint_skeleton, truth, gravity)
    _show_legend(figure, 1 - left, truth is not None)
    figure.text(left, 0.955, title or 'pose3d_ros', size=15, weight='bold', color=INK, va='center')
    _show_numbers(figure, left, numbers or {})
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _blank(aspect: float):
    """Return a figure for a picture of some aspect, and where in its width that lies: 0 to 1."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ValueError('a page needs matplotlib: install python3-matplotlib') from error
    picture_width = HEIGHT * 0.76 * min(aspect, 1.3)
    width = picture_width + HEIGHT * 0.98
    figure = Figure((width, HEIGHT), dpi=150, facecolor='white')
    FigureCanvasAgg(figure)
    return figure, 0.25 / width, (picture_width + 0.25) / width


def _show_picture(axes, picture: np.ndarray):
    axes.imshow(picture, interpolation='antialiased')
    axes.set_anchor('NW')
    axes.set_axis_off()


def _show_legend(figure, right, with_truth):
    from matplotlib.lines import Line2D
    entries = {'left': SIDES['left'], 'right': SIDES['right'], 'trunk': SIDES['trunk']}
    if with_truth:
        entries['truth'] = TRUTH
    figure.legend(
        [Line2D([], [], color=colour, lw=3.5) for colour in entries.values()], list(entries),
        loc='upper right', bbox_to_anchor=(right, 0.925), ncol=len(entries), frameon=False,
        borderpad=0, borderaxespad=0, labelcolor=INK, fontsize=10, handlelength=1.4,
        columnspacing=1.6)


def _show_numbers(figure, left, numbers):
    """Write the strip beneath: large numbers, small labels, evenly spread."""
    from matplotlib.lines import Line2D
    figure.add_artist(Line2D((left, 1 - left), (0.125, 0.125), color=GRID, lw=1))
    for place, (label, number) in enumerate(numbers.items()):
        x = left + (1 - 2 * left) * place / len(numbers)
        figure.text(x, 0.075, number, size=17, weight='bold', color=INK, va='center')
        figure.text(x, 0.033, label, size=9.5, color=MUTED, va='center')

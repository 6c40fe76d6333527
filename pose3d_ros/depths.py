# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Registered depth images, and the one that belongs to a picture.

Depth is extra: a picture never waits long for it, and one without depth is as good as before.
"""
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Condition
from time import monotonic

import numpy as np
from pose3d_ros import messages
from pose3d_ros.core.camera import PinholeCamera
from sensor_msgs.msg import CameraInfo, Image

APART = 17_000_000  # ns, half a frame at 30 Hz: people walk 2 cm until then
PATIENCE = 0.01  # s, that a picture waits for a depth image that is due
KEPT = 4  # depth images
FOCAL = 0.01  # of the focal length: by so much the two cameras may differ
WINDOW = 100  # depth images that the rate, and pictures that the share is taken from
REGISTER = (
    'depth must be registered to the colour image, pixel by pixel: take the topic'
    ' aligned_depth_to_color or depth_registered of the driver, or register it with'
    ' depth_image_proc')


class Depths:
    """Depth images as they come, from one thread, for the pictures of another."""

    def __init__(self):
        self._images: deque[tuple[int, Image]] = deque(maxlen=KEPT)  # stamp, ns; in order
        self._period = 2 * APART  # ns, from one depth image to the next
        self._info: CameraInfo | None = None
        self._news = Condition()
        self._came: deque[float] = deque(maxlen=WINDOW)  # s, monotonic
        self._used: deque[bool] = deque(maxlen=WINDOW)  # of the pictures that asked for depth
        self._missed = 0  # ns, stamp of the last picture that found no depth
        self._late = False  # whether the last depth image came after its picture had gone
        self._picture: tuple[PinholeCamera, bool] | None = None  # of the last one: see of

    def add(self, msg: Image) -> None:
        """Take a depth image."""
        stamp = messages.nanoseconds(msg.header.stamp)
        with self._news:
            if self._images and stamp < self._images[-1][0]:
                self._images.clear()  # the clock has jumped back
            if self._images:
                self._period = stamp - self._images[-1][0]
            self._images.append((stamp, msg))
            self._came.append(monotonic())
            self._late = abs(stamp - self._missed) <= APART
            self._news.notify()

    def add_info(self, msg: CameraInfo) -> None:
        """Take the camera_info of the depth images."""
        self._info = msg

    def of(
        self, stamp: int, camera: PinholeCamera, rectified: bool,
    ) -> Callable[[], np.ndarray | None]:
        """
        Return what finds the depth (H, W) of a picture, m, NaN unknown; None: there is none.

        Parameters
        ----------
        stamp : int
            Of the picture, ns.
        camera : PinholeCamera
            Of the picture.
        rectified : bool
            Whether that takes P of camera_info.

        """
        self._picture = camera, rectified
        return partial(self._find, stamp)

    def _find(self, stamp: int) -> np.ndarray | None:
        msg, depth = self._nearest(stamp), None
        if msg is None:
            self._missed = stamp
        else:
            with suppress(ValueError):  # it must not cost the picture; problem says what is wrong
                depth = self._checked(msg)
        self._used.append(depth is not None)
        return depth

    @property
    def problem(self) -> str:
        """Return why the depth images that come are of no use; empty: they would be."""
        refusal = self._refusal()
        if refusal or not self._used or any(self._used):
            return refusal
        if self._late:
            return 'depth images come too late: their pictures have been worked on by then'
        return f'depth images come, but none within {APART / 1e6:.0f} ms of a picture'

    def values(self) -> dict[str, object]:
        """Return what diagnostics say of the depth images."""
        with self._news:
            came, used = list(self._came), list(self._used)
        seconds = came[-1] - came[0] if len(came) > 1 else 0.0
        return {
            'depth_used_percent': 100 * sum(used) / max(len(used), 1),
            'depth_rate_hz': (len(came) - 1) / seconds if seconds else 0.0,
            'age_of_last_depth_s': monotonic() - came[-1] if came else float('inf')}

    def _nearest(self, stamp: int) -> Image | None:
        with self._news:
            due = abs(stamp - self._images[-1][0] - self._period) <= APART if self._images else 0
            self._news.wait_for(lambda: self._match(stamp), PATIENCE if due else 0)
            return self._match(stamp)

    def _match(self, stamp: int) -> Image | None:
        """Return the newest of the nearest depth images, if it is near enough."""
        apart, _, msg = min(
            ((abs(each - stamp), -n, msg) for n, (each, msg) in enumerate(self._images)),
            default=(APART + 1, 0, None), key=lambda each: each[:2])
        return msg if apart <= min(APART, max(self._period // 2, 0)) else None

    def _refusal(self) -> str:
        """Return what is wrong with the newest depth image, also while nobody is there."""
        with self._news:
            newest = self._images[-1][1] if self._images else None
        try:
            if newest and self._picture:
                self._checked(newest)
        except ValueError as error:
            return str(error)
        return ''

    def _checked(self, msg: Image) -> np.ndarray:
        """Return the depth in a message; raise ValueError where it does not fit the picture."""
        camera, rectified = self._picture
        if (msg.width, msg.height) != (camera.width, camera.height):
            raise ValueError(
                f'the depth image has {msg.width} x {msg.height} pixels, the colour image'
                f' {camera.width} x {camera.height}: {REGISTER}')
        if self._info is not None:
            theirs = messages.camera_from_message(self._info, msg.width, msg.height, rectified)
            if np.abs(theirs.matrix - camera.matrix).max() > FOCAL * camera.matrix[0, 0]:
                raise ValueError(
                    f'camera_info of the depth has {_lens(theirs)}, that of the colour image'
                    f' {_lens(camera)}: {REGISTER}')
        return messages.depth_from_message(msg)


def _lens(camera: PinholeCamera) -> str:
    (fx, _, cx), (_, fy, cy), _ = camera.matrix.round(1).tolist()
    return f'fx {fx}, fy {fy}, cx {cx}, cy {cy}'

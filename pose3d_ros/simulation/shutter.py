# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""When a camera that is not there takes its pictures."""
from collections.abc import Callable

SETTLED = 0.5  # s, for those who have found the camera to be found by it


class Shutter:
    """
    Calls back when image k is due, at start + k / rate by the node's clock.

    Parameters
    ----------
    node : rclpy node
        Its `finished` ends the pictures.
    start, rate : float
        Stamp of image 0, s, 0: at once; images a second.
    late : int
        From how many frames of delay on images are left out: a camera does not wait either.
    load : callable
        Called with k, ahead of time, to prepare the image; may set `finished`.
    publish : callable
        Called with k and its stamp (s) when it is due.
    watched : callable
        Whether those are there whom image 0 waits for; it comes half a second later, not before.

    """

    def __init__(self, node, start: float, rate: float, late: int, load: Callable[[int], None],
                 publish: Callable[[int, float], None], watched: Callable[[], bool]):
        self._node, self._rate, self._late = node, rate, late
        self._load, self._publish, self._watched = load, publish, watched
        self._image = 0
        load(0)
        self._start = start or self._now()
        self._waits = not watched()
        self._timer = node.create_timer(1 / rate, self._fire)
        self._wait()

    def _fire(self) -> None:
        if self._waits:
            self._waits = not self._watched()
            self._start = max(self._start, self._now() + SETTLED)
        due = (self._now() - self._start) * self._rate  # in frames
        if due < self._image or self._node.finished:
            self._wait()
            return
        if due >= self._image + self._late:
            self._prepare(int(due))
            if self._node.finished:
                return
        self._publish(self._image, self._start + self._image / self._rate)
        self._prepare(self._image + 1)
        self._wait()

    def _prepare(self, image: int) -> None:
        self._load(image)
        if not self._node.finished:
            self._image = image

    def _wait(self) -> None:
        """Let the timer fire when the next image is due: a period alone keeps no phase."""
        delay = self._start + self._image / self._rate - self._now()
        self._timer.timer_period_ns = max(1000, round(1e9 * delay))
        self._timer.reset()

    def _now(self) -> float:
        return self._node.get_clock().now().nanoseconds * 1e-9

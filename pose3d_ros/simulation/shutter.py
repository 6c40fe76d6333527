# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""When a camera that is not there takes its pictures."""
from collections.abc import Callable

#: That a node with a shutter declares: default and text.
PARAMETERS = {
    'start': (0.0, 'stamp of the first image in seconds, 0: at once'),
    'subscribers': (0, 'how many camera_info needs before the first image, which may be later'),
}
SETTLED = 0.5  # s, for those who have found the camera to be found by it


class Shutter:
    """
    Calls back when image k is due, at start + k / rate by the node's clock.

    Parameters
    ----------
    node : rclpy node
        Has PARAMETERS; its `finished` ends the pictures.
    infos : rclpy publisher
        Of camera_info; when enough have subscribed, image 0 comes half a second later, not before.
    rate : float
        Images a second.
    late : int
        From how many frames of delay on images are left out: a camera does not wait either.
    load : callable
        Called with k, ahead of time, to prepare the image; may set `finished`.
    publish : callable
        Called with k and its stamp (s) when it is due.

    """

    def __init__(self, node, infos, rate: float, late: int, load: Callable[[int], None],
                 publish: Callable[[int, float], None]):
        self._node, self._infos, self._rate, self._late = node, infos, rate, late
        self._load, self._publish = load, publish
        self._image = 0
        load(0)
        self._start = self._value('start') or self._now()
        self._waits = not self._watched()
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

    def _watched(self) -> bool:
        return self._infos.get_subscription_count() >= self._value('subscribers')

    def _prepare(self, image: int) -> None:
        self._load(image)
        if not self._node.finished:
            self._image = image

    def _wait(self) -> None:
        """Let the timer fire when the next image is due: a period alone keeps no phase."""
        delay = self._start + self._image / self._rate - self._now()
        self._timer.timer_period_ns = max(1000, round(1e9 * delay))
        self._timer.reset()

    def _value(self, name: str):
        return self._node.get_parameter(name).value

    def _now(self) -> float:
        return self._node.get_clock().now().nanoseconds * 1e-9

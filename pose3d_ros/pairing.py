# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Images and the camera_info of the same moment."""
from collections import OrderedDict
from typing import Any

KEPT = 10  # messages of each kind that wait for their partner


class Pairing:
    """
    Joins two streams by stamp, whichever side comes first.

    Only the newest pairs matter: when one is complete, everything older is forgotten.
    """

    def __init__(self):
        self._waiting: tuple[OrderedDict, OrderedDict] = (OrderedDict(), OrderedDict())

    def image(self, stamp: int, msg: Any) -> tuple[Any, Any] | None:
        """Take an image; return (image, info) if its camera_info is here."""
        info = self._match(0, stamp, msg)
        return None if info is None else (msg, info)

    def info(self, stamp: int, msg: Any) -> tuple[Any, Any] | None:
        """Take a camera_info; return (image, info) if its image is here."""
        image = self._match(1, stamp, msg)
        return None if image is None else (image, msg)

    def _match(self, side: int, stamp: int, msg: Any) -> Any:
        own, other = self._waiting[side], self._waiting[1 - side]
        if stamp in other:
            partner = other[stamp]
            own.clear()
            while next(iter(other)) != stamp:
                other.popitem(last=False)
            other.popitem(last=False)
            return partner
        own[stamp] = msg
        while len(own) > KEPT:
            own.popitem(last=False)
        return None

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What TensorRT says: its calls return False or None, and the reason goes to its logger."""
from collections import deque
from functools import cache

import tensorrt as trt

KEPT = 3  # messages


class Journal(trt.ILogger):
    """The logger of this process; TensorRT wants one and the same everywhere."""

    def __init__(self):
        trt.ILogger.__init__(self)
        self._errors: deque[str] = deque(maxlen=KEPT)

    def log(self, severity, message: str) -> None:
        """Keep errors; the rest is of no interest to a user."""
        if severity in (trt.ILogger.ERROR, trt.ILogger.INTERNAL_ERROR):
            self._errors.append(message.strip())

    def need(self, result, failure: str):
        """Return a result; raise RuntimeError with TensorRT's reasons if it is False or None."""
        if result is None or result is False:
            reasons = self._errors.copy()  # by now another thread may have added some
            self._errors.clear()
            raise RuntimeError(': '.join([failure, *reasons]))
        return result


@cache
def journal() -> Journal:
    """Return the journal."""
    return Journal()

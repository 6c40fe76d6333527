# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Video clips as sequences of frames: decoding, resizing, stamps."""
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np


class ClipError(ValueError):
    """The clip cannot be played; the message names it and says why."""


class Clip:
    """
    A video file: iterate for (stamp, image) in the order of the file.

    Attributes
    ----------
    rate : float
        Frames a second as the file states it.
    length : int
        Number of frames as the file states it; decoding has the last word.
    width, height : int
        Size of the images, px.

    """

    def __init__(self, path: str | Path, width: int = 0, height: int = 0):
        self.path = Path(path)
        video = self._open()
        self.rate = video.get(cv2.CAP_PROP_FPS)
        self.length = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        self.width = width or int(video.get(cv2.CAP_PROP_FRAME_WIDTH))
        self.height = height or int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))
        readable, _ = video.read()
        video.release()
        if not readable or not 0 < self.rate < 1000:
            raise ClipError(f'{path}: holds no readable video')

    def _open(self) -> cv2.VideoCapture:
        if not self.path.is_file():
            raise ClipError(f'{self.path}: no such file')
        video = cv2.VideoCapture(str(self.path))
        if not video.isOpened():
            raise ClipError(f'{self.path}: not a video that OpenCV can read')
        return video

    def __iter__(self) -> Iterator[tuple[float, np.ndarray]]:
        """Yield the stamp (s from the clip's start) and image (H, W, 3) uint8 RGB of each frame."""
        video = self._open()
        try:
            index = 0
            while (decoded := video.read())[0]:
                yield index / self.rate, self._image(decoded[1])
                index += 1
        finally:
            video.release()

    def _image(self, bgr: np.ndarray) -> np.ndarray:
        if bgr.shape[:2] != (self.height, self.width):
            bgr = cv2.resize(bgr, (self.width, self.height), interpolation=cv2.INTER_AREA)
        return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Video clips as sequences of frames: decoding, resizing, stamps."""
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

MOST_KEPT = 2**28  # bytes


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
        Number of frames as the file states it, counted where it does not; decoding has the last
        word.
    width, height : int
        Size of the images, px.

    """

    def __init__(self, path: str | Path, width: int = 0, height: int = 0):
        self.path = Path(path)
        video = self._open()
        self.rate = video.get(cv2.CAP_PROP_FPS)
        length = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        self.width = width or int(video.get(cv2.CAP_PROP_FRAME_WIDTH))
        self.height = height or int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))
        readable, _ = video.read()
        video.release()
        if not readable or not 0 < self.rate < 1000:
            raise ClipError(f'{path}: holds no readable video')
        self.length = length if length > 0 else sum(1 for _ in self)

    def index_at(self, tick: int, rate: float) -> int:
        """Return the number of the frame that is shown at tick / rate seconds from the start."""
        return int(tick * self.rate / rate + 1e-6)

    @property
    def kept(self) -> bool:
        """Return whether the images fit into memory."""
        return self.length * self.width * self.height * 3 <= MOST_KEPT

    def looped(self, index: int) -> int:
        """
        Return the number of the frame that is shown as number index of a clip without end.

        It goes to and fro, so that nobody jumps; one that is too long to be kept begins again.
        """
        if not self.kept:
            return index % self.length
        index %= max(1, 2 * self.length - 2)
        return min(index, 2 * self.length - 2 - index)

    def _open(self) -> cv2.VideoCapture:
        if not self.path.is_file():
            raise ClipError(f'{self.path}: no such file')
        video = cv2.VideoCapture(str(self.path))
        if not video.isOpened():
            raise ClipError(f'{self.path}: not a video that OpenCV can read')
        return video

    def __iter__(self) -> Iterator[tuple[float, np.ndarray]]:
        """Yield stamp (s from the clip's start) and image (H, W, 3) uint8 RGB of each frame."""
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


class ClipPlayer:
    """
    A clip without end by frame number; made for going forward.

    Frames of a clip that fits into memory are decoded once: to decode takes more than a core of
    what camera and node share, at 1080p and 60 Hz.
    """

    def __init__(self, clip: Clip):
        self._clip = clip
        self._kept: dict[int, np.ndarray] = {}
        self._restart()

    def frame(self, index: int) -> np.ndarray:
        """Return what is shown as number index, see Clip.looped: (H, W, 3) uint8 RGB."""
        return self._frame(self._clip.looped(index))

    def _frame(self, index: int) -> np.ndarray:
        if index in self._kept:
            return self._kept[index]
        if index < self._at - 1:
            self._restart()
        while self._at <= index:
            decoded = next(self._frames, None)
            if decoded is None:  # the file states more frames than it holds
                self._clip.length = self._at
                return self._image
            self._image, self._at = decoded[1], self._at + 1
            if self._clip.kept:
                self._kept[self._at - 1] = self._image
        return self._image

    def _restart(self) -> None:
        self._frames, self._at = iter(self._clip), 0


class ClipWriter:
    """Writes images (H, W, 3) uint8 RGB to an MP4 file; the first one decides the size."""

    def __init__(self, path: str | Path, rate: float):
        self.path, self._rate, self._video = Path(path), rate, None

    def write(self, image: np.ndarray) -> None:
        """Append an image; raise ClipError where the file cannot be written."""
        height, width = image.shape[:2]
        if self._video is None:
            code = cv2.VideoWriter_fourcc(*'mp4v')
            self._video = cv2.VideoWriter(str(self.path), code, self._rate, (width, height))
        if not self._video.isOpened():
            raise ClipError(f'{self.path}: cannot be written (MP4)')
        self._video.write(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))

    def close(self) -> None:
        """Finish the file."""
        if self._video is not None:
            self._video.release()

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The depth images of a clip: a folder with one 16-bit PNG per frame, millimetres, 0 unknown."""
from pathlib import Path

import cv2
import numpy as np
from pose3d_ros.clip import ClipError
from pose3d_ros.core.camera import PinholeCamera


class DepthClip:
    """Depth images by the number of their frame; frames may lack one."""

    def __init__(self, folder: str | Path):
        self._folder = Path(folder)
        if not next(self._folder.glob('*.png'), None):
            raise ClipError(f'{folder}: no depth images (000000.png and so on, one a frame)')

    def of(self, frame: int, camera: PinholeCamera) -> np.ndarray | None:
        """Return the depth (H, W) of a frame, m, NaN unknown; None: there is none."""
        file = _file(self._folder, frame)
        if not file.is_file():
            return None
        depth = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        size = camera.height, camera.width
        if depth is None or depth.dtype != np.uint16 or depth.shape != size:
            raise ClipError(
                f'{file}: expected a PNG of 16 bits, {camera.width} x {camera.height} pixels,'
                ' registered to the colour images')
        return np.where(depth > 0, depth * np.float32(0.001), np.float32(np.nan))


def write_depth(folder: Path, frame: int, depth: np.ndarray) -> None:
    """Write the depth (H, W) of a frame, m, NaN unknown; beyond 65.535 m it becomes unknown."""
    millimetres = np.rint(np.nan_to_num(depth) * 1000)
    millimetres[millimetres > 65535] = 0
    folder.mkdir(parents=True, exist_ok=True)
    file = _file(folder, frame)
    if not cv2.imwrite(str(file), millimetres.astype(np.uint16)):
        raise ClipError(f'{file}: cannot be written')


def _file(folder: Path, frame: int) -> Path:
    return folder / f'{frame:06}.png'

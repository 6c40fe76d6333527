# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A camera somewhere in the world: from the world to pixels and back."""
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pose3d_ros.core.camera import CameraError, PinholeCamera

#: How far beyond the picture's corners the lens must still map one to one.
MARGIN = 1.1


@dataclass(frozen=True)
class View:
    """A calibrated camera and where it stands."""

    camera: PinholeCamera
    camera_from_world: np.ndarray  # (4, 4), world: m, z up

    def __post_init__(self):
        """Refuse a lens that no picture can be made with."""
        if self.camera.model != 'plumb_bob':
            raise CameraError(f"the simulated lens is 'plumb_bob', not '{self.camera.model}'")
        self.reach  # refuses a lens that folds

    @property
    def rotation(self) -> np.ndarray:
        """Return the rotation (3, 3) from world to camera."""
        return self.camera_from_world[:3, :3]

    @property
    def eye(self) -> np.ndarray:
        """Return where the camera stands in the world, m."""
        return -self.rotation.T @ self.camera_from_world[:3, 3]

    @cached_property
    def reach(self) -> float:
        """Return the largest slope (tangent) off the optical axis that can be in the picture."""
        right, bottom = self.camera.width - 1.0, self.camera.height - 1.0
        steps = np.linspace(0, 1, 9)[:, None]
        corners = np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]])
        border = np.concatenate([a + steps * (b - a)
                                 for a, b in zip(corners, np.roll(corners, -1, axis=0))])
        slopes = self.slopes(border)
        reach = MARGIN * float(np.linalg.norm(slopes, axis=-1).max())
        if self.lens.any():
            self._check_lens(border, slopes, reach)
        return reach

    def _check_lens(self, border, slopes, reach):
        radii = np.linspace(0, reach, 200)
        first, second, _, _, third = self.lens
        image = radii * (1 + first * radii**2 + second * radii**4 + third * radii**6)
        again = self.camera.project(np.c_[slopes, np.ones(len(slopes))])
        if not (np.abs(again - border).max() < 0.1 and (np.diff(image) > 0).all()):
            raise CameraError(
                'impossible camera: with this distortion several directions fall on the same'
                f' pixel: {self.camera.distortion.tolist()}')

    def slopes(self, pixels: np.ndarray) -> np.ndarray:
        """Return directions (..., 2) as slopes x/z, y/z in the camera optical frame."""
        if self.lens.any():
            return self.camera.rays(pixels)
        (fx, skew, cx), (_, fy, cy), _ = self.camera.matrix
        down = (pixels[..., 1] - cy) / fy
        return np.stack([(pixels[..., 0] - cx - skew * down) / fx, down], axis=-1)

    @property
    def lens(self) -> np.ndarray:
        """Return the five coefficients of plumb_bob: k1, k2, p1, p2, k3."""
        return np.pad(self.camera.distortion, (0, 5 - len(self.camera.distortion)))

    def rays_world(self) -> np.ndarray:
        """Return each pixel's direction (H, W, 3), world, of length 1 along the optical axis."""
        rows, columns = np.indices((self.camera.height, self.camera.width), np.float32)
        slopes = self.slopes(np.stack([columns, rows], axis=-1))
        across, down, ahead = self.rotation.astype(np.float32)
        return slopes[..., :1] * across + slopes[..., 1:] * down + ahead

    def into_camera(self, points: np.ndarray) -> np.ndarray:
        """Return world points (..., 3) in the camera optical frame, m."""
        return points @ self.rotation.T + self.camera_from_world[:3, 3]


def look_from(eye, yaw: float, tilt: float) -> np.ndarray:
    """
    Return camera_from_world (4, 4).

    Parameters
    ----------
    eye : (3,)
        Where the camera stands, m.
    yaw, tilt : float
        Direction it looks to: from the x axis to the left, and up from the horizon, radians.

    """
    forward = np.array([np.cos(tilt) * np.cos(yaw), np.cos(tilt) * np.sin(yaw), np.sin(tilt)])
    right = np.array([np.sin(yaw), -np.cos(yaw), 0])
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward])
    pose[:3, 3] = -pose[:3, :3] @ np.asarray(eye, float)
    return pose


def pinhole(width: int, height: int, fov: float, distortion=(0, 0, 0, 0, 0)) -> PinholeCamera:
    """Return a camera of a horizontal field of view in degrees; raise CameraError if it is not."""
    if not (8 <= width <= 8192 and 8 <= height <= 8192):
        raise CameraError(f'impossible camera: {width} x {height} pixels (expected 8 to 8192)')
    if not 1 <= fov <= 150:
        raise CameraError(f'impossible camera: field of view {fov} degrees (expected 1 to 150)')
    focal = width / 2 / np.tan(np.radians(fov) / 2)
    return PinholeCamera(width, height, [[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2],
                                         [0, 0, 1]], 'plumb_bob', np.asarray(distortion, float))

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
A calibrated camera: pixels to rays and back.

Camera optical frame (REP-103): z forward, x right, y down. Pixel centres lie at whole numbers. A
ray is written as its slopes x/z, y/z, free of distortion.
"""
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

#: Distortion models (sensor_msgs/distortion_models.hpp) and the numbers of coefficients they take.
MODELS = {'plumb_bob': (4, 5), 'rational_polynomial': (8, 12, 14), 'equidistant': (4,)}
ITERATIONS = (cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 50, 1e-9)
#: OpenCV 5 has one function for what 4 has two.
_undistort = getattr(cv2, 'undistortPointsIter', cv2.undistortPoints)
TOLERANCE = 0.1  # px, of undistortion
STEP = 1e-4  # of a ray, for its derivative


class CameraError(ValueError):
    """The calibration cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class PinholeCamera:
    """Intrinsics of one camera for one image size."""

    width: int  # px
    height: int  # px
    matrix: np.ndarray  # (3, 3) px, K of sensor_msgs/CameraInfo
    model: str = 'plumb_bob'
    distortion: np.ndarray = field(default_factory=lambda: np.zeros(5))  # (D,)

    def __post_init__(self):
        """Refuse what cannot be a calibration."""
        object.__setattr__(self, 'matrix', np.asarray(self.matrix, float).reshape(3, 3))
        object.__setattr__(self, 'distortion', np.asarray(self.distortion, float).ravel())
        if not self.matrix.any():
            raise CameraError(
                'camera_info holds no calibration (K is zero): calibrate the camera, for example'
                ' with `ros2 run camera_calibration cameracalibrator`, and let its driver load'
                ' the result'
            )
        if not np.isfinite(self.matrix).all() or min(self.matrix[0, 0], self.matrix[1, 1]) <= 0:
            raise CameraError(f'camera matrix K is not valid: {self.matrix.tolist()}')
        if not np.isfinite(self.distortion).all():
            raise CameraError(f'distortion is not finite: {self.distortion.tolist()}')
        if self.width < 1 or self.height < 1:
            raise CameraError(f'a camera of {self.width} x {self.height} pixels has no image')
        self._check_distortion()

    def _check_distortion(self):
        # an equidistant lens without any distortion is not a pinhole: it maps angles, not slopes
        if self.distortion.size == 0 or self.model != 'equidistant' and not self.distortion.any():
            object.__setattr__(self, 'model', 'plumb_bob')
            object.__setattr__(self, 'distortion', np.zeros(5))
        if self.model not in MODELS:
            raise CameraError(
                f"unknown distortion model '{self.model}': expected one of {list(MODELS)}"
            )
        if self.distortion.size not in MODELS[self.model]:
            raise CameraError(
                f'distortion model {self.model} takes {MODELS[self.model]} coefficients,'
                f' {self.distortion.size} given'
            )

    def for_image(self, width: int, height: int) -> 'PinholeCamera':
        """Return the camera of the same picture at another size; refuse another shape."""
        if (width, height) == (self.width, self.height):
            return self
        # a pixel more or less on either side is rounding
        if abs(width * self.height - height * self.width) > self.width + self.height:
            raise CameraError(
                f'the calibration is for {self.width} x {self.height} pixels, the image has'
                f' {width} x {height}, which is another shape')
        return self.scaled(width, height)

    def scaled(self, width: int, height: int) -> 'PinholeCamera':
        """Return the camera of the same picture resized to width x height."""
        scale = np.diag([width / self.width, height / self.height, 1])
        # pixel centres lie at whole numbers: the picture's corner, at (-1/2, -1/2), stays
        shift = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
        matrix = shift @ scale @ np.linalg.inv(shift) @ self.matrix
        return replace(self, width=width, height=height, matrix=matrix)

    def rays(self, pixels: np.ndarray) -> np.ndarray:
        """
        Undistort image points.

        Parameters
        ----------
        pixels : (..., 2)
            Image points, px; NaN allowed.

        Returns
        -------
        (..., 2)
            Slopes x/z, y/z in the camera optical frame; NaN where the lens sees no such point.

        """
        points = np.ascontiguousarray(pixels, float).reshape(-1, 1, 2)
        if points.size == 0:
            return np.zeros(np.shape(pixels))
        if self.model == 'equidistant':
            rays = cv2.fisheye.undistortPoints(
                points, self.matrix, self.distortion, criteria=ITERATIONS
            )
        else:
            rays = _undistort(
                points, self.matrix, self.distortion, R=None, P=None, criteria=ITERATIONS
            )
        # outside of what the lens can see, OpenCV returns some ray that is not the point's
        error = np.linalg.norm(self.project(_points(rays)) - points, axis=-1, keepdims=True)
        return np.where(error < TOLERANCE, rays, np.nan).reshape(np.shape(pixels))

    def ray_covariance(self, rays: np.ndarray, spread: np.ndarray) -> np.ndarray:
        """
        Carry the covariance of image points over to their rays.

        Parameters
        ----------
        rays : (..., 2)
            Slopes x/z, y/z in the camera optical frame.
        spread : (..., 2, 2)
            Covariance of their image points, px^2.

        Returns
        -------
        (..., 2, 2)
            Covariance of the rays.

        """
        moved = np.stack([rays, rays + [STEP, 0], rays + [0, STEP]])
        here, right, below = self.project(_points(moved))
        ray_from_pixel = STEP * np.linalg.inv(np.stack([right - here, below - here], axis=-1))
        return ray_from_pixel @ spread @ ray_from_pixel.swapaxes(-1, -2)

    def project(self, points: np.ndarray) -> np.ndarray:
        """
        Project points into the image.

        Parameters
        ----------
        points : (..., 3)
            Points in the camera optical frame, m.

        Returns
        -------
        (..., 2)
            Image points, px; NaN for points behind the camera.

        """
        flat = np.ascontiguousarray(points, float).reshape(-1, 1, 3)
        if flat.size == 0:
            return np.zeros(np.shape(points)[:-1] + (2,))
        lens = cv2.fisheye if self.model == 'equidistant' else cv2
        nothing = np.zeros(3)  # no rotation, no translation
        pixels = lens.projectPoints(flat, nothing, nothing, self.matrix, self.distortion)[0]
        visible = flat[..., 2:] > 0
        return np.where(visible, pixels, np.nan).reshape(np.shape(points)[:-1] + (2,))


def _points(rays: np.ndarray) -> np.ndarray:
    """Return the points (..., 3) on rays (..., 2) at z = 1."""
    return np.concatenate([rays, np.ones_like(rays[..., :1])], axis=-1)

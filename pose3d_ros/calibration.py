# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Camera calibration files: the YAML that camera_calibration writes and drivers load."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pose3d_ros.core.camera import CameraError, PinholeCamera
import yaml


@dataclass(frozen=True)
class Calibration:
    """A calibration file: the camera and, where the file states it, where the camera stands."""

    camera: PinholeCamera
    camera_from_world: np.ndarray | None  # (4, 4); world: metres, z up
    floor: bool = False  # whether z = 0 of the world is the floor

    @property
    def gravity(self) -> np.ndarray | None:
        """Return down (3,) in the camera optical frame; None where the file does not tell."""
        pose = self.camera_from_world
        return None if pose is None else -pose[:3, 2]

    @property
    def camera_height(self) -> float | None:
        """Return the camera's height above the floor, m; None where the file does not tell."""
        pose = self.camera_from_world
        if pose is None or not self.floor:
            return None
        return float(-pose[:3, 2] @ pose[:3, 3])

    @property
    def pose(self) -> dict:
        """Return what a Frame holds of the camera's pose: gravity and camera_height."""
        return {'gravity': self.gravity, 'camera_height': self.camera_height}


def load_calibration(path: str | Path) -> Calibration:
    """Read a calibration file; raise CameraError naming the file and what is wrong with it."""
    try:
        data = yaml.safe_load(Path(path).read_text())
        camera = PinholeCamera(
            width=int(data['image_width']),
            height=int(data['image_height']),
            matrix=data['camera_matrix']['data'],
            model=data.get('distortion_model', 'plumb_bob'),
            distortion=data.get('distortion_coefficients', {}).get('data', []),
        )
        return Calibration(camera, *_pose(data.get('camera_from_world')))
    except CameraError as error:
        raise CameraError(f'{path}: {error}') from error
    except OSError as error:
        raise CameraError(f'{path}: cannot be read: {error.strerror}') from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        reason = ' '.join(str(error).split())  # YAML's have several lines
        raise CameraError(
            f'{path}: not a camera calibration file (expected image_width, image_height,'
            f' camera_matrix, distortion_coefficients): {reason}'
        ) from error


def _pose(data: dict | None) -> tuple[np.ndarray | None, bool]:
    """Return the rigid transform of a file's rotation (9) and translation (3), and its floor."""
    if data is None:
        return None, False
    floor = data.get('floor', False)
    if type(floor) is not bool:
        raise ValueError(f'camera_from_world: floor: expected true or false, {floor!r} given')
    pose = np.eye(4)
    pose[:3, :3] = np.reshape(data['rotation'], (3, 3))
    pose[:3, 3] = data['translation']
    rotation = pose[:3, :3]
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-3) or np.linalg.det(rotation) < 0:
        raise ValueError(f'camera_from_world: not a rotation: {rotation.tolist()}')
    return pose, floor

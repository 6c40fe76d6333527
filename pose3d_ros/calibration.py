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
        return Calibration(camera, _pose(data.get('camera_from_world')))
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


def _pose(data: dict | None) -> np.ndarray | None:
    """Return the rigid transform of a file's rotation (9) and translation (3)."""
    if data is None:
        return None
    pose = np.eye(4)
    pose[:3, :3] = np.reshape(data['rotation'], (3, 3))
    pose[:3, 3] = data['translation']
    rotation = pose[:3, :3]
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-3) or np.linalg.det(rotation) < 0:
        raise ValueError(f'camera_from_world: not a rotation: {rotation.tolist()}')
    return pose

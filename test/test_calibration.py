# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Calibration files: read, and refused in one line that names the file."""
import numpy as np
from pose3d_ros.calibration import load_calibration
from pose3d_ros.core.camera import CameraError
import pytest
import yaml

GOOD = {
    'image_width': 640, 'image_height': 480,
    'camera_matrix': {'rows': 3, 'cols': 3, 'data': [500, 0, 320, 0, 510, 240, 0, 0, 1]},
    'distortion_model': 'plumb_bob',
    'distortion_coefficients': {'rows': 1, 'cols': 5, 'data': [-0.1, 0.01, 0, 0, 0]},
}
# the camera stands 2 m above the world's origin and looks along the world's y
LEVEL = {'rotation': [1, 0, 0, 0, 0, -1, 0, 1, 0], 'translation': [0, 2, 0]}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a calibration file and returns its path."""
    def _write(content):
        path = tmp_path / 'camera.yaml'
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
        return path
    return _write


def test_a_calibration_file(write):
    calibration = load_calibration(write(GOOD))
    camera = calibration.camera
    assert (camera.width, camera.height, camera.model) == (640, 480, 'plumb_bob')
    np.testing.assert_allclose(camera.matrix, [[500, 0, 320], [0, 510, 240], [0, 0, 1]])
    np.testing.assert_allclose(camera.distortion, [-0.1, 0.01, 0, 0, 0])
    assert calibration.camera_from_world is None


def test_without_distortion(write):
    bare = {key: GOOD[key] for key in ('image_width', 'image_height', 'camera_matrix')}
    camera = load_calibration(write(bare)).camera
    assert camera.model == 'plumb_bob' and not camera.distortion.any()


def test_where_the_camera_stands(write):
    pose = load_calibration(write(GOOD | {'camera_from_world': LEVEL})).camera_from_world
    np.testing.assert_allclose(pose @ [0, 5, 2, 1], [0, 0, 5, 1])  # 5 m ahead, at eye level
    np.testing.assert_allclose(pose @ [0, 5, 0, 1], [0, 2, 5, 1])  # on the ground: 2 m down


def test_the_floor_is_where_the_file_says_so_and_nowhere_else(write):
    calibration = load_calibration(write(GOOD | {'camera_from_world': LEVEL | {'floor': True}}))
    assert calibration.camera_height == 2.0
    np.testing.assert_allclose(calibration.gravity, [0, 1, 0])
    for content in (GOOD, GOOD | {'camera_from_world': LEVEL}):
        assert load_calibration(write(content)).camera_height is None
    assert load_calibration(write(GOOD)).gravity is None


def without(*keys):
    return {key: value for key, value in GOOD.items() if key not in keys}


@pytest.mark.parametrize('content, message', [
    ('', 'not a camera calibration file'),
    ('just words', 'not a camera calibration file'),
    ('a: [1, 2\nb: }', 'not a camera calibration file'),
    ('%YAML:1.0\n---\nM: !!opencv-matrix {}', 'not a camera calibration file'),
    (without('image_width'), "expected image_width, .*: 'image_width'"),
    (without('camera_matrix'), "'camera_matrix'"),
    (GOOD | {'image_width': 'wide'}, 'not a camera calibration file'),
    (GOOD | {'camera_matrix': {'data': [1, 2, 3]}}, 'not a camera calibration file'),
    (GOOD | {'camera_matrix': {'data': [0] * 9}}, 'no calibration .K is zero.'),
    (GOOD | {'image_height': 0}, '640 x 0 pixels'),
    (GOOD | {'distortion_model': 'magic'}, "unknown distortion model 'magic'"),
    (GOOD | {'distortion_coefficients': None}, 'not a camera calibration file'),
    (GOOD | {'camera_from_world': {'rotation': [1, 2], 'translation': [0] * 3}}, 'cannot reshape'),
    (GOOD | {'camera_from_world': {'rotation': LEVEL['rotation']}}, "'translation'"),
    (GOOD | {'camera_from_world': {'rotation': [2, 0, 0, 0, 2, 0, 0, 0, 2],
                                   'translation': [0] * 3}}, 'not a rotation'),
    (GOOD | {'camera_from_world': {'rotation': [1, 0, 0, 0, 1, 0, 0, 0, -1],
                                   'translation': [0] * 3}}, 'not a rotation'),
    (GOOD | {'camera_from_world': LEVEL | {'floor': 0.1}}, 'floor: expected true or false, 0.1'),
    (GOOD | {'camera_from_world': {'rotation': [float('nan')] * 9, 'translation': [0] * 3}},
     'not a rotation'),
])
def test_what_is_no_calibration_is_refused_in_one_line(write, content, message):
    path = write(content)
    with pytest.raises(CameraError, match=message) as caught:
        load_calibration(path)
    assert str(caught.value).startswith(f'{path}: ')
    assert '\n' not in str(caught.value)


def test_a_file_that_is_not_text(tmp_path):
    path = tmp_path / 'camera.yaml'
    path.write_bytes(bytes(range(256)))
    with pytest.raises(CameraError, match='not a camera calibration file') as caught:
        load_calibration(path)
    assert '\n' not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CameraError, match='none.yaml: cannot be read: No such file'):
        load_calibration(tmp_path / 'none.yaml')
    with pytest.raises(CameraError, match='cannot be read: Is a directory'):
        load_calibration(tmp_path)

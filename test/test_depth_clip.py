# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Depth images of clips: written, read again, refused."""
import cv2
import numpy as np
from pose3d_ros.clip import ClipError
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.depth_clip import DepthClip, write_depth
import pytest

CAMERA = PinholeCamera(3, 2, np.eye(3))


def test_what_was_written_is_read_again(tmp_path):
    depth = np.array([[1.5, np.nan, 0.0004], [65.535, 65.6, 2.0004]], np.float32)
    write_depth(tmp_path / 'depth', 7, depth)
    read = DepthClip(tmp_path / 'depth').of(7, CAMERA)
    assert read.dtype == np.float32
    np.testing.assert_allclose(read, [[1.5, np.nan, np.nan], [65.535, np.nan, 2]], rtol=1e-6)


def test_a_frame_without_depth_has_none(tmp_path):
    write_depth(tmp_path, 0, np.ones((2, 3)))
    assert DepthClip(tmp_path).of(1, CAMERA) is None


@pytest.mark.parametrize('picture', [
    np.ones((2, 3), np.uint8), np.ones((4, 6), np.uint16), np.ones((2, 3, 3), np.uint16)])
def test_what_is_no_depth_image_of_the_clip_is_refused(tmp_path, picture):
    cv2.imwrite(str(tmp_path / '000000.png'), picture)
    with pytest.raises(ClipError, match='000000.png: expected a PNG of 16 bits, 3 x 2 pixels'):
        DepthClip(tmp_path).of(0, CAMERA)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ClipError, match='no depth images'):
        DepthClip(tmp_path)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Person boxes out of a whole image, with an engine that says what the test wants."""
import numpy as np
from pose3d_ros.core.detection import detect_persons
import pytest

IMAGE = np.zeros((480, 640, 3), np.uint8)  # letterboxed to 192 x 192: scale 0.3


def found(boxes, scores, image=IMAGE, min_score=0.4):
    """Return what detect_persons makes of an engine's candidates."""
    def engine(image):
        assert image.shape == (1, 192, 192, 3) and image.dtype == np.uint8
        return {'boxes': np.array(boxes, np.float32).reshape(-1, 4),
                'scores': np.array(scores, np.float32)}
    return detect_persons(engine, image, (192, 192), min_score)


def test_boxes_are_in_pixels_of_the_image():
    boxes, scores = found([[30, 60, 90, 120]], [0.9])
    np.testing.assert_allclose(boxes, [[100, 200, 300, 400]], rtol=1e-6)
    np.testing.assert_allclose(scores, [0.9])


def test_best_first_and_the_weak_and_the_doubled_dropped():
    boxes, scores = found(
        [[0, 0, 30, 60], [60, 0, 90, 60], [1, 0, 31, 60], [120, 0, 150, 60]], [.5, .8, .7, .39])
    np.testing.assert_allclose(boxes[:, 0] * 0.3, [60, 1], atol=1e-4)
    np.testing.assert_allclose(scores, [0.8, 0.7])


def test_boxes_end_at_the_border_of_the_image():
    boxes, _ = found([[-30, -3, 300, 500]], [0.9])
    np.testing.assert_allclose(boxes, [[0, 0, 640, 480]])


@pytest.mark.parametrize('box', [
    [200, 10, 220, 30], [10, 150, 20, 170], [-9, -9, -1, -1], [30, 30, 20, 40],
    [np.nan, 0, 30, 30], [0, 0, 0, 0]])
def test_boxes_without_area_in_the_image_are_no_persons(box):
    boxes, scores = found([box], [0.9])
    assert boxes.shape == (0, 4) and scores.shape == (0,)


@pytest.mark.parametrize('score', [0.0, 0.39, np.nan])
def test_nobody(score):
    boxes, scores = found([[0, 0, 30, 60]] * 3, [score] * 3)
    assert boxes.shape == (0, 4) and scores.shape == (0,)


@pytest.mark.parametrize('shape', [(1, 3000, 3), (2000, 2, 3), (3, 3, 3)])
def test_odd_pictures_do_no_harm(shape):
    boxes, _ = found([[0, 0, 192, 192]], [0.9], np.zeros(shape, np.uint8))
    np.testing.assert_allclose(boxes, [[0, 0, shape[1], shape[0]]])

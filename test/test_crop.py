# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Crops: where a box comes to lie, the exact way back, the picture that is cut out."""
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core import crop
import pytest

quick = settings(deadline=None, max_examples=40)
coordinate = st.floats(-1e4, 1e4)
side = st.floats(1e-2, 1e4)
SIZE = (256, 192)


def picture(height, width):
    """Return a picture whose red is the column and whose green is the row."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([columns, rows, np.zeros_like(rows)], axis=-1).astype(np.uint8)


def test_a_map_by_hand():
    # a box of 40 x 100 px around (50, 90), padded by 1.25, fills 125 px into 250 rows: scale 2
    affine = crop.crop_affine(np.array([30, 40, 70, 140.0]), (250, 200), 1.25)
    np.testing.assert_allclose(affine, [[2, 0, 99.5 - 100], [0, 2, 124.5 - 180]])
    np.testing.assert_allclose(crop.apply(affine, np.array([50.0, 90])), [99.5, 124.5])


def test_a_wide_box_is_extended_upwards_and_downwards():
    affine = crop.crop_affine(np.array([0, 0, 200.0, 10]), (100, 100), 1.0)
    assert affine[0, 0] == 0.5
    np.testing.assert_allclose(crop.apply(affine, np.array([[0, 5.0], [200, 5]])),
                               [[-0.5, 49.5], [99.5, 49.5]])


@quick
@given(coordinate, coordinate, side, side, st.floats(1, 2), st.tuples(coordinate, coordinate))
def test_to_the_crop_and_back(left, top, width, height, padding, point):
    affine = crop.crop_affine(np.array([left, top, left + width, top + height]), SIZE, padding)
    back = crop.apply(crop.invert(affine), crop.apply(affine, np.array(point)))
    np.testing.assert_allclose(back, point, atol=1e-6)
    np.testing.assert_allclose(crop.invert(crop.invert(affine)), affine, rtol=1e-9, atol=1e-6)


@quick
@given(coordinate, coordinate, side, side, st.floats(1, 2))
def test_a_box_lies_in_the_middle_of_its_crop_and_inside(left, top, width, height, padding):
    box = np.array([left, top, left + width, top + height])
    low, high = crop.apply(crop.crop_affine(box, SIZE, padding), box.reshape(2, 2))
    np.testing.assert_allclose((low + high) / 2, [95.5, 127.5], atol=1e-6)
    np.testing.assert_allclose(max((high - low) / [192, 256]), 1 / padding, rtol=1e-6)


@pytest.mark.parametrize('box', [
    [10, 10, 10, 20], [10, 20, 30, 20], [30, 10, 10, 20], [np.nan, 0, 1, 1], [0, 0, np.inf, 1]])
def test_boxes_without_area_are_refused(box):
    with pytest.raises(ValueError, match='box has no area: left, top, right, bottom = '):
        crop.crop_affine(np.array(box, float), SIZE, 1.25)


def test_a_cut_of_the_same_size_is_the_picture():
    image = picture(40, 30)
    affine = crop.crop_affine(np.array([-0.5, -0.5, 29.5, 39.5]), (40, 30), 1.0)
    np.testing.assert_array_equal(crop.cut(image, affine, (40, 30)), image)


def test_a_cut_shows_what_the_map_says():
    image = picture(200, 200)
    affine = crop.crop_affine(np.array([50, 60, 98, 124.0]), SIZE, 1.0)  # scale 4
    shown = crop.cut(image, affine, SIZE)[100, 60, :2]
    np.testing.assert_allclose(shown, crop.apply(crop.invert(affine), np.array([60, 100])), atol=1)


@pytest.mark.parametrize('box', [
    [-500, -500, -400, -300], [1e7, 1e7, 2e7, 3e7], [10, 10, 10.001, 10.001],
    [-1e6, -1e6, 1e6, 1e6],
])
def test_boxes_that_are_tiny_huge_or_outside_do_no_harm(box):
    image = np.full((50, 40, 3), 9, np.uint8)
    shown = crop.cut(image, crop.crop_affine(np.array(box, float), SIZE, 1.25), SIZE)
    assert shown.shape == (256, 192, 3)
    assert shown.max() <= 9


def test_beyond_the_border_is_black():
    image = np.full((50, 40, 3), 200, np.uint8)
    shown = crop.cut(image, crop.crop_affine(np.array([0, 0, 400, 500.0]), SIZE, 1.0), SIZE)
    assert shown[-1, -1].tolist() == [0, 0, 0]
    assert shown[0, 0].max() == 0 and shown[10, 10].min() == 200  # the box is centred: rows 0, 5


@pytest.mark.parametrize('height, width, rows, columns', [
    (480, 640, 144, 192), (1920, 1080, 192, 108), (10, 10, 192, 192), (1, 3000, 1, 192)])
def test_letterbox_shows_the_whole_picture_at_the_top_left(height, width, rows, columns):
    canvas, scale = crop.letterbox(np.full((height, width, 3), 7, np.uint8), (192, 192))
    assert canvas.shape == (192, 192, 3) and scale == 192 / max(height, width)
    assert (canvas[:rows, :columns] == 7).all()
    assert (canvas[rows:] == 114).all() and (canvas[:, columns:] == 114).all()

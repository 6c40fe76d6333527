# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training scenes of person networks: boxes and seen shares stay true to the picture."""
import numpy as np
from pose3d_ros.training.images import scenes
from pose3d_ros.training.images.scenes import Scene
from pose3d_ros.training.images.store import CUT, open_training, write_shard
from pose3d_ros.training.images.targets import NEAR_MIDDLE
import pytest
from test_training_images import a_cut, a_scene

RED = np.uint8([255, 0, 0])


@pytest.fixture
def lonely():
    """Return a scene with one red person before black."""
    picture = np.zeros((96, 128, 3), np.uint8)
    picture[20:60, 30:50] = RED
    return Scene(picture, np.array([[30.0, 20, 50, 60]]), np.ones(1))


def red_box(picture):
    rows, columns = (np.flatnonzero((picture == RED).all(-1).any(axis)) for axis in (1, 0))
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]


def test_mirrored_scene(lonely):
    mirrored = scenes._mirrored(lonely)
    assert mirrored.boxes[0].tolist() == red_box(mirrored.picture) == [78, 20, 98, 60]


def test_part_of_a_scene(lonely):
    for seed in range(40):
        part = scenes._part(np.random.default_rng(seed), lonely)
        pixels = (part.picture == RED).all(-1).sum()
        assert pixels == (800 * part.shares.sum()).round() and len(part.boxes) == (pixels > 0)
        if pixels:
            assert part.boxes[0].tolist() == red_box(part.picture)


def test_guest_in_front(lonely):
    layers = np.zeros((96, 128, 4), np.uint8)
    layers[40:80, 30:60] = 255  # before the person's lower half
    both = scenes._pasted(lonely, layers, whole=2400)
    assert both.boxes.tolist() == [[30, 20, 50, 60], [30, 40, 60, 80]]
    assert both.shares.tolist() == [0.5, 0.5]  # of the guest, too: half lies beyond the border
    assert red_box(both.picture) == [30, 20, 50, 40]


def test_samples_repeat_and_show_who_is_there(tmp_path):
    cut = a_cut()
    cut['cuts'][:] = 0
    cut['cuts'][30:120, 40:100] = 255
    write_shard(tmp_path, 0, [cut], [a_scene([[20, 30, 60, 150]])])
    store = open_training(tmp_path)
    assert cut['cuts'].shape == (CUT, CUT, 4)
    persons = 0
    for seed in range(20):
        one, other = (scenes.person_sample(np.random.default_rng(seed), store, 0, (96, 128))
                      for _ in range(2))
        for first, second in zip(one, other):
            np.testing.assert_array_equal(first, second)
        picture, middles, boxes = one
        assert picture.shape == (96, 128, 3) and picture.dtype == np.uint8
        assert middles.shape == (12, 16) and boxes.shape == (4, 12, 16)
        left, top, right, bottom = boxes[:, middles > NEAR_MIDDLE]
        assert (left < right).all() and (top < bottom).all()
        assert (right <= 128.5).all() and (bottom <= 96.5).all()
        persons += len(left)
    assert persons

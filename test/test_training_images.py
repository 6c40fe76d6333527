# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Training on renders without PyTorch: frames, spoilt pictures, the store, honest spread."""
import cv2
import numpy as np
from pose3d_ros.training.images import framing, rendering, spoiling
from pose3d_ros.training.images.store import (
    ARRAYS,
    CUT,
    MOST_PERSONS,
    open_held_out,
    open_training,
    SCENE,
    Store,
    write_shard,
)
from pose3d_ros.training.poses import Poses
import pytest

SIZE = (128, 96)


def a_cut(value=0):
    return {'cuts': np.full((CUT, CUT, 4), value), 'keypoints': np.full((17, 2), 60.0),
            'visibility': np.full(17, 2), 'bodies': np.array([40, 30, 100, 160]),
            'seen': np.array([40, 30, 100, 120])}


def a_scene(boxes):
    padded = np.zeros((MOST_PERSONS, 4))
    padded[:len(boxes)] = np.reshape(boxes, (-1, 4))
    return {'scenes': np.zeros((SCENE, SCENE, 3)), 'sizes': np.array([192, 256]),
            'boxes': padded, 'shares': np.full(MOST_PERSONS, 0.5),
            'counts': np.array(len(boxes))}


def test_keypoints_stay_on_their_pixels():
    rng = np.random.default_rng(0)
    box, at = np.array([50.0, 30, 130, 160]), np.array([[80.0, 70]])
    picture = np.zeros((CUT, CUT, 3), np.uint8)
    cv2.circle(picture, (80, 70), 4, (255, 255, 255), -1)
    mirrored = 0
    for _ in range(40):
        frame = framing.random_frame(rng, box, SIZE)
        keypoints = np.repeat(at, 17, axis=0)
        moved, visibility = framing.move_keypoints(keypoints, np.full(17, 2), frame, SIZE)
        rows, columns = np.nonzero(framing.show(picture, frame, SIZE)[..., 0] > 127)
        if 6 < moved[0, 0] < SIZE[1] - 6 and 6 < moved[0, 1] < SIZE[0] - 6:
            assert np.abs(moved[0] - [columns.mean(), rows.mean()]).max() < 0.3
            assert (visibility == 2).all()
        mirrored += np.linalg.det(frame[:, :2]) < 0
    assert 10 < mirrored < 30


def test_good_boxes_are_hardly_shaken():
    rng, box = np.random.default_rng(0), np.array([50.0, 30, 130, 160])
    plain = framing.crop_affine(box, SIZE, framing.PADDING)
    frames = np.array([framing.shaken_frame(rng, box, SIZE) for _ in range(100)])
    assert not frames[:, 0, 1].any() and not frames[:, 1, 0].any()  # upright
    assert 30 < (frames[:, 0, 0] < 0).sum() < 70  # mirrored
    assert np.abs(frames[:, 1, 1] / plain[1, 1] - 1).max() < 0.3


def test_mirrored_frames_exchange_left_and_right():
    frame = np.array([[-1.0, 0, SIZE[1] - 1], [0, 1, 0]])
    keypoints = np.zeros((17, 2)) + np.arange(17)[:, None]
    moved, visibility = framing.move_keypoints(keypoints, np.full(17, 1), frame, SIZE)
    left, right = 5, 6  # shoulders
    assert moved[left].tolist() == [SIZE[1] - 1 - right, right]
    assert visibility.tolist() == [1] * 17


def test_keypoints_beyond_the_crop_are_absent():
    frame = np.array([[1.0, 0, -61], [0, 1, 0]])
    _, visibility = framing.move_keypoints(np.full((17, 2), 60.0), np.full(17, 2), frame, SIZE)
    assert not visibility.any()


def test_spoilt_pictures_are_pictures_and_repeat_with_the_seed():
    picture = np.random.default_rng(1).integers(0, 256, (*SIZE, 3)).astype(np.uint8)
    for seed in range(30):
        first, again = (spoiling.spoil(np.random.default_rng(seed), picture) for _ in range(2))
        assert first.shape == picture.shape and first.dtype == np.uint8
        assert np.array_equal(first, again)
        assert spoiling.texture(np.random.default_rng(seed), SIZE).shape == (*SIZE, 3)


def test_blend_takes_what_the_mask_says():
    under, over = np.full((1, 3, 3), 10, np.uint8), np.full((1, 3, 3), 110, np.uint8)
    blended = spoiling.blend(under, over, np.array([[0, 51, 255]], np.uint8))
    assert blended[0, :, 0].tolist() == [10, 30, 110]


def test_store_gives_back_what_was_written(tmp_path):
    write_shard(tmp_path, 0, [a_cut(1), a_cut(2)], [a_scene([])])
    write_shard(tmp_path, 1, [a_cut(3)], [a_scene([[1, 2, 3, 4]]), a_scene([])])
    write_shard(tmp_path, 9000, [a_cut(4)], [a_scene([])])
    store = open_training(tmp_path)
    assert (store.count('cuts'), store.count('scenes')) == (3, 3)
    assert [int(store.cut(i)[0][0, 0, 0]) for i in range(3)] == [1, 2, 3]
    scene, boxes, shares = store.scene(1)
    assert scene.shape == (192, 256, 3) and boxes.tolist() == [[1, 2, 3, 4]]
    assert shares.tolist() == [0.5]
    assert len(store.scene(2)[1]) == 0
    assert int(open_held_out(tmp_path).cut(0)[0][0, 0, 0]) == 4
    assert len(store.cut(0)) == len(ARRAYS['cuts'])


def test_empty_store_is_refused(tmp_path):
    with pytest.raises(ValueError, match='no renders here'):
        Store(tmp_path / 'nothing')


def test_rendered_people_stand_at_the_height_of_their_motion():
    points, pelvis = np.zeros((2, 17, 3), np.float32), np.float32([[5, 6, 0.5], [7, 8, 0.25]])
    poses = Poses(points, pelvis, np.zeros(2, int), np.array(['1', '1']), ())
    standing = rendering._standing(poses)
    assert standing[:, 3].tolist() == [[0, 0, 0.5], [0, 0, 0.25]]

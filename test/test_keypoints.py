# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Keypoints of the persons in some boxes, with an engine that says what the test wants."""
import numpy as np
from pose3d_ros.core.keypoints import estimate_keypoints
import pytest

IMAGE = np.zeros((480, 640, 3), np.uint8)
SIZE = (200, 100)
BOXES = np.array([[100, 100, 140, 180.0], [0, 0, 400, 400]])  # padded 1.25: scales 2 and 0.2


def estimated(boxes=BOXES, positions=None, scores=0.5, spread=None):
    """Return the keypoints (N, 3, 2) of an engine that finds them in the crop's middle."""
    def engine(crops):
        assert crops.shape == (len(boxes), *SIZE, 3) and crops.dtype == np.uint8
        count = len(crops)
        middle = np.full((count, 3, 2), [49.5, 99.5]) if positions is None else positions
        return {
            'keypoints': np.asarray(middle, np.float32),
            'scores': np.broadcast_to(np.float32(scores), (count, 3)),
            'spread': np.tile(np.eye(2, dtype=np.float32), (count, 3, 1, 1))
            if spread is None else spread,
        }
    return estimate_keypoints(engine, IMAGE, boxes, SIZE, 1.25)


def test_positions_and_spread_are_in_pixels_of_the_image():
    found = estimated()
    np.testing.assert_allclose(found.positions[0], [[120, 140]] * 3)
    np.testing.assert_allclose(found.positions[1], [[200, 200]] * 3)
    np.testing.assert_allclose(found.spread[:, 0], [np.eye(2) / 4, np.eye(2) * 25])
    np.testing.assert_allclose(found.scores, 0.5)
    positions = np.tile([[49.5 + 10, 99.5 - 20]], (2, 3, 1))
    np.testing.assert_allclose(estimated(positions=positions).positions[:, 0],
                               [[125, 130], [250, 100]])


def test_scores_stay_between_0_and_1():
    np.testing.assert_allclose(estimated(scores=[-0.1, 0.4, 1.2]).scores, [[0, 0.4, 1]] * 2)


@pytest.mark.parametrize('bad', [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_has_score_0(bad):
    positions = np.full((2, 3, 2), 50.0)
    positions[0, 1, 0] = bad
    spread = np.tile(np.eye(2, dtype=np.float32), (2, 3, 1, 1))
    spread[1, 2, 0, 1] = bad
    found = estimated(positions=positions, spread=spread)
    np.testing.assert_allclose(found.scores, [[0.5, 0, 0.5], [0.5, 0.5, 0]])
    np.testing.assert_allclose(estimated(scores=[0.5, np.nan, 0.5]).scores, [[0.5, 0, 0.5]] * 2)


def test_a_box_without_area_is_refused():
    with pytest.raises(ValueError, match='box has no area'):
        estimated(np.array([[3, 3, 3, 9.0]]))

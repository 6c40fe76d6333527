# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Colours of people: taken, learned, compared."""
import numpy as np
from pose3d_ros.core.looks import (
    ALIKE,
    FIELDS,
    learn,
    LIMIT,
    Palette,
    Resemblance,
    SIGMA,
    SOON,
    TOLD,
)
from pose3d_ros.core.skeleton import COCO_17
import pytest

CORNERS = {'shoulder': 20, 'hip': 60, 'knee': 100}
RED = [90, 150, 105, 90, 150, 105]  # of (200, 50, 20)
GREEN = [100, -90, 50, 100, -90, 50]
UNKNOWN = [np.nan] * 6


def standing(left=80, right=40):
    """Return keypoints (1, 17, 2) of somebody whose sides are at x = left and right."""
    keypoints = np.zeros((1, 17, 2))
    for name, y in CORNERS.items():
        keypoints[0, COCO_17.index(f'left_{name}')] = left, y
        keypoints[0, COCO_17.index(f'right_{name}')] = right, y
    return keypoints


def dressed():
    """Return an image of somebody in red and blue before a white wall."""
    image = np.full((120, 120, 3), 255, np.uint8)
    image[20:60, 40:80] = 200, 50, 20
    image[60:100, 40:80] = 10, 20, 90
    return image


def known(*colours):
    """Return somebody whose colours these have been for long."""
    looks = np.zeros(1, FIELDS)
    for _ in range(SOON):
        learn(looks, np.array([colours], float))
    return looks


def test_colours_by_hand():
    colours = Palette(COCO_17)(dressed(), standing(), np.ones((1, 17), bool))
    np.testing.assert_allclose(colours, [[90, 150, 105, 40, -10, -75]])


def test_an_arm_across_the_trunk_changes_nothing():
    image, palette, seen = dressed(), Palette(COCO_17), np.ones((1, 17), bool)
    before = palette(image, standing(), seen)
    image[28:36, 40:80] = 230, 190, 170
    np.testing.assert_array_equal(palette(image, standing(), seen), before)


def test_what_is_hidden_or_outside_has_no_colour():
    palette, seen = Palette(COCO_17), np.ones((1, 17), bool)
    seen[0, COCO_17.index('left_knee')] = False
    assert np.isnan(palette(dressed(), standing(), seen)).tolist() == [[False] * 3 + [True] * 3]
    beyond = palette(dressed(), standing(right=-60), np.ones((1, 17), bool))
    assert np.isnan(beyond).all()
    assert palette(dressed(), np.zeros((0, 17, 2)), np.zeros((0, 17), bool)).shape == (0, 6)


def test_colours_are_learned_as_a_mean_that_forgets():
    looks = np.zeros(1, FIELDS)
    learn(looks, np.array([RED], float))
    learn(looks, np.array([[np.nan] * 3 + GREEN[3:]]))
    np.testing.assert_allclose(looks['mean'], [[90, 150, 105, 95, 30, 77.5]])
    assert looks['count'].tolist() == [[1] * 3 + [2] * 3]
    for _ in range(200):
        learn(looks, np.array([GREEN], float))
    np.testing.assert_allclose(looks['mean'], [GREEN], atol=1)


def test_a_mismatch_by_hand():
    off = np.array([RED]) + SIGMA * [1, 0, 0, 0, 100, 0]
    looks = known(*RED)
    fits = Resemblance(np.append(looks, known(*off[0])), off)
    certain = SOON / (SOON + 1)
    assert fits.against(np.ones((2, 1), bool))[0, 0] == pytest.approx((certain + LIMIT) / 2)
    assert fits.alike.tolist() == [[True], [True]]


def test_colours_tell_who_it_is_only_among_those_who_are_near_and_differ():
    looks = np.concatenate([known(*RED), known(*GREEN), known(*RED)])
    colours = np.array([RED, UNKNOWN], float)
    against = Resemblance(looks, colours).against(np.ones((3, 2), bool))
    assert against[1, 0] > 2 * ALIKE
    assert not against[[0, 2], 0].any() and not against[:, 1].any()
    alone = np.array([[False] * 2, [True] * 2, [False] * 2])
    assert not Resemblance(looks, colours).against(alone)[1].any()


def test_colours_that_have_not_been_learned_say_nothing():
    young = np.zeros(1, FIELDS)
    for count in range(TOLD):
        assert not Resemblance(young, np.array([RED])).alike.any()
        learn(young, np.array([RED], float))
    assert Resemblance(young, np.array([RED])).alike.all()
    assert not Resemblance(young, np.array([UNKNOWN])).alike.any()
    near, both = np.ones((2, 1), bool), np.append(np.zeros(1, FIELDS), known(*RED))
    # neither one who is unknown wins over one who fits, nor the reverse
    assert Resemblance(both, np.array([RED])).against(near)[0, 0] < ALIKE / 2
    assert Resemblance(young[:0], np.array([RED])).against(near[:0]).shape == (0, 1)

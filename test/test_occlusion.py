# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Keypoints that lie on somebody nearer."""
import numpy as np
from pose3d_ros.core.occlusion import covered, NEARER, RADIUS, segment_distances

BONES = np.array([[0, 1]])
FOCAL = 500.0


def hidden(distances, other=(100.0, 50.0)):
    """Return what is covered of a vertical limb from (100, 0) to (100, 100) and of another's."""
    positions = np.array([[[100, 0], [100, 100]], [other, [300, 50]]], float)
    return covered(positions, np.ones((2, 2), bool), np.array(distances), FOCAL, BONES)


def test_who_stands_behind_is_covered_where_the_other_one_is():
    assert hidden([2.0, 3.0]).tolist() == [[False, False], [True, False]]
    assert not hidden([3.0, 3.0]).any()
    assert not hidden([2.0, 2.0 + NEARER / 2]).any()


def test_a_limb_is_as_thick_as_it_looks_from_there():
    radius = RADIUS * FOCAL / 2.0
    assert hidden([2.0, 3.0], (99 + radius, 50))[1, 0]
    assert not hidden([2.0, 3.0], (101 + radius, 50))[1, 0]


def test_unknown_distances_cover_nobody_and_are_not_covered():
    assert not hidden([np.nan, 3.0]).any() and not hidden([2.0, np.nan]).any()


def test_nobody():
    none = covered(np.zeros((0, 2, 2)), np.zeros((0, 2), bool), np.zeros(0), FOCAL, BONES)
    assert none.shape == (0, 2)


def test_segment_distances_by_hand():
    starts, ends = np.array([[0.0, 0]]), np.array([[10.0, 0]])
    points = np.array([[5.0, 3], [-3, 4], [14, 3]])
    np.testing.assert_allclose(segment_distances(points, starts, ends), [[3], [5], [5]])
    np.testing.assert_allclose(segment_distances(points[:1], starts, starts), [[np.sqrt(34)]])

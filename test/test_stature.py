# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How tall people are taken to be, by a lifter whose joints are those of a body of 1.70 m."""
from pose3d_ros.core.config import Placement
from pose3d_ros.core.stature import scale_in_words, scale_prior
import pytest

GIVEN = Placement(height=1.87, height_sigma=0.02)


def test_the_prior_by_hand():
    assert scale_prior(Placement(), 1.7) == (1.0, 0.06)
    assert scale_prior(GIVEN, 1.7) == pytest.approx((1.1, 0.022))


def test_words_name_every_source():
    assert scale_in_words(GIVEN, 1.7, {}) == 'body height 1.87 m within 2 %, as given'
    words = scale_in_words(Placement(), 1.7, {'p3': (1.1, 0.03, ['floor', 'depth'])})
    assert words == ('body height 1.70 m within 6 %, assumed: set placement.height where it is'
                     ' known; p3 1.87 m within 3 % from floor and depth')

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Stamps in seconds and nanoseconds."""
from builtin_interfaces.msg import Time
from hypothesis import given
from hypothesis import strategies as st
from pose3d_ros.messages import age, later, nanoseconds, seconds, stamp_from_seconds
import pytest


def test_by_hand():
    stamp = Time(sec=12, nanosec=345_678_901)
    assert seconds(stamp) == pytest.approx(12.345678901, abs=1e-12)
    assert nanoseconds(stamp) == 12_345_678_901
    assert stamp_from_seconds(12.25) == Time(sec=12, nanosec=250_000_000)


def test_rounding_up_to_a_whole_second():
    assert stamp_from_seconds(2 - 1e-12) == Time(sec=2, nanosec=0)


@given(st.integers(0, 2**31 - 1), st.integers(0, 999_999))
def test_microseconds_survive(sec, microseconds):
    again = stamp_from_seconds(seconds(Time(sec=sec, nanosec=microseconds * 1000)))
    assert abs(nanoseconds(again) - (sec * 10**9 + microseconds * 1000)) < 500


def test_before_the_epoch():
    """A broken driver may send that; nothing may fail over it."""
    assert nanoseconds(Time(sec=-1, nanosec=500_000_000)) == -500_000_000
    assert seconds(Time(sec=-1, nanosec=500_000_000)) == -0.5
    assert stamp_from_seconds(-0.5) == Time(sec=-1, nanosec=500_000_000)


def test_later_and_age():
    stamp = Time(sec=7, nanosec=950_000_000)
    assert later(stamp, 0.1) == Time(sec=8, nanosec=50_000_000)
    assert later(stamp, 0.0) == stamp
    assert age(stamp, later(stamp, 0.25)) == pytest.approx(0.25)
    assert age(later(stamp, 1.0), stamp) == pytest.approx(-1.0)

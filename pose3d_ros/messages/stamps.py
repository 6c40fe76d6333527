# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Stamps of messages in seconds."""
from builtin_interfaces.msg import Time


def seconds(stamp: Time) -> float:
    """Return a stamp in seconds; whole microseconds survive until the year 2242."""
    return stamp.sec + stamp.nanosec * 1e-9


def nanoseconds(stamp: Time) -> int:
    """Return a stamp in nanoseconds: what messages are paired by."""
    return stamp.sec * 1_000_000_000 + stamp.nanosec


def stamp_from_seconds(time: float) -> Time:
    """Return the stamp of a time in seconds."""
    sec, nanosec = divmod(round(time * 1e9), 1_000_000_000)
    return Time(sec=sec, nanosec=nanosec)


def later(stamp: Time, time: float) -> Time:
    """Return the stamp some seconds after another."""
    sec, nanosec = divmod(nanoseconds(stamp) + round(time * 1e9), 1_000_000_000)
    return Time(sec=sec, nanosec=nanosec)


def age(stamp: Time, now: Time) -> float:
    """Return how many seconds ago a stamp was; now is node.get_clock().now().to_msg()."""
    return (nanoseconds(now) - nanoseconds(stamp)) * 1e-9

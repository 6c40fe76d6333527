# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Parameters: defaults within their ranges, bad values refused by name."""
from dataclasses import FrozenInstanceError

from pose3d_ros.core.config import check, Config, describe
import pytest

every_parameter = pytest.mark.parametrize('name', describe())


@every_parameter
def test_defaults_are_allowed_and_described(name):
    entry = describe()[name]
    check(name, entry.default)
    assert entry.metadata['text']
    assert type(entry.default) is entry.type
    if entry.type in (int, float):
        low, high = entry.metadata['low'], entry.metadata['high']
        assert low < high and type(low) is type(high) is entry.type


@every_parameter
def test_values_of_another_type_are_refused(name):
    kind = describe()[name].type
    for value in (None, 'yes', 3, 0.5, True, [1]):
        if type(value) is not kind and not (kind is float and type(value) is int):
            with pytest.raises(ValueError, match=f'{name}: expected {kind.__name__}, .* given'):
                check(name, value)


def test_no_values_are_the_defaults():
    assert Config.from_values({}) == Config()


def test_values_arrive_where_they_belong():
    config = Config.from_values(
        {'detection.every': 7, 'placement.height': 1.8, 'output.tf': False})
    assert config.detection.every == 7
    assert config.placement.height == 1.8
    assert config.output.tf is False
    assert config.detection.max_bodies == Config().detection.max_bodies


def test_a_whole_number_is_a_number():
    assert Config.from_values({'tracking.timeout': 1}).tracking.timeout == 1


@pytest.mark.parametrize('name, value, message', [
    ('detection.every', 0, 'detection.every: expected 1 to 1000 frames, 0 given'),
    ('detection.min_score', 1.01, 'detection.min_score: expected 0.0 to 1.0, 1.01 given'),
    ('detection.min_score', float('nan'), 'detection.min_score: expected 0.0 to 1.0, nan given'),
    ('tracking.timeout', float('inf'), 'tracking.timeout: expected 0.0 to 10.0 s, inf given'),
    ('camera.transport', 'h264', r"camera.transport: expected one of \['raw', 'compressed'\]"),
    ('placement.heigth', 1.8, "unknown parameter 'placement.heigth': expected one of .*height"),
])
def test_bad_values_are_refused_by_name(name, value, message):
    with pytest.raises(ValueError, match=message):
        Config.from_values({name: value})


@every_parameter
def test_the_ends_of_a_range_belong_to_it(name):
    about = describe()[name].metadata
    for value in (about['low'], about['high'], *about['choices']):
        if value is not None:
            check(name, value)


def test_a_configuration_does_not_change():
    with pytest.raises(FrozenInstanceError):
        Config().detection.every = 3

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Parameters: core/config.py, config/pose.yaml and the declarations of the node are one."""
from dataclasses import replace
from pathlib import Path

from pose3d_ros import parameters
from pose3d_ros.core.config import check, Config, describe
from pose3d_ros.live.session import values_of
import pytest
import rclpy
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.utilities import try_shutdown
import yaml

FILE = Path(__file__).parents[1] / 'config' / 'pose.yaml'
ENTRIES = describe()
RANGES = [name for name, entry in ENTRIES.items() if entry.metadata['low'] is not None]
CHOICES = [name for name, entry in ENTRIES.items() if entry.metadata['choices']]


@pytest.fixture(scope='module')
def context():
    """Yield a context of its own."""
    context = Context()
    rclpy.init(context=context, domain_id=101)
    yield context
    try_shutdown(context=context)


@pytest.fixture
def make(context):
    """Yield a function that makes a node with some parameters given at start."""
    nodes = []

    def node(**given):
        overrides = [Parameter(name, value=value) for name, value in given.items()]
        nodes.append(Node(
            'test', context=context, parameter_overrides=overrides,
            start_parameter_services=False))
        parameters.declare(nodes[-1])
        return nodes[-1]
    yield node
    for each in nodes:
        each.destroy_node()


def flat(values: dict, prefix: str = '') -> dict:
    """Return nested values by dotted names."""
    named = {}
    for name, value in values.items():
        inner = isinstance(value, dict)
        named |= flat(value, f'{prefix}{name}.') if inner else {prefix + name: value}
    return named


def test_file_states_the_defaults():
    stated = flat(yaml.safe_load(FILE.read_text())['/**']['ros__parameters'])
    assert stated == {name: entry.default for name, entry in ENTRIES.items()}
    assert list(stated) == list(ENTRIES)
    for name, value in stated.items():  # ROS does not take 1 for a float
        assert type(value) is type(ENTRIES[name].default), name


@pytest.mark.parametrize('name', ENTRIES)
def test_file_explains_as_the_code_does(name):
    text = FILE.read_text()
    about, key = ENTRIES[name].metadata, name.partition('.')[2]
    unit = f" [{about['unit']}]" if about['unit'] else ''
    lines = [line for line in text.splitlines() if line.strip().startswith(f'{key}: ')]
    assert any(line.endswith(f"  # {about['text']}{unit}") for line in lines)


@pytest.mark.parametrize('name', ENTRIES)
def test_parameter_is_declared(make, name):
    node, entry = make(), ENTRIES[name]
    about, given = entry.metadata, node.describe_parameter(name)
    assert node.get_parameter(name).value == entry.default
    assert given.description.startswith(about['text']) and about['text']
    assert (f"[{about['unit']}]" in given.description) == bool(about['unit'])
    ranges = [*given.floating_point_range, *given.integer_range]
    assert [(each.from_value, each.to_value) for each in ranges] == (
        [(about['low'], about['high'])] if name in RANGES else [])
    for choice in about['choices']:
        assert choice in given.additional_constraints


def test_defaults_are_the_default_configuration(make):
    assert parameters.read(make()) == Config()


def test_values_arrive(make):
    config = parameters.read(make(**{'camera.timeout': 2.0, 'output.tf': False}))
    assert config == replace(
        Config(), camera=replace(Config().camera, timeout=2.0),
        output=replace(Config().output, tf=False))
    assert Config.from_values(values_of(config)) == config


def bad_value(name: str):
    """Return a value outside the range or choices of a parameter."""
    entry = ENTRIES[name]
    return 'nonsense' if name in CHOICES else entry.metadata['high'] + type(entry.default)(1)


@pytest.mark.parametrize('name', RANGES)
def test_out_of_range_at_start_is_refused(make, name):
    with pytest.raises(ValueError, match=name):
        make(**{name: bad_value(name)})


@pytest.mark.parametrize('name', ENTRIES)
def test_wrong_type_at_start_is_refused(make, name):
    wrong = 7 if isinstance(ENTRIES[name].default, (str, bool, float)) else 0.5
    with pytest.raises(ValueError, match=name):
        make(**{name: wrong})


@pytest.mark.parametrize('name', CHOICES)
def test_no_choice_is_refused_when_it_is_read(make, name):
    with pytest.raises(ValueError, match=f"{name}: expected one of .*'nonsense' given"):
        parameters.read(make(**{name: bad_value(name)}))


@pytest.mark.parametrize('name', [*RANGES, *CHOICES])
def test_bad_value_is_refused_when_it_is_set(make, name):
    node = make()
    result, = node.set_parameters([Parameter(name, value=bad_value(name))])
    assert not result.successful and name in result.reason
    assert node.get_parameter(name).value == ENTRIES[name].default


def test_good_value_is_taken_when_it_is_set(make):
    node = make()
    result, = node.set_parameters([Parameter('detection.every', value=9)])
    assert result.successful
    assert parameters.read(node).detection.every == 9


@pytest.mark.parametrize('name', RANGES)
def test_limits_themselves_are_allowed(make, name):
    about = ENTRIES[name].metadata
    for value in (about['low'], about['high']):
        check(name, value)
        assert make(**{name: value}).get_parameter(name).value == value


@pytest.mark.parametrize('name', ENTRIES)
def test_default_is_allowed(name):
    check(name, ENTRIES[name].default)


@pytest.mark.parametrize('name, value, text', [
    ('camera.timeout', 100.0, 'expected 0.05 to 60.0 s, 100.0 given'),
    ('camera.timeout', float('nan'), 'expected 0.05 to 60.0 s, nan given'),
    ('camera.timeout', 'soon', "expected float, 'soon' given"),
    ('detection.every', 2.5, 'expected int, 2.5 given'),
    ('detection.every', True, 'expected int, True given'),
    ('output.tf', 1, 'expected bool, 1 given'),
])
def test_refusal_names_expected_and_given(name, value, text):
    with pytest.raises(ValueError, match=f'{name}: {text}'):
        Config.from_values({name: value})


def test_unknown_name_is_refused():
    with pytest.raises(ValueError, match="unknown parameter 'detection.speed': expected one of"):
        Config.from_values({'detection.speed': 1})

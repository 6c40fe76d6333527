# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""ROS parameters of the node, derived from core/config.py."""
from functools import partial

from pose3d_ros.core.config import check, Config, describe
from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.exceptions import ParameterException


def declare(node) -> None:
    """
    Declare every parameter; all are read when the node is configured, not later.

    Raises
    ------
    ValueError
        When a value given at start has the wrong type or is out of range.

    """
    for name, entry in describe().items():
        try:
            node.declare_parameter(name, entry.default, _descriptor(entry))
        except ParameterException as error:
            raise ValueError(f'{name}: {error}') from error
    node.add_on_set_parameters_callback(partial(_judge, node))


def _judge(node, given: list) -> SetParametersResult:
    """Refuse what configure would refuse; say that the others wait for it."""
    ours = [each for each in given if each.name in describe()]
    try:
        for each in ours:
            check(each.name, each.value)
    except ValueError as error:
        return SetParametersResult(successful=False, reason=str(error))
    for each in ours:
        node.get_logger().info(f'{each.name}: {each.value} counts from the next configure on')
    return SetParametersResult(successful=True)


def read(node) -> Config:
    """Return the configuration; raise ValueError that names a bad value."""
    return Config.from_values({name: node.get_parameter(name).value for name in describe()})


def _descriptor(entry) -> ParameterDescriptor:
    about = entry.metadata
    unit = f" [{about['unit']}]" if about['unit'] else ''
    descriptor = ParameterDescriptor(description=about['text'] + unit)
    if about['choices']:
        descriptor.additional_constraints = f"one of {list(about['choices'])}"
    if about['low'] is not None and isinstance(entry.default, float):
        descriptor.floating_point_range = [
            FloatingPointRange(from_value=about['low'], to_value=about['high'])]
    elif about['low'] is not None:
        descriptor.integer_range = [
            IntegerRange(from_value=about['low'], to_value=about['high'], step=1)]
    return descriptor

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""ROS parameters of the node, derived from core/config.py."""
from pose3d_ros.core.config import check, Config, describe
from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor


def declare(node) -> None:
    """Declare every parameter; all are read when the node is configured, not later."""
    for name, entry in describe().items():
        node.declare_parameter(name, entry.default, _descriptor(entry))


def read(node) -> Config:
    """Return the configuration; raise ValueError that names a bad value."""
    values = {name: node.get_parameter(name).value for name in describe()}
    for name, value in values.items():
        check(name, value)
    return Config.from_values(values)


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

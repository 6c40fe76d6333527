# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node's health as a diagnostic_msgs/DiagnosticArray."""
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from std_msgs.msg import Header


def diagnostics_from(
    stamp, name: str, level: str, summary: str, values: dict[str, object]
) -> DiagnosticArray:
    """Return one status; level is 'OK', 'WARN', 'ERROR' or 'STALE'; floats get three digits."""
    status = DiagnosticStatus(
        level=getattr(DiagnosticStatus, level), name=name, message=summary,
        values=[KeyValue(key=key, value=_text(value)) for key, value in values.items()])
    return DiagnosticArray(header=Header(stamp=stamp), status=[status])


def _text(value: object) -> str:
    return f'{value:.3f}' if isinstance(value, float) else str(value)

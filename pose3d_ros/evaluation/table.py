# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The report of an evaluation as small tables."""

#: With fewer correct keypoints, files that do not belong together are the likelier cause.
SUSPICIOUS_PCK = 0.25

_ERRORS = {
    'joint_error_mm': ('joints, camera frame', 'mm'),
    'visible_joint_error_mm': ('  visible', 'mm'),
    'hidden_joint_error_mm': ('  hidden', 'mm'),
    'measured_joint_error_mm': ('  measured', 'mm'),
    'lifted_joint_error_mm': ('  lifted', 'mm'),
    'predicted_joint_error_mm': ('  predicted', 'mm'),
    'mpjpe_mm': ('MPJPE', 'mm'),
    'pa_mpjpe_mm': ('PA-MPJPE', 'mm'),
    'n_mpjpe_mm': ('N-MPJPE', 'mm'),
    'mpjve_mm_s': ('MPJVE', 'mm/s'),
    'jitter_mm': ('jitter', 'mm'),
}
_ROOT = {
    'along_m': ('root along the ray', 'm'),
    'along_percent': ('', '% of distance'),
    'across_m': ('root across the ray', 'm'),
    'across_percent': ('', '% of distance'),
}
_COUNTS = {
    'detection_rate': 'detection rate',
    'fully_visible_detection_rate': '  fully visible persons',
    'unknown_joints': 'unknown joints',
    'missed_bodies': 'missed bodies',
    'extra_bodies': 'extra bodies',
    'id_switches': 'id switches',
    'mota': 'MOTA',
    'idf1': 'IDF1',
    'frames': 'frames compared',
}
_FORESIGHT = {
    'error_mm': ('predicted joints', 'mm'),
    'holding_error_mm': ('  last pose held', 'mm'),
    'motion_error_mm': ('predicted motion', 'mm'),
    'motion_mm': ('  last pose held', 'mm'),
}


def table(report: dict) -> str:
    """Return the lines to print for a report of `evaluate`."""
    lines = [_row('', '', 'mean', 'median', 'p95')]
    lines += [_errors(*_ERRORS[name], report[name]) for name in _ERRORS
              if not _ERRORS[name][0].startswith(' ') or report[name]['mean'] is not None]
    lines += [_errors(*_ROOT[name], report['root'][name]) for name in _ROOT]
    lines += [_row('PCK@0.2 torso', report['pck']['of'], _number(report['pck']['mean']))]
    if report['pck']['fully_visible'] is not None:
        lines += [_row('  fully visible persons', '', _number(report['pck']['fully_visible']))]
    lines += [_row(label, '', _number(report[name])) for name, label in _COUNTS.items()
              if not label.startswith(' ') or report[name] is not None]
    if latency := report.get('latency_ms'):
        lines.append(_row('latency', 'ms', *(f'{name} {_number(value)}'
                                             for name, value in latency.items())))
    lines += _coverage(report['covariance'])
    if report['foresight'].get('gain') is not None:
        lines += _foresight(report['foresight'])
    pck = report['pck']['mean']
    if pck is not None and pck < SUSPICIOUS_PCK:
        lines.append('Hardly any keypoint is where the truth is: do camera, truth and predictions'
                     ' belong to the same clip, and is --truth-offset right?')
    return '\n'.join(line.rstrip() for line in lines)


def _coverage(report: dict) -> list[str]:
    """Return the lines of the covariance: NEES is 1 where it is honest."""
    rows = {'all joints': report, **report['by_source']}
    return ['', _row('truth in ellipsoid of', '', '50 %', '95 %', 'NEES', 'joints')] + [
        _row(label, '', *(_number(row[name]) for name in (
            'coverage_50', 'coverage_95', 'nees', 'count')))
        for label, row in rows.items()]


def _foresight(report: dict) -> list[str]:
    title = f"{1000 * report['horizon_s']:.0f} ms ahead"
    return [
        '', _row(title, '', 'mean', 'median', 'p95'),
        *(_errors(*_FORESIGHT[name], report[name]) for name in _FORESIGHT),
        _row('gain on holding', '', _number(report['gain'])),
        *_coverage(report['covariance'])[1:]]


def _errors(label: str, unit: str, values: dict) -> str:
    return _row(label, unit, *(_number(values[name]) for name in ('mean', 'median', 'p95')))


def _row(label: str, unit: str, *values: str) -> str:
    return f'{label:<24}{unit:<14}' + ''.join(f' {value:>8}' for value in values)


def _number(value: float | None) -> str:
    """Return a small number with three decimals, a large one with one."""
    if value is None:
        return '-'
    if isinstance(value, int):
        return str(value)
    return f'{value:.1f}' if abs(value) >= 10 else f'{value:.3f}'

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The report of an evaluation as a small table."""

#: With fewer correct keypoints, files that do not belong together are the likelier cause.
SUSPICIOUS_PCK = 0.25

_LABELS = {
    'mpjpe_mm': ('MPJPE', 'mm'),
    'pa_mpjpe_mm': ('PA-MPJPE', 'mm'),
    'n_mpjpe_mm': ('N-MPJPE', 'mm'),
    'mpjve_mm_s': ('MPJVE', 'mm/s'),
    'jitter_mm': ('jitter', 'mm'),
}
_ROOT_LABELS = {
    'along_m': ('root along the ray', 'm'),
    'along_percent': ('', '% of distance'),
    'across_m': ('root across the ray', 'm'),
    'across_percent': ('', '% of distance'),
}


def table(report: dict) -> str:
    """Return the lines to print for a report of `evaluate`."""
    errors = [(*_LABELS[name], report[name]) for name in _LABELS]
    errors += [(*_ROOT_LABELS[name], report['root'][name]) for name in _ROOT_LABELS]
    lines = [_row('', '', 'mean', 'median')]
    lines += [_row(label, unit, _number(value['mean']), _number(value['median']))
              for label, unit, value in errors]
    covariance = report['covariance']
    lines += [_row(label, '', value) for label, value in (
        ('PCK@0.2 torso', _number(report['pck']['mean'])),
        ('detection rate', _number(report['detection_rate'])),
        ('unknown joints', _number(report['unknown_joints'])),
        ('truth in 50 % ellipsoid', _number(covariance['coverage_50'])),
        ('truth in 95 % ellipsoid', _number(covariance['coverage_95'])),
        ('id switches', str(report['id_switches'])),
        ('extra bodies', str(report['extra_bodies'])),
        ('frames compared', str(report['frames'])),
    )]
    pck = report['pck']['mean']
    if pck is not None and pck < SUSPICIOUS_PCK:
        lines.append('Hardly any keypoint is where the truth is: do camera, truth and predictions'
                     ' belong to the same clip, and is --truth-offset right?')
    return '\n'.join(line.rstrip() for line in lines)


def _row(label: str, unit: str, *values: str) -> str:
    return f'{label:<24}{unit:<14}' + ''.join(f'{value:>9}' for value in values)


def _number(value: float | None) -> str:
    """Return three figures behind the point of a small number, one of a great one."""
    if value is None:
        return '-'
    return f'{value:.1f}' if abs(value) >= 10 else f'{value:.3f}'

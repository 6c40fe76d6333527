# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A line of a predictions file as an object whose every value has been checked."""
import json

from pose3d_ros.core.records import Source

SOURCES = tuple(source.name.lower() for source in Source)


def parse(line: str) -> dict:
    """Return the object of a line; raise ValueError, KeyError or TypeError where it is none."""
    record = json.loads(line, parse_constant=_refuse_constant)
    if not isinstance(record, dict):
        raise ValueError('expected an object with frame, stamp and bodies')
    if type(record['frame']) is not int:
        raise ValueError(f'frame must be a whole number, not {record["frame"]!r}')
    _numbers([record['stamp']], 1, 'stamp')
    for body in record['bodies']:
        _check_body(body)
    if foreseen := record.setdefault('foreseen', None):
        _numbers([foreseen['stamp']], 1, 'stamp')
        for body in foreseen['bodies']:
            _check_body(body)
    return record


def _check_body(body: dict) -> None:
    if not isinstance(body['id'], str) or not body['id']:
        raise ValueError(f'id must be a text, not {body["id"]!r}')
    for name in ('keypoints', 'scores', 'covariance', 'source'):
        body.setdefault(name, {})
    if body.setdefault('fully_visible', None) not in (True, False, None):
        raise ValueError(f'fully_visible must be true or false, not {body["fully_visible"]!r}')
    _check_points(body['keypoints'], 3, 'keypoint')
    _check_points(body['joints'], 3, 'joint')
    _check_points(body['covariance'], 6, 'covariance of')
    _check_points({name: [score] for name, score in body['scores'].items()}, 1, 'score of')
    for name, source in body['source'].items():
        if source not in SOURCES:
            raise ValueError(f'source of {name} must be one of {list(SOURCES)}, not {source!r}')


def _refuse_constant(name: str):
    raise ValueError(f'{name} is not JSON: an unknown value is null')


def _check_points(points: dict, count: int, what: str) -> None:
    for name, values in points.items():
        if values is not None:
            _numbers(values, count, f'{what} {name}')


def _numbers(values: list, count: int, what: str) -> None:
    fine = isinstance(values, list) and len(values) == count
    if not fine or any(type(value) not in (int, float) for value in values):
        raise ValueError(f'{what} must be {count} number{"s" * (count > 1)}, not {values!r}')

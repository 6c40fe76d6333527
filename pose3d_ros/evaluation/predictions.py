# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The file that `pose3d run` writes: one JSON object a line, one line a frame.

    {"frame": 0, "stamp": 0.0, "bodies": [{"id": "a1",
      "keypoints": {"nose": [u, v, score], ...},
      "joints": {"pelvis": [x, y, z], "left_wrist": null, ...},
      "scores": {"pelvis": 0.9, "left_wrist": 0.0, ...},
      "covariance": {"pelvis": [xx, xy, xz, yy, yz, zz], "left_wrist": null, ...},
      "source": {"pelvis": "lifted", "left_wrist": "unknown", ...}}],
     "foreseen": {"stamp": 0.1, "bodies": [...]}}

Keypoints in px (an unknown one is left out), joints in metres in the camera optical frame (null:
unknown), covariance in m^2. Lines without source or foreseen (the same bodies as the frame lets
expect them at a later stamp) are read as well. A simulated camera writes its truth in the same
format; its bodies also have fully_visible, true where nothing and nobody hides any part of them.
"""
from collections.abc import Callable, Sequence
import json
from pathlib import Path

import numpy as np
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import Skeleton
from pose3d_ros.evaluation.parsing import parse, SOURCES
from pose3d_ros.evaluation.recording import People, Recording

#: Where the six numbers of a covariance stand in its matrix.
UPPER = np.triu_indices(3)


class PredictionsError(ValueError):
    """The file does not hold predictions; the message names file and line."""


def to_line(
    frame: int, stamp: float, bodies: Sequence[Body],
    keypoint_skeleton: Skeleton, joint_skeleton: Skeleton,
    foreseen: tuple[float, Sequence[Body]] | None = None,
) -> str:
    """Return the line of one frame, without the line's end; stamps in seconds."""
    def described(stamp: float, bodies: Sequence[Body]) -> dict:
        return {
            'stamp': round(float(stamp), 6),
            'bodies': [_describe(body, keypoint_skeleton, joint_skeleton) for body in bodies]}

    record = {'frame': int(frame), **described(stamp, bodies)}
    if foreseen:
        record['foreseen'] = described(*foreseen)
    return json.dumps(record, allow_nan=False, separators=(',', ':'))


def _describe(body: Body, keypoint_skeleton: Skeleton, joint_skeleton: Skeleton) -> dict:
    known = np.isfinite(body.joints).all(-1)
    certain = known & np.isfinite(body.covariance).all((-1, -2))
    return {
        'id': body.id,
        'keypoints': {
            name: _rounded(position, 2) + _rounded([np.nan_to_num(score)], 3)
            for name, position, score in zip(
                keypoint_skeleton.points, body.keypoints, body.keypoint_scores, strict=True)
            if np.isfinite(position).all()
        },
        'joints': {
            name: _rounded(body.joints[j], 4) if known[j] else None
            for j, name in enumerate(joint_skeleton.points)
        },
        'scores': {
            name: _rounded([body.scores[j]], 3)[0] if known[j] else 0.0
            for j, name in enumerate(joint_skeleton.points)
        },
        'covariance': {
            name: [float(f'{value:.6g}') for value in body.covariance[j][UPPER]]
            if certain[j] else None
            for j, name in enumerate(joint_skeleton.points)
        },
        'source': {
            name: SOURCES[body.source[j] if known[j] else 0]
            for j, name in enumerate(joint_skeleton.points)
        },
    }


def _rounded(values, digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]


def read(path: str | Path) -> Recording:
    """Read a file of predictions; raise PredictionsError naming file and line."""
    try:
        lines = Path(path).read_text(encoding='utf-8').splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PredictionsError(f'{path}: cannot be read: {error}') from error
    records = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = parse(line)
            if record['frame'] in records:
                raise ValueError(f'frame {record["frame"]} is there twice')
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f'{error} is missing' if isinstance(error, KeyError) else error
            raise PredictionsError(f'{path}, line {number}: {reason}') from error
        records[record['frame']] = record
    if not records:
        raise PredictionsError(f'{path}: the file is empty')
    return _recording(records)


def _recording(records: dict[int, dict]) -> Recording:
    """Return the recording of lines by frame."""
    records = dict(sorted(records.items()))
    foreseen = {frame: record['foreseen'] for frame, record in records.items()
                if record.get('foreseen')}
    bodies = [body for record in records.values() for body in record['bodies']]
    # dict.fromkeys: a set that keeps the order of first appearance
    keypoint_names = tuple(dict.fromkeys(name for body in bodies for name in body['keypoints']))
    joint_names = tuple(dict.fromkeys(name for body in bodies for name in body['joints']))
    return Recording(
        keypoint_names,
        joint_names,
        {frame: _people(record['bodies'], keypoint_names, joint_names)
         for frame, record in records.items()},
        {frame: float(record['stamp']) for frame, record in records.items()},
        foreseen=_recording(foreseen) if foreseen else None,
    )


def _people(bodies: list[dict], keypoint_names: tuple, joint_names: tuple) -> People:
    keypoints = _array(bodies, keypoint_names, 3, lambda body, name: body['keypoints'].get(name))
    covariance = np.empty((len(bodies), len(joint_names), 3, 3))
    covariance[..., UPPER[0], UPPER[1]] = covariance[..., UPPER[1], UPPER[0]] = _array(
        bodies, joint_names, 6, lambda body, name: body['covariance'].get(name))
    return People(
        ids=tuple(body['id'] for body in bodies),
        keypoints=keypoints[..., :2],
        keypoint_scores=np.nan_to_num(keypoints[..., 2]),
        joints=_array(bodies, joint_names, 3, lambda body, name: body['joints'].get(name)),
        scores=np.nan_to_num(
            _array(bodies, joint_names, 1, lambda body, name: body['scores'].get(name))[..., 0]),
        covariance=covariance,
        source=_array(bodies, joint_names, 1, lambda body, name: SOURCES.index(
            body['source'].get(name, SOURCES[0])))[..., 0].astype(np.uint8),
        whole=np.array([body['fully_visible'] for body in bodies], float),
    )


def _array(bodies: list[dict], names: tuple, size: int, value: Callable) -> np.ndarray:
    """Return the values (N, J, size) of every name of every body; NaN where there is none."""
    result = np.full((len(bodies), len(names), size), np.nan)
    for n, body in enumerate(bodies):
        for j, name in enumerate(names):
            if (found := value(body, name)) is not None:
                result[n, j] = found
    return result

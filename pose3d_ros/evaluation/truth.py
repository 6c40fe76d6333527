# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The true positions of people: a table of one person in the world, or JSON lines of several.

The table (CSV) has one row per frame and columns `<Joint>_x`, `<Joint>_y`, `<Joint>_z`, metres in
the world of the calibration's camera_from_world; joints by our names or by those of Pose2Sim and
OpenPose (RHip, LWrist). JSON lines are in the format of the predictions, joints in the camera
optical frame.

Truth and video are not always in step: `offset` K compares picture f with row f + K. For the
Pose2Sim balancing clips, whose truth leads the video by about 0.75 frame, K is -1.
"""
import csv
from pathlib import Path

import numpy as np
from pose3d_ros.calibration import Calibration
from pose3d_ros.core.skeleton import BODY_16, MIDDLES
from pose3d_ros.evaluation import predictions
from pose3d_ros.evaluation.recording import People, Recording

#: Names of OpenPose's points that are joints of ours. Its Head is the crown, ours the middle of
#: the ears: not the same point, so left out, and Neck is derived from the shoulders as ours is.
OPENPOSE = {'Nose': 'nose'} | {
    side[0].upper() + joint.capitalize(): f'{side}_{joint}'
    for side in ('left', 'right')
    for joint in ('hip', 'knee', 'ankle', 'shoulder', 'elbow', 'wrist')
}


class TruthError(ValueError):
    """The truth cannot be used; the message names the file and says why."""


def load_truth(path: str | Path, calibration: Calibration, offset: int = 0) -> Recording:
    """
    Read the truth of a clip.

    Parameters
    ----------
    path : str or Path
        A table where the name ends in .csv, else JSON lines.
    calibration : Calibration
        The camera that took the clip; a table needs its camera_from_world.
    offset : int
        Picture f is compared with row f + offset.

    Returns
    -------
    Recording
        Joints in the camera optical frame.

    """
    if Path(path).suffix.lower() != '.csv':
        return predictions.read(path).shifted(offset)
    if calibration.camera_from_world is None:
        raise TruthError(
            f'{path}: a truth in world coordinates needs camera_from_world in the calibration file'
        )
    return _read_table(Path(path), calibration.camera_from_world).shifted(offset)


def _read_table(path: Path, camera_from_world: np.ndarray) -> Recording:
    rows = _rows(path)
    columns = _columns(rows[0])
    if not columns:
        raise TruthError(
            f'{path}: no column names a joint (expected for example left_hip_x or LHip_x)'
        )
    world = np.full((len(rows), len(BODY_16), 3), np.nan)
    for index, names in columns.items():
        world[:, index] = [[_number(row, name, path) for name in names] for row in rows]
    _add_middles(world)
    camera = world @ camera_from_world[:3, :3].T + camera_from_world[:3, 3]
    numbers = [int(_number(row, 'frame', path, index)) for index, row in enumerate(rows)]
    stamps = [_number(row, 'time_s', path, index) for index, row in enumerate(rows)]
    return Recording(
        keypoint_names=(),
        joint_names=BODY_16.points,
        frames={number: _person(joints) for number, joints in zip(numbers, camera)},
        stamps=dict(zip(numbers, stamps)),
        everybody=False,
    )


def _rows(path: Path) -> list[dict]:
    """Return the rows of a table by the names of its columns."""
    try:
        with path.open(newline='', encoding='utf-8') as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TruthError(f'{path}: cannot be read: {error}') from error
    if not rows:
        raise TruthError(f'{path}: the file is empty')
    return rows


def _columns(header) -> dict[int, tuple[str, str, str]]:
    """Return the three columns of each of our joints that the table has."""
    stems = {name[:-2] for name in header if name and name.endswith('_x')}
    return {
        BODY_16.index(OPENPOSE.get(stem, stem)): (f'{stem}_x', f'{stem}_y', f'{stem}_z')
        for stem in sorted(stems)
        if OPENPOSE.get(stem, stem) in BODY_16.points
    }


def _number(row: dict, column: str, path: Path, missing: float = np.nan) -> float:
    """Return a cell; an empty one is NaN, a column that is not there is `missing`."""
    if column not in row:
        return missing
    try:
        return float(row[column] or 'nan')
    except ValueError as error:
        raise TruthError(f'{path}: column {column} holds {row[column]!r}, not a number') from error


def _add_middles(joints: np.ndarray):
    """Fill in, in place, the unknown joints (T, J, 3) that are the middle of two others."""
    for name, sides in MIDDLES.items():
        if not set(sides) <= set(BODY_16.points):
            continue
        middle = joints[:, [BODY_16.index(side) for side in sides]].mean(1)
        target = joints[:, BODY_16.index(name)]
        np.copyto(target, middle, where=np.isnan(target))


def _person(joints: np.ndarray) -> People:
    """Return one true person of given joints (J, 3)."""
    return People(
        ids=('truth',),
        keypoints=np.zeros((1, 0, 2)),
        keypoint_scores=np.zeros((1, 0)),
        joints=joints[None],
        scores=np.isfinite(joints).all(-1)[None].astype(float),
        covariance=np.full((1, len(joints), 3, 3), np.nan),
        source=np.zeros((1, len(joints)), np.uint8),
        whole=np.full(1, np.nan),
    )

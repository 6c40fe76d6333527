# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Reader of Biovision Hierarchy (BVH) files.

A joint turns by the product of its rotation channels in their written order and moves its
children with it; position channels, where a joint has them, stand in for its OFFSET, except at the
root, whose OFFSET is a starting point that most writers repeat in the channels.
"""
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pose3d_ros.mocap.motion import AXES, Motion, rotation_about


@dataclass
class _Joint:
    """One joint of the hierarchy; end sites are joints without channels."""

    name: str
    parent: int  # -1 at the root
    offset: np.ndarray = field(default_factory=lambda: np.zeros(3))
    channels: list[str] = field(default_factory=list)
    first: int = 0  # column of its first channel


def read_bvh(path: Path) -> Motion:
    """
    Return the motion of a BVH file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Motion
        In the file's units and axes; end sites are called '<parent>_end'.

    Raises
    ------
    ValueError
        Names the file, the line where there is one, and what was expected.

    """
    lines = Path(path).read_text(errors='replace').splitlines()
    motion_line = next((i for i, line in enumerate(lines) if line.strip() == 'MOTION'), None)
    if motion_line is None:
        raise ValueError(f'{path}: not a BVH file, or cut short: no MOTION section')
    joints = _hierarchy(path, lines[:motion_line])
    values, rate = _motion(path, lines, motion_line, sum(len(joint.channels) for joint in joints))
    return _forward(str(path), joints, values, rate)


def _hierarchy(path: Path, lines: list[str]) -> list[_Joint]:
    """Return the joints in file order, parents first."""
    joints, stack, column = [], [], 0
    for number, line in enumerate(lines, 1):
        words = line.split()
        try:
            if not words or words[0] in ('HIERARCHY', '{'):
                continue
            if words[0] in ('ROOT', 'JOINT', 'End'):
                parent = stack[-1] if stack else -1
                name = joints[parent].name + '_end' if words[0] == 'End' else words[1]
                stack.append(len(joints))
                joints.append(_Joint(name, parent))
            elif words[0] == 'OFFSET':
                x, y, z = words[1:]
                joints[stack[-1]].offset = np.array([x, y, z], float)
            elif words[0] == 'CHANNELS':
                joints[stack[-1]].channels = _channels(words)
                joints[stack[-1]].first, column = column, column + int(words[1])
            elif words[0] == '}':
                stack.pop()
            else:
                raise ValueError(f"unknown word '{words[0]}'")
        except (IndexError, ValueError) as error:
            raise ValueError(f'{path}:{number}: broken hierarchy ({error}): {line!r}') from None
    if not joints or stack:
        raise ValueError(f'{path}: broken hierarchy: {len(stack)} joints are not closed')
    return joints


def _channels(words: list[str]) -> list[str]:
    """Return channels such as 'xp' or 'zr' (axis, position or rotation)."""
    channels = [word[0].lower() + word[1] for word in words[2:]]
    if len(channels) != int(words[1]) or any(c[0] not in AXES or c[1] not in 'pr'
                                             for c in channels):
        raise ValueError(f'expected {words[1]} channels such as Xposition or Zrotation')
    return channels


def _motion(path: Path, lines: list[str], start: int, columns: int) -> tuple:
    """Return channel values (F, C) and the frame rate."""
    try:
        frames = int(lines[start + 1].split(':')[1])
        period = float(lines[start + 2].split(':')[1])
        if not 0 < period < np.inf:
            raise ValueError
    except (IndexError, ValueError):
        raise ValueError(f"{path}:{start + 2}: expected 'Frames: n' and 'Frame Time: s'") from None
    try:
        words = ' '.join(lines[start + 3:]).split()
        values = np.array(words, float)
    except ValueError as error:
        raise ValueError(f'{path}: after line {start + 3}: {error}') from None
    if frames < 1 or len(values) != frames * columns:
        raise ValueError(f'{path}: expected {frames} frames of {columns} numbers, '
                         f'found {len(values)} numbers')
    return values.reshape(frames, columns), 1 / period


def _forward(source: str, joints: list[_Joint], values: np.ndarray, rate: float) -> Motion:
    """Return the motion by forward kinematics."""
    positions = np.empty((len(values), len(joints), 3))
    orientations = np.empty((len(values), len(joints), 3, 3))
    for i, joint in enumerate(joints):
        offset, turn = _local(joint, values)
        if joint.parent < 0:
            positions[:, i], orientations[:, i] = offset, turn
            continue
        parent = orientations[:, joint.parent]
        positions[:, i] = positions[:, joint.parent] + (parent @ offset[..., None])[..., 0]
        orientations[:, i] = parent @ turn
    return Motion(source, tuple(j.name for j in joints), positions, orientations, rate)


def _local(joint: _Joint, values: np.ndarray) -> tuple:
    """Return a joint's offset (F, 3) and rotation (F, 3, 3) in its parent."""
    offset = np.tile(joint.offset, (len(values), 1))
    turn = np.tile(np.eye(3), (len(values), 1, 1))
    for column, (axis, kind) in enumerate(joint.channels, joint.first):
        if kind == 'p':
            offset[:, AXES[axis]] = values[:, column]
        else:
            turn = turn @ rotation_about(axis, values[:, column])
    return offset, turn

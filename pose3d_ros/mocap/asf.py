# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Reader of Acclaim skeletons and motions (ASF, AMC), as Vicon BodyBuilder writes them.

Each bone has a direction and length in the world of the rest pose and an axis frame C in which its
degrees of freedom M turn it: world_from_bone = world_from_parent C M C^-1. Rotations listed as XYZ
turn about x first.
"""
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pose3d_ros.mocap.motion import AXES, Motion, rotation_about

#: Files do not say their rate; the CMU database records 120 a second.
DEFAULT_RATE = 120.0


@dataclass
class _Bone:
    """One bone: its rest vector in the file's units and what turns it."""

    name: str
    vector: np.ndarray = field(default_factory=lambda: np.zeros(3))
    frame: np.ndarray = field(default_factory=lambda: np.eye(3))  # world from axis, at rest
    dofs: list[str] = field(default_factory=list)  # such as 'rx', 'tz'
    parent: str = ''


def read_asf(path: Path) -> dict:
    """
    Return the bones of an ASF file by name, parents first, the root included.

    Raises ValueError naming the file and line of what it could not read.
    """
    bones, section, bone = {'root': _Bone('root')}, '', None
    for number, line in enumerate(Path(path).read_text(errors='replace').splitlines(), 1):
        words = line.split()
        try:
            if not words or words[0].startswith('#'):
                continue
            if words[0].startswith(':'):
                section = words[0]
            elif section == ':root' and words[0] == 'order':
                bones['root'].dofs = [word.lower() for word in words[1:]]
            elif section == ':bonedata':
                bone = _bone_line(words, bone, bones)
            elif section == ':hierarchy' and words[0] not in ('begin', 'end'):
                for name in words[1:]:
                    bones[name].parent = bones[words[0]].name
        except (IndexError, KeyError, ValueError) as error:
            raise ValueError(f'{path}:{number}: broken skeleton ({error}): {line!r}') from None
    return _parents_first(path, bones)


def _bone_line(words: list[str], bone: _Bone | None, bones: dict) -> _Bone | None:
    """Take in one line of the bone data and return the bone that is open."""
    if words[0] == 'begin':
        return _Bone('')
    if words[0] == 'end':
        bones[bone.name] = bone
    elif words[0] == 'name':
        bone.name = words[1]
    elif words[0] == 'direction':
        bone.vector = np.array([float(word) for word in words[1:4]])
    elif words[0] == 'length':
        bone.vector = bone.vector * float(words[1])
    elif words[0] == 'axis':
        bone.frame = _turn(words[4].lower(), np.array([float(word) for word in words[1:4]]))
    elif words[0] == 'dof':
        bone.dofs = [word.lower() for word in words[1:]]
    return bone


def _turn(order: str, degrees: np.ndarray) -> np.ndarray:
    """Return rotations (..., 3, 3) from angles (..., n) about axes whose first turns first."""
    turn = np.eye(3)
    for i, axis in enumerate(order):
        turn = rotation_about(axis, degrees[..., i]) @ turn
    return turn


def _parents_first(path: Path, bones: dict) -> dict:
    """Return the bones ordered so that parents come first; refuse those without one."""
    ordered = {'root': bones['root']}
    while len(ordered) < len(bones):
        ready = [n for n, b in bones.items() if n not in ordered and b.parent in ordered]
        if not ready:
            orphans = sorted(set(bones) - set(ordered))
            raise ValueError(f'{path}: bones without a parent: {orphans}')
        ordered.update((name, bones[name]) for name in ready)
    return ordered


def read_amc(path: Path, bones: dict, rate: float = DEFAULT_RATE) -> Motion:
    """
    Return the motion of an AMC file on the bones of its ASF file.

    The points are the far ends of the bones and 'root', in the file's units.
    Raises ValueError naming the file and line of what it could not read.
    """
    values = {name: [] for name, bone in bones.items() if bone.dofs}
    for number, line in enumerate(Path(path).read_text(errors='replace').splitlines(), 1):
        words = line.split()
        if not words or words[0][0] in '#:' or len(words) == 1:
            continue  # a comment, a keyword or a frame number
        try:
            row = [float(word) for word in words[1:]]
            if len(row) != len(bones[words[0]].dofs):
                raise ValueError(f'expected {len(bones[words[0]].dofs)} numbers')
            values[words[0]].append(row)
        except (KeyError, ValueError) as error:
            raise ValueError(f'{path}:{number}: broken motion ({error}): {line!r}') from None
    counts = {name: len(rows) for name, rows in values.items()}
    if not counts or min(counts.values()) < 1 or len(set(counts.values())) > 1:
        raise ValueError(f'{path}: frames are incomplete: {counts}')
    return _forward(str(path), bones, {n: np.array(v) for n, v in values.items()}, rate)


def _forward(source: str, bones: dict, values: dict, rate: float) -> Motion:
    """Return the motion by forward kinematics."""
    positions, orientations = {}, {}
    frames = len(values['root'])
    for name, bone in bones.items():
        rows = values.get(name, np.zeros((frames, 0)))
        angles = [i for i, dof in enumerate(bone.dofs) if dof[0] == 'r']
        turn = _turn(''.join(bone.dofs[i][1] for i in angles), rows[:, angles])
        turn = np.broadcast_to(bone.frame @ turn @ bone.frame.T, (frames, 3, 3))
        if not bone.parent:
            moves = [(AXES[dof[1]], i) for i, dof in enumerate(bone.dofs) if dof[0] == 't']
            positions[name] = np.zeros((frames, 3))
            for axis, i in moves:
                positions[name][:, axis] = rows[:, i]
            orientations[name] = turn
            continue
        orientations[name] = orientations[bone.parent] @ turn
        positions[name] = positions[bone.parent] + orientations[name] @ bone.vector
    return Motion(source, tuple(bones), np.stack(list(positions.values()), axis=1),
                  np.stack(list(orientations.values()), axis=1), rate)

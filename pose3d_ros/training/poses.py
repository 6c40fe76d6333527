# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Poses from a folder of motion files: read, cleaned, split by subject, kept in a cache."""
from dataclasses import dataclass
import hashlib
import os
from pathlib import Path
import re

import numpy as np
from pose3d_ros.mocap.asf import read_amc, read_asf
from pose3d_ros.mocap.bvh import read_bvh
from pose3d_ros.mocap.mapping import FAMILIES, Family, family_of, keypoints_of, read_family
from pose3d_ros.mocap.motion import Motion
from pose3d_ros.training import cleaning
from tqdm import tqdm

RATE = 30.0
#: Raised when what a cache holds changes.
CACHE_VERSION = 4
#: Folders of the CMU database's conversions whose files are one subject, under other names.
SUBJECT_ALIASES = {'martial': '135', 'indian': '94'}


@dataclass(frozen=True)
class Poses:
    """Cleaned poses of many people."""

    points: np.ndarray  # (P, 17, 3) float32, COCO keypoints, statures, z up, mid-hips at 0
    pelvis: np.ndarray  # (P, 3) float32, mid-hips: x, y, height above the floor, statures
    stretch: np.ndarray  # (P,) int, number of the unbroken stretch of frames, 30 a second
    subjects: np.ndarray  # (P,) text
    report: tuple[str, ...]  # what was read and what was dropped, for people

    def split(self, held_out: list[str]) -> tuple['Poses', 'Poses']:
        """Return the poses of all other subjects and those of the subjects held out."""
        out = np.isin(self.subjects, held_out)
        return self._part(~out), self._part(out)

    def _part(self, keep: np.ndarray) -> 'Poses':
        return Poses(self.points[keep], self.pelvis[keep], self.stretch[keep],
                     self.subjects[keep], self.report)


def load_poses(folder: Path, amc_rate: float, mapping: Path | None = None) -> Poses:
    """
    Return all poses under a folder, from the cache when its files have not changed.

    Raises ValueError when the folder holds no usable motion file.
    """
    files = sorted(p for p in Path(folder).rglob('*') if p.suffix.lower() in ('.bvh', '.amc'))
    if not files:
        raise ValueError(f'{folder}: no .bvh or .amc files here')
    families = FAMILIES + ((read_family(mapping),) if mapping else ())
    cache = _cache_file(files, amc_rate, families)
    if cache.exists():
        with np.load(cache) as data:
            return Poses(data['points'], data['pelvis'], data['stretch'], data['subjects'],
                         tuple(data['report']))
    poses = _read_all(Path(folder), files, amc_rate, families)
    cache.parent.mkdir(parents=True, exist_ok=True)
    part = cache.with_name(f'{os.getpid()}.npz')  # savez appends the suffix where it is missing
    np.savez(part, points=poses.points, pelvis=poses.pelvis, stretch=poses.stretch,
             subjects=poses.subjects, report=np.array(poses.report))
    part.replace(cache)
    return poses


def _cache_file(files: list[Path], amc_rate: float, families: tuple[Family, ...]) -> Path:
    facts = [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    facts = repr((CACHE_VERSION, amc_rate, families, facts))
    key = hashlib.sha256(facts.encode()).hexdigest()[:16]
    home = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(home) / 'pose3d_ros' / f'poses-{key}.npz'


def _read_all(folder: Path, files: list[Path], amc_rate: float, families) -> Poses:
    """Return the poses of all files; a broken file is reported and left out."""
    points, pelvis, follows, subjects, report = [], [], [], [], []
    skeletons = {}
    for path in tqdm(files, desc='reading motions', unit='file'):
        try:
            motion = _read(path, amc_rate, skeletons)
            keypoints = keypoints_of(motion, family_of(motion, families))
        except (OSError, ValueError) as error:
            report.append(f'left out {error}')
            continue
        step = max(1, round(motion.rate / RATE))
        kept = cleaning.clean(keypoints[::step], motion.rate / step)
        report.extend(f'{path.relative_to(folder)}: {line}' for line in kept.report)
        points.append(kept.points)
        pelvis.append(kept.pelvis)
        follows.append(kept.follows)
        subjects.append((path, _bones(motion)))
    if not sum(map(len, points)):
        raise ValueError(f'{folder}: no usable poses:\n' + '\n'.join(report[:20]))
    return Poses(np.concatenate(points).astype(np.float32),
                 np.concatenate(pelvis).astype(np.float32),
                 np.cumsum(~np.concatenate(follows)),
                 np.repeat(_names(subjects), list(map(len, points))), tuple(report))


def _read(path: Path, amc_rate: float, skeletons: dict) -> Motion:
    """Return the motion of a file; an AMC file needs the ASF file of its folder."""
    if path.suffix.lower() == '.bvh':
        return read_bvh(path)
    skeleton = next(iter(sorted(path.parent.glob('*.asf'))), None)
    if skeleton is None:
        raise ValueError(f'{path}: no .asf skeleton beside it')
    if skeleton not in skeletons:
        skeletons[skeleton] = read_asf(skeleton)
    return read_amc(path, skeletons[skeleton], amc_rate)


def _bones(motion: Motion) -> tuple:
    """Return what tells one body from another: the first bones and their lengths."""
    lengths = np.linalg.norm(np.diff(motion.positions[0, :6], axis=0), axis=-1)
    return motion.points, tuple(np.round(lengths, 3))


def _names(files: list[tuple[Path, tuple]]) -> list[str]:
    """
    Return who moves in each file: the CMU subject's number where the name tells it.

    A file without a number belongs to the subject with the same bones: copies of one trial hide
    under other names.
    """
    numbers = [re.match(r'0*(\d+)_\d+$', path.stem) for path, _ in files]
    owners = {bones: n[1] for (_, bones), n in zip(reversed(files), reversed(numbers)) if n}
    return [n[1] if n else _name(path, owners.get(bones))
            for (path, bones), n in zip(files, numbers)]


def _name(path: Path, owner: str | None) -> str:
    """Return the subject of a file whose name has no subject's number."""
    folder = path.parent.name
    if folder == 'salsa':  # two dancers, fifteen trials each
        return '60' if int(path.stem) <= 15 else '61'
    return SUBJECT_ALIASES.get(folder) or owner or path.stem

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Renders on disk, read faster than networks learn; shards may be added while others are read.

A shard holds persons cut out with much around, for heatmap networks, and whole scenes, for person
networks. The fourth channel of a cut-out is 255 where the person itself is seen.
"""
from pathlib import Path

import numpy as np

CUT, SCENE = 192, 256  # px: side of a cut-out, and of the square that scenes lie in
MOST_PERSONS = 8  # of one scene
HELD_OUT = 9000  # shards from this number on are not trained on
#: Arrays of each kind and their types.
ARRAYS = {
    'cuts': {'cuts': np.uint8, 'keypoints': np.float32, 'visibility': np.uint8,
             'bodies': np.float32, 'seen': np.float32},
    'scenes': {'scenes': np.uint8, 'sizes': np.uint16, 'boxes': np.float32,
               'shares': np.float32, 'counts': np.uint8},
}


def write_shard(folder: Path, number: int, cuts: list[dict], scenes: list[dict]) -> None:
    """Write one shard; it appears whole or not at all."""
    part = folder / f'.{number:05d}'
    part.mkdir(parents=True, exist_ok=True)
    for kind, rows in (('cuts', cuts), ('scenes', scenes)):
        for name, dtype in ARRAYS[kind].items():
            np.save(part / f'{name}.npy', np.stack([row[name] for row in rows]).astype(dtype))
    part.rename(folder / f'{number:05d}')


def shard_numbers(folder: Path) -> list[int]:
    """Return the numbers of the shards that a folder holds."""
    if not folder.is_dir():
        return []
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit())


class Store:
    """The shards of a folder as they are now; arrays stay on disk."""

    def __init__(self, folder: Path, numbers: list[int] | None = None):
        """Open some or all shards; raise ValueError where there are none."""
        folder = Path(folder)
        paths = [folder / f'{n:05d}' for n in shard_numbers(folder)
                 if numbers is None or n in numbers]
        if not paths:
            raise ValueError(f'{folder}: no renders here')
        self._shards = [{name: np.load(path / f'{name}.npy', mmap_mode='r')
                         for names in ARRAYS.values() for name in names} for path in paths]
        self._ends = {kind: np.cumsum([len(shard[kind]) for shard in self._shards])
                      for kind in ARRAYS}

    def count(self, kind: str) -> int:
        """Return the number of 'cuts' or 'scenes'."""
        return int(self._ends[kind][-1])

    def cut(self, index: int) -> tuple[np.ndarray, ...]:
        """
        Return one person.

        Returns
        -------
        (C, C, 4), (17, 2), (17,), (4,), (4,)
            Picture, keypoints (px), visibility (0 beyond the picture, 1 hidden, 2 seen), box
            around the whole body and around what is seen of it (left, top, right, bottom; px).

        """
        shard, i = self._row('cuts', index)
        return tuple(shard[name][i] for name in ARRAYS['cuts'])

    def scene(self, index: int) -> tuple[np.ndarray, ...]:
        """
        Return one scene.

        Returns
        -------
        (h, w, 3), (N, 4), (N,)
            Picture, boxes of its persons (hidden parts included; px) and the shares of their
            surfaces that are seen.

        """
        shard, i = self._row('scenes', index)
        height, width = shard['sizes'][i].astype(int)
        count = int(shard['counts'][i])
        picture = shard['scenes'][i][:height, :width]
        return picture, shard['boxes'][i][:count], shard['shares'][i][:count]

    def _row(self, kind: str, index: int) -> tuple[dict[str, np.ndarray], int]:
        """Return the shard that holds an entry, and the entry's place in it."""
        shard = int(np.searchsorted(self._ends[kind], index, side='right'))
        return self._shards[shard], index - int(self._ends[kind][shard - 1] if shard else 0)


def open_training(folder: Path) -> Store:
    """Return the shards to train on."""
    return Store(folder, [n for n in shard_numbers(folder) if n < HELD_OUT])


def open_held_out(folder: Path) -> Store:
    """Return the shards to measure on."""
    return Store(folder, [n for n in shard_numbers(folder) if n >= HELD_OUT])

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The catalogue of known networks, engines/catalogue.yaml."""
from dataclasses import dataclass, replace
import hashlib
from pathlib import Path

from pose3d_ros.graphs.recipe import Recipe
import yaml


@dataclass(frozen=True)
class Entry:
    """A known network; the catalogue explains the fields."""

    recipe: Recipe
    file: str
    tried: bool
    sha256: str | None = None


def read_catalogue(path: Path) -> dict[str, Entry]:
    """Return the entries by name; raise ValueError naming the entry that makes no sense."""
    entries = {}
    for name, fields in yaml.safe_load(path.read_text()).items():
        try:
            entries[name] = _entry(name, **fields)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path}: entry '{name}': {error}") from error
    return entries


def check_file(entry: Entry, path: Path) -> None:
    """Raise ValueError if a file is not the one that the entry was written for."""
    given = hashlib.sha256(path.read_bytes()).hexdigest()
    if entry.sha256 not in (None, given):
        raise ValueError(
            f'{path} is not the file of the catalogue: expected sha256 {entry.sha256}, '
            f'given {given}; --force imports it all the same'
        )


def _entry(name: str, recipe: dict, source: str, licence: str, **fields) -> Entry:
    """Return one entry."""
    known = Recipe.from_dict(recipe)
    return Entry(replace(known, name=name, source=source, licence=licence), **fields)

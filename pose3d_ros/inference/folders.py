# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Where engine files live, and how a name becomes a path."""
import os
from pathlib import Path

from pose3d_ros.inference.errors import EngineError


def user_folder() -> Path:
    """Return the folder of the user's engines: $POSE3D_ENGINES, else below XDG_DATA_HOME."""
    if folder := os.environ.get('POSE3D_ENGINES'):
        return Path(folder)
    data = os.environ.get('XDG_DATA_HOME') or Path.home() / '.local' / 'share'
    return Path(data) / 'pose3d_ros' / 'engines'


def package_folder() -> Path:
    """Return the engines folder of the source tree, or of the installation (share/)."""
    for parent in Path(__file__).resolve().parents:
        for folder in (parent / 'engines', parent / 'share' / 'pose3d_ros' / 'engines'):
            if (folder / 'catalogue.yaml').is_file():
                return folder
    raise EngineError('the engines folder of pose3d_ros is missing: install the package again')


def engine_files() -> list[Path]:
    """Return the engine files that have a name; the user's hide the package's."""
    found = {}
    for folder in (package_folder(), user_folder()):
        found.update((path.stem, path) for path in sorted(folder.glob('*.onnx')))
    return [found[name] for name in sorted(found)]


def find_engine(name_or_path: str | Path) -> Path:
    """Return the path of an engine given by name or path; raise EngineError if there is none."""
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    for known in engine_files():
        if known.stem == str(name_or_path):
            return known
    if path.suffix == '.onnx' or len(path.parts) > 1:
        raise EngineError(f'there is no engine file {path}')
    names = ', '.join(known.stem for known in engine_files()) or 'none'
    raise EngineError(
        f"no engine '{name_or_path}' (known: {names}): see 'pose3d engines list', "
        "or add one with 'pose3d engines add'"
    )

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The style of the whole tree: the rules of ament_flake8 and ament_pep257, checked by ruff."""

from pathlib import Path
import subprocess
import sys

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEADER = [
    '# Copyright 2026 The pose3d_ros authors',
    '# SPDX-License-Identifier: Apache-2.0',
]


def python_files():
    folders = (ROOT / name for name in ('pose3d_ros', 'test', 'launch', 'dev'))
    return [ROOT / 'setup.py'] + sorted(file for f in folders for file in f.rglob('*.py'))


def test_ruff_finds_nothing():
    pytest.importorskip('ruff', reason='ruff is not installed')
    command = [sys.executable, '-m', 'ruff', 'check', '--output-format=concise', str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_file_names_its_licence():
    without = [
        str(file.relative_to(ROOT))
        for file in python_files()
        if [line for line in file.read_text().splitlines() if line[:2] != '#!'][:2] != HEADER
    ]
    assert not without

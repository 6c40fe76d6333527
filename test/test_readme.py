# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The README is true: its commands, parameters, topics and joints are those of the code."""
from pathlib import Path
import re
import shlex
import subprocess
import sys

from pose3d_ros import cli
from pose3d_ros.core.config import describe
from pose3d_ros.core.skeleton import BODY_16
import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / 'README.md').read_text()
DOCS = sorted((ROOT / 'docs').glob('*.md'))
PAGES = README + ''.join(page.read_text() for page in DOCS)
BLOCKS = re.findall(r'```\w*\n(.*?)```', PAGES, re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]


def pose3d_commands():
    """Return the arguments of every `pose3d` command in the README's code blocks."""
    lines = [shlex.split(line, comments=True) for line in LINES if 'pose3d ' in line]
    return [words[words.index('pose3d') + 1:] for words in lines if 'pose3d' in words]


@pytest.mark.parametrize('words', pose3d_commands(), ids=' '.join)
def test_command_is_understood(words):
    args, command = cli._parsed(words)
    assert callable(command.main)
    assert args.command == words[0]


def test_make_targets_exist():
    targets = [line.split()[1] for line in LINES if line.startswith('make ')]
    assert targets
    for target in targets:
        subprocess.run(['make', '-n', target], cwd=ROOT, check=True, capture_output=True)


def test_launch_arguments_exist():
    launch = (ROOT / 'launch' / 'pose.launch.py').read_text()
    text = ' '.join(line for line in README.splitlines() if 'sim_camera --ros-args' not in line)
    given = {word.split(':=')[0] for word in re.findall(r'[a-z_]+:=', text)}
    declared = set(re.findall(r"^    '([a-z_]+)': \(", launch, re.MULTILINE))
    assert given <= declared


def test_parameter_table_is_that_of_the_code():
    row = r'^\| `([a-z]+\.[a-z_]+)` \| (\S*) \| (\S*) \| (.*) \|$'
    rows = re.findall(row, README, re.MULTILINE)
    assert [name for name, *_ in rows] == list(describe())
    for name, default, unit, text in rows:
        entry = describe()[name]
        assert default == str(entry.default).lower(), name
        assert unit == entry.metadata['unit'], name
        assert text.startswith(entry.metadata['text']), name


def test_joints_are_named_in_the_order_of_the_cloud():
    told = re.search(r'in the order of columns: (.*?) \(`core', README, re.DOTALL)[1]
    side, joints = '', []
    for words in re.split(r',\s+', ' '.join(told.split())):
        if words.startswith(('left ', 'right ')):
            side, words = words.split()
        joints.append(f'{side}_{words}' if words in ('hip', 'knee', 'ankle', 'shoulder', 'elbow',
                                                     'wrist') else words)
    assert tuple(joints) == BODY_16.points


@pytest.mark.parametrize('page', [ROOT / 'README.md', *DOCS], ids=lambda page: page.name)
def test_files_it_links_exist(page):
    for target in re.findall(r'\]\(([^)#:]+)\)', page.read_text()):
        assert (page.parent / target).exists(), target


def test_every_command_has_help():
    for name in cli.COMMANDS:
        done = subprocess.run(
            [sys.executable, '-m', 'pose3d_ros.cli', name, '--help'], capture_output=True)
        assert done.returncode == 0, done.stderr.decode()

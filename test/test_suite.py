# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The command pose3d suite: what it refuses. Its figures: test_training_command.py."""
import argparse

from pose3d_ros import cli
from pose3d_ros.commands import suite
import pytest


def run(*words):
    parser = argparse.ArgumentParser()
    suite.add_arguments(parser)
    return suite.main(parser.parse_args([str(word) for word in words]))


def test_nothing_to_compare_on():
    with pytest.raises(ValueError, match='give --mocap or --clips'):
        run()


def test_its_other_name(capsys):
    assert cli.main(['evaluate', '--suite']) == 2
    assert 'give --mocap or --clips' in capsys.readouterr().err


def test_an_engine_that_is_not_there():
    with pytest.raises(ValueError, match='no engine .nobody.'):
        run('--lifters', 'nobody', '--clips', '.')


def test_a_folder_without_clips(tmp_path, monkeypatch):
    monkeypatch.setattr('pose3d_ros.commands.suite._clips', lambda args, engine: {
        'x': suite.clips.clips_in(args.clips)})
    with pytest.raises(ValueError, match='expected clips NAME.mp4 with their NAME.yaml'):
        run('--lifters', 'residual', '--clips', tmp_path)

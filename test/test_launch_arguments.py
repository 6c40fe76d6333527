# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What pose.launch.py makes of its arguments."""
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path

import pytest

FILE = Path(__file__).parents[1] / 'launch' / 'pose.launch.py'


@pytest.mark.skipif(not find_spec('launch_ros'), reason='launch_ros is not installed')
def test_an_argument_that_is_no_number_is_named():
    number = run_path(str(FILE))['number']
    assert number({'people': '3'}, 'people', int) == 3
    with pytest.raises(ValueError, match="people: expected int, 'two' given"):
        number({'people': 'two'}, 'people', int)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The examples do what they say: as processes of their own, those in docs/ line by line."""
import os
from pathlib import Path
import re
import signal
import subprocess
import sys
from types import SimpleNamespace

from message_fixtures import body, header, joints, STAMP
import numpy as np
from pose3d_ros.messages import cloud_from_bodies, later
import pytest
from ros_helpers import own_domain, Probe
from std_msgs.msg import Float64, Header

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / 'examples'


@pytest.fixture
def slow_down():
    """Yield a probe beside the running example."""
    with own_domain() as domain:
        probe = Probe(domain)
        probe.listen('/speed_scale', Float64)
        process = subprocess.Popen(
            [sys.executable, EXAMPLES / 'slow_down.py'], stderr=subprocess.PIPE, text=True,
            env=os.environ | {'ROS_DOMAIN_ID': str(domain)})
        try:
            yield probe
            assert process.poll() is None
        finally:
            probe.close()
            process.send_signal(signal.SIGINT)
            assert 'Traceback' not in process.communicate(timeout=20)[1]


def test_slow_down(slow_down):
    """Nothing is heard: stop. Far away: full speed; between: slower; near or unknown: stop."""
    probe = slow_down

    def told(bodies, fits, ahead=0.0):
        def publish():
            stamp = later(probe.node.get_clock().now().to_msg(), ahead)
            if bodies is not None:
                probe.publish('/pose3d/joints', cloud_from_bodies(
                    Header(stamp=stamp, frame_id='lens'), bodies), 1)
        probe.heard['/speed_scale'].clear()
        probe.wait(lambda: any(fits(msg.data) for msg in probe.heard['/speed_scale']),
                   lambda: f"a fitting /speed_scale among {probe.heard['/speed_scale'][-5:]}",
                   publish)

    def at(distance):  # m; some 0.3 m of them are flesh, reaction takes 0.64 m and more
        return [body(joints=joints() + [0, 0, distance - 3])]
    told(None, lambda scale: scale == 0)
    told(at(6), lambda scale: scale == 1)
    told(at(1.6), lambda scale: 0 < scale < 1)
    told(at(0.5), lambda scale: scale == 0)
    told([], lambda scale: scale == 1)
    told([body(unknown=('left_wrist',))], lambda scale: scale == 0)
    told([], lambda scale: scale == 1)
    told(at(6), lambda scale: scale == 0, ahead=10.0)  # the camera's clock is another one
    told([], lambda scale: scale == 1)
    told(None, lambda scale: scale == 0)  # and again when nothing comes any more


def test_lines_for_planners():
    text = (ROOT / 'docs' / 'planning.md').read_text()
    clock = SimpleNamespace(now=lambda: SimpleNamespace(to_msg=lambda: STAMP))
    names = {'msg': cloud_from_bodies(header(), [body()]), 'point': np.zeros(3),
             'node': SimpleNamespace(get_clock=lambda: clock)}
    blocks = re.findall(r'```python\n(.*?)```', text, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(block, names)
    assert names['waited'] == 0
    capsules, count = names['capsules'], len(names['CAPSULES'])
    assert f'.ends {capsules.ends.shape} m, .radii {capsules.radii.shape} m' in text
    assert capsules.ends.shape == (count, 2, 3)

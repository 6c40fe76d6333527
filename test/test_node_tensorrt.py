# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node with a fake GPU: it works while engines are built, and when the GPU fails."""
from contextlib import contextmanager
import signal
import time

from gpu_fixtures import FAKES
from lifecycle_msgs.srv import GetState
from node_rig import DIAGNOSTICS, Rig
import pytest
from ros_helpers import need_data, own_domain

ACTIVE = 3


@contextmanager
def node(tmp_path, monkeypatch, parameters, environment):
    """Yield a running node in an environment with the fakes."""
    need_data()
    monkeypatch.setenv('PYTHONPATH', str(FAKES))
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    for name, value in ({'FAKE_TENSORRT': '10.3.0'} | environment).items():
        monkeypatch.setenv(name, str(value))
    with own_domain() as domain:
        rig = Rig(domain, tmp_path / 'log', **{'detection.max_bodies': 1, **parameters})
        try:
            rig.process.wait_for('active')
            yield rig
        finally:
            rig.close()


def values(rig) -> dict[str, str]:
    """Return the values of the last diagnostics."""
    rig.probe.spin(0.1)
    newest = rig.heard[DIAGNOSTICS][-1:] or [None]
    return {each.key: each.value for each in newest[0].status[0].values} if newest[0] else {}


def test_bodies_while_engines_are_built_and_after(tmp_path, monkeypatch):
    with node(tmp_path, monkeypatch, {}, {'FAKE_STEP_SECONDS': 0.1}) as rig:
        rig.find_body()
        building = rig.probe.wait(
            lambda: 'being built' in str(values(rig)) and values(rig), 'progress', rig.send)
        rig.find_body()
        assert building['backend'] == 'tensorrt: TensorRT 10.3.0 on Paper GPU'
        state = rig.probe.call(GetState, '/pose3d/get_state', GetState.Request())
        assert state.current_state.id == ACTIVE
        rig.probe.wait(
            lambda: values(rig).get('backend_lifting') == building['backend'],
            lambda: f'TensorRT:\n{rig.process.log}', rig.send)
        assert all(f'{name} runs on TensorRT 10.3.0' in rig.process.log
                   for name in ('person-192', 'tinypose-128x96', 'residual'))
        rig.find_body()
        assert not rig.process.complaints
        rig.process.signal(signal.SIGINT)
        assert rig.process.end() == 0, rig.process.log


def test_a_build_does_not_hold_up_the_end(tmp_path, monkeypatch):
    with node(tmp_path, monkeypatch, {}, {'FAKE_STEP_SECONDS': 60}) as rig:
        rig.process.wait_for('building the TensorRT engine')
        began = time.monotonic()
        rig.process.signal(signal.SIGINT)
        assert rig.process.end() == 0, rig.process.log
        assert time.monotonic() - began < 15  # the build takes 40 minutes
        assert 'Traceback' not in rig.process.log


def test_a_gpu_that_fails_costs_only_speed(tmp_path, monkeypatch):
    with node(tmp_path, monkeypatch, {}, {'FAKE_FAIL_AT': 1200}) as rig:
        rig.hear('TensorRT cannot be used for', rig.send)
        assert any('runs on ONNX Runtime: TensorRT failed: RuntimeError: fake failure' in text
                   for text in rig.process.complaints), rig.process.log
        rig.find_body()
        assert rig.process.running


def test_tensorrt_that_is_asked_for_and_missing(tmp_path, monkeypatch):
    with pytest.raises(AssertionError), node(
            tmp_path, monkeypatch, {'inference.backend': 'tensorrt'}, {'FAKE_DEVICES': 0}) as rig:
        assert rig is None
    log = (tmp_path / 'log').read_text()
    assert 'cannot start: TensorRT cannot be used: the CUDA driver sees no GPU; on JetPack' in log

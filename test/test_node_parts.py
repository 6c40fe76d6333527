# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node is made of: the worker, the pairing of messages, its health."""
import threading
import time

from message_fixtures import body, header
from pose3d_ros import health
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.health import Health
from pose3d_ros.hri_outputs import hri_outputs
from pose3d_ros.pairing import KEPT, Pairing
from pose3d_ros.worker import NewestWorker
import pytest
from ros_helpers import own_domain, Probe, until


@pytest.fixture
def clock(monkeypatch):
    """Return a list whose last number is the time that Health sees, s."""
    times = [1000.0]
    monkeypatch.setattr(health, 'monotonic', lambda: times[-1])
    return times


@pytest.fixture
def work():
    """Yield a function that makes a worker, which is stopped at the end."""
    workers = []

    def make(handle, silence=lambda: None, timeout=60.0):
        workers.append(NewestWorker(handle, silence, timeout))
        return workers[-1]
    yield make
    for worker in workers:
        worker.stop()


def test_newest_item_replaces_a_waiting_one(work):
    handled, busy, go = [], threading.Event(), threading.Event()

    def handle(item):
        handled.append(item)
        busy.set()
        return go.wait(10)
    worker = work(handle)
    assert not worker.submit(1)
    assert busy.wait(10)
    assert [worker.submit(item) for item in (2, 3, 4)] == [False, True, True]
    go.set()
    until(lambda: handled == [1, 4], f'items 1 and 4, not {handled}')


def test_silence_is_told_once_and_again_after_life(work):
    silences, handled = [], []
    worker = work(lambda item: handled.append(item) or True, lambda: silences.append(1), 0.05)
    until(lambda: silences, 'silence from the start')
    time.sleep(0.15)
    assert len(silences) == 1
    worker.submit('frame')
    until(lambda: len(silences) == 2, 'silence after a frame')


def test_bad_items_are_silence(work):
    silences = []
    worker = work(lambda item: False, lambda: silences.append(1), 0.1)
    until(lambda: worker.submit('bad') or silences, 'silence although items come',
          lambda: time.sleep(0.01))


def test_stop_waits_for_the_item_in_work(work):
    started, done = threading.Event(), []

    def handle(item):
        started.set()
        time.sleep(0.1)
        done.append(item)
        return True
    worker = work(handle)
    worker.submit(1)
    assert started.wait(10)
    worker.submit(2)
    worker.stop()
    assert done == [1]


@pytest.mark.parametrize('first', ['image', 'info'])
def test_pair_by_stamp(first):
    pairing = Pairing()
    if first == 'image':
        assert pairing.image(5, 'image') is None
        assert pairing.info(5, 'info') == ('image', 'info')
    else:
        assert pairing.info(5, 'info') is None
        assert pairing.image(5, 'image') == ('image', 'info')


def test_other_stamps_are_no_pair():
    pairing = Pairing()
    assert [pairing.image(stamp, stamp) for stamp in (1, 3)] == [None, None]
    assert [pairing.info(stamp, stamp) for stamp in (2, 4)] == [None, None]


def test_older_messages_are_forgotten():
    pairing = Pairing()
    for stamp in (1, 2, 3):
        pairing.info(stamp, f'info {stamp}')
    assert pairing.image(2, 'image 2') == ('image 2', 'info 2')
    assert pairing.image(1, 'image 1') is None
    assert pairing.image(3, 'image 3') == ('image 3', 'info 3')


def test_waiting_messages_are_few():
    pairing = Pairing()
    for stamp in range(100):
        pairing.image(stamp, stamp)
    assert pairing.info(99 - KEPT, 'old') is None
    assert pairing.info(99, 'new') == (99, 'new')


def test_same_pair_comes_once():
    pairing = Pairing()
    pairing.image(1, 'image')
    assert pairing.info(1, 'info')
    assert pairing.info(1, 'info again') is None


def test_figures_by_hand(clock):
    state = Health()
    for latency in (0.010, 0.020, 0.030):
        state.frame(latency, {'a': latency / 2}, bodies=1)
        clock.append(clock[-1] + 0.1)
    values = state.values()
    assert values['rate_hz'] == pytest.approx(10)
    assert values['latency_p50_ms'] == pytest.approx(20)
    assert values['stage_a_ms'] == pytest.approx(10)
    assert values['age_of_last_frame_s'] == pytest.approx(0.1)
    assert (values['processed'], values['bodies'], state.silent) == (3, 1, False)


def test_no_frames_no_figures():
    state = Health()
    assert state.figures() == {} and state.silent
    assert state.values()['age_of_last_frame_s'] == float('inf')


def test_silence_ends_the_figures_but_not_the_counts(clock):
    """30 Hz of a minute ago are not the rate of now."""
    state = Health()
    for _ in range(3):
        state.frame(0.01, {}, bodies=2)
        clock.append(clock[-1] + 0.1)
    state.silence()
    assert state.figures() == {}
    values = state.values()
    assert (values['processed'], values['bodies']) == (3, 0)
    assert values['age_of_last_frame_s'] == pytest.approx(0.1)
    clock.append(clock[-1] + 60)
    for _ in range(3):
        state.frame(0.01, {}, bodies=1)
        clock.append(clock[-1] + 0.1)
    assert state.figures()['rate_hz'] == pytest.approx(10)


def test_problem_is_that_of_the_last_frame(clock):
    state = Health()
    state.skip('too dark')
    assert state.problem == 'too dark' and state.counts['skipped'] == 1
    state.frame(0.01, {}, bodies=0)
    assert state.problem == ''
    state.skip('too bright')
    clock.append(clock[-1] + health.LASTING + 0.1)
    assert state.problem == ''  # no frames any more, neither good nor bad


def test_publishers_of_bodies_are_nothing_to_the_executor():
    """
    The worker thread makes and removes them while the executor waits in its own thread.

    With an event of a removed publisher in its wait set, rclpy's executor ends with InvalidHandle.

    """
    pytest.importorskip('hri_msgs', reason='hri_msgs is not installed')
    with own_domain() as domain:
        probe = Probe(domain)
        try:
            outputs = hri_outputs(probe.node, COCO_17, BODY_16)
            before = list(probe.node.waitables)
            outputs.publish(header(), [body('p1'), body('p2')], 640, 480)
            assert len(list(probe.node.publishers)) >= 6
            assert list(probe.node.waitables) == before
            outputs.publish(header(), [body('p2')], 640, 480)
            probe.spin()
            topics = {publisher.topic_name for publisher in probe.node.publishers}
            assert '/humans/bodies/p2/roi' in topics and '/humans/bodies/p1/roi' not in topics
        finally:
            probe.close()

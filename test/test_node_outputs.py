# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node as a real process: what planners listen to, and how it ends when the camera does."""
from diagnostic_msgs.msg import DiagnosticStatus
from node_rig import at_stamp, CLOUD, MARKERS, names, running, TIMEOUT
import numpy as np
from pose3d_ros.core.capsules import CAPSULES
from pose3d_ros.core.records import Source
from pose3d_ros.messages import bodies_from_cloud, nanoseconds
import pytest
from sensor_msgs.msg import PointCloud2
from visualization_msgs.msg import Marker, MarkerArray

PREDICTED, CAPSULE_TOPIC = '/pose3d/joints_predicted', '/pose3d/capsules'
HORIZON = 0.25  # s


@pytest.fixture(scope='module')
def rig(tmp_path_factory):
    """Yield a running node; somebody listens to everything that it says of bodies."""
    with running(tmp_path_factory.mktemp('rig'), **{'output.horizon': HORIZON}) as rig:
        rig.probe.listen(PREDICTED, PointCloud2)
        rig.probe.listen(CAPSULE_TOPIC, MarkerArray)
        yield rig


def test_predicted_joints_are_of_a_later_time(rig):
    rig.find_body()
    rig.probe.wait(lambda: any(msg.height for msg in rig.heard[PREDICTED]), 'predicted joints',
                   rig.send)
    later = next(msg for msg in rig.heard[PREDICTED] if msg.height)
    stamp = nanoseconds(later.header.stamp) - round(HORIZON * 1e9)
    now = rig.probe.wait(lambda: at_stamp(rig.heard[CLOUD], stamp), 'the joints of that image')
    assert later.header.frame_id == now.header.frame_id == 'lens'
    bodies, predicted = bodies_from_cloud(now), bodies_from_cloud(later)
    assert [body.id for body in bodies] == [body.id for body in predicted]
    for body, then in zip(bodies, predicted):
        known = body.source > 0
        assert (then.source[known] == Source.PREDICTED).all()
        assert (then.source[~known] == Source.UNKNOWN).all()
        trace = [np.trace(each.covariance[known], axis1=1, axis2=2) for each in (body, then)]
        assert (trace[1] > trace[0]).all()


def test_capsules_have_the_header_of_the_image(rig):
    shown = names(rig.find_body())
    msg = rig.probe.wait(lambda: next((
        msg for msg in rig.heard[CAPSULE_TOPIC] if any(m.action == 0 for m in msg.markers)), None),
        'capsules', rig.send)
    assert {marker.header.frame_id for marker in msg.markers} == {'lens'}
    assert {marker.ns for marker in msg.markers} <= {f'capsules/{name}' for name in shown}


def test_silent_camera(rig):
    """Everything ends in time, once; a camera that comes back brings new ids."""
    for _ in range(3):
        ids = names(rig.find_body())
        rig.probe.spin(0.2)
        rig.forget()
        last = rig.send()
        end = rig.probe.wait(
            lambda: next((msg for msg in rig.heard[CLOUD] if not msg.height), None),
            'an empty cloud')
        ended = nanoseconds(rig.now())
        if ended - last < 1e9 * (TIMEOUT + 0.2):  # 0.1 s of it for the frame itself
            break
    assert ended - last < 1e9 * (TIMEOUT + 0.3)
    assert nanoseconds(end.header.stamp) == 0  # no image shows that nobody is there
    _everything_has_ended(rig, ids, last)
    status = rig.hear('no bodies are published: no more image on /image (1 publishers) within'
                      f' camera.timeout, {TIMEOUT} s')
    assert status.level == DiagnosticStatus.ERROR
    values = {each.key: each.value for each in status.values}
    assert values['bodies'] == '0' and 'rate_hz' not in values
    assert not names(rig.find_body()) & ids
    rig.hear('running')


def _everything_has_ended(rig, ids, last):
    """Assert that the last word on each topic is that nobody is followed."""
    after = round(1e9 * HORIZON)
    empty = rig.probe.wait(lambda: at_stamp(rig.heard[PREDICTED], after), 'no more predictions')
    assert empty.height == 0 and empty.header.frame_id == 'lens'
    _deleted(rig, MARKERS, {(f'{kind}/{name}', 0) for name in ids
                            for kind in ('joints', 'bones', 'label')})
    _deleted(rig, CAPSULE_TOPIC, {(f'capsules/{name}', number) for name in ids
                                  for number in range(2 * len(CAPSULES))})
    assert max(rig.stamps()) <= last  # also those of TF


def _deleted(rig, topic, markers):
    """Wait until markers (namespace, id) are deleted by no image."""
    def gone():
        return {(m.ns, m.id) for msg in rig.heard[topic] for m in msg.markers
                if (m.action, nanoseconds(m.header.stamp)) == (Marker.DELETE, 0)}
    rig.probe.wait(lambda: gone() >= markers, lambda: f'deletions on {topic}, not only {gone()}')

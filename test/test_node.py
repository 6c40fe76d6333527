# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node as a real process: what it says to good images, bad images and none."""
from array import array
from types import SimpleNamespace

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticStatus
from message_fixtures import body
from message_fixtures import image as image_message
from node_rig import at_stamp, CLOUD, MARKERS, picture, running, shows, stamp_of
import numpy as np
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.messages import bodies_from_cloud, nanoseconds
import pytest
from rclpy.qos import qos_profile_sensor_data
from rclpy.serialization import deserialize_message
from ros_helpers import person
from sensor_msgs.msg import Image, JointState, PointCloud2
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray


@pytest.fixture(scope='module')
def rig(tmp_path_factory):
    """Yield a running node that many tests share."""
    with running(tmp_path_factory.mktemp('rig')) as rig:
        yield rig


def test_outputs_have_the_header_of_the_image(rig):
    rig.find_body()
    sent = {rig.send() for _ in range(5)}
    markers = rig.probe.wait(
        lambda: next((m for m in rig.heard[MARKERS] if shows(m) and stamp_of(m) in sent), None),
        'markers of one of five images')
    assert {m.header.frame_id for m in markers.markers} == {'lens'}
    assert {nanoseconds(m.header.stamp) for m in markers.markers} == {stamp_of(markers)}
    at = stamp_of(markers)
    cloud = rig.probe.wait(lambda: at_stamp(rig.heard[CLOUD], at), 'the cloud of that image')
    assert cloud.header.frame_id == 'lens'
    body = bodies_from_cloud(cloud)[0]
    shown = {marker.ns for marker in markers.markers}
    assert shown >= {f'{kind}/{body.id}' for kind in ('joints', 'bones', 'label')}
    root = rig.probe.wait(
        lambda: next((t for msg in rig.heard['/tf'] for t in msg.transforms
                      if nanoseconds(t.header.stamp) == at
                      and t.child_frame_id == f'body_{body.id}'), None), 'TF of that image')
    assert root.header.frame_id == 'lens'
    where = root.transform.translation
    pelvis = body.joints[BODY_16.index('pelvis')]
    np.testing.assert_allclose([where.x, where.y, where.z], pelvis, atol=1e-5)
    assert 1 < pelvis[2] < 20  # m


def test_diagnostics(rig):
    rig.find_body()
    status = rig.hear('running', rig.send)
    values = {each.key: each.value for each in status.values}
    assert (status.level, status.name) == (DiagnosticStatus.OK, '/pose3d')
    assert int(values['bodies']) >= 1 and int(values['processed']) >= 1
    assert 0 < float(values['rate_hz']) < 1000
    assert 0 < float(values['latency_p50_ms']) <= float(values['latency_p99_ms'])
    assert {'dropped', 'skipped', 'stage_keypoints_ms', 'age_of_last_frame_s'} <= set(values)


def test_rep_155(rig):
    hri = pytest.importorskip('hri_msgs.msg', reason='hri_msgs is not installed')
    tracked = '/humans/bodies/tracked'
    rig.probe.listen(tracked, hri.IdsList)
    rig.find_body()
    ids = rig.probe.wait(
        lambda: next((m for m in rig.heard[tracked] if m.ids), None), 'tracked ids', rig.send)
    assert ids.header.frame_id == 'lens'
    skeleton, roi, states = (
        f'/humans/bodies/{ids.ids[0]}/{name}' for name in ('skeleton2d', 'roi', 'joint_states'))
    rig.probe.listen(skeleton, hri.Skeleton2D)
    rig.probe.listen(roi, hri.NormalizedRegionOfInterest2D)
    rig.probe.listen(states, JointState)
    rig.probe.wait(lambda: rig.heard[skeleton] and rig.heard[roi] and rig.heard[states],
                   'skeleton2d, roi and joint_states', rig.send)
    state = rig.heard[states][0]
    assert len(state.name) == 20 and state.name[0] == f'waist_{ids.ids[0]}'
    assert np.isfinite(state.position).all()
    assert len(rig.heard[skeleton][0].skeleton) == 18
    box = rig.heard[roi][0]
    assert 0 <= box.xmin < box.xmax <= 1 and 0 <= box.ymin < box.ymax <= 1
    assert box.header.frame_id == 'lens'


@pytest.mark.parametrize('qos', [10, qos_profile_sensor_data], ids=['reliable', 'best effort'])
def test_overlay_on_demand(rig, qos):
    rig.find_body()
    subscription = rig.probe.listen('/pose3d/overlay', Image, qos)
    overlay = rig.probe.wait(
        lambda: rig.heard['/pose3d/overlay'] and rig.heard['/pose3d/overlay'][-1],
        'the overlay', rig.send)
    rig.probe.node.destroy_subscription(subscription)
    assert (overlay.width, overlay.height) == (picture().shape[1], picture().shape[0])
    assert (overlay.encoding, overlay.header.frame_id) == ('rgb8', 'lens')
    drawn = np.frombuffer(overlay.data, np.uint8).reshape(picture().shape)
    assert 100 < (drawn != picture()).any(axis=2).sum() < picture().size / 6


def test_padded_rows(rig):
    def pad(image, info):
        padded = image_message(picture(), 'rgb8', padding=32)
        padded.header = image.header
        return padded, info
    plain = rig.find_body()
    padded = rig.find_body(lambda: rig.send(pad))
    name = next(m.ns for m in plain.markers if m.ns.startswith('joints'))
    one, two = (
        next(m for m in msg.markers if m.ns == name).points for msg in (plain, padded))
    distance = [np.linalg.norm([a.x - b.x, a.y - b.y, a.z - b.z]) for a, b in zip(one, two)]
    assert max(distance) < 0.1


def change(part: int, **values):
    """Return a change of the image (0) or the camera_info (1)."""
    def apply(*messages):
        for name, value in values.items():
            setattr(messages[part], name, value)
    return apply


def old_info(image, info):
    """Return a camera_info that is late by a microsecond."""
    late = nanoseconds(image.header.stamp) + 1000
    info.header = Header(frame_id='lens', stamp=Time(sec=late // 10**9, nanosec=late % 10**9))
    return image, info


BAD = {
    'unknown encoding': (change(0, encoding='yuv444_p7'), "encoding 'yuv444_p7'"),
    'too few bytes': (change(0, data=array('B', bytes(100))), 'bytes, 100 came'),
    'short rows': (change(0, step=7), 'with step 7'),
    'empty': (change(0, width=0, height=0, step=0, data=array('B')), 'image is empty: 0 x 0'),
    'K is zero': (change(1, k=np.zeros(9)), 'K is zero'),
    'camera_info of another size': (change(1, width=960, height=540), 'is for 960 x 540 pixels'),
    'unknown lens': (change(1, distortion_model='pinhole', d=[0.1] * 5), "model 'pinhole'"),
    'no camera_info': (lambda image, info: (image, None), 'images come, but no more camera_info'),
    'other stamps': (old_info, 'never with the same stamp'),
}


@pytest.mark.parametrize('what', BAD)
def test_bad_images(rig, what):
    spoil, text = BAD[what]
    rig.probe.spin(0.2)  # what is on its way
    rig.forget()
    bad = set()
    status = rig.hear(text, lambda: bad.add(rig.send(spoil)))
    if status.level != DiagnosticStatus.ERROR:  # a body of before may still have been there
        status = rig.hear(f'no bodies are published: {status.message}',
                          lambda: bad.add(rig.send(spoil)))
    assert status.level == DiagnosticStatus.ERROR
    assert '\n' not in status.message and 'Error' not in status.message
    assert not bad & rig.stamps()
    assert rig.process.running


def test_one_line_a_problem(rig):
    """The bad images above came 20 times a second; the log may not."""
    assert 'Traceback' not in rig.process.log
    lines = [line for line in rig.process.complaints if line.startswith('frame skipped')]
    assert 1 <= len(lines) <= len(BAD), lines


def test_bad_stamps_do_not_stop_the_node(rig):
    def long_ago(image, info):
        image.header = info.header = Header(stamp=Time(sec=-5), frame_id='lens')
    rig.forget()
    rig.find_body(lambda: rig.send(long_ago))
    rig.find_body()


def test_good_images_after_all_that(rig):
    rig.find_body()
    rig.forget()
    rig.hear('running', rig.send)


def test_nothing_is_made_for_nobody(monkeypatch):
    from pose3d_ros import outputs
    drawn, published, subscribers = [], [], [0]
    monkeypatch.setattr(outputs, 'draw_bodies', lambda image, *_: drawn.append(1) or image)
    quiet = SimpleNamespace(
        publish=published.append, get_subscription_count=lambda: subscribers[0])
    node = SimpleNamespace(create_publisher=lambda *_: quiet)
    config = SimpleNamespace(tf=True, hri=False, horizon=0.1, sigmas=2.0)
    out = outputs.Outputs(node, config, None, BODY_16, lambda seconds: [body()])
    frame = SimpleNamespace(image=picture(), camera=person()[1])
    out.publish(Header(), frame, [body()])
    assert not drawn and not published
    subscribers[0] = 1
    out.publish(Header(), frame, [body()])
    assert drawn
    assert [type(message) for message in published] == [
        PointCloud2, MarkerArray, bytes, PointCloud2, bytes, Image]
    assert deserialize_message(published[2], TFMessage).transforms
    assert deserialize_message(published[4], MarkerArray).markers

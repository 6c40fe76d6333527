# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The clip camera as a real process, alone and before the node."""
import signal
import time

import numpy as np
from pose3d_ros.calibration import load_calibration
from pose3d_ros.clip import Clip
from pose3d_ros.messages import image_from_message, nanoseconds, seconds
import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from ros_helpers import CAMERA, CLIP, ENGINES, need_data, NODE, own_domain, Probe, Process, small
from sensor_msgs.msg import CameraInfo, Image
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import Marker, MarkerArray

LENS = CLIP.with_suffix('.yaml')
SENSOR = QoSProfile(depth=100, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
RATE, SECONDS = 20.0, 1.5
PROMPT = 0.2 / RATE  # s after its stamp; of one image: the machine may be busy


@pytest.fixture(scope='module')
def played(tmp_path_factory):
    """Return what a camera published: the process at its end, the probe, and its start, s."""
    need_data()
    folder = tmp_path_factory.mktemp('camera')
    with own_domain() as domain:
        probe = Probe(domain)
        probe.arrivals = []
        for topic, kind, qos in (
                ('/image', Image, SENSOR),
                ('/camera_info', CameraInfo, SENSOR),
                ('/tf_static', TFMessage, LATCHED)):
            probe.listen(topic, kind, qos)
        start = time.time() + 4
        probe.node.create_subscription(
            CameraInfo, '/camera_info',
            lambda msg: probe.arrivals.append(time.time() - seconds(msg.header.stamp)), SENSOR)
        process = Process(
            domain, folder / 'log', CAMERA, video=CLIP, camera=LENS, rate=RATE, start=start,
            frame_id='lens', **small())
        try:
            probe.wait(
                lambda: any(seconds(m.header.stamp) > start + SECONDS
                            for m in probe.heard['/camera_info'])
                and len(probe.heard['/image']) >= 3 and min(probe.arrivals) < PROMPT,
                lambda: f'images in time, not {probe.arrivals}; log:\n{process.log}')
            process.signal(signal.SIGINT)
            code = process.end()
            yield probe, start, code, process
        finally:
            probe.close()
            process.close()


def test_stamps_are_start_and_frame_number(played):
    probe, start, _, _ = played
    stamps = np.array([seconds(msg.header.stamp) for msg in probe.heard['/camera_info']])
    ticks = (stamps - start) * RATE
    np.testing.assert_allclose(ticks, np.round(ticks), atol=1e-3)
    assert (np.diff(ticks) > 0.5).all() and ticks[0] > -0.5


def test_image_comes_at_its_stamp(played):
    """A camera whose images are a frame late makes every latency a lie."""
    probe, *_ = played
    assert 0 <= min(probe.arrivals) < PROMPT, probe.arrivals


def test_every_image_has_its_camera_info(played):
    probe, *_ = played
    infos = {nanoseconds(msg.header.stamp) for msg in probe.heard['/camera_info']}
    images = [nanoseconds(msg.header.stamp) for msg in probe.heard['/image']]
    assert len(images) >= 3 and set(images) <= infos
    assert {msg.header.frame_id for msg in probe.heard['/image']} == {'lens'}


def test_images_are_those_of_the_clip_at_their_stamps(played):
    probe, start, _, _ = played
    msg = probe.heard['/image'][-1]
    clip = Clip(CLIP, msg.width, msg.height)
    index = clip.index_at(round((seconds(msg.header.stamp) - start) * RATE), RATE)
    for number, (_, image) in enumerate(clip):
        if number == index:
            np.testing.assert_array_equal(image_from_message(msg), image)
            break


def test_calibration_is_scaled_along(played):
    probe, *_ = played
    info = probe.heard['/camera_info'][-1]
    whole = load_calibration(LENS).camera
    scale = info.width / whole.width
    assert {'width': info.width, 'height': info.height} == small()
    assert info.k[0] == pytest.approx(whole.matrix[0, 0] * scale)
    assert info.k[2] == pytest.approx((whole.matrix[0, 2] + 0.5) * scale - 0.5)
    np.testing.assert_allclose(info.d, whole.distortion)


def test_frames_above_the_camera(played):
    probe, *_ = played
    frames = {(t.header.frame_id, t.child_frame_id)
              for msg in probe.heard['/tf_static'] for t in msg.transforms}
    assert ('camera_link', 'lens') in frames


def test_interrupt_ends_it_cleanly(played):
    _, _, code, process = played
    assert code == 0 and 'Traceback' not in process.log


@pytest.mark.parametrize('start, rate', [(1.0, 0.5), (0.0, 2000.0)], ids=['late', 'in haste'])
def test_clip_without_loop_ends(tmp_path, start, rate):
    need_data()
    with own_domain() as domain:
        process = Process(
            domain, tmp_path / 'log', CAMERA, video=CLIP, camera=LENS, rate=rate, loop=False,
            start=start, **small())
        try:
            assert process.end() == 0
            assert process.log.count('the clip is over') == 1
        finally:
            process.close()


def test_camera_and_node(tmp_path):
    """Bodies have the stamps of images."""
    need_data()
    with own_domain() as domain:
        probe = Probe(domain)
        probe.listen('/camera_info', CameraInfo, SENSOR)
        probe.listen('/pose3d/markers', MarkerArray)
        processes = [
            Process(domain, tmp_path / 'pose3d.log', NODE, **ENGINES),
            Process(domain, tmp_path / 'camera.log', CAMERA, video=CLIP, camera=LENS, rate=10.0,
                    **small())]
        try:
            def shown():
                images = {nanoseconds(msg.header.stamp) for msg in probe.heard['/camera_info']}
                found = [m for msg in probe.heard['/pose3d/markers'] for m in msg.markers]
                bodies = {nanoseconds(m.header.stamp) for m in found if m.action == Marker.ADD}
                return bodies & images
            probe.wait(lambda: len(shown()) >= 5, lambda: '\n'.join(p.log for p in processes))
            for process in processes:
                process.signal()
            assert [process.end() for process in processes] == [0, 0]
        finally:
            probe.close()
            for process in processes:
                process.close()

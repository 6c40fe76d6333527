# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`pose3d demo`: a clip through the real node, what it writes, and what it says when it fails."""
import json
import subprocess
import sys

import cv2
import pytest
from ros_helpers import need_data
from rosbags.highlevel import AnyReader
from rosbags.typesys import get_typestore, Stores

SECONDS = 4


def demo(folder, *options):
    """Run the command; return it when it has ended."""
    need_data()
    return subprocess.run(
        [sys.executable, '-m', 'pose3d_ros.cli', 'demo', '--seconds', str(SECONDS),
         '--out', str(folder), '--heatmap', 'tinypose-128x96', *options],
        capture_output=True, text=True, timeout=180)


@pytest.fixture(scope='module')
def done(tmp_path_factory):
    """Return the demo's folder and what it printed."""
    folder = tmp_path_factory.mktemp('demo') / 'out'
    ended = demo(folder)
    assert ended.returncode == 0, ended.stderr
    return folder, ended.stdout


@pytest.fixture(scope='module')
def report(done):
    """Return the report."""
    return json.loads((done[0] / 'report.json').read_text())


def test_everything_is_written(done):
    folder, _ = done
    for name in ('overlay.mp4', 'page.png', 'report.json', 'bag/metadata.yaml'):
        assert (folder / name).stat().st_size > 0, name


def test_report(report):
    assert set(report) >= {
        'frames_published', 'frames_processed', 'rate_hz', 'latency_ms', 'stages_ms',
        'detection_rate', 'errors'}
    assert 5 * SECONDS <= report['frames_published'] <= 30 * (SECONDS + 2)
    assert 10 < report['frames_processed'] <= report['frames_published']
    assert 2 < report['rate_hz'] < 31
    assert 0 < report['latency_ms']['p50'] <= report['latency_ms']['p99']
    assert {'detection', 'keypoints', 'lifting', 'placement'} <= set(report['stages_ms'])
    assert all(time >= 0 for time in report['stages_ms'].values())
    assert 0.5 < report['detection_rate'] <= 1


def test_errors_are_those_of_a_person_in_the_right_place(report):
    aligned, plain = (report['errors'][name]['mean'] for name in ('pa_mpjpe_mm', 'mpjpe_mm'))
    assert 0 < aligned <= plain < 400


def test_table_is_printed(done, report):
    _, text = done
    for words in ('frames published', 'latency, image stamp to markers', 'stage keypoints'):
        assert words in text
    assert f"{report['rate_hz']:.1f} Hz" in text


def test_pictures(done, report):
    folder, _ = done
    page = cv2.imread(str(folder / 'page.png'))
    assert page is not None and page.shape[1] > 600 and page.std() > 10
    video = cv2.VideoCapture(str(folder / 'overlay.mp4'))
    frames = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    video.release()
    assert 5 < frames <= report['frames_published']


def test_bag(done, report):
    """Readable by others: topics, types, and the stamps in them."""
    folder, _ = done
    types = get_typestore(Stores.ROS2_KILTED)
    with AnyReader([folder / 'bag'], default_typestore=types) as bag:
        counts = {topic: about.msgcount for topic, about in bag.topics.items()}
        kinds = {topic: about.msgtype for topic, about in bag.topics.items()}
        assert kinds['/pose3d/markers'] == 'visualization_msgs/msg/MarkerArray'
        assert kinds['/tf'] == 'tf2_msgs/msg/TFMessage'
        assert kinds['/pose3d/joints'] == 'sensor_msgs/msg/PointCloud2'
        assert counts['/pose3d/markers'] > 10 and counts['/tf'] > 10
        markers, frames = set(), set()
        for connection, _, data in bag.messages():
            if connection.topic == '/pose3d/markers':
                markers |= {m.ns for m in bag.deserialize(data, connection.msgtype).markers}
            elif connection.topic == '/tf':
                transforms = bag.deserialize(data, connection.msgtype).transforms
                frames |= {t.child_frame_id for t in transforms}
    assert any(name.startswith('joints/p') for name in markers)
    assert any(name.startswith('body_p') for name in frames)
    assert any(name.startswith('l_wrist_p') for name in frames)


@pytest.mark.parametrize('options, words', [
    (('--lifter', 'nosuch'), "no engine 'nosuch'"),
    (('--set', 'camera.transport=pigeon'), 'camera.transport'),
    (('--set', 'camera.transport=compressed'), 'no skeleton was published'),
    (('--seconds', 'nan'), '--seconds: expected more than 0, nan given'),
    (('--video', 'nosuch.mp4', '--camera', 'nosuch.yaml'), 'nosuch.mp4: no such file'),
])
def test_failures(tmp_path, options, words):
    ended = demo(tmp_path, '--seconds', '1', *options)
    assert ended.returncode == 2
    assert ended.stderr.startswith('pose3d: ') and words in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    assert not (tmp_path / 'report.json').exists()

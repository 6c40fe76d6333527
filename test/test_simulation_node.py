# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The simulated camera as a real process, and clips from the command line."""
import json

import numpy as np
from pose3d_ros.calibration import load_calibration
from pose3d_ros.clip import Clip
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.depth_clip import DepthClip
from pose3d_ros.evaluation.truth import load_truth
from pose3d_ros.messages import (
    bodies_from_cloud,
    camera_from_message,
    depth_from_message,
    image_from_message,
    nanoseconds,
    seconds,
)
from pose3d_ros.simulation import render
import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from ros_helpers import own_domain, Probe, Process
from sensor_msgs.msg import CameraInfo, Image, PointCloud2
from tf2_msgs.msg import TFMessage

NODE = 'pose3d_ros.simulation.sim_camera'
SENSOR = QoSProfile(depth=100, reliability=ReliabilityPolicy.BEST_EFFORT)
LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
RATE, SECONDS = 10.0, 2.5
TOPICS = {'/image': Image, '/camera_info': CameraInfo, '/depth': Image,
          '/sim_camera/truth': PointCloud2, '/camera_2/image': Image,
          '/sim_camera/camera_2/truth': PointCloud2}


@pytest.fixture(scope='module')
def shown(tmp_path_factory):
    """Return what two cameras published until their end: messages, exit code, truth file."""
    folder = tmp_path_factory.mktemp('sim')
    with own_domain() as domain:
        probe = Probe(domain)
        for topic, kind in TOPICS.items():
            probe.listen(topic, kind, SENSOR)
        probe.listen('/tf_static', TFMessage, LATCHED)
        process = Process(
            domain, folder / 'log', NODE, people=1, motion='squat', seed=5, width=160, height=120,
            cameras=2, rate=RATE, duration=SECONDS, depth_encoding='16UC1',
            subscribers=1,
            truth_file=folder / 'truth.jsonl')
        try:
            probe.wait(lambda: not process.running, lambda: f'the end; log:\n{process.log}')
            probe.spin(0.2)
            yield probe.heard, process.end(), folder / 'truth.jsonl'
        finally:
            probe.close()
            process.close()


def test_the_first_image_waits_for_its_subscriber(shown):
    heard, _, file = shown
    stamps = [json.loads(line)['stamp'] for line in file.read_text().splitlines()]
    assert seconds(heard['/camera_info'][0].header.stamp) == pytest.approx(stamps[0], abs=1e-5)
    assert json.loads(file.read_text().splitlines()[0])['frame'] == 0


def test_it_ends_after_its_duration(shown):
    heard, code, _ = shown
    assert code == 0
    stamps = np.array([seconds(msg.header.stamp) for msg in heard['/image']])
    ticks = (stamps - stamps[0]) * RATE
    assert np.allclose(ticks, np.rint(ticks), atol=1e-4) and (np.diff(ticks) > 0.5).all()
    assert 2 <= len(ticks) <= RATE * SECONDS and ticks[-1] < RATE * SECONDS - 0.5


def test_all_topics_of_an_image_have_its_header(shown):
    heard = shown[0]
    for topic in ('/camera_info', '/depth', '/sim_camera/truth'):
        stamps = {seconds(msg.header.stamp) for msg in heard[topic]}
        assert {seconds(msg.header.stamp) for msg in heard['/image']} & stamps
        assert {msg.header.frame_id for msg in heard[topic]} == {'camera_optical_frame'}
    assert {m.header.frame_id for m in heard['/camera_2/image']} == {'camera_optical_frame_2'}


def test_truth_lies_behind_the_depth_image(shown):
    heard = shown[0]
    depths, truths = ({nanoseconds(msg.header.stamp): msg for msg in heard[topic]}
                      for topic in ('/depth', '/sim_camera/truth'))
    last = max(depths.keys() & truths.keys())
    depth, body = depth_from_message(depths[last]), bodies_from_cloud(truths[last])[0]
    camera = camera_from_message(heard['/camera_info'][-1], 160, 120)
    assert image_from_message(heard['/image'][-1]).shape == (120, 160, 3)
    pelvis = body.joints[BODY_16.index('pelvis')]
    x, y = np.round(camera.project(pelvis)).astype(int)
    assert 0 < pelvis[2] - depth[y, x] < 0.25
    assert np.isfinite(body.velocity).all()


def test_transforms_bring_the_truths_of_both_cameras_together(shown):
    heard = shown[0]
    parents = {t.child_frame_id: t for msg in heard['/tf_static'] for t in msg.transforms}

    def into_world(points, frame):
        while frame != 'world':
            transform = parents[frame]
            q, p = transform.transform.rotation, transform.transform.translation
            axis, w = np.array([q.x, q.y, q.z]), q.w
            turned = points + 2 * np.cross(axis, np.cross(axis, points) + w * points)
            points = turned + [p.x, p.y, p.z]
            frame = transform.header.frame_id
        return points

    by_stamp = [{seconds(msg.header.stamp): msg for msg in heard[topic]}
                for topic in ('/sim_camera/truth', '/sim_camera/camera_2/truth')]
    shared = sorted(by_stamp[0].keys() & by_stamp[1].keys())
    assert shared
    first, second = (
        into_world(bodies_from_cloud(truth[shared[-1]])[0].joints,
                   truth[shared[-1]].header.frame_id) for truth in by_stamp)
    assert np.allclose(first, second, atol=1e-4)
    assert 0.3 < first[BODY_16.index('pelvis'), 2] < 1.2  # z up, the floor at 0


def test_truth_file_and_truth_topic_agree(shown):
    heard, _, file = shown
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    msg = heard['/sim_camera/truth'][-1]
    record = min(lines, key=lambda line: abs(line['stamp'] - seconds(msg.header.stamp)))
    joints = np.array([record['bodies'][0]['joints'][name] for name in BODY_16.points])
    assert np.allclose(joints, bodies_from_cloud(msg)[0].joints, atol=1e-4)


@pytest.mark.parametrize('parameters, says', [
    ({'motion': 'jump'}, "unknown motion 'jump'"),
    ({'fov': 200.0, 'depth_encoding': '32FC1'}, 'impossible camera: field of view 200.0'),
    ({'rate': 15}, "'rate' to '15' of type 'INTEGER', expecting type 'DOUBLE'"),
    ({'start': float('nan')}, 'start: expected seconds, 0 or more, nan given'),
])
def test_bad_parameters_end_the_node_with_one_message(tmp_path, parameters, says):
    with own_domain() as domain:
        process = Process(domain, tmp_path / 'log', NODE, **parameters)
        try:
            assert process.end() == 1
        finally:
            process.close()
    assert len(process.complaints) == 1 and says in process.complaints[0]
    assert 'Traceback' not in process.log


def test_a_clip_with_its_truth(tmp_path, capsys):
    out = tmp_path / 'clip.mp4'
    code = render.main(['--out', str(out), '--seconds', '0.5', '--rate', '10', '--width', '160',
                        '--height', '120', '--motion', 'wave', '--people', '1', '--cameras', '2',
                        '--depth'])
    assert code == 0 and '5 frames of 2 camera(s)' in capsys.readouterr().out
    clip, calibration = Clip(out), load_calibration(out.with_suffix('.yaml'))
    assert (clip.length, clip.width, clip.height, clip.rate) == (5, 160, 120, 10)
    truth = load_truth(out.with_suffix('.jsonl'), calibration)
    assert sorted(truth.frames) == [0, 1, 2, 3, 4]
    other = load_calibration(tmp_path / 'clip_2.yaml')
    joints = [load_truth(tmp_path / f'clip{end}.jsonl', calibration).frames[2].joints[0]
              for end in ('', '_2')]
    worlds = [(points - lens.camera_from_world[:3, 3]) @ lens.camera_from_world[:3, :3]
              for points, lens in zip(joints, (calibration, other))]
    assert np.allclose(*worlds, atol=1e-3)
    depth = DepthClip(tmp_path / 'clip_2_depth').of(4, other.camera)
    neck = load_truth(tmp_path / 'clip_2.jsonl', other).frames[4].joints[0][7]
    column, row = other.camera.project(neck).round().astype(int)
    assert 0.02 < neck[2] - depth[row, column] < 0.3


@pytest.mark.parametrize('option, value, says', [
    ('--motion', 'jump', "unknown motion 'jump'"), ('--rate', '0', 'rate: expected 0 to 1000'),
    ('--seconds', 'inf', 'seconds: expected 0 or more, inf given'),
    ('--start', 'nan', 'start: expected 0 or more, nan given')])
def test_a_bad_command_says_so(tmp_path, capsys, option, value, says):
    assert render.main(['--out', str(tmp_path / 'a.mp4'), option, value]) == 1
    assert capsys.readouterr().err.startswith(f'render: {says}')

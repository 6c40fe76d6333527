# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A rosbag2 against the truth in it, or in a file: `pose3d evaluate --bag`."""
import argparse
import json
from types import SimpleNamespace

from pose3d_ros.commands import evaluate as command
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.evaluation import predictions
from pose3d_ros.live.bag import JOINTS, read_bag, TRUTH
from pose3d_ros.live.recorder import Recorder
from pose3d_ros.messages import cloud_from_bodies, info_from_camera, stamp_from_seconds
import pytest
from rclpy.serialization import serialize_message
from std_msgs.msg import Header
from test_evaluation import body_at, CAMERA

START = 1_700_000_000.123456789  # s, stamp of the first image
STEP = 0.4  # m that the person walks from one frame, 0.1 s, to the next
FRAMES, MISSED = 5, 3  # the node did not get to see one


def header(frame, later=0.0):
    """Return the header of an image, or of what is predicted from it."""
    return Header(stamp=stamp_from_seconds(START + frame / 10 + later), frame_id='lens')


def person(frame, name='p1'):
    """Return the person in a frame."""
    return body_at((STEP * (frame - 2), 0, 5), name)


def messages():
    """Return what a recorder kept: joints come 20 ms and more after their image."""
    kept = []

    def keep(topic, frame, delay, message):
        kept.append((topic, round((START + frame / 10 + delay) * 1e9), serialize_message(message)))

    for frame in range(FRAMES):
        info = info_from_camera(CAMERA)
        info.header = header(frame)
        keep('/camera_info', frame, 0.001, info)
        keep(TRUTH, frame, 0.002, cloud_from_bodies(header(frame), [person(frame)]))
        if frame != MISSED:
            keep(JOINTS, frame, 0.020 + 0.001 * frame,
                 cloud_from_bodies(header(frame), [person(frame, 'p7')]))
            keep(f'{JOINTS}_predicted', frame, 0.030,
                 cloud_from_bodies(header(frame, 0.1), [person(frame + 1, 'p7')]))
    keep(JOINTS, 20, 0, cloud_from_bodies(header(20), []))  # the end, at a stamp of its own
    return kept


@pytest.fixture(scope='module')
def bag(tmp_path_factory):
    """Return a bag as the demo writes it."""
    folder = tmp_path_factory.mktemp('bag') / 'bag'
    Recorder.write(SimpleNamespace(messages=messages()), folder)
    return folder


def report_of(*words):
    """Return the report that the command writes."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    args = parser.parse_args([str(word) for word in words])
    assert command.main(args) == 0
    return json.loads(args.out.read_text())


def test_truth_in_the_bag(bag, tmp_path, capsys):
    report = report_of('--bag', bag, '--out', tmp_path / 'report.json')
    assert (report['frames'], report['detection_rate'], report['mota']) == (4, 1, 1)
    assert report['joint_error_mm']['p95'] == pytest.approx(0, abs=1e-3)
    assert report['persons']['p1']['ids'] == ['p7']
    # the cloud has no keypoints: its joints are projected
    assert report['pck']['of'] == 'projected joints' and report['pck']['mean'] == 1
    assert report['latency_ms'] == {'p50': 21.5, 'p95': 23.7, 'p99': 23.94}  # of 20, 21, 22, 24
    ahead = report['foresight']
    assert ahead['horizon_s'] == pytest.approx(0.1)
    assert ahead['error_mm']['p95'] == pytest.approx(0, abs=0.1)
    assert ahead['motion_mm']['mean'] == pytest.approx(400, abs=0.1)
    assert 'p50 21.5' in capsys.readouterr().out


def test_motion_is_not_judged_across_a_missing_frame(bag):
    found, truth = read_bag(bag).recordings()
    assert sorted(found.frames)[:4] == [0, 1, 2, 4] and sorted(truth.frames) == [0, 1, 2, 3, 4]


def test_truth_in_a_file_by_its_stamps(bag, tmp_path):
    lines = [predictions.to_line(40 + frame, START + frame / 10, [person(frame)], COCO_17, BODY_16)
             for frame in range(FRAMES)]
    (tmp_path / 'truth.jsonl').write_text('\n'.join(lines))
    report = report_of('--bag', bag, '--truth', tmp_path / 'truth.jsonl',
                       '--out', tmp_path / 'report.json')
    assert (report['frames'], report['frames_of_truth']) == (4, 5)
    assert report['joint_error_mm']['p95'] == pytest.approx(0, abs=0.1)


def test_refusals(bag, tmp_path):
    with pytest.raises(ValueError, match='nosuch: not a rosbag2 that can be read'):
        read_bag(tmp_path / 'nosuch')
    with pytest.raises(ValueError, match='nothing on /a/joints in the bag: /camera_info, '):
        read_bag(bag, '/a/joints')
    (tmp_path / 'truth.jsonl').write_text(
        predictions.to_line(0, 0.0, [person(0)], COCO_17, BODY_16) + '\n')
    with pytest.raises(ValueError, match='no joints cloud has the stamp of a true one.*truth from '
                                         '0.000 to 0.000 s'):
        report_of('--bag', bag, '--truth', tmp_path / 'truth.jsonl')
    with pytest.raises(ValueError, match='comes by its stamps, as JSON lines'):
        report_of('--bag', bag, '--truth', tmp_path / 'truth.csv')
    with pytest.raises(ValueError, match='--predictions needs --camera and --truth'):
        report_of('--predictions', tmp_path / 'truth.jsonl')


def test_the_camera_must_be_one(tmp_path):
    kept = messages()
    folder = tmp_path / 'bag'
    Recorder.write(SimpleNamespace(
        messages=[each for each in kept if each[0] != '/camera_info']), folder)
    with pytest.raises(ValueError, match='give --camera, there are 0 topics with camera_info'):
        report_of('--bag', folder, '--out', tmp_path / 'report.json')

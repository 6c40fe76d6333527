# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node as a real process: how it starts, obeys a lifecycle manager, and ends."""
from contextlib import ExitStack
import signal
import time

import cv2
from diagnostic_msgs.msg import DiagnosticArray
from engine_fixtures import heatmap_engine, save
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from pose3d_ros.inference import find_engine, package_folder
from pose3d_ros.messages import bodies_from_cloud, info_from_camera
import pytest
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import DescribeParameters, SetParameters
from rclpy.qos import qos_profile_sensor_data
from ros_helpers import CAMERA, CLIP, ENGINES, need_data, NODE, own_domain, person, Probe, Process
from sensor_msgs.msg import CompressedImage, PointCloud2
from std_msgs.msg import Header
from visualization_msgs.msg import Marker, MarkerArray

LENS = CLIP.with_suffix('.yaml')
#: what a user may get wrong -> module, parameters, what the last words must hold
BAD_STARTS = {
    'truncated engine': (NODE, {'keypoints.engine': '{folder}/truncated.onnx'},
                         'truncated.onnx is truncated or not an ONNX file'),
    'no engine': (NODE, {'keypoints.engine': '{folder}/notes.onnx'},
                  'notes.onnx is truncated or not an ONNX file'),
    'engine of another kind': (NODE, {'detection.engine': 'residual'},
                               'residual.onnx is a lifter: expected a detector'),
    'unknown skeleton': (NODE, {'keypoints.engine': '{folder}/centaur.onnx'},
                         "unknown skeleton 'centaur_21': expected one of"),
    'unknown engine': (NODE, {'lifting.engine': 'nosuch'}, "no engine 'nosuch' (known: "),
    'missing engine file': (NODE, {'lifting.engine': '{folder}/nosuch.onnx'},
                            'there is no engine file {folder}/nosuch.onnx'),
    'out of range': (NODE, {'detection.min_score': 1.5}, 'detection.min_score'),
    'wrong type': (NODE, {'camera.timeout': 1}, 'camera.timeout'),
    'no choice': (NODE, {'camera.transport': 'pigeon'},
                  "camera.transport: expected one of ['raw', 'compressed'], 'pigeon' given"),
    'unreadable clip': (CAMERA, {'video': '{folder}/notes.onnx', 'camera': LENS},
                        'notes.onnx: not a video that OpenCV can read'),
    'missing clip': (CAMERA, {'video': '{folder}/nosuch.mp4', 'camera': LENS},
                     'nosuch.mp4: no such file'),
    'no clip': (CAMERA, {}, 'video: expected a file, none given'),
    'no calibration': (CAMERA, {'video': CLIP}, 'camera: expected a file, none given'),
    'unreadable calibration': (CAMERA, {'video': CLIP, 'camera': '{folder}/notes.onnx'},
                               'notes.onnx: not a camera calibration file'),
    'other shape': (CAMERA, {'video': CLIP, 'camera': LENS, 'width': 400, 'height': 400},
                    'the image has 400 x 400, which is another shape'),
    'negative rate': (CAMERA, {'video': CLIP, 'camera': LENS, 'rate': -5.0},
                      'rate: expected 0 or more'),
    'rate of wrong type': (CAMERA, {'video': CLIP, 'camera': LENS, 'rate': 30}, "'rate'"),
}


@pytest.fixture(scope='module')
def bad_starts(tmp_path_factory):
    """Start all bad processes, some at a time, and return those that have ended by their names."""
    need_data()
    folder = tmp_path_factory.mktemp('bad')
    whole = (package_folder() / 'residual.onnx').read_bytes()
    (folder / 'truncated.onnx').write_bytes(whole[:len(whole) // 2])
    (folder / 'notes.onnx').write_text('remember: buy milk\n' * 100)
    save(heatmap_engine(keypoints='centaur_21'), folder / 'centaur.onnx')
    ended, waiting = {}, list(BAD_STARTS.items())
    with own_domain() as domain, ExitStack() as stack:
        while waiting:
            batch = {}
            for name, (module, parameters, _) in waiting[:3]:
                values = {
                    key: value.format(folder=folder) if isinstance(value, str) else value
                    for key, value in parameters.items()}
                log = folder / f'{name}.log'
                batch[name] = Process(
                    domain, log, module, **(ENGINES | values if module == NODE else values))
                stack.callback(batch[name].close)
            ended |= {name: (process.end(), process) for name, process in batch.items()}
            waiting = waiting[3:]
    return folder, ended


@pytest.mark.parametrize('what', BAD_STARTS)
def test_bad_start(bad_starts, what):
    """One clear message, exit code 1."""
    folder, ended = bad_starts
    code, process = ended[what]
    complaint, = process.complaints
    assert complaint.startswith('cannot start: ')
    assert BAD_STARTS[what][2].format(folder=folder) in complaint
    assert 'Traceback' not in process.log
    assert code == 1


@pytest.fixture
def domain():
    """Yield a domain for one test."""
    need_data()
    with own_domain() as number:
        yield number


def test_two_interrupts(domain, tmp_path):
    """Ctrl-C reaches the node directly and once more through launch."""
    process = Process(domain, tmp_path / 'log', **ENGINES)
    try:
        process.wait_for('active')
        began = time.monotonic()
        for _ in range(2):
            process.signal(signal.SIGINT)
            time.sleep(0.05)
        assert process.end() == 0, process.log
        assert time.monotonic() - began < 5
        assert 'Traceback' not in process.log
    finally:
        process.close()


class Manager:
    """What a lifecycle manager does, and what it may hear."""

    def __init__(self, domain: int):
        self.probe = Probe(domain)
        for topic in ('/pose3d/markers', '/pose3d/capsules'):
            self.probe.listen(topic, MarkerArray)
        for topic in ('/pose3d/joints', '/pose3d/joints_predicted'):
            self.probe.listen(topic, PointCloud2)
        self.heard = self.probe.heard
        picture, self._camera = person()
        self.jpeg = cv2.imencode('.jpg', picture[..., ::-1])[1].tobytes()

    def state(self) -> int:
        """Return the state of the node."""
        request = GetState.Request()
        return self.probe.call(GetState, '/pose3d/get_state', request).current_state.id

    def change(self, transition: int) -> bool:
        """Ask for a transition; return whether it worked."""
        request = ChangeState.Request(transition=Transition(id=transition))
        return self.probe.call(ChangeState, '/pose3d/change_state', request).success

    def set(self, name: str, value: ParameterValue):
        """Set a parameter as `ros2 param set` does; return the result."""
        request = SetParameters.Request(parameters=[Parameter(name=name, value=value)])
        return self.probe.call(SetParameters, '/pose3d/set_parameters', request).results[0]

    def send(self, data: bytes | None = None) -> None:
        """Publish the picture as a JPEG."""
        stamp = self.probe.node.get_clock().now().to_msg()
        header, info = Header(stamp=stamp, frame_id='lens'), info_from_camera(self._camera)
        info.header = header
        jpeg = CompressedImage(header=header, format='jpeg', data=data or self.jpeg)
        self.probe.publish('/camera_info', info, qos_profile_sensor_data)
        self.probe.publish('/image/compressed', jpeg, qos_profile_sensor_data)
        self.probe.spin(0.05)

    def find_body(self) -> None:
        """Send images until a body is published."""
        self.heard['/pose3d/joints'].clear()
        self.probe.wait(
            lambda: any(msg.height for msg in self.heard['/pose3d/joints']), 'a body', self.send)


def text(value: str) -> ParameterValue:
    """Return a string as the value of a parameter."""
    return ParameterValue(type=ParameterType.PARAMETER_STRING, string_value=value)


def number(value: float) -> ParameterValue:
    """Return a float as the value of a parameter."""
    return ParameterValue(type=ParameterType.PARAMETER_DOUBLE, double_value=value)


@pytest.fixture(scope='module')
def managed(tmp_path_factory):
    """Yield a node of compressed images and no /clock that waits for a manager; the manager."""
    need_data()
    with own_domain() as domain:
        process = Process(
            domain, tmp_path_factory.mktemp('managed') / 'log', autostart=False,
            use_sim_time=True,
            **{'camera.transport': 'compressed', **ENGINES})
        manager = Manager(domain)
        try:
            yield process, manager
        finally:
            manager.probe.close()
            process.close()


def test_bad_parameters_are_refused_at_run_time(managed):
    process, manager = managed
    for name, value, reason in (
            ('camera.transport', text('pigeon'), "['raw', 'compressed'], 'pigeon' given"),
            ('detection.min_score', number(1.5), 'detection.min_score'),
            ('detection.every', number(2.0), 'type'),
            ('placement.height', number(float('nan')), 'placement.height')):
        result = manager.set(name, value)
        assert not result.successful and reason in result.reason
    result = manager.set('detection.min_score', number(0.5))
    assert result.successful
    process.wait_for('detection.min_score: 0.5 counts from the next configure on')


def test_diagnostics_come_without_a_clock(managed):
    """With use_sim_time and nobody who publishes /clock, ROS time stands still."""
    _, manager = managed
    manager.probe.listen('/diagnostics', DiagnosticArray)
    said = manager.probe.wait(lambda: manager.heard['/diagnostics'], 'diagnostics')
    assert said[0].status[0].message == 'not active'


def test_descriptions_reach_ros(managed):
    _, manager = managed
    names = ['camera.timeout', 'detection.every', 'camera.transport', 'autostart']
    timeout, every, transport, autostart = manager.probe.call(
        DescribeParameters, '/pose3d/describe_parameters',
        DescribeParameters.Request(names=names)).descriptors
    span = timeout.floating_point_range[0]
    assert (span.from_value, span.to_value) == (0.05, 60.0)
    span = every.integer_range[0]
    assert (span.from_value, span.to_value) == (1, 1000)
    assert 'compressed' in transport.additional_constraints
    assert timeout.description.endswith('[s]')
    assert autostart.read_only and autostart.description


def test_lifecycle(managed):
    process, manager = managed
    assert manager.state() == State.PRIMARY_STATE_UNCONFIGURED
    assert manager.change(Transition.TRANSITION_CONFIGURE)
    assert manager.state() == State.PRIMARY_STATE_INACTIVE
    assert manager.change(Transition.TRANSITION_ACTIVATE)
    manager.find_body()

    heard = manager.heard
    assert manager.change(Transition.TRANSITION_DEACTIVATE)
    assert manager.state() == State.PRIMARY_STATE_INACTIVE
    for topic in ('/pose3d/markers', '/pose3d/capsules'):
        manager.probe.wait(
            lambda: [m.action for m in heard[topic][-1].markers] == [Marker.DELETEALL],
            f'{topic} cleared')
    for topic in ('/pose3d/joints', '/pose3d/joints_predicted'):
        manager.probe.wait(lambda: heard[topic][-1].height == 0, f'an empty cloud on {topic}')
    assert heard['/pose3d/joints'][-1].header.frame_id == 'lens'

    assert manager.change(Transition.TRANSITION_ACTIVATE)
    manager.find_body()
    assert bodies_from_cloud(heard['/pose3d/joints'][-1])[0].id != 'p1'  # ids are not used again
    assert 'Traceback' not in process.log


def test_broken_jpeg(managed):
    process, manager = managed
    heard = manager.heard['/pose3d/joints']
    manager.find_body()
    manager.probe.wait(
        lambda: "format 'jpeg' cannot be decoded (1000 bytes)" in process.log,
        lambda: f'a complaint in {process.log}', lambda: manager.send(bytes(1000)))
    manager.probe.wait(lambda: heard[-1].height == 0, 'the end of the bodies',
                       lambda: manager.send(bytes(1000)))
    manager.find_body()


def test_bad_engine_leaves_the_node_unconfigured(managed):
    process, manager = managed
    assert manager.change(Transition.TRANSITION_DEACTIVATE)
    assert manager.change(Transition.TRANSITION_CLEANUP)
    assert manager.set('lifting.engine', text('nosuch')).successful
    assert not manager.change(Transition.TRANSITION_CONFIGURE)
    assert manager.state() == State.PRIMARY_STATE_UNCONFIGURED
    assert "cannot start: no engine 'nosuch'" in process.log
    assert manager.set('lifting.engine', text(str(find_engine('residual')))).successful
    assert manager.change(Transition.TRANSITION_CONFIGURE)
    assert manager.change(Transition.TRANSITION_ACTIVATE)
    manager.find_body()


def test_shutdown(managed):
    """Last: from active to finalized; the process waits for its own end."""
    process, manager = managed
    assert manager.change(Transition.TRANSITION_ACTIVE_SHUTDOWN)
    assert manager.state() == State.PRIMARY_STATE_FINALIZED
    process.signal(signal.SIGTERM)
    assert process.end() == 0
    assert 'Traceback' not in process.log

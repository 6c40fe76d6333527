# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Real nodes as processes, and a probe that listens to them."""
from collections import defaultdict
from contextlib import contextmanager
import fcntl
from functools import cache
import json
import os
from pathlib import Path
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

from engine_fixtures import DATA
from pose3d_ros.calibration import load_calibration
from pose3d_ros.clip import Clip
from pose3d_ros.inference import EngineError, find_engine
import pytest
import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.utilities import try_shutdown

PATIENCE = 40.0  # s; the machine may be busy, a good test does not wait
NODE, CAMERA = 'pose3d_ros.node', 'pose3d_ros.simulation.video_camera'
CLIP = DATA / 'video' / 'balancing' / 'cam02.mp4'
ENGINES = {'detection.engine': 'person-192', 'keypoints.engine': 'tinypose-128x96'}


def need_data() -> None:
    """Skip the test where the clip or an engine is missing; not while a file is imported."""
    if not CLIP.is_file():
        pytest.skip(f'{CLIP} is missing: set POSE3D_DATA')
    for name in ENGINES.values():
        try:
            find_engine(name)
        except EngineError as error:
            pytest.skip(str(error))


@contextmanager
def own_domain():
    """Yield a ROS_DOMAIN_ID that no other test on this machine uses."""
    for number in random.sample(range(1, 101), 100):
        with (Path(tempfile.gettempdir()) / f'ros_domain_{number}.lock').open('w') as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield number
            return
    raise RuntimeError('all domains are in use')


def until(condition, what: str, pause=lambda: time.sleep(0.05), patience: float = PATIENCE):
    """Return the first true value of a condition; fail, saying what was waited for."""
    end = time.monotonic() + patience
    while not (value := condition()):
        if time.monotonic() > end:
            pytest.fail(f'waited {patience} s for {what() if callable(what) else what}')
        pause()
    return value


class Process:
    """One node as a process of its own, with a log."""

    def __init__(self, domain: int, log: Path, module: str = NODE, **parameters):
        values = [f'{name}:={_yaml(value)}' for name, value in parameters.items()]
        code = f'from {module} import main; main()'
        self._log = log
        with log.open('w') as file:
            self._process = subprocess.Popen(
                [sys.executable, '-c', code, '--ros-args',
                 *(part for value in values for part in ('-p', value))],
                stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=os.environ | {'ROS_DOMAIN_ID': str(domain)})

    @property
    def log(self) -> str:
        """Return what the process has said."""
        return self._log.read_text(errors='replace')

    @property
    def complaints(self) -> list[str]:
        """Return the warnings and errors in the log, without time and name."""
        found = re.findall(r'\[(?:WARN|ERROR|FATAL)\] \[[\d.]+\] \[[\w.]+\]: (.*)', self.log)
        return [line.strip() for line in found]

    @property
    def running(self) -> bool:
        """Return whether the process has not ended."""
        return self._process.poll() is None

    def wait_for(self, text: str) -> None:
        """Wait until the log holds a text."""
        until(lambda: text in self.log or not self.running,
              lambda: f'{text!r} in the log:\n{self.log}')
        assert text in self.log, self.log

    def signal(self, number: int = signal.SIGINT) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def end(self, patience: float = PATIENCE) -> int:
        """Return the exit code once the process has ended by itself."""
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            pytest.fail(f'the process has not ended after {patience} s:\n{self.log}')

    def close(self) -> None:
        """End the process whatever happens."""
        if self.running:
            self.signal()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class Probe:
    """A node of the test's own: keeps what it hears, publishes, calls services."""

    def __init__(self, domain: int):
        self._context = Context()
        rclpy.init(context=self._context, domain_id=domain)
        self.node = Node(
            'probe', context=self._context, start_parameter_services=False, enable_rosout=False)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self.heard: dict[str, list] = defaultdict(list)  # topic: messages
        self._publishers: dict[str, object] = {}

    def spin(self, seconds: float = 0.02) -> None:
        """Take what comes within some time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)

    def listen(self, topic: str, kind: type, qos=100):
        """Keep the messages of a topic."""
        return self.node.create_subscription(kind, topic, self.heard[topic].append, qos)

    def wait(self, condition, what, meanwhile=lambda: None, patience: float = PATIENCE):
        """Spin until a condition holds; return its value."""
        def pause():
            meanwhile()
            self.spin()
        return until(condition, what, pause, patience)

    def publish(self, topic: str, msg, qos) -> None:
        """Publish a message; waits for a subscriber the first time."""
        if topic not in self._publishers:
            publisher = self.node.create_publisher(type(msg), topic, qos)
            self._publishers[topic] = publisher
            self.wait(publisher.get_subscription_count, f'a subscriber of {topic}')
        self._publishers[topic].publish(msg)

    def call(self, kind: type, name: str, request):
        """Return the response of a service."""
        client = self.node.create_client(kind, name)
        self.wait(client.service_is_ready, f'the service {name}')
        future = client.call_async(request)
        self.wait(future.done, f'the response of {name}')
        self.node.destroy_client(client)
        return future.result()

    def close(self) -> None:
        """Leave ROS."""
        self._executor.shutdown()
        self.node.destroy_node()
        try_shutdown(context=self._context)


def small() -> dict[str, int]:
    """Return width and height of the clip in a third of its size, px."""
    clip = Clip(CLIP)
    return {'width': clip.width // 3, 'height': clip.height // 3}


@cache
def person():
    """Return a picture (H, W, 3) uint8 RGB of a person, and its camera; skip without data."""
    need_data()
    camera = load_calibration(CLIP.with_suffix('.yaml')).camera
    return next(iter(Clip(CLIP, **small())))[1], camera.for_image(**small())


def _yaml(value: object) -> str:
    return json.dumps(value if isinstance(value, (bool, int, float)) else str(value))

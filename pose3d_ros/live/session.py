# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A camera, the real node and a recorder as processes of their own, over DDS."""
from collections.abc import Callable
import os
from pathlib import Path
import time

from pose3d_ros.core.config import Config, describe
from pose3d_ros.live.cameras import StandIn
from pose3d_ros.live.processes import Processes
from pose3d_ros.live.recorder import Recorder

NODE = 'pose3d_ros.node'
SLOWEST_START = 90.0  # s, of engines that are built and a renderer that is compiled
AFTER = 0.5  # s, for the last image to come through


def play(
    camera: StandIn, seconds: float, config: Config, folder: Path, overlay: bool,
    progress: Callable[[float], None],
) -> Recorder:
    """
    Let the node watch a camera and record what it says.

    Parameters
    ----------
    camera : StandIn
        What plays the camera.
    seconds : float
        How long, from the first image on.
    config : Config
        Parameters of the node.
    folder : Path
        For the logs of the processes; made if need be.
    overlay : bool
        Record the overlay, too.
    progress : callable
        Called ten times a second with the seconds since the first image.

    Returns
    -------
    Recorder
        Closed, with its messages; the first camera_info is that of image 0.

    Raises
    ------
    ProcessError
        When a process ends too early.

    """
    folder.mkdir(parents=True, exist_ok=True)
    domain = 1 + os.getpid() % 100
    recorder = Recorder(domain, overlay)
    with Processes(folder, domain) as processes:
        # the stand-ins tell how they stand in 'world'
        frames = {'camera.gravity_frame': config.camera.gravity_frame or 'world',
                  'camera.floor_frame': 'world' if camera.floor else config.camera.floor_frame}
        processes.start(NODE, values_of(config) | frames)
        # image 0 waits for the node and the recorder: the same scene whoever starts slowly
        processes.start(camera.module, camera.parameters | {'subscribers': 2})

        recorder.spin(
            SLOWEST_START, processes.check, until=lambda: '/camera_info' in recorder.topics)
        began = time.monotonic()

        def tick():
            processes.check()
            progress(time.monotonic() - began)

        recorder.spin(seconds + AFTER, tick)
    recorder.close()
    return recorder


def values_of(config: Config) -> dict[str, object]:
    """Return a configuration as ROS parameters."""
    values = {}
    for name in describe():
        group, entry = name.split('.')
        values[name] = getattr(getattr(config, group), entry)
    return values

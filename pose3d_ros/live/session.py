# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A clip through the real node: camera, node and recorder as processes of their own."""
from collections.abc import Callable
from dataclasses import dataclass
import os
from pathlib import Path
import time

from pose3d_ros.clip import Clip
from pose3d_ros.core.config import Config, describe
from pose3d_ros.live.processes import Processes
from pose3d_ros.live.recorder import Recorder

NODE, CAMERA = 'pose3d_ros.node', 'pose3d_ros.simulation.video_camera'
START = 5.0  # s, for processes to start and find each other before the first image
AFTER = 0.5  # s, for the last image to come through


@dataclass(frozen=True)
class Play:
    """What the camera shows."""

    video: Path
    camera: Path
    rate: float  # images a second
    width: int  # px
    height: int  # px
    seconds: float  # of images


def play(
    what: Play, config: Config, folder: Path, overlay: bool, progress: Callable[[float], None]
) -> tuple[Recorder, float]:
    """
    Play a clip to the node and record what it says.

    Parameters
    ----------
    what : Play
        The camera.
    config : Config
        Parameters of the node.
    folder : Path
        For the logs of the processes; made if need be.
    overlay : bool
        Record the overlay, too.
    progress : callable
        Called ten times a second with the seconds since the beginning.

    Returns
    -------
    Recorder, float
        Closed, with its messages; stamp of image 0 in seconds.

    Raises
    ------
    ProcessError
        When a process ends too early.

    """
    folder.mkdir(parents=True, exist_ok=True)
    domain = 1 + os.getpid() % 100
    recorder = Recorder(domain, overlay)
    began = time.time()
    start = began + START
    with Processes(folder, domain) as processes:
        processes.start(NODE, values_of(config))
        processes.start(CAMERA, {
            'video': what.video, 'camera': what.camera, 'rate': float(what.rate),
            'width': what.width, 'height': what.height, 'start': start})

        def tick():
            processes.check()
            progress(time.time() - began)

        recorder.spin(START + what.seconds + AFTER, tick)
    recorder.close()
    return recorder, start


def values_of(config: Config) -> dict[str, object]:
    """Return a configuration as ROS parameters."""
    values = {}
    for name in describe():
        group, entry = name.split('.')
        values[name] = getattr(getattr(config, group), entry)
    return values


def fitted(clip: Clip, longest: int) -> tuple[int, int]:
    """Return width and height of a clip scaled so that its longer side is at most so long, px."""
    scale = min(1.0, longest / max(clip.width, clip.height))
    return 2 * round(clip.width * scale / 2), 2 * round(clip.height * scale / 2)

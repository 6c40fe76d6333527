# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A rosbag2 with joints clouds, and the truth in it, as recordings to compare."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.evaluation.recording import people_of, Recording
from pose3d_ros.messages import bodies_from_cloud, camera_from_message, nanoseconds
from rclpy.serialization import deserialize_message
from rosbags.rosbag2 import Reader, ReaderError
from sensor_msgs.msg import CameraInfo, PointCloud2

JOINTS, TRUTH = '/pose3d/joints', '/sim_camera/truth'
SAME = 1_000_000  # ns: stamps of one image; files round them to microseconds


class BagError(ValueError):
    """The bag cannot be used; the message names it and says why."""


@dataclass(frozen=True)
class Bag:
    """What a bag has for an evaluation; stamps in ns, the numbers of the frames' images."""

    path: Path
    joints: list[tuple[int, PointCloud2]]  # ns when received, message
    foreseen: list[tuple[int, PointCloud2]]
    truth: list[tuple[int, PointCloud2]]
    infos: dict[str, CameraInfo]  # topic: first message

    @property
    def camera(self) -> PinholeCamera:
        """Return the camera in the bag."""
        if len(self.infos) != 1:
            raise BagError(f'{self.path}: give --camera, there are {len(self.infos)} topics with'
                           f' camera_info in the bag{_listed(self.infos)}')
        info = next(iter(self.infos.values()))
        return camera_from_message(info, info.width, info.height)

    @property
    def latency(self) -> np.ndarray:
        """Return ms from image stamp to receipt, of all joints clouds that show somebody."""
        return np.array([1e-6 * (at - nanoseconds(msg.header.stamp))
                         for at, msg in self.joints if msg.height])

    def recordings(self, truth: Recording | None = None) -> tuple[Recording, Recording]:
        """Return predictions and truth, by default that in the bag; frames have one numbering."""
        said = {nanoseconds(msg.header.stamp): msg for _, msg in self.joints}
        true = {nanoseconds(msg.header.stamp): msg for _, msg in self.truth} if truth is None \
            else _by_stamp(truth, np.array(sorted(said)))
        if not said.keys() & true.keys():
            raise BagError(f'{self.path}: no joints cloud has the stamp of a true one; joints'
                           f'{_span(said)}, truth{_span(true)}')
        numbers = {stamp: n for n, stamp in enumerate(sorted(said.keys() | true.keys()))}
        foreseen = self._foreseen(numbers, np.array(sorted(said)))
        predictions = _recording(said, numbers, foreseen)
        if truth is None:
            return predictions, _recording(true, numbers)
        return predictions, Recording(
            truth.keypoint_names, truth.joint_names,
            {numbers[stamp]: truth.frames[frame] for stamp, frame in true.items()},
            {numbers[stamp]: stamp * 1e-9 for stamp in true}, truth.everybody)

    def _foreseen(self, numbers: dict[int, int], stamps: np.ndarray) -> Recording | None:
        """Return the predicted bodies by the frames that they come from."""
        if not self.foreseen:
            return None
        received = np.array([at for at, _ in self.joints])
        lasts = np.maximum(np.searchsorted(received, [at for at, _ in self.foreseen]) - 1, 0)
        horizon = np.median([
            nanoseconds(msg.header.stamp) - nanoseconds(self.joints[last][1].header.stamp)
            for last, (_, msg) in zip(lasts, self.foreseen)])
        messages = {}
        for _, msg in self.foreseen:
            origin = nanoseconds(msg.header.stamp) - horizon
            nearest = stamps[np.argmin(np.abs(stamps - origin))]
            if abs(nearest - origin) < SAME:
                messages[int(nearest)] = msg
        return _recording(messages, numbers)


def read_bag(path: Path, joints: str = JOINTS) -> Bag:
    """Read what an evaluation needs; raise BagError where there is no joints cloud."""
    wanted = {joints: [], f'{joints}_predicted': [], TRUTH: []}
    infos = {}
    try:
        with Reader(path) as bag:
            chosen = [each for each in bag.connections
                      if each.topic in wanted or each.msgtype.endswith('/CameraInfo')]
            for connection, at, data in bag.messages(chosen):
                if connection.topic in wanted:
                    wanted[connection.topic].append((at, deserialize_message(data, PointCloud2)))
                elif connection.topic not in infos:
                    infos[connection.topic] = deserialize_message(data, CameraInfo)
            topics = [each.topic for each in bag.connections]
    except (ReaderError, OSError) as error:
        raise BagError(f'{path}: not a rosbag2 that can be read: {error}') from error
    if not wanted[joints]:
        raise BagError(f'{path}: nothing on {joints} in the bag{_listed(topics)}')
    return Bag(path, *wanted.values(), infos)


def _recording(messages: dict, numbers: dict, foreseen: Recording | None = None) -> Recording:
    return Recording(
        (), BODY_16.points,
        {numbers[stamp]: people_of(bodies_from_cloud(msg), 0, len(BODY_16))
         for stamp, msg in messages.items()},
        {numbers[stamp]: nanoseconds(msg.header.stamp) * 1e-9 for stamp, msg in messages.items()},
        foreseen=foreseen)


def _by_stamp(truth: Recording, stamps: np.ndarray) -> dict[int, int]:
    """Return stamp -> frame of a truth; the stamp of the joints cloud where that is the same."""
    frames = {}
    for frame, stamp in truth.stamps.items():
        exact = round(stamp * 1e9)
        nearest = int(stamps[np.argmin(np.abs(stamps - exact))])
        frames[nearest if abs(nearest - exact) < SAME else exact] = frame
    return frames


def _listed(names) -> str:
    return f": {', '.join(sorted(set(names)))}" if names else ''


def _span(stamps) -> str:
    return f' from {min(stamps) * 1e-9:.3f} to {max(stamps) * 1e-9:.3f} s' if stamps else ' none'

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What plays the camera in a live session: a clip or a simulated room."""
from dataclasses import dataclass, replace
from pathlib import Path

from pose3d_ros.calibration import load_calibration
from pose3d_ros.clip import Clip
from pose3d_ros.evaluation.recording import Recording
from pose3d_ros.evaluation.truth import load_truth


@dataclass(frozen=True)
class StandIn:
    """A camera node; image k has the stamp start + k / rate."""

    module: str
    parameters: dict[str, object]
    rate: float  # images a second
    label: str  # what is seen, for people
    floor: bool  # whether z = 0 of its frame world is the floor


def clip_camera(video: Path, calibration: Path, rate: float, longest: int) -> StandIn:
    """Return a clip as a camera, its images scaled to a longer side of at most so many px."""
    clip = Clip(video)
    calibrated = load_calibration(calibration)
    calibrated.camera.for_image(clip.width, clip.height)  # refuses early
    width, height = fitted(clip, longest)
    return StandIn(
        'pose3d_ros.simulation.video_camera',
        {'video': video, 'camera': calibration, 'rate': rate, 'width': width, 'height': height},
        rate, f'{video.name}, {width} x {height}', calibrated.floor)


def simulated_camera(
    people: int, motion: str, seed: int, rate: float, truth: Path, depth: bool = False,
) -> StandIn:
    """Return a simulated room with people as a camera of 640 x 480 px that writes its truth."""
    return StandIn(
        'pose3d_ros.simulation.sim_camera',
        {'people': people, 'motion': motion, 'seed': seed, 'rate': rate,
         'depth_encoding': '16UC1' if depth else '',
         'width': 640, 'height': 480, 'truth_file': truth},
        rate, f'simulation of {people} people ({motion}), 640 x 480', True)


def clip_truth(camera: StandIn, path: Path, offset: int, start: float, last: int) -> Recording:
    """Return the truth of the images, up to the last, of a clip camera that began at start, s."""
    given = camera.parameters
    clip = Clip(given['video'], given['width'], given['height'])
    truth = load_truth(path, load_calibration(given['camera']), offset)
    shown = {image: clip.looped(clip.index_at(image, camera.rate)) for image in range(last + 1)}
    known = {image: frame for image, frame in shown.items() if frame in truth.frames}
    return replace(
        truth,
        frames={image: truth.frames[frame] for image, frame in known.items()},
        stamps={image: start + image / camera.rate for image in known})


def fitted(clip: Clip, longest: int) -> tuple[int, int]:
    """Return width and height of a clip scaled so that its longer side is at most so long, px."""
    scale = min(1.0, longest / max(clip.width, clip.height))
    return 2 * round(clip.width * scale / 2), 2 * round(clip.height * scale / 2)

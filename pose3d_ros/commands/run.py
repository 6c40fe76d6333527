# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`pose3d run`: skeletons of a video file, without ROS; every frame, the same result each time."""
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path
import sys

from pose3d_ros import inference
from pose3d_ros.calibration import Calibration, load_calibration
from pose3d_ros.clip import Clip, ClipWriter
from pose3d_ros.commands.configuration import add_config_arguments, config_from
from pose3d_ros.core.records import Body, Frame
from pose3d_ros.depth_clip import DepthClip
from pose3d_ros.drawing import draw_bodies
from pose3d_ros.evaluation.predictions import to_line
from pose3d_ros.pipeline import Pipeline
from tqdm import tqdm

HELP = 'skeletons of a video file, without ROS'


def add_arguments(parser) -> None:
    """Declare the arguments."""
    parser.add_argument('--video', required=True, help='clip to read')
    parser.add_argument('--camera', required=True, help='its calibration file (camera_info YAML)')
    parser.add_argument(
        '--floor', action='store_true',
        help="z = 0 of the calibration's world is the floor that people stand on")
    parser.add_argument(
        '--depth', help='folder of its depth images: 000000.png and so on, 16 bits, millimetres')
    parser.add_argument('--out', required=True, help='file to write, one JSON object a frame')
    parser.add_argument('--horizon', type=float, metavar='SECONDS',
                        help='write the bodies so much after each frame, too, as foreseen')
    parser.add_argument('--overlay', help='clip to write with the skeletons drawn in')
    add_config_arguments(parser)


def main(args) -> int:
    """Write the predictions of a clip."""
    config = config_from(args)
    if args.horizon and not 0 < args.horizon < inf:
        raise ValueError(f'--horizon: expected seconds, 0 or more, {args.horizon} given')
    clip, calibration = Clip(args.video), load_calibration(args.camera)
    if args.floor:
        calibration = on_floor(calibration, args.camera)
    pipeline = Pipeline(config, *inference.load_all(config, partial(print, file=sys.stderr)))
    depths = DepthClip(args.depth) if args.depth else None
    results = process(pipeline, clip, calibration, depths)
    overlay = closing(ClipWriter(args.overlay, clip.rate)) if args.overlay else nullcontext()
    with Path(args.out).open('w', encoding='utf-8') as out, overlay as pictures:
        found = 0
        for index, (frame, bodies) in enumerate(results):
            skeletons = pipeline.keypoint_skeleton, pipeline.joint_skeleton
            foreseen = args.horizon and (
                frame.stamp + args.horizon, pipeline.predict(args.horizon))
            print(to_line(index, frame.stamp, bodies, *skeletons, foreseen), file=out)
            if pictures:
                pictures.write(draw_bodies(frame.image, bodies, *skeletons))
            found += bool(bodies)
    print(f'{found} of {index + 1} frames show somebody: {args.out}')
    print(f'scale: {pipeline.scale_source}')
    return 0


def on_floor(calibration: Calibration, path: str) -> Calibration:
    """Return a calibration whose world has its z = 0 on the floor; refuse one without a world."""
    if calibration.camera_from_world is None:
        raise ValueError(f'--floor: {path} does not say where the camera stands'
                         ' (camera_from_world)')
    return replace(calibration, floor=True)


def process(
    pipeline: Pipeline, clip: Clip, calibration: Calibration, depths: DepthClip | None = None,
) -> Iterator[tuple[Frame, list[Body]]]:
    """Return every frame of a clip and the bodies in it, one by one, with a progress bar."""
    camera = calibration.camera.for_image(clip.width, clip.height)
    images = tqdm(clip, total=clip.length, unit='frame', disable=not sys.stderr.isatty())
    frames = (
        Frame(stamp, image, camera, depths and partial(depths.of, index, camera),
              **calibration.pose)
        for index, (stamp, image) in enumerate(images))
    return ((frame, pipeline(frame)) for frame in frames)

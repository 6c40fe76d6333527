# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`pose3d bench`: where the time goes, stage by stage, and from image stamp to markers."""
import json
import os
from pathlib import Path
import platform
import tempfile

import numpy as np
from pose3d_ros import inference
from pose3d_ros.calibration import load_calibration
from pose3d_ros.clip import Clip
from pose3d_ros.commands.bench_engines import measure_engines, show_engines
from pose3d_ros.commands.configuration import add_config_arguments, config_from
from pose3d_ros.commands.demo import play_with_bar
from pose3d_ros.commands.run import process
from pose3d_ros.inference.backend import BACKENDS
from pose3d_ros.live.cameras import clip_camera, StandIn
from pose3d_ros.live.report import session_from, summary_of
from pose3d_ros.pipeline import Pipeline

HELP = 'where the time goes, stage by stage, and from image stamp to markers'
INFERENCE = ('detection', 'keypoints', 'lifting')
SIMULATED = 5.0  # s, of simulation where no clip is given


def add_arguments(parser) -> None:
    """Declare the arguments."""
    parser.add_argument('--video', type=Path, help='clip to measure on; else one is simulated')
    parser.add_argument('--camera', type=Path, help='its calibration file (camera_info YAML)')
    parser.add_argument(
        '--longest', type=int, default=640, help='longer side of the images, px (%(default)s)')
    parser.add_argument('--people', type=int, default=1, help='in the simulation (%(default)s)')
    parser.add_argument('--rate', type=float, default=30.0, help='images a second (%(default)s)')
    parser.add_argument('--seconds', type=float, default=10.0, help='how long live (%(default)s)')
    parser.add_argument('--offline', action='store_true', help='only the stages, without ROS')
    parser.add_argument('--out', type=Path, help='write the figures here, as JSON')
    parser.add_argument(
        '--backend', choices=BACKENDS, default='auto', help='what computes (%(default)s)')
    parser.add_argument(
        '--batch', type=int, default=8, help='largest batch of the engines (%(default)s)')
    add_config_arguments(parser)


def main(args) -> int:
    """Measure and print."""
    args.set = [
        f'inference.backend={args.backend}', f'detection.max_bodies={args.batch}', *args.set]
    config = config_from(args)
    with tempfile.TemporaryDirectory() as folder:
        video, calibration = clip_of(args, Path(folder))
        camera = clip_camera(video, calibration, args.rate, args.longest)
        engines = measure_engines(config)  # takes long: what is wrong with the clip is known first
        figures = {
            'machine': f'{platform.machine()}, {os.cpu_count()} cores', **engines,
            'camera': camera.label, 'offline': offline(camera, config)}
        print(f"{figures['camera']}; {figures['machine']}; {engines['backend']['backend']}")
        show_engines(engines)
        show_stages(figures['offline'])
        if not args.offline:
            figures['live'] = live(camera, args.seconds, config, Path(folder))
            show_live(figures['live'])
    if args.out:
        args.out.write_text(json.dumps(figures, indent=2) + '\n')
    return 0


def clip_of(args, folder: Path) -> tuple[Path, Path]:
    """Return the clip and calibration that were given, or simulated ones."""
    if args.video and args.camera:
        return args.video, args.camera
    if args.video or args.camera:
        raise ValueError('a clip needs both --video and --camera')
    from pose3d_ros.simulation.render import write_clip  # needs numba
    from pose3d_ros.simulation.scene import make_views, Scene
    scene = Scene(make_views(1, 640, 480, 65.0, 1.3, -5.0), args.people, 'mixed', 0)
    video, calibration = folder / 'simulated.mp4', folder / 'simulated.yaml'
    write_clip(scene, video, folder / 'truth.jsonl', calibration, args.rate, SIMULATED)
    return video, calibration


def offline(camera: StandIn, config) -> dict:
    """Return median and p99 of each stage over the clip, ms, and frames a second."""
    pipeline = Pipeline(config, *inference.load_all(config))
    about = camera.parameters
    clip = Clip(about['video'], about['width'], about['height'])
    frames = [
        dict(pipeline.stopwatch.seconds)
        for _ in process(pipeline, clip, load_calibration(about['camera']))][5:]  # warm by then
    stages = {name for frame in frames for name in frame}
    times = {name: [1e3 * f.get(name, 0.0) for f in frames] for name in sorted(stages)}
    times['all'] = [1e3 * sum(f.values()) for f in frames]
    return {
        'stages_ms': {name: _spread(values) for name, values in times.items()},
        'frames_per_second': round(1e3 / float(np.mean(times['all'])), 1)}


def _spread(values: list[float]) -> dict[str, float]:
    return {
        'mean': round(float(np.mean(values)), 2),
        'p50': round(float(np.median(values)), 2),
        'p99': round(float(np.percentile(values, 99)), 2)}


def live(camera: StandIn, seconds: float, config, folder: Path) -> dict:
    """Return the report of a live session, and the part of latency that is not inference."""
    recorder = play_with_bar(camera, seconds, config, folder, overlay=False)
    report = summary_of(session_from(recorder.messages))
    latency = report['latency_ms']['p50']
    inferring = sum(report['stages_ms'].get(name, 0.0) for name in INFERENCE)
    report['inference_ms'] = round(inferring, 2)
    report['beyond_inference_ms'] = None if latency is None else round(latency - inferring, 2)
    return report


def show_stages(figures: dict) -> None:
    """Print the stages."""
    print(f"{'stage, ms':<12}{'mean':>8}{'p50':>8}{'p99':>8}")
    for name, time in figures['stages_ms'].items():
        print(f"{name:<12}{time['mean']:>8.2f}{time['p50']:>8.2f}{time['p99']:>8.2f}")
    print(f"{figures['frames_per_second']} frames a second without ROS")


def show_live(report: dict) -> None:
    """Print what the node did."""
    latency = report['latency_ms']
    print(
        f"live: {report['frames_processed']} of {report['frames_published']} frames,"
        f" {report['rate_hz']:.1f} Hz; image stamp to markers {latency['p50']} ms"
        f" (p99 {latency['p99']}), of it inference {report['inference_ms']},"
        f" the rest {report['beyond_inference_ms']}")
    stages = ', '.join(f'{name} {value}' for name, value in report['stages_ms'].items())
    print(f'in the node, mean ms: {stages}')

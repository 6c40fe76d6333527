# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`pose3d demo`: people through the real node; pictures, a bag and a report."""
import json
from math import inf
from pathlib import Path
import sys

from pose3d_ros.commands.configuration import add_config_arguments, config_from
from pose3d_ros.core.config import Config
from pose3d_ros.evaluation import predictions
from pose3d_ros.evaluation.recording import Recording
from pose3d_ros.evaluation.report import evaluate
from pose3d_ros.evaluation.table import table
from pose3d_ros.live.bag import read_bag
from pose3d_ros.live.cameras import clip_camera, clip_truth, simulated_camera, StandIn
from pose3d_ros.live.pictures import overlays_in, write_overlay, write_session_page
from pose3d_ros.live.report import session_from, summary_of
from pose3d_ros.live.session import play
from tqdm import tqdm

HELP = 'a simulated room or a clip through the real node: pictures, a bag and a report'
LONGEST = 640  # px, longer side of the played images
TRUTH = 'truth.jsonl'


def add_arguments(parser) -> None:
    """Declare the arguments."""
    add_camera_arguments(parser)
    parser.add_argument('--truth', type=Path, help='true joints of the clip, as for evaluate')
    parser.add_argument('--truth-offset', type=int, default=0, help='as for pose3d evaluate')
    parser.add_argument('--out', type=Path, default=Path('demo'), help='folder (%(default)s)')
    add_config_arguments(parser)


def add_camera_arguments(parser) -> None:
    """Declare what plays the camera; a simulated room where no clip is given."""
    parser.add_argument('--video', type=Path, help='clip to play')
    parser.add_argument('--camera', type=Path, help='its calibration file (camera_info YAML)')
    parser.add_argument(
        '--longest', type=int, default=LONGEST, help='longer side of its images, px (%(default)s)')
    parser.add_argument('--people', type=int, default=2, help='in the simulation (%(default)s)')
    parser.add_argument(
        '--motion', default='mixed',
        help='in the simulation: see `python -m pose3d_ros.simulation.render --help`'
        ' (%(default)s)')
    parser.add_argument('--seed', type=int, default=2, help='of the simulation (%(default)s)')
    parser.add_argument('--rate', type=float, default=15.0, help='images a second (%(default)s)')
    parser.add_argument('--seconds', type=float, default=10.0, help='how long (%(default)s)')


def camera_from(args, folder: Path, depth: bool) -> StandIn:
    """Return what plays the camera; a simulation writes its truth into the folder."""
    if not 0 < args.seconds < inf:
        raise ValueError(f'--seconds: expected more than 0, {args.seconds} given')
    if args.video and args.camera:
        return clip_camera(args.video, args.camera, args.rate, args.longest)
    if args.video or args.camera:
        raise ValueError('a clip needs both --video and --camera')
    return simulated_camera(
        args.people, args.motion, args.seed, args.rate, (folder / TRUTH).absolute(), depth)


def main(args) -> int:
    """Play, record, report."""
    config = config_from(args)
    camera = camera_from(args, args.out, config.camera.depth)
    recorder = play_with_bar(camera, args.seconds, config, args.out, overlay=True)
    recorder.write(args.out / 'bag')
    session = session_from(recorder.messages)
    report = summary_of(session)
    if not report['detection_rate']:
        raise ValueError(f'no skeleton was published: see the logs in {args.out}')
    start = min(session.published)
    numbers = {stamp: round((stamp - start) * camera.rate) for stamp in session.bodies}
    truth = truth_of(args, camera, start, max(numbers.values()))
    report['errors'] = truth and evaluate(
        *read_bag(args.out / 'bag').recordings(truth), session.camera)
    (args.out / 'report.json').write_text(json.dumps(report, indent=2) + '\n')
    overlays = overlays_in(recorder.messages)
    write_overlay(args.out / 'overlay.mp4', overlays, camera.rate)
    true_people = {
        stamp: truth.frames[n] for stamp, n in numbers.items() if truth and n in truth.frames}
    write_session_page(
        args.out / 'page.png', overlays, session, true_people, report,
        'People in a camera, in metres')
    show(report, camera.label, args.out)
    return 0


def truth_of(args, camera: StandIn, start: float, last: int) -> Recording | None:
    """Return the true people in images by number; None where there is no truth."""
    if not args.video:
        return predictions.read(args.out / TRUTH)
    return clip_truth(camera, args.truth, args.truth_offset, start, last) if args.truth else None


def play_with_bar(camera: StandIn, seconds: float, config: Config, folder: Path, overlay: bool):
    """Play with a progress bar in seconds."""
    bar = tqdm(
        total=round(seconds), unit='s', desc='starting',
        disable=not sys.stderr.isatty(), bar_format='{desc}: {bar} {n:.0f}/{total:.0f} s')
    with bar:
        def advance(now: float) -> None:
            bar.set_description_str('live', refresh=False)
            bar.update(min(now, seconds) - bar.n)

        return play(camera, seconds, config, folder, overlay, advance)


def show(report: dict, label: str, folder: Path) -> None:
    """Print the report."""
    latency = report['latency_ms']
    rows = {
        'camera': label,
        'frames published': report['frames_published'],
        'frames processed': report['frames_processed'],
        'rate': f"{report['rate_hz']:.1f} Hz",
        'latency, image stamp to markers': f"{latency['p50']} ms (p99 {latency['p99']} ms)",
        'frames with a body': f"{100 * report['detection_rate']:.1f} %",
    }
    rows |= {f'stage {name}': f'{value} ms' for name, value in report['stages_ms'].items()}
    for name, value in rows.items():
        print(f'{name:<34}{value}')
    if report['errors']:
        print(table(report['errors']))
    print(f'\nlook at {folder}/page.png and {folder}/overlay.mp4')

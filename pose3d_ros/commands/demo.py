# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`pose3d demo`: a clip through the real node; pictures, a bag and a report."""
import json
import os
from pathlib import Path
import sys

from pose3d_ros.calibration import load_calibration
from pose3d_ros.clip import Clip
from pose3d_ros.commands.run import add_config_arguments, config_from, gravity_of
from pose3d_ros.evaluation.table import table
from pose3d_ros.live.pictures import write_pictures
from pose3d_ros.live.report import session_from, summary_of
from pose3d_ros.live.session import AFTER, fitted, Play, play, START
from pose3d_ros.live.truth import LiveTruth
from tqdm import tqdm

HELP = 'a clip through the real node: pictures, a bag and a report'
LONGEST = 640  # px, longer side of the played images


def add_arguments(parser) -> None:
    """Declare the arguments."""
    parser.add_argument('--video', type=Path, help='clip to play')
    parser.add_argument('--camera', type=Path, help='its calibration file (camera_info YAML)')
    parser.add_argument('--truth', type=Path, help='true joints, as for pose3d evaluate')
    parser.add_argument('--truth-offset', type=int, default=0, help='as for pose3d evaluate')
    parser.add_argument('--rate', type=float, default=30.0, help='images a second (%(default)s)')
    parser.add_argument('--seconds', type=float, default=10.0, help='how long (%(default)s)')
    parser.add_argument('--out', type=Path, default=Path('demo'), help='folder (%(default)s)')
    add_config_arguments(parser)


def main(args) -> int:
    """Play, record, report."""
    choose_clip(args)
    config = config_from(args)
    width, height = fitted(Clip(args.video), LONGEST)
    what = Play(args.video, args.camera, args.rate, width, height, args.seconds)
    recorder, start = play_with_bar(what, config, args.out, overlay=True)
    recorder.write(args.out / 'bag')
    session = session_from(recorder.messages)
    report = summary_of(session)
    truth = LiveTruth(args.truth, args.truth_offset, what, start) if args.truth else None
    if not report['detection_rate']:
        raise ValueError(f'no skeleton was published: see the logs in {args.out}')
    report['errors'] = truth.errors(session, args.out) if truth else None
    (args.out / 'report.json').write_text(json.dumps(report, indent=2) + '\n')
    calibration = load_calibration(args.camera)
    write_pictures(
        args.out, recorder.messages, session, report, what,
        calibration.camera.for_image(width, height), gravity_of(calibration), truth)
    show(report, args.out)
    return 0


def choose_clip(args) -> None:
    """Take the clip that the data folder offers where none is given."""
    if args.video and args.camera:
        return
    folder = Path(os.environ.get('POSE3D_DATA', '')) / 'video' / 'balancing'
    if args.video or args.camera or not folder.is_dir():
        raise ValueError(
            'give --video and --camera, or let POSE3D_DATA name a folder with video/balancing'
            ' (README, data)')
    args.video, args.camera = folder / 'cam01.mp4', folder / 'cam01.yaml'
    args.truth, args.truth_offset = folder / 'truth.csv', -1  # its truth leads by 3/4 frame


def play_with_bar(what: Play, config, folder: Path, overlay: bool):
    """Play with a progress bar in seconds."""
    total = START + what.seconds + AFTER
    bar = tqdm(
        total=round(total), unit='s', desc='live', disable=not sys.stderr.isatty(),
        bar_format='{desc}: {bar} {n:.0f}/{total:.0f} s')
    with bar:
        return play(what, config, folder, overlay, lambda now: bar.update(now - bar.n))


def show(report: dict, folder: Path) -> None:
    """Print the report."""
    latency = report['latency_ms']
    rows = {
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

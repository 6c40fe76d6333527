# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`pose3d suite`: all lifters on the same people and clips, one table each."""
import argparse
import json
from pathlib import Path

from pose3d_ros import inference
from pose3d_ros.commands.train import HELD_OUT
from pose3d_ros.core.config import Config
from pose3d_ros.evaluation import clips
from pose3d_ros.inference.trial import try_engine
from pose3d_ros.pipeline import Pipeline

HELP = 'compare lifters on the same people and clips'
#: Frames a second at which lifters follow people.
RATES = (5.0, 10.0, 30.0)
PAPERS = """Figures of the papers, MPJPE in mm on Human3.6M; other people, cameras and joints, so
not comparable one by one: Martinez et al. 2017 62.9, with true 2D 45.5; VNect (Mehta et al. 2017)
80.5; VideoPose3D (Pavllo et al. 2019) 46.8, with 243 frames of which half are future ones."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument('--lifters', nargs='+', default=['residual'], metavar='ENGINE',
                        help='lifting engines: names or files')
    parser.add_argument('--mocap', type=Path, metavar='FOLDER',
                        help='motions: measures people whom the lifters have not seen')
    parser.add_argument('--held-out', default=HELD_OUT, help='their subjects (%(default)s)')
    parser.add_argument('--amc-rate', type=float, default=120.0,
                        help='frames a second of .amc files, which do not say')
    parser.add_argument('--clips', type=Path, metavar='FOLDER',
                        help='clips NAME.mp4 with NAME.yaml, truth in NAME.jsonl or truth.csv')
    parser.add_argument('--truth-offset', type=int, default=0, metavar='K',
                        help='compare picture f with row f + K of the truth')
    parser.add_argument('--apart', nargs='*', default=[], metavar='NAME',
                        help='clips that do not count in the mean')
    for name, group in (('--detector', Config().detection), ('--heatmap', Config().keypoints)):
        parser.add_argument(name, default=group.engine,
                            help='engine of the clips: a name or a file (%(default)s)')
    parser.add_argument('--out', type=Path, metavar='FILE', help='write everything here, as JSON')


def main(args: argparse.Namespace) -> int:
    """Print the tables."""
    if not args.mocap and not args.clips:
        raise ValueError('nothing to compare on: give --mocap or --clips, or both')
    lifters = {Path(name).stem: inference.load(name, 'lifter') for name in args.lifters}
    results = {name: {'engine': _cost(engine)} for name, engine in lifters.items()}
    held_out = _held_out(args) if args.mocap else None
    for name, engine in lifters.items():
        result = results[name]
        if held_out:
            from pose3d_ros.training import trials

            result |= trials.still_pictures(engine, held_out)
            result |= trials.by_person(engine, held_out)
            result |= {f'followed at {rate:g} Hz': trials.walks(engine, held_out, rate)
                       for rate in RATES}
        if args.clips:
            result |= _clips(args, engine)
    _print(results)
    if args.out:
        args.out.write_text(json.dumps(results, indent=2, default=float) + '\n')
    return 0


def _cost(engine) -> dict[str, float]:
    """Return size and time of a call for one body on one core, and of each of eight."""
    times = [1e3 * try_engine(engine, 100, batch)[1] / batch for batch in (1, 8)]
    size = engine.facts.path.stat().st_size / 1e6
    return {'MB': size, 'ms': times[0], 'ms, each of 8': times[1]}


def _held_out(args):
    """Return the poses of the subjects held out."""
    from pose3d_ros.training.poses import load_poses
    import torch

    torch.set_num_threads(1)
    names = args.held_out.split(',')
    poses = load_poses(args.mocap, args.amc_rate).split(names)[1]
    if len(set(poses.subjects.tolist())) < 2:
        raise ValueError(f'--held-out: two subjects or more, not {names}')
    return poses


def _clips(args, engine) -> dict[str, dict[str, float]]:
    """Return the figures of each clip and their mean."""
    detector = inference.load(args.detector, 'detector')
    heatmap = inference.load(args.heatmap, 'heatmap')
    rows = {}
    for path in clips.clips_in(args.clips):
        pipeline = Pipeline(Config(), detector, heatmap, engine)
        rows[path.stem] = clips.summary(clips.evaluate_clip(pipeline, path, args.truth_offset))
    counted = [row for name, row in rows.items() if name not in args.apart]
    if counted:
        rows['mean of clips'] = {
            column: sum(row[column] for row in counted) / len(counted) for column in counted[0]}
    return rows


def _print(results: dict) -> None:
    """Print a table for each thing measured, one row per lifter."""
    for what in next(iter(results.values())):
        columns = list(next(iter(results.values()))[what])
        print(f'\n| {what} | ' + ' | '.join(columns) + ' |')
        print('| --- |' + ' ---: |' * len(columns))
        for name, result in results.items():
            values = [f'{result[what][c]:.3g}' if result[what][c] < 10 else
                      f'{result[what][c]:.1f}' for c in columns]
            print(f'| {name} | ' + ' | '.join(values) + ' |')
    print('\n' + PAPERS)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The command `pose3d train`: motion capture to lifters, renders to heatmap and person engines."""
import argparse
from pathlib import Path

HELP = 'train an engine: a lifter on motion capture, heatmap and person networks on renders'
#: Subjects of the CMU database that the shipped engines were not trained on.
HELD_OUT = '3,5,7,16,39,94'
STEPS = {'lifter': 20000, 'heatmap': 30000, 'detector': 12000}
EXTRAS = ('torch', 'onnx', 'onnxruntime', 'tqdm', 'numba')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument('what', choices=tuple(STEPS), help='what to train')
    parser.add_argument('--mocap', type=Path,
                        help='folder of .bvh files, or .amc files beside their .asf file; '
                        'networks of renders do without')
    parser.add_argument('--out', type=Path, required=True, help='engine file to write (.onnx)')
    parser.add_argument('--kind', default='residual',
                        choices=('residual', 'temporal', 'structured', 'matching'),
                        help='which kind of lifter (default residual)')
    parser.add_argument('--seed', type=int, default=0, help='source of chance')
    parser.add_argument('--steps', type=int, help='batches to train on')
    parser.add_argument('--minutes', type=float, default=float('inf'),
                        help='end sooner, by the clock; such a run cannot be repeated exactly')
    parser.add_argument('--held-out', default=HELD_OUT,
                        help='subjects to measure on, comma-separated; two or more')
    parser.add_argument('--amc-rate', type=float, default=120.0,
                        help='frames a second of .amc files, which do not say')
    parser.add_argument('--resume', action='store_true',
                        help='go on from the checkpoint beside --out')
    parser.add_argument('--start', type=Path, metavar='FILE',
                        help='start from the network in an engine file, not from chance')
    parser.add_argument('--mapping', type=Path, metavar='FILE',
                        help='names of the joints in a skeleton that is not known (YAML)')
    parser.add_argument('--threads', type=int, default=1, help='processor threads')
    parser.add_argument('--processes', type=int, default=1,
                        help='that render, and train networks of renders, at once')
    parser.add_argument('--renders', type=Path, default=Path('renders'),
                        help='folder for renders: kept, completed, 60 MB a shard')
    parser.add_argument('--shards', type=int, default=100,
                        help='shards of 360 persons and 120 scenes to render')


def main(args: argparse.Namespace) -> int:
    """Train and report."""
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import torch
        import tqdm  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        raise ValueError(f'training needs {error.name}: '
                         f'pip install {" ".join(EXTRAS)}') from None
    torch.set_num_threads(args.threads)
    args.steps = STEPS[args.what] if args.steps is None else args.steps
    if args.steps < 1 or not args.minutes > 0 or args.shards < 1:
        raise ValueError('--steps, --minutes and --shards must be positive: '
                         f'given {args.steps}, {args.minutes} and {args.shards}')
    return _lifter(args) if args.what == 'lifter' else _image_network(args)


def _lifter(args: argparse.Namespace) -> int:
    """Train a lifter."""
    from pose3d_ros.training.train import Recipe, train

    if args.mocap is None:
        raise ValueError('a lifter learns from motion capture: name its folder with --mocap')
    train(Recipe(
        folder=args.mocap, out=args.out, held_out=tuple(args.held_out.split(',')),
        kind=args.kind, seed=args.seed, steps=args.steps, minutes=args.minutes,
        amc_rate=args.amc_rate, start=args.start, resume=args.resume, mapping=args.mapping))
    return 0


def _image_network(args: argparse.Namespace) -> int:
    """Render what is missing, then train a heatmap or person network."""
    from pose3d_ros.training.images import heatmap, parallel, person
    from pose3d_ros.training.images.fitting import Fit
    from pose3d_ros.training.images.rendering import render_all

    render_all(args)
    network = {'heatmap': heatmap, 'detector': person}[args.what]
    run = Fit(args.renders, args.out, args.seed, args.steps, args.minutes, args.start,
              'its own renders' + (f', poses of {args.mocap}' if args.mocap else ''),
              args.processes)
    trained = parallel.train(network.make_network(), network.train_network, run)
    for name, value in network.write_engine(trained, run).items():
        print(f'{name:20} {value:8.3f}')
    return 0

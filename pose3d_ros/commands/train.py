# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The command `pose3d train lifter`: motion capture in, engine file out."""
import argparse
from pathlib import Path

HELP = 'train a lifting engine on motion capture'
#: Subjects of the CMU database that the shipped engine was not trained on.
HELD_OUT = '3,5,7,16,39,94'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument('what', choices=('lifter',), help='what to train')
    parser.add_argument('--mocap', type=Path, required=True,
                        help='folder of .bvh files, or .amc files beside their .asf file')
    parser.add_argument('--out', type=Path, required=True, help='engine file to write (.onnx)')
    parser.add_argument('--seed', type=int, default=0, help='source of chance')
    parser.add_argument('--steps', type=int, default=20000, help='batches to train on')
    parser.add_argument('--minutes', type=float, default=float('inf'),
                        help='end sooner, by the clock; such a run cannot be repeated exactly')
    parser.add_argument('--held-out', default=HELD_OUT,
                        help='subjects to measure on, comma-separated; two or more')
    parser.add_argument('--amc-rate', type=float, default=120.0,
                        help='frames a second of .amc files, which do not say')
    parser.add_argument('--threads', type=int, default=1, help='processor threads')


def main(args: argparse.Namespace) -> int:
    """Train and report."""
    try:
        import onnx  # noqa: F401
        from pose3d_ros.training.train import Recipe, train
        import torch
    except ModuleNotFoundError as error:
        if error.name not in ('onnx', 'onnxruntime', 'torch', 'tqdm'):
            raise
        raise ValueError(f'training needs {error.name}: '
                         'pip install torch onnx onnxruntime tqdm') from None
    torch.set_num_threads(args.threads)
    if args.steps < 1 or not args.minutes > 0:
        raise ValueError('--steps and --minutes must be positive: '
                         f'given {args.steps} and {args.minutes}')
    train(Recipe(args.mocap, args.out, tuple(args.held_out.split(',')), args.seed, args.steps,
                 args.minutes, args.amc_rate))
    return 0

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Compare predictions, or what a node published, with the truth: `pose3d evaluate`."""
import argparse
import json
from pathlib import Path

import numpy as np
from pose3d_ros.calibration import load_calibration
from pose3d_ros.evaluation import predictions
from pose3d_ros.evaluation.report import evaluate
from pose3d_ros.evaluation.table import table
from pose3d_ros.evaluation.truth import load_truth

HELP = 'compare predictions with the truth'


def add_arguments(parser: argparse.ArgumentParser):
    """Declare the options."""
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument('--predictions', type=Path, metavar='FILE',
                       help='JSON lines written by `pose3d run`; needs --camera and --truth')
    given.add_argument('--bag', type=Path, metavar='FOLDER',
                       help='rosbag2 with the joints clouds of the node, camera_info and the truth'
                            ' of a simulated camera, as `pose3d demo` writes it')
    parser.add_argument('--joints', default='/pose3d/joints', metavar='TOPIC',
                        help='joints clouds in the bag (%(default)s)')
    parser.add_argument('--camera', type=Path, metavar='FILE',
                        help='calibration of the camera (camera_info YAML; with'
                             ' camera_from_world for a truth in world coordinates)')
    parser.add_argument('--truth', type=Path, metavar='FILE',
                        help='table in world metres (.csv) or JSON lines in the camera frame')
    parser.add_argument('--truth-offset', type=int, default=0, metavar='K',
                        help='compare picture f with row f + K of the truth (default 0; -1 for the'
                             ' Pose2Sim balancing clips, whose truth leads the video)')
    parser.add_argument('--out', type=Path, metavar='FILE', help='write the report here, as JSON')


def main(args: argparse.Namespace) -> int:
    """Print the table and write the report."""
    report = _of_bag(args) if args.bag else _of_clip(args)
    print(table(report))
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps(report, indent=2) + '\n')
    return 0


def _of_clip(args) -> dict:
    if not args.camera or not args.truth:
        raise ValueError('--predictions needs --camera and --truth')
    calibration = load_calibration(args.camera)
    truth = load_truth(args.truth, calibration, args.truth_offset)
    return evaluate(predictions.read(args.predictions), truth, calibration.camera)


def _of_bag(args) -> dict:
    from pose3d_ros.live.bag import read_bag  # needs ROS, clips do not

    bag = read_bag(args.bag, args.joints)
    if args.truth and args.truth.suffix.lower() == '.csv':
        raise ValueError(f'{args.truth}: the truth of a bag comes by its stamps, as JSON lines')
    truth = predictions.read(args.truth) if args.truth else None
    camera = load_calibration(args.camera).camera if args.camera else bag.camera
    report = evaluate(*bag.recordings(truth), camera)
    return report | {'latency_ms': {
        f'p{q}': round(float(np.percentile(bag.latency, q)), 2) for q in (50, 95, 99)
    } if bag.latency.size else None}

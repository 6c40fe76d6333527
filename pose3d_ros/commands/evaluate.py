# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Compare predictions with the truth: `pose3d evaluate`."""
import argparse
import json
from pathlib import Path

from pose3d_ros.calibration import load_calibration
from pose3d_ros.evaluation import predictions
from pose3d_ros.evaluation.report import evaluate
from pose3d_ros.evaluation.table import table
from pose3d_ros.evaluation.truth import load_truth

HELP = 'compare predictions with the truth'


def add_arguments(parser: argparse.ArgumentParser):
    """Declare the options."""
    parser.add_argument('--predictions', required=True, type=Path, metavar='FILE',
                        help='JSON lines written by `pose3d run`')
    parser.add_argument('--camera', required=True, type=Path, metavar='FILE',
                        help='calibration of the camera (camera_info YAML; with'
                             ' camera_from_world for a truth in world coordinates)')
    parser.add_argument('--truth', required=True, type=Path, metavar='FILE',
                        help='table in world metres (.csv) or JSON lines in the camera frame')
    parser.add_argument('--truth-offset', type=int, default=0, metavar='K',
                        help='compare picture f with row f + K of the truth (default 0; -1 for the'
                             ' Pose2Sim balancing clips, whose truth leads the video)')
    parser.add_argument('--out', type=Path, metavar='FILE', help='write the report here, as JSON')


def main(args: argparse.Namespace) -> int:
    """Print the table and write the report."""
    calibration = load_calibration(args.camera)
    report = evaluate(
        predictions.read(args.predictions),
        load_truth(args.truth, calibration, args.truth_offset),
        calibration.camera,
    )
    print(table(report))
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps(report, indent=2) + '\n')
    return 0

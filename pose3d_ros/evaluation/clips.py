# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Video clips with their truth through the whole pipeline: figures of one lifter."""
from pathlib import Path
from tempfile import TemporaryDirectory

from pose3d_ros.calibration import load_calibration
from pose3d_ros.clip import Clip
from pose3d_ros.core.records import Frame
from pose3d_ros.evaluation import predictions
from pose3d_ros.evaluation.report import evaluate
from pose3d_ros.evaluation.truth import load_truth


def clips_in(folder: Path) -> list[Path]:
    """Return the clips of a folder: NAME.mp4, NAME.yaml, truth in NAME.jsonl or truth.csv."""
    clips = sorted(path for path in Path(folder).glob('*.mp4')
                   if path.with_suffix('.yaml').is_file() and _truth_of(path).is_file())
    if not clips:
        raise ValueError(f'{folder}: expected clips NAME.mp4 with their NAME.yaml, and the truth '
                         'in NAME.jsonl or truth.csv')
    return clips


def _truth_of(path: Path) -> Path:
    """Return the truth of a clip: a simulated camera writes its own."""
    own = path.with_suffix('.jsonl')
    return own if own.is_file() else path.with_name('truth.csv')


def evaluate_clip(pipeline, path: Path, offset: int) -> dict:
    """
    Return the report of a clip; gravity and floor as the calibration says.

    Parameters
    ----------
    pipeline : Pipeline
        That has seen nothing yet.
    path : Path
        The clip, its calibration beside it.
    offset : int
        Picture f is compared with row f + offset of the truth.

    """
    calibration, clip = load_calibration(path.with_suffix('.yaml')), Clip(path)
    camera = calibration.camera.for_image(clip.width, clip.height)
    skeletons = pipeline.keypoint_skeleton, pipeline.joint_skeleton
    lines = [
        predictions.to_line(
            index, stamp, pipeline(Frame(stamp, image, camera, **calibration.pose)), *skeletons)
        for index, (stamp, image) in enumerate(clip)]
    with TemporaryDirectory() as folder:
        file = Path(folder) / 'predictions.jsonl'
        file.write_text('\n'.join(lines) + '\n')
        truth = load_truth(_truth_of(path), calibration, offset)
        return evaluate(predictions.read(file), truth, camera)


def summary(report: dict) -> dict[str, float]:
    """Return the figures of a report that a table of lifters shows, mm, mm/s and %."""
    return {
        'MPJPE': report['mpjpe_mm']['mean'], 'PA-MPJPE': report['pa_mpjpe_mm']['mean'],
        'N-MPJPE': report['n_mpjpe_mm']['mean'], 'MPJVE': report['mpjve_mm_s']['mean'],
        'jitter': report['jitter_mm']['mean'],
        'root along, %': report['root']['along_percent']['mean'],
        'inside 50 %': 100 * report['covariance']['coverage_50'],
        'inside 95 %': 100 * report['covariance']['coverage_95'],
    }

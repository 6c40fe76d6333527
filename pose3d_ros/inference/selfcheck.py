# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Whether another backend, or another precision, computes what ONNX Runtime computes."""
import numpy as np
from pose3d_ros.inference.errors import EngineError
from pose3d_ros.inference.figure import person_inputs

PIXELS = 0.5  # px that a keypoint or the side of a box may be off
SCORE = 0.05  # that a score may be off
METRES = 0.002  # m that a joint may be off
SPREAD = 0.2  # of its largest value that a spread or sigma may be off
SEEN = 0.3  # keypoints and boxes with lower scores are not used and may lie anywhere
BOXES = 10  # best boxes that must be there; near the end of the list their order is chance


def check_engine(engine, reference, batches: tuple[int, ...] = (1,)) -> None:
    """
    Raise EngineError if an engine gives other results than its reference for the drawn person.

    Parameters
    ----------
    engine, reference : callable
        Engines of the same file.
    batches : (int, ...)
        Batch sizes to try.

    """
    for batch in batches:
        inputs = person_inputs(reference.facts, batch)
        wanted, given = reference(**inputs), engine(**inputs)
        if problem := difference(reference.facts.kind, given, wanted):
            raise EngineError(f'{reference.facts.name}, batch {batch}: {problem}')


def difference(kind: str, given: dict, wanted: dict) -> str:
    """Return in words how outputs differ by more than the tolerance; empty if they do not."""
    for name in wanted:
        if given[name].shape != wanted[name].shape:
            return f"'{name}' has shape {given[name].shape} instead of {wanted[name].shape}"
        if not np.isfinite(given[name]).all():
            return f"'{name}' is not finite"
    return next(filter(None, COMPARE[kind](given, wanted)), '')


def _heatmap(given: dict, wanted: dict):
    seen = wanted['scores'] >= SEEN
    yield _off('scores', given['scores'], wanted['scores'], SCORE)
    yield _off('keypoints', given['keypoints'][seen], wanted['keypoints'][seen], PIXELS, ' px')
    spread = SPREAD * np.abs(wanted['spread'][seen]).max(initial=0.0)
    yield _off('spread', given['spread'][seen], wanted['spread'][seen], spread, ' px^2')


def _lifter(given: dict, wanted: dict):
    yield _off('joints', given['joints'], wanted['joints'], METRES, ' m')
    limit = SPREAD * np.abs(wanted['sigma']).max()
    yield _off('sigma', given['sigma'], wanted['sigma'], limit, ' m')


def _detector(given: dict, wanted: dict):
    """Yield what is wrong with the best boxes: each must be among those given, anywhere."""
    for box, score in zip(wanted['boxes'][:BOXES], wanted['scores'][:BOXES]):
        if score < SEEN:
            continue
        apart = np.maximum(np.abs(given['boxes'] - box).max(axis=1) / PIXELS,
                           np.abs(given['scores'] - score) / SCORE)
        if not apart.min() <= 1:
            yield f'the box {np.round(box)} with score {score:.2f} is missing'
    if not (wanted['scores'] >= SEEN).any():
        yield _off('scores', given['scores'], wanted['scores'], SCORE)


def _off(name: str, given: np.ndarray, wanted: np.ndarray, limit: float, unit: str = '') -> str:
    """Return in words that numbers are too far apart; empty if they are not."""
    most = float(np.abs(given - wanted).max(initial=0.0))
    return '' if most <= limit else f"'{name}' is off by {most:.3g}{unit}, more than {limit:.3g}"


COMPARE = {'heatmap': _heatmap, 'lifter': _lifter, 'detector': _detector}

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How good image engines are on renders that they were not trained on."""
from dataclasses import dataclass

import numpy as np
from pose3d_ros.core import boxes as box
from pose3d_ros.core.crop import letterbox
from pose3d_ros.core.detection import MAX_OVERLAP
from pose3d_ros.core.skeleton import COCO_17, LIMB_JOINTS
from pose3d_ros.evaluation.metrics import correct_keypoints, torso_lengths
from pose3d_ros.training.images import spread
from pose3d_ros.training.images.samples import plain_sample
from pose3d_ros.training.images.store import Store

FOUND = 0.3  # score from which a keypoint counts as found; the pipeline's default
OVERLAP = 0.5  # of a detection with a person
#: Persons that a robot's detector must find: share of the surface that is seen, px of the
#: engine's picture. Whether others are found does not matter, as with the crowds of COCO.
SHARE, HEIGHT = 0.5, 24.0
WHOLE = 0.98  # share of the surface of fully visible persons
LEAST_TORSO = 10.0  # px of the crop: torsos seen from above or below measure nothing


def _indices(*names: str) -> list[int]:
    return [COCO_17.index(f'{side}_{name}') for name in names for side in ('left', 'right')]


SHOULDERS, HIPS = _indices('shoulder'), _indices('hip')
LIMBS = [COCO_17.index(name) for name in LIMB_JOINTS]


def run_heatmap(engine, store: Store, most: int = 2000) -> dict[str, np.ndarray]:
    """Return what an engine says of all persons of a store, and the truth."""
    outputs, truths = [], []
    for index in range(min(most, store.count('cuts'))):
        crop, keypoints, visibility = plain_sample(store, index, engine.facts.size)
        outputs.append(engine(crops=crop[None]))
        truths.append({'truth': keypoints, 'visibility': visibility})
    said = {name: np.concatenate([out[name] for out in outputs]) for name in outputs[0]}
    return said | {name: np.stack([truth[name] for truth in truths]) for name in truths[0]}


def heatmap_figures(said: dict[str, np.ndarray]) -> dict[str, float]:
    """
    Return the figures of what run_heatmap returned.

    PCK@0.2 of the torso's length (limbs: the twelve joints below the head); shares of seen,
    hidden and absent keypoints that count as found; part of errors within the ellipses of 95 %.
    """
    seen, inside = said['visibility'] == 2, said['visibility'] > 0
    truth = np.where(inside[..., None], said['truth'], np.nan)
    torso = torso_lengths(said['truth'][:, SHOULDERS], said['truth'][:, HIPS])
    torso = np.where((torso > LEAST_TORSO) & (torso < 1000), torso, np.nan)
    right = correct_keypoints(said['keypoints'], truth, torso)
    found = said['scores'] >= FOUND
    within = spread.squared_distances(said['keypoints'] - said['truth'], said['spread'])
    within = within <= spread.CHI2_2
    error = np.linalg.norm(said['keypoints'] - said['truth'], axis=-1)
    known = np.isfinite(right)
    return {
        'PCK': np.nanmean(right), 'PCK limbs': np.nanmean(right[:, LIMBS]),
        'PCK seen': _share(right[seen & known]), 'PCK found': _share(right[found & known]),
        'median error px': np.median(error[seen]),
        'found seen': _share(found[seen]), 'found hidden': _share(found[inside & ~seen]),
        'found absent': _share(found[~inside]),
        'within 95 %': _share(within[inside & found]),
        'within 95 %, all': _share(within[inside]),
    }


def _share(values: np.ndarray) -> float:
    """Return the mean; NaN where there is nothing."""
    return float(values.mean()) if values.size else float('nan')


@dataclass(frozen=True)
class Found:
    """What a person engine says of one scene, after suppression, and the truth."""

    boxes: np.ndarray  # (N, 4) px, best first
    scores: np.ndarray  # (N,)
    persons: np.ndarray  # (P, 4) px, boxes of everybody of whom anything is seen
    shares: np.ndarray  # (P,) of their surfaces that are seen
    heights: np.ndarray  # (P,) px of the engine's picture


def run_person(engine, store: Store, most: int = 2000) -> list[Found]:
    """Return what an engine says of all scenes of a store."""
    results = []
    for index in range(min(most, store.count('scenes'))):
        scene, persons, shares = store.scene(index)
        picture, scale = letterbox(np.ascontiguousarray(scene), engine.facts.size)
        out = engine(image=picture[None])
        kept = box.suppress(out['boxes'], out['scores'], MAX_OVERLAP)
        results.append(Found(out['boxes'][kept] / scale, out['scores'][kept], persons, shares,
                             scale * (persons[:, 3] - persons[:, 1])))
    return results


def person_figures(results: list[Found], min_score: float, share: float = SHARE,
                   height: float = HEIGHT) -> dict[str, float]:
    """Return recall and precision of what run_person returned, from a score on."""
    hits = said = there = whole = whole_hits = 0
    for each in results:
        counted = (each.shares >= share) & (each.heights >= height)
        right, wrong = _judge(each.boxes[each.scores >= min_score], each.persons, counted)
        hits, said = hits + right.sum(), said + right.sum() + wrong
        there, full = there + counted.sum(), counted & (each.shares >= WHOLE)
        whole, whole_hits = whole + full.sum(), whole_hits + (right & full).sum()
    return {'recall': hits / max(there, 1), 'precision': hits / max(said, 1), 'persons': there,
            'recall, fully visible': whole_hits / max(whole, 1)}


def _judge(boxes: np.ndarray, persons: np.ndarray, counted: np.ndarray) -> tuple[np.ndarray, int]:
    """Return which persons (P,) are found, and how many boxes lie on nobody, or on one again."""
    found, wrong = np.zeros(len(persons), bool), 0
    overlaps = box.overlap(boxes, persons)
    excused = box.covered(boxes, persons[~counted]).max(1, initial=0) >= OVERLAP
    for row, excuse in zip(overlaps, excused):  # best first; a person is found once
        free = row * (counted & ~found)
        if free.max(initial=0) >= OVERLAP:
            found[free.argmax()] = True
        elif not excuse:
            wrong += 1
    return found, wrong


def best_score(results: list[Found]) -> float:
    """Return the score from which recall and precision are best together (F1)."""
    def harmonic(score):
        row = person_figures(results, score)
        return 2 * row['recall'] * row['precision'] / max(row['recall'] + row['precision'], 1e-9)

    return float(max(np.arange(0.1, 0.9, 0.02), key=harmonic))

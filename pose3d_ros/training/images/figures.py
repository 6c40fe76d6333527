# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How good image engines are on renders that they were not trained on."""
import numpy as np
from pose3d_ros.core import boxes as box
from pose3d_ros.core.crop import letterbox
from pose3d_ros.core.detection import MAX_OVERLAP
from pose3d_ros.core.skeleton import COCO_17, LIMB_JOINTS
from pose3d_ros.evaluation.metrics import correct_keypoints, torso_lengths
from pose3d_ros.training.images import spread
from pose3d_ros.training.images.samples import LEAST_SHARE, plain_sample
from pose3d_ros.training.images.store import Store

FOUND = 0.3  # score from which a keypoint counts as found; the pipeline's default
OVERLAP = 0.5  # of a detection with a person
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


def run_person(engine, store: Store, most: int = 2000) -> list[tuple]:
    """Return boxes and scores of an engine after suppression, and true boxes, of all scenes."""
    results = []
    for index in range(min(most, store.count('scenes'))):
        scene, truth, shares = store.scene(index)
        truth = truth[shares >= LEAST_SHARE]
        picture, scale = letterbox(np.ascontiguousarray(scene), engine.facts.size)
        out = engine(image=picture[None])
        kept = box.suppress(out['boxes'], out['scores'], MAX_OVERLAP)
        results.append((out['boxes'][kept] / scale, out['scores'][kept], truth))
    return results


def person_figures(results: list[tuple], min_score: float) -> dict[str, float]:
    """Return recall and precision of what run_person returned, from a score on."""
    hits = said = there = 0
    for boxes, scores, truth in results:
        boxes = boxes[scores >= min_score]
        said, there = said + len(boxes), there + len(truth)
        overlaps = box.overlap(boxes, truth) if len(boxes) and len(truth) else np.zeros((0, 0))
        free = np.ones(len(truth), bool)
        for row in overlaps:  # best first; a person is found once
            best = int(np.argmax(row * free))
            if free[best] and row[best] >= OVERLAP:
                free[best], hits = False, hits + 1
    return {'recall': hits / max(there, 1), 'precision': hits / max(said, 1), 'persons': there}


def best_score(results: list[tuple]) -> float:
    """Return the score from which recall and precision are best together (F1)."""
    def harmonic(score):
        row = person_figures(results, score)
        return 2 * row['recall'] * row['precision'] / max(row['recall'] + row['precision'], 1e-9)

    return float(max(np.arange(0.1, 0.9, 0.02), key=harmonic))

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Fill a store with renders: each shard has bodies, clothes, rooms and motions of its own."""
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from pose3d_ros.training.images.store import (
    CUT,
    HELD_OUT,
    MOST_PERSONS,
    SCENE,
    shard_numbers,
    write_shard,
)
from pose3d_ros.training.poses import load_poses, Poses
from tqdm import tqdm

CUTS, SCENES = 360, 120  # in a shard
PEOPLE, ROOMS = 12, 6  # that a shard draws from
HELD_OUT_SHARDS = 6
#: How much more than the person a cut-out shows, and how far the person is off its middle.
AROUND, JITTER = 1.7, 0.05
SIZES = ((192, 256), (192, 256), (144, 256), (256, 256), (256, 192))  # of scenes, px
LEAST_SEEN, LEAST_PIXELS = 3, 150  # keypoints and pixels of a person that is cut out


def render(folder: Path, numbers: range, seed: int, poses: np.ndarray | None, workers: int):
    """
    Render the shards that a folder lacks.

    Parameters
    ----------
    folder : Path
        Of the store.
    numbers : range
        Shards that shall be there.
    seed : int
        Same seed and poses, same shards.
    poses : (P, 17, 3), optional
        Motion capture that half of the people imitate: COCO keypoints, z up, any unit.
    workers : int
        Processes.

    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [n for n in numbers if n not in shard_numbers(folder)]
    if not missing:
        return
    with get_context('spawn').Pool(workers) as pool:
        done = pool.imap_unordered(partial(_shard, folder, seed, poses), missing)
        for _ in tqdm(done, desc='rendering', total=len(missing), unit='shard'):
            pass


def render_all(args) -> None:
    """Render what `pose3d train` lacks; see its arguments. Held-out shards move like others."""
    training = held_out = None
    if args.mocap is not None:
        poses = load_poses(args.mocap, args.amc_rate)
        training, held_out = map(_standing, poses.split(args.held_out.split(',')))
    render(args.renders, range(args.shards), args.seed, training, args.processes)
    render(args.renders, range(HELD_OUT, HELD_OUT + HELD_OUT_SHARDS), args.seed + 1, held_out,
           args.processes)


def _standing(poses: Poses) -> np.ndarray | None:
    """Return poses (P, 17, 3) at their height above the floor; None where there are none."""
    if not len(poses.points):
        return None
    return poses.points + poses.pelvis[:, 2:, None] * np.float32([0, 0, 1])


def _shard(folder: Path, seed: int, poses: np.ndarray | None, number: int) -> None:
    """Render one shard."""
    from pose3d_ros.simulation.samples import Sampler

    cv2.setNumThreads(0)
    rng = np.random.default_rng([seed, number])
    sampler = Sampler(int(rng.integers(2**31)), PEOPLE, ROOMS, poses)
    cuts, scenes = [], []
    while len(cuts) < CUTS:
        cut = _cut(sampler.crop(rng, (CUT, CUT), AROUND, JITTER))
        cuts += [cut] if cut is not None else []
    while len(scenes) < SCENES:
        scenes.append(_scene(sampler.shot(rng, SIZES[rng.integers(len(SIZES))])))
    write_shard(folder, number, cuts, scenes)


def _cut(crop) -> dict[str, np.ndarray] | None:
    """Return a crop as the store keeps it; None where too little of the person is seen."""
    known = np.isfinite(crop.keypoints).all(1)
    if crop.mask.sum() < LEAST_PIXELS or crop.visible.sum() < LEAST_SEEN or known.sum() < 12:
        return None
    keypoints = np.where(known[:, None], crop.keypoints, -1000)
    inside = ((keypoints > -0.5) & (keypoints < CUT - 0.5)).all(1)
    rows, columns = np.nonzero(crop.mask)
    seen = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)
    part = keypoints[inside]
    body = np.concatenate([np.minimum(seen[:2], part.min(0)), np.maximum(seen[2:], part.max(0))])
    layers = np.dstack([crop.image, 255 * crop.mask.astype(np.uint8)])
    return {'cuts': layers, 'keypoints': keypoints, 'bodies': body, 'seen': seen,
            'visibility': np.where(inside, np.where(crop.visible, 2, 1), 0)}


def _scene(shot) -> dict[str, np.ndarray]:
    """Return a whole picture as the store keeps it, with everybody of whom anything is seen."""
    from pose3d_ros.simulation.bodies import in_picture

    height, width = shot.image.shape[:2]
    scene = np.zeros((SCENE, SCENE, 3), np.uint8)
    scene[:height, :width] = shot.image
    people = [person for person in shot.people if in_picture(person)]
    boxes, shares = np.zeros((MOST_PERSONS, 4)), np.zeros(MOST_PERSONS)
    for row, person in enumerate(people):
        boxes[row], shares[row] = person.box, person.share
    return {'scenes': scene, 'sizes': np.array([height, width]), 'boxes': boxes,
            'shares': shares, 'counts': np.array(len(people))}

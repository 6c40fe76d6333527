# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How well bodies are found and told apart: MOTA and IDF1."""
from collections import Counter

import numpy as np
from pose3d_ros.evaluation.metrics import mean_of_known
from pose3d_ros.evaluation.pairs import Pairs
from scipy.optimize import linear_sum_assignment


def tracking_of(pairs: Pairs, everybody: bool) -> dict:
    """
    Return what was found, what was missed and what was mixed up.

    Parameters
    ----------
    pairs : Pairs
        Of all frames.
    everybody : bool
        Whether the truth knows everybody: else extra bodies may be right, and MOTA and IDF1,
        which count them as wrong, say nothing.

    """
    persons = {str(person): _person(pairs, pairs.persons == person)
               for person in np.unique(pairs.persons)}
    missed, extra = (~pairs.found).sum(), pairs.extra.sum()
    switches = sum(person['id_switches'] for person in persons.values())
    count = len(pairs.frames)
    return {
        'detection_rate': pairs.found.mean(),
        'fully_visible_detection_rate': mean_of_known(pairs.found[pairs.whole == 1]),
        'missed_bodies': missed,
        'extra_bodies': extra,
        'frames_with_extra_bodies': np.sum(pairs.extra > 0),
        'id_switches': switches,
        'mota': mota(count, missed, extra, switches) if everybody else np.nan,
        'idf1': idf1(pairs.near, count, pairs.found.sum() + extra) if everybody else np.nan,
        'persons': persons,
    }


def _person(pairs: Pairs, mine: np.ndarray) -> dict:
    ids = pairs.bodies[mine & pairs.found]
    return {
        'frames': mine.sum(),
        'detection_rate': pairs.found[mine].mean(),
        'ids': list(dict.fromkeys(ids.tolist())),
        'id_switches': np.sum(ids[1:] != ids[:-1]),
    }


def mota(true: int, missed: int, extra: int, switches: int) -> float:
    """
    Return the multiple object tracking accuracy (Bernardin and Stiefelhagen 2008), at most 1.

    Parameters
    ----------
    true : int
        True persons, summed over frames; more than 0.
    missed, extra, switches : int
        Persons not found, bodies that are nobody's, persons found under another id than before.

    """
    return 1 - (missed + extra + switches) / true


def idf1(near: Counter, true: int, predicted: int) -> float:
    """
    Return the share of persons under their one right id (IDF1, Ristani et al. 2016), 0 to 1.

    Parameters
    ----------
    near : Counter
        (person, body) -> number of frames in which they may be a pair.
    true, predicted : int
        Persons and bodies, summed over frames; one of them more than 0.

    Returns
    -------
    float
        2 IDTP / (true + predicted), where IDTP is the number of right frames if each person is
        given one body, for the whole recording, in the best way.

    """
    persons, bodies = (sorted({key[side] for key in near}) for side in (0, 1))
    counts = np.array([[near[person, body] for body in bodies] for person in persons])
    counts = counts.reshape(len(persons), len(bodies))
    right = counts[linear_sum_assignment(counts, maximize=True)].sum()
    return float(2 * right / (true + predicted))

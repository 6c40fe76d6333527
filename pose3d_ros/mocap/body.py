# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The measures of an adult body, and the stature that limbs speak for.

All lengths are in statures (body heights).
"""
import numpy as np
from pose3d_ros.core.skeleton import COCO_17

#: Limbs of both sides: far end -> near end.
LIMBS = {
    f'{side}_{far}': f'{side}_{near}'
    for far, near in (('knee', 'hip'), ('ankle', 'knee'), ('elbow', 'shoulder'),
                      ('wrist', 'elbow'))
    for side in ('left', 'right')
}
#: Mean length and relative standard deviation of each part; hips and shoulders are widths. Means:
#: trunk and limbs lie between de Leva (J. Biomech. 1996, men) and a person triangulated from four
#: videos, widths between the joint centres' (0.105, 0.22) and that person's (0.124, 0.197);
#: neck to ears from the heights of tragion and shoulder (NASA-STD-3000). Deviations: of the
#: nearest surface measures of 6068 men and women, divided by the sum that defines their stature
#: below (ANSUR II, 2012: trochanterion, lateral epicondyle, lateral malleolus, acromion, radiale,
#: stylion, biacromial and bicristal breadth, tragion, length of the head).
LENGTHS = {
    'knee': (0.246, 0.048), 'ankle': (0.244, 0.038), 'elbow': (0.164, 0.024),
    'wrist': (0.153, 0.037), 'trunk': (0.297, 0.053), 'hips': (0.115, 0.072),
    'shoulders': (0.200, 0.051), 'neck': (0.106, 0.097), 'head': (1.0, 0.05),
}
#: Keypoints of the head from the middle of the ears: forward, left, up (Frankfort plane level), in
#: metres of a stature of 1.70 m: tragion to pronasale and pupils, breadth of the ears; rounded
#: means of adults (ANSUR II, 2012).
HEAD = {
    name: tuple(metres / 1.70 for metres in offset)
    for name, offset in {
        'nose': (0.120, 0.0, -0.020),
        'left_eye': (0.085, 0.032, 0.025), 'right_eye': (0.085, -0.032, 0.025),
        'left_ear': (0.0, 0.073, 0.0), 'right_ear': (0.0, -0.073, 0.0),
    }.items()
}
#: The parts whose lengths add up to STATURE_PARTS statures in the mean: what defines a stature.
STATURE_PARTS = sum(LENGTHS[part][0] for part in ('knee', 'ankle', 'elbow', 'wrist', 'trunk'))
LEFT, RIGHT = (
    {name: COCO_17.index(f'{side}_{name}') for name in ('shoulder', 'hip', 'ear')}
    for side in ('left', 'right')
)


def middle(points, name: str):
    """Return the middle (..., 3) of a left and a right keypoint."""
    return (points[..., LEFT[name], :] + points[..., RIGHT[name], :]) / 2


def stature_of(points: np.ndarray) -> np.ndarray:
    """
    Return the body height that the limbs of a body speak for.

    Parameters
    ----------
    points : (..., 17, 3)
        COCO keypoints in space, any unit.

    Returns
    -------
    (...)
        (thigh + shank + upper arm + forearm + trunk) / 1.104, sides averaged, the trunk from
        mid-hips to mid-shoulders; the same unit.

    """
    trunk = np.linalg.norm(middle(points, 'shoulder') - middle(points, 'hip'), axis=-1)
    limbs = sum(
        np.linalg.norm(points[..., COCO_17.index(far), :] - points[..., COCO_17.index(near), :],
                       axis=-1)
        for far, near in LIMBS.items()
    )
    return (limbs / 2 + trunk) / STATURE_PARTS

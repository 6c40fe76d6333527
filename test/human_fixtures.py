# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The kinematic tree of human_description, and the joints of a person in a pose of it.

Axes, signs and order as in its human-tpl.xacro; lengths of an adult, m.
"""
import numpy as np
from pose3d_ros.core.skeleton import BODY_16
from scipy.spatial.transform import Rotation

NECK = 0.5
#: Joint: parent link, origin in it, axis; the child link has the joint's name. 'l' is mirrored.
LEFT = {
    'l_y_shoulder': ('waist', (0, 0.18, NECK), (0, 0, -1)),
    'l_p_shoulder': ('l_y_shoulder', (0, 0, 0), (1, 0, 0)),
    'l_r_shoulder': ('l_p_shoulder', (0, 0, 0), (0, 0, 1)),
    'l_elbow': ('l_r_shoulder', (0, 0, -0.28), (0, -1, 0)),
    'l_y_hip': ('body', (0, 0.1, 0), (0, 0, -1)),
    'l_p_hip': ('l_y_hip', (0, 0, 0), (1, 0, 0)),
    'l_r_hip': ('l_p_hip', (0, 0, 0), (0, -1, 0)),
    'l_knee': ('l_r_hip', (0, 0, -0.42), (0, -1, 0)),
}
#: Axes of the right side where they are not those of the left one.
RIGHT_AXES = {'r_y_shoulder': (0, 0, 1), 'r_p_shoulder': (-1, 0, 0), 'r_r_shoulder': (0, 0, -1),
              'r_p_hip': (-1, 0, 0)}
TREE = {
    'waist': ('body', (0, 0, 0), (0, 1, 0)),
    'r_head': ('waist', (0, 0, NECK), (1, 0, 0)),
    'y_head': ('r_head', (0, 0, 0), (0, 0, 1)),
    'p_head': ('y_head', (0, 0, 0), (0, -1, 0)),
}
for _name, (_parent, (_x, _y, _z), _axis) in LEFT.items():
    _right = _name.replace('l_', 'r_', 1)
    TREE[_name] = (_parent, (_x, _y, _z), _axis)
    TREE[_right] = (_parent.replace('l_', 'r_', 1), (_x, -_y, _z), RIGHT_AXES.get(_right, _axis))
#: Where in its link a joint of BODY_16 lies. The head's z leads from the neck to it.
PLACES = {
    'pelvis': ('body', (0, 0, 0)), 'neck': ('waist', (0, 0, NECK)),
    'head': ('p_head', (0, 0, 0.2)), 'nose': ('p_head', (0.12, 0, 0.18)),
} | {
    f'{side}_{joint}': (f'{side[0]}_{link}', offset)
    for side in ('left', 'right') for joint, link, offset in (
        ('shoulder', 'y_shoulder', (0, 0, 0)), ('elbow', 'elbow', (0, 0, 0)),
        ('wrist', 'elbow', (0, 0, -0.25)), ('hip', 'y_hip', (0, 0, 0)),
        ('knee', 'knee', (0, 0, 0)), ('ankle', 'knee', (0, 0, -0.4)))
}
#: The link that a joint's frame is.
FRAMES = {
    'pelvis': 'body', 'neck': 'waist', 'head': 'p_head', 'nose': 'p_head',
} | {
    f'{side}_{joint}': f'{side[0]}_{link}' for side in ('left', 'right') for joint, link in (
        ('shoulder', 'r_shoulder'), ('elbow', 'elbow'), ('wrist', 'elbow'),
        ('hip', 'r_hip'), ('knee', 'knee'), ('ankle', 'knee'))
}
#: camera_from_body of somebody upright who faces the camera.
FACING = np.array([[0.0, 1, 0], [0, 0, -1], [-1, 0, 0]])


def turned(axis, angle: float) -> np.ndarray:
    """Return the rotation matrix (3, 3) about an axis of any length."""
    return Rotation.from_rotvec(np.asarray(axis) * angle / np.linalg.norm(axis)).as_matrix()


def person(angles=(), camera_from_body=FACING, pelvis=(0, 0, 3)) -> tuple[np.ndarray, np.ndarray]:
    """
    Return joints (16, 3), m, and camera_from_joint (16, 3, 3) of a person, camera optical frame.

    Parameters
    ----------
    angles : dict, optional
        Of joints of TREE, rad; 0 where not given.
    camera_from_body : (3, 3), optional
        How the person stands.
    pelvis : (3,), optional
        Where, m.

    """
    given, links = dict(angles), {'body': (camera_from_body, np.asarray(pelvis, float))}
    for name, (parent, origin, axis) in TREE.items():
        rotation, place = links[parent]
        links[name] = (
            rotation @ turned(axis, given.pop(name, 0)), place + rotation @ origin)
    assert not given, given
    joints = [links[link][1] + links[link][0] @ offset
              for link, offset in (PLACES[point] for point in BODY_16.points)]
    return np.array(joints), np.array([links[FRAMES[point]][0] for point in BODY_16.points])

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""REP-155 messages of a body; imported only where hri_msgs is installed."""
from hri_msgs.msg import (
    IdsList,
    NormalizedPointOfInterest2D,
    NormalizedRegionOfInterest2D,
    Skeleton2D,
)
import numpy as np
from pose3d_ros.core.joint_angles import joint_angles, JOINT_NAMES
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import Skeleton
from sensor_msgs.msg import JointState

#: Points of Skeleton2D by the constants of the message; its eyes and ears come left first.
POINTS = {
    getattr(Skeleton2D, name.upper()): name
    for name in (
        'nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear',
        'left_shoulder', 'right_shoulder', 'left_elbow', 'right_elbow',
        'left_wrist', 'right_wrist', 'left_hip', 'right_hip', 'left_knee', 'right_knee',
        'left_ankle', 'right_ankle')
}


def ids_from_bodies(header, bodies: list[Body]) -> IdsList:
    """Return the ids of all bodies."""
    return IdsList(header=header, ids=[body.id for body in bodies])


def roi_from_body(header, body: Body, width: int, height: int) -> NormalizedRegionOfInterest2D:
    """Return the box of a body in an image of width x height pixels."""
    left, top, right, bottom = np.clip(body.box / [width, height, width, height], 0, 1).tolist()
    return NormalizedRegionOfInterest2D(
        header=header, xmin=left, ymin=top, xmax=right, ymax=bottom,
        c=float(body.keypoint_scores.mean()))


def skeleton_from_body(
    header, body: Body, skeleton: Skeleton, width: int, height: int
) -> Skeleton2D:
    """Return the keypoints of a body; the neck is the middle of the shoulders."""
    points = [*zip(*(body.keypoints / [width, height]).T.tolist(), body.keypoint_scores.tolist())]
    points = {index: points[skeleton.index(name)] for index, name in POINTS.items()}
    left, right = points[Skeleton2D.LEFT_SHOULDER], points[Skeleton2D.RIGHT_SHOULDER]
    points[Skeleton2D.NECK] = (
        (left[0] + right[0]) / 2, (left[1] + right[1]) / 2, min(left[2], right[2]))
    return Skeleton2D(header=header, skeleton=[
        NormalizedPointOfInterest2D(x=x, y=y, c=score)
        for _, (x, y, score) in sorted(points.items())
    ])


def joint_states_from_bodies(
    header, bodies: list[Body], skeleton: Skeleton
) -> list[JointState]:
    """Return the known joint angles of each body, for a human_description of its id."""
    if not bodies:
        return []
    angles = joint_angles(np.stack([body.rotations for body in bodies]), skeleton)
    known = np.isfinite(angles)
    return [
        JointState(
            header=header, position=angles[row, known[row]],
            name=[f'{name}_{body.id}' for name, there in zip(JOINT_NAMES, known[row]) if there])
        for row, body in enumerate(bodies)
    ]

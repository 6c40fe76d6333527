# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TF frames of bodies and joints, named as in REP-155."""
from geometry_msgs.msg import Quaternion, Transform, TransformStamped, Vector3
import numpy as np
from pose3d_ros.core.orientation import quaternions
from pose3d_ros.core.records import Body, Source
from pose3d_ros.core.skeleton import Skeleton
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

#: Links of human_description that lie in joints of another name.
LINKS = {'pelvis': 'body', 'neck': 'torso'}


def transforms_from_bodies(header: Header, bodies: list[Body], skeleton: Skeleton) -> TFMessage:
    """
    Return body_<id> below the image's frame, and the frames of all other joints below body_<id>.

    A body whose pelvis or trunk is unknown has no frames, an unknown joint has none. A joint whose
    bone is unknown, since the bone's other end is, has the axes of the body.
    """
    return TFMessage(transforms=[
        transform for body in bodies for transform in _of_body(header, body, skeleton)
    ])


def _of_body(header: Header, body: Body, skeleton: Skeleton) -> list[TransformStamped]:
    pelvis = skeleton.index('pelvis')
    known = np.isfinite(body.joints).all(-1) & (body.source != Source.UNKNOWN)
    trunk = body.rotations[pelvis]  # camera_from_body
    if not known[pelvis] or np.isnan(trunk).any():
        return []
    places = (body.joints - body.joints[pelvis]) @ trunk
    turns = trunk.T @ body.rotations
    turns = np.where(np.isnan(turns).any((-2, -1), keepdims=True), np.eye(3), turns)
    places[pelvis], turns[pelvis] = body.joints[pelvis], trunk
    below_body = Header(stamp=header.stamp, frame_id=f'body_{body.id}')
    return [
        _transform(header if row == pelvis else below_body, f'{link_name(point)}_{body.id}',
                   place, turn)
        for row, (point, place, turn)
        in enumerate(zip(skeleton.points, places.tolist(), quaternions(turns).tolist()))
        if known[row]
    ]


def link_name(joint: str) -> str:
    """Return the name of a joint's link in REP-155: l_wrist for left_wrist, body for pelvis."""
    return LINKS.get(joint, joint.replace('left_', 'l_').replace('right_', 'r_'))


def static_transform(header: Header, child: str, parent_from_child: np.ndarray) -> TFMessage:
    """Return one frame below header.frame_id from a rigid transform (4, 4)."""
    turn = quaternions(parent_from_child[:3, :3])
    return TFMessage(transforms=[
        _transform(header, child, parent_from_child[:3, 3].tolist(), turn.tolist())])


def _transform(header: Header, child: str, place, turn) -> TransformStamped:
    (x, y, z), (qx, qy, qz, qw) = place, turn
    return TransformStamped(header=header, child_frame_id=child, transform=Transform(
        translation=Vector3(x=x, y=y, z=z), rotation=Quaternion(x=qx, y=qy, z=qz, w=qw)))

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TF frames of bodies and joints, named as in REP-155."""
from geometry_msgs.msg import Quaternion, Transform, TransformStamped, Vector3
import numpy as np
from pose3d_ros.core.records import Body, Source
from pose3d_ros.core.rotations import quaternions
from pose3d_ros.core.skeleton import Skeleton
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

#: Links of human_description that lie in joints of another name.
LINKS = {'pelvis': 'body', 'neck': 'torso'}


def frames_of(bodies: list[Body], skeleton: Skeleton) -> tuple[tuple, np.ndarray]:
    """
    Return which bodies' joints (id, joint) have frames, and origins and quaternions (K, 7).

    They are body_<id> in the camera, and the frames of all other joints in body_<id>. A body whose
    pelvis or trunk is unknown has no frames, an unknown joint has none. A joint whose bone is
    unknown, since the bone's other end is, has the axes of the body.
    """
    if not bodies:
        return (), np.zeros((0, 7))
    pelvis = skeleton.index('pelvis')
    joints, rotations, source = (
        np.stack([getattr(body, name) for body in bodies])
        for name in ('joints', 'rotations', 'source'))
    trunk = rotations[:, pelvis]  # camera_from_body
    known = np.isfinite(joints).all(-1) & (source != Source.UNKNOWN)
    known &= known[:, [pelvis]] & np.isfinite(trunk).all((-2, -1))[:, None]
    places = (joints - joints[:, [pelvis]]) @ trunk
    turns = trunk[:, None].swapaxes(-1, -2) @ rotations
    turns = np.where(np.isnan(turns[..., :1, :1]), np.eye(3), turns)
    places[:, pelvis], turns[:, pelvis] = joints[:, pelvis], trunk
    names = tuple(
        (bodies[body].id, skeleton.points[joint]) for body, joint in np.argwhere(known).tolist())
    return names, np.concatenate([places, quaternions(turns)], axis=-1)[known]


def transforms_at(header: Header, names: tuple, poses: np.ndarray) -> TFMessage:
    """Return the frames that frames_of found, below the frame of a header."""
    return TFMessage(transforms=[
        _transform(
            header if joint == 'pelvis' else Header(stamp=header.stamp, frame_id=f'body_{body}'),
            f'{link_name(joint)}_{body}', pose[:3], pose[3:])
        for (body, joint), pose in zip(names, poses.tolist())])


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

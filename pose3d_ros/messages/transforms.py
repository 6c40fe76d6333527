# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""TF frames of bodies and joints, named as in REP-155."""
from geometry_msgs.msg import Quaternion, Transform, TransformStamped, Vector3
import numpy as np
from pose3d_ros.core.orientation import body_rotation, quaternion
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import Skeleton
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

NO_ROTATION = Quaternion(x=0.0, y=0.0, z=0.0, w=1.0)


def transforms_from_bodies(header: Header, bodies: list[Body], skeleton: Skeleton) -> TFMessage:
    """
    Return body_<id> below the image's frame, and the other joints below body_<id>.

    A body whose pelvis or orientation is unknown has no frames, an unknown joint has none.
    """
    return TFMessage(transforms=[
        transform for body in bodies for transform in _of_body(header, body, skeleton)
    ])


def _of_body(header: Header, body: Body, skeleton: Skeleton) -> list[TransformStamped]:
    camera_from_body = body_rotation(body.joints, skeleton)
    pelvis = body.joints[skeleton.index('pelvis')]
    if camera_from_body is None:
        return []
    root = f'body_{body.id}'
    # one product for all joints: body = camera_from_body.T @ (camera - pelvis)
    joints = (body.joints - pelvis) @ camera_from_body
    x, y, z, w = quaternion(camera_from_body).tolist()
    turned = Quaternion(x=x, y=y, z=z, w=w)
    return [_transform(header, root, pelvis, turned)] + [
        _transform(
            Header(stamp=header.stamp, frame_id=root), f'{frame_name(name)}_{body.id}', position,
            NO_ROTATION)
        for name, position in zip(skeleton.points, joints)
        if name != 'pelvis' and np.isfinite(position).all()
    ]


def frame_name(joint: str) -> str:
    """Return the name of a joint in REP-155: l_wrist for left_wrist."""
    return joint.replace('left_', 'l_').replace('right_', 'r_')


def static_transform(header: Header, child: str, parent_from_child: np.ndarray) -> TFMessage:
    """Return one frame below header.frame_id from a rigid transform (4, 4)."""
    x, y, z, w = quaternion(parent_from_child[:3, :3]).tolist()
    return TFMessage(transforms=[_transform(
        header, child, parent_from_child[:3, 3], Quaternion(x=x, y=y, z=z, w=w))])


def _transform(header: Header, child: str, position, rotation) -> TransformStamped:
    x, y, z = position.tolist()
    return TransformStamped(
        header=header, child_frame_id=child,
        transform=Transform(translation=Vector3(x=x, y=y, z=z), rotation=rotation))

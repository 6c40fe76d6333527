# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
The joints cloud: every body of a frame in one sensor_msgs/PointCloud2, and back.

Organised: one row per body, one column per joint of the body_16 skeleton.
"""
from array import array

import numpy as np
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import BODY_16, Skeleton
from sensor_msgs.msg import PointCloud2, PointField

_FLOATS = (
    'x', 'y', 'z', 'vx', 'vy', 'vz',
    'cov_xx', 'cov_xy', 'cov_xz', 'cov_yy', 'cov_yz', 'cov_zz', 'score',
)
#: One joint of one body in the cloud: m, m/s, m^2; body is the number in the body's id.
POINT = np.dtype([(name, '<f4') for name in _FLOATS]
                 + [('body', '<u4'), ('joint', 'u1'), ('source', 'u1'), ('', '<u2')])
_KINDS = {'<f4': PointField.FLOAT32, '<u4': PointField.UINT32, '|u1': PointField.UINT8}
FIELDS = [
    PointField(name=name, offset=POINT.fields[name][1], datatype=_KINDS[kind.str], count=1)
    for name, (kind, *_) in POINT.fields.items()
    if name in (*_FLOATS, 'body', 'joint', 'source')  # not the padding
]
_UPPER = np.triu_indices(3)


def cloud_from_bodies(header, bodies: list[Body], skeleton: Skeleton = BODY_16) -> PointCloud2:
    """Return the joints of all bodies; unknown joints are NaN with score 0."""
    points = np.zeros((len(bodies), len(skeleton)), POINT)
    points['joint'] = np.arange(len(skeleton))
    floats = points[..., None].view('<f4')  # (N, J, 15), _FLOATS first
    for row, numbers, body in zip(points, floats, bodies):
        row['body'] = int(body.id.lstrip('p'))
        row['source'] = body.source
        numbers[:, :3], numbers[:, 3:6] = body.joints, body.velocity
        numbers[:, 6:12], numbers[:, 12] = body.covariance[:, _UPPER[0], _UPPER[1]], body.scores
    return PointCloud2(
        header=header, height=len(bodies), width=len(skeleton), fields=FIELDS,
        is_bigendian=False, point_step=POINT.itemsize, row_step=POINT.itemsize * len(skeleton),
        data=array('B', points.tobytes()), is_dense=bool(np.isfinite(points['x']).all()))


def bodies_from_cloud(msg: PointCloud2, skeleton: Skeleton = BODY_16) -> list[Body]:
    """
    Return the bodies in a joints cloud, for planners.

    The cloud carries no keypoints and boxes: those are NaN.

    Raises
    ------
    ValueError
        When the message is not a joints cloud of this skeleton.

    """
    fields = {field.name: (field.offset, field.datatype) for field in msg.fields}
    expected = {field.name: (field.offset, field.datatype) for field in FIELDS}
    layout = msg.is_bigendian, msg.point_step, msg.width, len(msg.data)
    size = POINT.itemsize * msg.width * msg.height
    if fields != expected or layout != (False, POINT.itemsize, len(skeleton), size):
        raise ValueError(
            f'not a joints cloud of {len(skeleton)} joints: {msg.width} columns of'
            f' {sorted(fields)} in {len(msg.data)} bytes came')
    points = np.frombuffer(msg.data, POINT).reshape(msg.height, msg.width)
    return [_body(row) for row in points]


def _body(row: np.ndarray) -> Body:
    covariance = np.empty((len(row), 3, 3))
    for name, i, j in zip(_FLOATS[6:12], *_UPPER):
        covariance[:, i, j] = covariance[:, j, i] = row[name]
    return Body(
        id=f"p{row['body'][0]}",
        box=np.full(4, np.nan),
        keypoints=np.zeros((0, 2)),
        keypoint_scores=np.zeros(0),
        joints=np.stack([row[name] for name in 'xyz'], axis=1).astype(float),
        velocity=np.stack([row[name] for name in ('vx', 'vy', 'vz')], axis=1).astype(float),
        covariance=covariance,
        scores=row['score'].astype(float),
        source=row['source'].copy(),
    )

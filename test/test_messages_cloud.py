# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The joints cloud: bodies to sensor_msgs/PointCloud2 and back."""
from array import array

from message_fixtures import body, header
import numpy as np
from pose3d_ros.core.records import Source
from pose3d_ros.core.skeleton import BODY_16
from pose3d_ros.messages import bodies_from_cloud, cloud_from_bodies
import pytest
from sensor_msgs.msg import PointCloud2, PointField

NAMES = [
    'x', 'y', 'z', 'vx', 'vy', 'vz', 'cov_xx', 'cov_xy', 'cov_xz', 'cov_yy', 'cov_yz', 'cov_zz',
    'score', 'body', 'joint', 'source']


def test_layout():
    cloud = cloud_from_bodies(header(), [body('p7'), body('p12')])
    assert cloud.header == header()
    assert (cloud.height, cloud.width, cloud.is_bigendian) == (2, 16, False)
    assert [field.name for field in cloud.fields] == NAMES
    assert cloud.row_step == 16 * cloud.point_step
    assert len(cloud.data) == 2 * cloud.row_step
    assert all(field.offset + 1 <= cloud.point_step for field in cloud.fields)


def test_numbers_lie_where_the_fields_say():
    """Read as any other subscriber would: by offset and type of the fields alone."""
    kinds = {PointField.FLOAT32: '<f4', PointField.UINT32: '<u4', PointField.UINT8: 'u1'}
    person = body('p7', velocity=np.arange(48.0).reshape(16, 3))
    cloud = cloud_from_bodies(header(), [body('p3'), person])
    assert all(field.count == 1 for field in cloud.fields)
    point = np.dtype({
        'names': [field.name for field in cloud.fields],
        'formats': [kinds[field.datatype] for field in cloud.fields],
        'offsets': [field.offset for field in cloud.fields], 'itemsize': cloud.point_step})
    wrist = BODY_16.index('left_wrist')
    read = np.frombuffer(cloud.data, point).reshape(cloud.height, cloud.width)[1, wrist]
    np.testing.assert_allclose(
        [read['x'], read['y'], read['z'], read['vx'], read['vz']],
        [*person.joints[wrist], 3 * wrist, 3 * wrist + 2], rtol=1e-6)
    np.testing.assert_allclose(
        [read[f'cov_{axes}'] for axes in ('xx', 'xy', 'yy', 'yz', 'zz')],
        [1.1e-4, 1e-5, 4.1e-4, 1e-5, 9.1e-4], rtol=1e-5)
    assert (read['body'], read['joint'], read['source']) == (7, wrist, Source.LIFTED)
    assert read['score'] == pytest.approx(person.scores[wrist])


def test_round_trip():
    people = [
        body('p7', unknown=('left_wrist', 'nose')),
        body('p4294967295', velocity=np.arange(48.0).reshape(16, 3))]
    again = bodies_from_cloud(cloud_from_bodies(header(), people))
    assert [person.id for person in again] == ['p7', 'p4294967295']
    for person, copy in zip(people, again):
        for name in ('joints', 'velocity', 'covariance', 'scores', 'source'):
            np.testing.assert_allclose(getattr(copy, name), getattr(person, name), rtol=1e-6)
        assert np.isnan(copy.box).all() and len(copy.keypoints) == 0


def test_unknown_joint_is_nan_with_score_0():
    cloud = cloud_from_bodies(header(), [body(unknown=('left_wrist',))])
    assert not cloud.is_dense
    person, = bodies_from_cloud(cloud)
    wrist = BODY_16.index('left_wrist')
    assert np.isnan(person.joints[wrist]).all() and np.isnan(person.covariance[wrist]).all()
    assert (person.scores[wrist], person.source[wrist]) == (0, Source.UNKNOWN)


def test_whole_body_is_dense():
    assert cloud_from_bodies(header(), [body()]).is_dense


def test_nobody():
    cloud = cloud_from_bodies(header(), [])
    assert (cloud.height, cloud.width, len(cloud.data)) == (0, 16, 0)
    assert [field.name for field in cloud.fields] == NAMES
    assert bodies_from_cloud(cloud) == []


@pytest.mark.parametrize('changes', [
    {'fields': []},
    {'point_step': 64},
    {'width': 17},
    {'data': array('B', bytes(10))},
    {'is_bigendian': True},
    {'height': 2},
])
def test_foreign_cloud_is_refused(changes):
    cloud = cloud_from_bodies(header(), [body()])
    for name, value in changes.items():
        setattr(cloud, name, value)
    with pytest.raises(ValueError, match='not a joints cloud of 16 joints'):
        bodies_from_cloud(cloud)


def test_refusal_says_what_came():
    lidar = PointCloud2(width=1000, fields=[PointField(name=name) for name in 'xyz'])
    with pytest.raises(ValueError, match=r"1000 columns of \['x', 'y', 'z'\]"):
        bodies_from_cloud(lidar)

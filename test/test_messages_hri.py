# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""REP-155 messages."""
from importlib import import_module

from human_fixtures import person
from message_fixtures import body, header
import numpy as np
from pose3d_ros.core.joint_angles import JOINT_NAMES
from pose3d_ros.core.skeleton import BODY_16, COCO_17
import pytest


@pytest.fixture
def hri():
    """Return the module; skip where hri_msgs is missing."""
    pytest.importorskip('hri_msgs', reason='hri_msgs is not installed')
    return import_module('pose3d_ros.messages.hri')


def test_ids(hri):
    msg = hri.ids_from_bodies(header(), [body('p7'), body('p8')])
    assert (msg.ids, msg.header) == (['p7', 'p8'], header())


def test_no_ids(hri):
    assert hri.ids_from_bodies(header(), []).ids == []


def test_roi_is_normalised(hri):
    msg = hri.roi_from_body(header(), body(), 640, 480)
    assert (msg.xmin, msg.ymin, msg.xmax, msg.ymax) == pytest.approx((0.1, 0.1, 0.5, 0.5))
    assert msg.header == header()
    assert msg.c == pytest.approx(0.5)


def test_roi_ends_at_the_image(hri):
    person = body(box=np.array([-30.0, 10, 700, 500]))
    msg = hri.roi_from_body(header(), person, 640, 480)
    assert (msg.xmin, msg.ymin, msg.xmax, msg.ymax) == pytest.approx((0, 10 / 480, 1, 1))


@pytest.mark.parametrize('name', COCO_17.points)
def test_keypoints_by_the_constants_of_the_message(hri, name):
    person, row = body(), COCO_17.index(name)
    msg = hri.skeleton_from_body(header(), person, COCO_17, 640, 480)
    point = msg.skeleton[getattr(hri.Skeleton2D, name.upper())]
    assert (point.x, point.y) == pytest.approx((10 * row / 640, 20 * row / 480))
    assert point.c == pytest.approx(person.keypoint_scores[row])


def test_skeleton_is_whole(hri):
    msg = hri.skeleton_from_body(header(), body(), COCO_17, 640, 480)
    assert len(msg.skeleton) == 18 and msg.header == header()


def test_neck_is_the_middle_of_the_shoulders(hri):
    person = body()
    msg = hri.skeleton_from_body(header(), person, COCO_17, 640, 480)
    neck = msg.skeleton[hri.Skeleton2D.NECK]
    left, right = COCO_17.index('left_shoulder'), COCO_17.index('right_shoulder')
    assert (neck.x, neck.y) == pytest.approx((5 * (left + right) / 640, 10 * (left + right) / 480))
    assert neck.c == pytest.approx(person.keypoint_scores[min(left, right)])  # they grow by index


def test_joint_states_in_order(hri):
    places, rotations = person({'l_elbow': 0.7, 'r_knee': -0.4})
    people = [body('p7', joints=places, rotations=rotations), body('p8')]
    first, second = hri.joint_states_from_bodies(header(), people, BODY_16)
    assert list(first.name) == [f'{name}_p7' for name in JOINT_NAMES]
    assert {name[-3:] for name in second.name} == {'_p8'}
    found = dict(zip(first.name, first.position))
    assert found.pop('l_elbow_p7') == pytest.approx(0.7)
    assert found.pop('r_knee_p7') == pytest.approx(-0.4)
    assert list(found.values()) == pytest.approx([0] * 18, abs=1e-9)
    assert first.header == header()


def test_unknown_joints_have_no_state(hri):
    nobody = body(rotations=None)
    one_armed = body(unknown=('left_wrist',))
    first, second = hri.joint_states_from_bodies(header(), [nobody, one_armed], BODY_16)
    assert (list(first.name), list(first.position)) == ([], [])
    assert set(JOINT_NAMES) - {name.removesuffix('_p7') for name in second.name} == {'l_elbow'}
    assert np.isfinite(second.position).all() and len(second.position) == 19
    assert hri.joint_states_from_bodies(header(), [], BODY_16) == []

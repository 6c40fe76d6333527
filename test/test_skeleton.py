# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Names of keypoints and joints, and how they hang together."""
from pose3d_ros.core.skeleton import (
    BODY_16,
    COCO_17,
    LEGS,
    MIDDLES,
    mirror,
    skeleton_named,
    SKELETONS,
    TRUNK,
)
import pytest

every_skeleton = pytest.mark.parametrize('skeleton', SKELETONS.values(), ids=SKELETONS)


def test_sizes_and_order():
    assert len(COCO_17) == 17 and len(BODY_16) == 16
    assert COCO_17.index('nose') == 0 and COCO_17.index('right_ankle') == 16  # COCO's order
    assert BODY_16.index('pelvis') == 0


@every_skeleton
def test_names_are_unique_and_bones_join_them(skeleton):
    assert len(set(skeleton.points)) == len(skeleton)
    assert len(set(skeleton.bones)) == len(skeleton.bones)
    for (parent, child), (i, j) in zip(skeleton.bones, skeleton.bone_indices, strict=True):
        assert (skeleton.points[i], skeleton.points[j]) == (parent, child)


def test_the_body_is_a_tree_from_the_pelvis():
    parents = {child: parent for parent, child in BODY_16.bones}
    assert len(parents) == len(BODY_16.bones) == 15
    for point in BODY_16.points:
        while point != 'pelvis':
            point = parents[point]


def test_limbs_by_name():
    assert ('left_hip', 'left_knee') in BODY_16.bones
    assert ('neck', 'right_shoulder') in BODY_16.bones
    assert ('left_shoulder', 'left_hip') in COCO_17.bones
    assert ('right_elbow', 'right_wrist') in COCO_17.bones


def test_every_coco_keypoint_is_on_a_bone():
    assert {end for bone in COCO_17.bones for end in bone} == set(COCO_17.points)


@every_skeleton
def test_mirroring_twice_changes_nothing(skeleton):
    mirrored = skeleton.mirrored
    assert [mirrored[i] for i in mirrored] == list(range(len(skeleton)))
    assert {(mirror(a), mirror(b)) for a, b in skeleton.bones} >= {
        bone for bone in skeleton.bones if bone[0].split('_')[0] not in ('left', 'right')}


def test_parts_have_no_side():
    assert BODY_16.parts == [
        'pelvis', *2 * ['hip', 'knee', 'ankle'], 'neck', *2 * ['shoulder', 'elbow', 'wrist'],
        'head', 'nose']
    assert {*TRUNK, *LEGS} < {*BODY_16.parts}


def test_mirror_by_name():
    assert mirror('left_knee') == 'right_knee'
    assert mirror('right_ear') == 'left_ear'
    assert mirror('nose') == 'nose'


def test_every_joint_is_a_keypoint_or_a_middle_of_two():
    for joint in BODY_16.points:
        parts = MIDDLES.get(joint, (joint,))
        assert all(part in COCO_17.points for part in parts)


def test_skeletons_by_name():
    assert skeleton_named('coco_17') is COCO_17
    with pytest.raises(ValueError, match=r"unknown skeleton 'coco_99': expected .*'body_16'"):
        skeleton_named('coco_99')


def test_unknown_points_are_refused():
    with pytest.raises(ValueError):
        COCO_17.index('tail')

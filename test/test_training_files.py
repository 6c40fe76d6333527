# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Motion files: forward kinematics worked by hand, refusals, skeletons and their mapping."""
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
from pose3d_ros.core.skeleton import COCO_17
from pose3d_ros.mocap.asf import read_amc, read_asf
from pose3d_ros.mocap.body import HEAD, stature_of, STATURE_PARTS
from pose3d_ros.mocap.bvh import read_bvh
from pose3d_ros.mocap.mapping import FAMILIES, family_of, keypoints_of
from pose3d_ros.mocap.motion import Motion
from pose3d_ros.training.cleaning import clean
import pytest

BVH = """HIERARCHY
ROOT Hips
{
  OFFSET 9 9 9
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Knee
  {
    OFFSET 0 2 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 1 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.04
1 2 3 0 0 0 0 0 0
1 2 3 90 0 0 0 90 0
"""
ASF = """:version 1.10
:root
  order TX TY TZ RX RY RZ
  axis XYZ
:bonedata
  begin
    name thigh
    direction 0 -1 0
    length 2
    axis 0 90 0 XYZ
    dof rx
  end
  begin
    name shank
    direction 0 -1 0
    length 1
    axis 0 0 0 XYZ
  end
:hierarchy
  begin
    root thigh
    thigh shank
  end
"""
AMC = """# a comment
:FULLY-SPECIFIED
:DEGREES
1
root 1 2 3 0 0 0
thigh 90
2
root 0 0 0 90 0 90
thigh 0
"""


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and gives its path."""
    def write_text(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path / name
    return write_text


def test_bvh_forward_kinematics(write):
    motion = read_bvh(write('a.bvh', BVH))
    assert motion.points == ('Hips', 'Knee', 'Knee_end')
    assert motion.rate == pytest.approx(25)
    np.testing.assert_allclose(motion.positions[0], [[1, 2, 3], [1, 4, 3], [1, 5, 3]])
    # hips a quarter turn about z: the knee at -x; knee a quarter turn about x: its end at +z
    np.testing.assert_allclose(motion.positions[1], [[1, 2, 3], [-1, 2, 3], [-1, 2, 4]],
                               atol=1e-12)


def test_bvh_position_channels_stand_in_for_the_offset(write):
    positions = 'Xposition Yposition Zposition Zrotation'
    text = BVH.replace('CHANNELS 3 Zrotation', f'CHANNELS 6 {positions}')
    text = text.replace('0 0 0 0 0 0\n', '0 0 0 5 0 0 0 0 0\n')
    text = text.replace('0 90 0\n', '0 2 0 0 90 0\n')
    np.testing.assert_allclose(read_bvh(write('a.bvh', text)).positions[0, 1], [6, 2, 3])


@pytest.mark.parametrize('old, new, message', [
    ('MOTION', 'NOTION', 'no MOTION section'),
    ('OFFSET 0 2 0', 'OFFSET 0 two 0', r'a.bvh:8: broken hierarchy .*two'),
    ('OFFSET 0 2 0', 'OFSET 0 2 0', r'a.bvh:8: broken hierarchy .*OFSET'),
    ('OFFSET 0 2 0', 'OFFSET 0', r'a.bvh:8: broken hierarchy .*expected 3'),
    ('Time: 0.04', 'Time: -0.04', r'a.bvh:17: expected .Frames: n'),
    ('Time: 0.04', 'Time: nan', r'a.bvh:17: expected .Frames: n'),
    ('3 Zrotation', '3 Wrotation', r'a.bvh:9: .*expected 3 channels'),
    ('Frames: 2', 'Frames: many', r'a.bvh:17: expected .Frames: n'),
    ('Frames: 2', 'Frames: 3', 'expected 3 frames of 9 numbers, found 18 numbers'),
    ('1 2 3 90', '1 2 nought 90', 'after line 18: .*nought'),
    ('}\nMOTION', 'MOTION', '1 joints are not closed'),
])
def test_broken_bvh_is_refused_with_the_place(write, old, new, message):
    with pytest.raises(ValueError, match=message):
        read_bvh(write('a.bvh', BVH.replace(old, new, 1)))


def test_acclaim_forward_kinematics(write):
    motion = read_amc(write('a.amc', AMC), read_asf(write('a.asf', ASF)), rate=30)
    assert motion.points == ('root', 'thigh', 'shank')
    # the thigh turns about its own x axis, which lies along -z: from -y to -x
    np.testing.assert_allclose(motion.positions[0], [[1, 2, 3], [-1, 2, 3], [-2, 2, 3]],
                               atol=1e-12)
    # the root turns about x first (-y to -z) and then about z, which leaves -z where it is
    np.testing.assert_allclose(motion.positions[1], [[0, 0, 0], [0, 0, -2], [0, 0, -3]],
                               atol=1e-12)


@pytest.mark.parametrize('old, new, message', [
    ('thigh 90', 'thigh 90 1', 'a.amc:6: .*expected 1 numbers'),
    ('thigh 90', 'tail 90', 'a.amc:6: broken motion .*tail'),
    ('thigh 0\n', '', 'frames are incomplete'),
])
def test_broken_amc_is_refused_with_the_place(write, old, new, message):
    with pytest.raises(ValueError, match=message):
        read_amc(write('a.amc', AMC.replace(old, new, 1)), read_asf(write('a.asf', ASF)))


@pytest.mark.parametrize('old, new, message', [
    ('length 2', 'length two', 'a.asf:9: broken skeleton .*two'),
    ('root thigh', 'root hip', 'a.asf:21: broken skeleton .*hip'),
    ('    thigh shank\n', '', "without a parent: .*'shank'"),
])
def test_broken_asf_is_refused_with_the_place(write, old, new, message):
    with pytest.raises(ValueError, match=message):
        read_asf(write('a.asf', ASF.replace(old, new, 1)))


def standing(frames=4, without=()):
    """Return a CMU motion of a body 100 units tall: arms and legs down, facing z, y up."""
    shape = {'Hip': (6, 49, 0), 'Knee': (6, 24.4, 0), 'Ankle': (6, 0, 0),
             'Shoulder': (10, 78.7, 0), 'Elbow': (10, 62.3, 0), 'Wrist': (10, 47, 0)}
    places = {'Head': (0, 86, 0)}
    for side, sign in (('Left', 1), ('Right', -1)):
        places.update({side + n: (sign * x, y, z) for n, (x, y, z) in shape.items()})
    names = tuple(name for name in places if name not in without)
    positions = np.tile(np.array([places[name] for name in names], float), (frames, 1, 1))
    orientations = np.tile(np.eye(3), (frames, len(names), 1, 1))
    return Motion('walker', names, positions, orientations, 30.0)


def test_keypoints_are_upright_and_in_statures():
    motion = standing()
    points = keypoints_of(motion, family_of(motion))
    assert STATURE_PARTS == pytest.approx(1.104)
    np.testing.assert_allclose(stature_of(points), 1, atol=1e-3)
    at = {name: points[0, i] for i, name in enumerate(COCO_17.points)}
    np.testing.assert_allclose(at['left_shoulder'], [0.1, 0, 0.787], atol=1e-3)
    ears = (at['left_ear'] + at['right_ear']) / 2
    # the file's forward, z, is our -y; the nose lies that way of the ears, and a little below
    np.testing.assert_allclose(at['nose'] - ears, [0, -HEAD['nose'][0], HEAD['nose'][2]],
                               atol=1e-9)
    assert at['left_eye'][0] > 0 > at['right_eye'][0]
    np.testing.assert_allclose(ears, [0, -0.006, 0.89], atol=1e-3)


@pytest.mark.parametrize('crown, fits', [((0, 8, 1), True), ((8, 0, 1), False)])
def test_a_head_that_lies_in_the_rest_pose_is_refused(crown, fits):
    motion = standing()
    motion = replace(
        motion, points=(*motion.points, 'Head_end'),
        positions=np.append(motion.positions, motion.position('Head')[:, None] + crown, axis=1),
        orientations=np.append(motion.orientations, motion.orientations[:, :1], axis=1))
    with nullcontext() if fits else pytest.raises(ValueError, match='walker: the head .* 8 0 1'):
        keypoints_of(motion, family_of(motion))


def test_unknown_skeleton_is_refused_with_what_is_missing():
    with pytest.raises(ValueError, match=r"walker: .*'cmu', which also needs \['LeftKnee'\]"):
        family_of(standing(without=('LeftKnee',)))


def test_a_mapping_to_a_missing_joint_is_refused():
    cmu = next(family for family in FAMILIES if family.name == 'cmu')
    with pytest.raises(ValueError, match="walker: no joint 'RightWrist' among"):
        keypoints_of(standing(without=('RightWrist',)), cmu)


def test_calibration_poses_and_jumps_are_left_out():
    motion = standing(frames=60)
    points = keypoints_of(motion, family_of(motion))
    for side, sign in (('left', 1), ('right', -1)):
        for name, x in (('elbow', 0.264), ('wrist', 0.417)):
            points[:2, COCO_17.index(f'{side}_{name}')] = [sign * x, 0, 0.787]
    points[30, COCO_17.index('left_wrist'), 1] += 3  # 90 statures a second
    cleaned = clean(points, 30.0)
    assert len(cleaned.points) == 60 - 2 - 3
    assert '2 calibration and 3 broken frames of 60' in cleaned.report[0]
    np.testing.assert_allclose(cleaned.pelvis[:, 2], 0.49 + 0.045, atol=1e-3)


def test_a_trial_with_a_broken_back_is_left_out():
    motion = standing()
    motion.positions[:, motion.points.index('Head'), 1] = 60
    cleaned = clean(keypoints_of(motion, family_of(motion)), 30.0)
    assert len(cleaned.points) == 0
    assert 'head leans' in cleaned.report[0]

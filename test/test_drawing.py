# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The overlay and the page: what is drawn, where, and what is not."""
from dataclasses import replace
import sys
from time import perf_counter

import cv2
import numpy as np
from pose3d_ros import drawing
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.records import Body
from pose3d_ros.core.skeleton import BODY_16, COCO_17, LIMB_JOINTS
from pose3d_ros.page import write_page
from pose3d_ros.scene import level
import pytest

CAMERA = PinholeCamera(640, 480, [[500, 0, 320], [0, 500, 240], [0, 0, 1]])


def figure():
    """Return a body with every keypoint at a place of its own, 3 m away."""
    rows = {'nose': 60, 'eye': 55, 'ear': 60, 'shoulder': 120, 'elbow': 170, 'wrist': 220,
            'hip': 240, 'knee': 330, 'ankle': 420}
    wide = {'nose': 0, 'eye': 6, 'ear': 12, 'shoulder': 50, 'elbow': 80, 'wrist': 90,
            'hip': 35, 'knee': 40, 'ankle': 45}
    keypoints = []
    for name in COCO_17.points:
        side, _, part = name.rpartition('_')
        keypoints.append((320 + wide[part] * (-1 if side == 'right' else 1), rows[part]))
    keypoints = np.array(keypoints, float)
    joints = np.full((16, 3), np.nan)
    for name in (*LIMB_JOINTS, 'nose'):
        ray = CAMERA.rays(keypoints[COCO_17.index(name)])
        joints[BODY_16.index(name)] = 3 * np.append(ray, 1)
    joints[0] = 0, 0, 3
    return Body('a1', np.array([230, 40, 410, 440.0]), keypoints, np.ones(17), joints, joints,
                np.tile(np.eye(3), (16, 1, 1)), np.isfinite(joints[:, 0]).astype(float),
                np.full(16, 2, np.uint8))


def drawn(*bodies, size=(480, 640)):
    """Return a black picture with the bodies."""
    image = np.zeros((*size, 3), np.uint8)
    assert drawing.draw_bodies(image, bodies, COCO_17, BODY_16) is image
    return image


def middle(image, first, second):
    """Return the colour at the middle of a bone of the figure."""
    a, b = (figure().keypoints[COCO_17.index(name)] for name in (first, second))
    u, v = np.rint((a + b) / 2).astype(int)
    return tuple(image[v, u].tolist())


def without(body, *names, score=0.0, position=True):
    """Return the body with keypoints unseen: score, or position too."""
    scores, keypoints = body.keypoint_scores.copy(), body.keypoints.copy()
    index = [COCO_17.index(name) for name in names]
    scores[index] = score
    if not position:
        keypoints[index] = np.nan
    return replace(body, keypoints=keypoints, keypoint_scores=scores)


def test_bones_have_the_colour_of_their_side():
    image = drawn(figure())
    assert middle(image, 'left_shoulder', 'left_elbow') == drawing.SIDES['left']
    assert middle(image, 'right_hip', 'right_knee') == drawing.SIDES['right']
    assert middle(image, 'left_shoulder', 'right_shoulder') == drawing.SIDES['trunk']


def test_sides():
    assert drawing.side_of('pelvis', 'left_hip') == 'left'
    assert drawing.side_of('right_hip', 'right_knee') == 'right'
    assert drawing.side_of('left_hip', 'right_hip') == 'trunk'
    assert drawing.side_of('neck', 'head') == 'trunk'


@pytest.mark.parametrize('unseen', [{'score': 0.0}, {'score': np.nan}, {'position': False}])
def test_the_unseen_is_not_drawn(unseen):
    image = drawn(without(figure(), 'left_wrist', **unseen))
    assert middle(image, 'left_elbow', 'left_wrist') == (0, 0, 0)
    u, v = figure().keypoints[COCO_17.index('left_wrist')].astype(int)
    assert not image[v - 8:v + 9, u - 8:u + 9].any()
    assert middle(image, 'left_shoulder', 'left_elbow') == drawing.SIDES['left']


def test_a_body_without_keypoints_leaves_the_picture_alone():
    assert not drawn(without(figure(), *COCO_17.points)).any()
    assert not drawn().any()


def test_an_unsure_bone_is_fainter():
    image = drawn(without(figure(), 'left_elbow', score=0.5))
    expected = np.mean([drawing.SIDES['left'], drawing.FAINT], axis=0)
    np.testing.assert_allclose(middle(image, 'left_shoulder', 'left_elbow'), expected, atol=1)


def test_label():
    body = figure()
    assert drawing.label_of(body, BODY_16) == 'a1  3.0 m'
    image = drawn(body)
    colour = np.array(drawing.person_colour('a1'), np.uint8)
    v, u = np.nonzero((image == colour).all(-1))
    assert v.size > 200 and v.max() < 60  # above the head
    assert abs(u.mean() - 320) < 20
    body.joints[BODY_16.index('pelvis')] = np.nan
    assert drawing.label_of(body, BODY_16) == 'a1'


def test_label_stays_in_the_picture():
    body = replace(figure(), keypoints=figure().keypoints - [320, 60])
    colour = np.array(drawing.person_colour('a1'), np.uint8)
    v, u = np.nonzero((drawn(body) == colour).all(-1))
    assert u.min() >= 0 and u.max() > 60 and v.max() > 15


def test_keypoints_far_outside_do_no_harm():
    drawn(replace(figure(), keypoints=figure().keypoints * 1e9))
    drawn(figure(), size=(20, 30))


def test_lines_grow_with_the_picture():
    assert drawing.line_width(np.zeros((480, 640, 3))) == 2
    assert drawing.line_width(np.zeros((1080, 1920, 3))) == 5
    assert drawing.line_width(np.zeros((48, 64, 3))) == 1


def test_the_overlay_takes_little_time():
    image, bodies, times = np.zeros((480, 640, 3), np.uint8), [figure()], []
    for _ in range(50):
        start = perf_counter()
        drawing.draw_bodies(image, bodies, COCO_17, BODY_16)
        times.append(perf_counter() - start)
    # the best of many: other work on the machine does not count
    assert min(times) < 2e-3


def test_level_without_gravity_turns_y_down_to_z_up():
    np.testing.assert_allclose(level() @ [1, 2, 3], [1, 3, -2])


def test_level_with_gravity():
    # a camera that looks down by 30 degrees: gravity leans forward in its frame
    angle = np.radians(30)
    gravity = np.array([0, np.cos(angle), np.sin(angle)])
    rotation = level(gravity)
    np.testing.assert_allclose(rotation @ gravity, [0, 0, -1], atol=1e-12)
    np.testing.assert_allclose(rotation @ [0, 0, 1], [0, np.cos(angle), -np.sin(angle)], atol=1e-9)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(level([0, 0, 1])) == pytest.approx(1)  # straight down


def test_page(tmp_path):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    image, body = np.full((480, 640, 3), 128, np.uint8), figure()
    path = tmp_path / 'new' / 'page.png'
    write_page(path, image, [body], CAMERA, COCO_17, BODY_16, truth=body.joints[None] + 0.05,
               gravity=np.array([0, 1.0, 0]), title='A test', numbers={'MPJPE': '50 mm'})
    page = cv2.imread(str(path))
    assert page.shape[0] == 1080 and page.shape[1] > 1400
    assert (image == 128).all()  # the caller's picture is left alone
    # the 3D view, right of the picture, shows both sides
    view = page[200:850, 1150:, ::-1].astype(int)
    for colour in ((0x1f, 0x6f, 0xd6), (0xe8, 0x73, 0x0c)):
        assert (abs(view - colour).sum(-1) < 30).sum() > 100


def test_page_without_people(tmp_path):
    pytest.importorskip('matplotlib', reason='matplotlib is not installed')
    path = tmp_path / 'page.png'
    write_page(path, np.zeros((64, 48, 3), np.uint8), [], CAMERA, COCO_17, BODY_16)
    assert path.stat().st_size > 1000


def test_page_without_matplotlib(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'matplotlib.figure', None)
    with pytest.raises(ValueError, match='needs matplotlib'):
        write_page(tmp_path / 'page.png', np.zeros((9, 9, 3), np.uint8), [], CAMERA, COCO_17,
                   BODY_16)

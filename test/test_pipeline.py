# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The recipe as a whole, with engines that look at a stage where figures stand."""
from types import SimpleNamespace

import numpy as np
from pose3d_ros.core.camera import PinholeCamera
from pose3d_ros.core.config import Config
from pose3d_ros.core.records import Frame, Source
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from pose3d_ros.pipeline import Pipeline
import pytest

CAMERA = PinholeCamera(640, 480, [[500, 0, 320], [0, 500, 240], [0, 0, 1]])
IMAGE = np.zeros((480, 640, 3), np.uint8)
HEIGHTS = {'nose': 0.65, 'eye': 0.7, 'ear': 0.66, 'shoulder': 0.5, 'elbow': 0.25, 'wrist': 0.0,
           'hip': 0.0, 'knee': -0.42, 'ankle': -0.84}
WIDTHS = {'nose': 0, 'eye': 0.03, 'ear': 0.07, 'shoulder': 0.18, 'elbow': 0.24, 'wrist': 0.28,
          'hip': 0.1, 'knee': 0.11, 'ankle': 0.12}


def figure(skeleton):
    """Return a person (J, 3) who faces the camera, in metres from the pelvis."""
    places = {'pelvis': (0, 0, 0), 'neck': (0, -0.5, 0), 'head': (0, -0.66, 0)}
    for name in COCO_17.points:
        side, _, part = name.rpartition('_')
        places[name] = (WIDTHS[part] * {'left': 1, 'right': -1, '': 0}[side], -HEIGHTS[part], 0)
    return np.array([places[name] for name in skeleton.points])


class Stage:
    """
    Figures at places (N, 3) in the camera frame, and the three engines that see them.

    The heatmap engine answers each crop with the person whose pelvis is nearest to its middle.
    """

    def __init__(self, *places):
        self.places = [np.array(place, float) for place in places]
        self.detections, self.broken, self.hidden = 0, False, ()
        self.detector = self._engine(self._detect, size=(480, 640))
        self.heatmap = self._engine(
            self._locate, size=(256, 192), padding=1.25, keypoints=COCO_17, name='spots')
        self.lifter = self._engine(
            self._lift, keypoints=COCO_17, joints=BODY_16, stature=1.75, name='flat',
            window=1, interval=None)

    @staticmethod
    def _engine(function, **facts):
        def engine(**arrays):
            return function(**arrays)
        engine.facts = SimpleNamespace(**facts)
        return engine

    def pixels(self):
        return [CAMERA.project(figure(COCO_17) + place) for place in self.places]

    def _detect(self, image):
        self.detections += 1
        boxes = np.zeros((8, 4), np.float32)
        scores = np.zeros(8, np.float32)
        shown = [name not in self.hidden for name in COCO_17.points]
        for row, pixels in enumerate(self.pixels()):
            pixels = pixels[shown]
            boxes[row] = *pixels.min(axis=0) - 8, *pixels.max(axis=0) + 8
            scores[row] = 0.9
        return {'boxes': boxes, 'scores': scores}

    def _locate(self, crops):
        if self.broken:
            raise RuntimeError('out of memory')
        found = [self._in_crop(box) for box in self.pipeline._tracker.boxes]
        scores = np.full((len(crops), 17), 0.9, np.float32)
        scores[:, [COCO_17.index(name) for name in self.hidden]] = 0.05
        if not self.places:
            scores[:] = 0.05
        return {'keypoints': np.array(found, np.float32), 'scores': scores,
                'spread': np.tile(np.eye(2, dtype=np.float32), (len(crops), 17, 1, 1))}

    def _in_crop(self, box):
        from pose3d_ros.core import crop
        affine = crop.crop_affine(box, (256, 192), 1.25)
        everybody = self.pixels() or [np.zeros((17, 2))]
        middle = (box[:2] + box[2:]) / 2
        nearest = min(everybody, key=lambda p: np.linalg.norm(
            (p.min(axis=0) + p.max(axis=0)) / 2 - middle))
        return crop.apply(affine, nearest)

    def _lift(self, keypoints, scores, gravity):
        self.gravity, self.window = gravity, scores
        count = len(keypoints)
        return {'joints': np.tile(figure(BODY_16), (count, 1, 1)).astype(np.float32),
                'sigma': np.full((count, 16), 0.02, np.float32)}

    def run(self, **values):
        """Return a pipeline that looks at this stage."""
        self.pipeline = Pipeline(
            Config.from_values({'tracking.birth': 1} | values),
            self.detector, self.heatmap, self.lifter)
        return self.pipeline


def at(stamp, camera=CAMERA, **more):
    return Frame(stamp, IMAGE, camera, **more)


def test_a_person_in_the_picture_is_where_they_are():
    body, = Stage((0.1, 0, 4)).run()(at(0.0))
    assert body.id == 'p1'
    np.testing.assert_allclose(body.joints, figure(BODY_16) + [0.1, 0, 4], atol=0.05)
    np.testing.assert_allclose(
        body.keypoints, CAMERA.project(figure(COCO_17) + [0.1, 0, 4]), atol=0.01)
    assert body.joints.shape == body.velocity.shape == (16, 3)
    assert body.covariance.shape == (16, 3, 3)
    assert (body.source == Source.LIFTED).all() and (body.scores > 0.8).all()
    assert body.box[0] < body.keypoints[:, 0].min() and body.box[3] > body.keypoints[:, 1].max()


def test_a_lifter_with_a_window_gets_the_frames_before():
    stage = Stage((0.1, 0, 4))
    stage.lifter.facts.window, stage.lifter.facts.interval = 3, 0.1
    pipeline = stage.run()
    known = []
    for stamp in (0.0, 0.1, 0.2, 0.3, 1.5):
        pipeline(at(stamp))
        known.append((stage.window > 0).all(axis=(0, 2)).tolist())
    assert known == [[False, False, True], [False, True, True], [True] * 3, [True] * 3,
                     [False, False, True]]


def test_a_known_height_moves_the_person():
    stage = Stage((0, 0, 4))
    tall, = stage.run(**{'placement.height': 1.75 * 1.2})(at(0.0))
    np.testing.assert_allclose(tall.joints[0], [0, 0, 4.8], atol=0.05)
    assert stage.pipeline.scale_source == 'body height 2.10 m within 6 %, as given'
    assert stage.run().scale_source.startswith('body height 1.75 m within 6 %, assumed')


def test_the_floor_moves_the_person_and_is_remembered():
    # the camera at the height of the hips, 5 % lower above the floor than a standard body's are
    floor = {'gravity': np.array([0.0, 1, 0]), 'camera_height': 0.95 * (0.84 + 0.085)}
    stage = Stage((0, 0, 4))
    pipeline = stage.run()
    body, = pipeline(at(0.0, **floor))
    assert 3.75 < body.joints[0, 2] < 3.9
    plain, = Stage((0, 0, 4)).run()(at(0.0, gravity=floor['gravity']))
    assert body.covariance[0, 2, 2] < plain.covariance[0, 2, 2] / 2
    stage.hidden = 'left_ankle', 'right_ankle'
    body, = pipeline(at(0.1, **floor))
    assert 3.75 < body.joints[0, 2] < 3.95
    assert pipeline.scale_sources == {'floor'}
    assert 'p1 1.68 m within 3 % from floor' in pipeline.scale_source


def test_without_seen_feet_or_gravity_there_is_no_floor():
    floor = {'gravity': np.array([0.0, 1, 0]), 'camera_height': 0.88}
    stage = Stage((0, 0, 4))
    for hidden, known in ((('left_ankle',), floor), ((), floor | {'gravity': None})):
        stage.hidden = hidden
        pipeline = stage.run()
        body, = pipeline(at(0.0, **known))
        assert body.joints[0, 2] == pytest.approx(4, abs=0.05)
        assert pipeline.scale_sources == set()


def test_what_depth_shows_is_remembered_without_it():
    stage = Stage((0, 0, 4))
    pipeline = stage.run()
    wall = np.full((480, 640), 3.7, np.float32)
    for stamp in (0.0, 0.1, 0.2):
        pipeline(at(stamp, depth=wall))
    assert pipeline.scale_sources == {'depth'}
    body, = pipeline(at(0.3))
    assert 3.65 < body.joints[0, 2] < 3.9


def test_a_lift_that_does_not_fit_its_picture_is_not_published():
    stage = Stage((0, 0, 4))
    pipeline = stage.run()
    lift = stage.lifter

    def upside_down(**arrays):
        return (out := lift(**arrays)) | {'joints': out['joints'] * np.float32([1, -1, 1])}
    upside_down.facts = lift.facts
    pipeline._lifter = upside_down
    for body in pipeline(at(0.0)):
        assert np.isnan(body.joints).all() and not body.scores.any()


def test_nobody_in_the_picture():
    assert Stage().run()(at(0.0)) == []


def test_the_detector_runs_at_times_and_whenever_somebody_is_missing():
    stage = Stage((0, 0, 4))
    pipeline = stage.run(**{'detection.every': 5})
    for frame in range(10):
        pipeline(at(frame / 30))
    assert stage.detections == 2
    stage.places = []
    for frame in range(10, 13):
        pipeline(at(frame / 30))
    assert stage.detections > 3


def test_colours_are_learned_at_times_and_of_several_always():
    for places, count in (((0, 0, 4),), 2), (((-0.7, 0, 4), (0.7, 0, 4)), 10):
        pipeline = Stage(*places).run(**{'detection.every': 5})
        for frame in range(10):
            pipeline(at(frame / 30))
        assert pipeline._tracker.tracks['looks']['count'].tolist() == [[count] * 6] * len(places)


def test_two_persons_have_their_own_joints_and_ids():
    stage = Stage((-0.7, 0, 4), (0.7, 0, 4))
    pipeline = stage.run()
    first = {body.id: body.joints[0, 0] for body in pipeline(at(0.0))}
    assert sorted(first) == ['p1', 'p2']
    for frame in range(1, 12):
        for place in stage.places:
            place[0] += 0.01
        bodies = {body.id: body for body in pipeline(at(frame / 30))}
        assert sorted(bodies) == sorted(first)
    for name, body in bodies.items():
        np.testing.assert_allclose(body.joints[0, 0], first[name] + 0.11, atol=0.08)


def test_hidden_joints_are_predicted_and_say_so():
    stage = Stage((0, 0, 4))
    stage.hidden = ('left_ankle', 'left_knee')
    body, = stage.run()(at(0.0))
    for name in stage.hidden:
        row = BODY_16.index(name)
        assert body.source[row] == Source.PREDICTED
        assert np.isfinite(body.joints[row]).all()
    assert body.source[BODY_16.index('right_ankle')] == Source.LIFTED
    assert body.scores[BODY_16.index('right_ankle')] > 0.8


def test_too_few_keypoints_are_no_person():
    stage = Stage((0, 0, 4))
    stage.hidden = COCO_17.points[5:]
    assert stage.run(**{'keypoints.min_seen': 6})(at(0.0)) == []


def test_a_face_alone_is_a_body_without_known_joints():
    stage = Stage((0, 0, 4))
    stage.hidden = COCO_17.points[5:]  # nose, eyes and ears show two joints only
    body, = stage.run(**{'keypoints.min_seen': 4})(at(0.0))
    assert np.isnan(body.joints).all() and np.isnan(body.covariance).all()
    assert not body.scores.any() and (body.source == Source.UNKNOWN).all()


def test_keypoints_for_which_the_lens_knows_no_ray_are_not_seen():
    # this lens turns back at 43 degrees: the corners of the picture have no ray
    folding = PinholeCamera(
        640, 480, [[250, 0, 320], [0, 250, 240], [0, 0, 1]], 'plumb_bob', [-0.3, 0, 0, 0, 0])
    stage = Stage((-1.4, 0, 2.5))
    bodies = stage.run()(at(0.0, folding))
    assert all(np.isfinite(body.joints).all() or not body.scores.any() for body in bodies)


def test_gravity_reaches_the_lifter():
    stage = Stage((0, 0, 4))
    stage.run()(at(0.0, gravity=np.array([0, 1.0, 0])))
    np.testing.assert_allclose(stage.gravity, [[0, 1, 0]], atol=0.1)
    stage.run()(at(0.0))
    np.testing.assert_array_equal(stage.gravity, [[0, 0, 0]])


def test_after_an_engine_failed_the_next_frame_is_as_good_as_the_first():
    stage = Stage((0, 0, 4))
    pipeline = stage.run()
    stage.broken = True
    with pytest.raises(RuntimeError, match='out of memory'):
        pipeline(at(0.0))
    stage.broken = False
    body, = pipeline(at(0.1))
    np.testing.assert_allclose(body.joints[0], [0, 0, 4], atol=0.05)


def test_the_clock_jumping_back_and_reset_begin_anew():
    pipeline = Stage((0, 0, 4)).run()
    names = [pipeline(at(stamp))[0].id for stamp in (10.0, 10.1, 3.0, 3.1)]
    assert names == ['p1', 'p1', 'p2', 'p2']
    pipeline.reset()
    assert pipeline(at(0.0))[0].id == 'p3'


def test_after_a_reset_nobody_has_a_size():
    pipeline = Stage((0, 0, 4)).run()
    pipeline(at(0.0, depth=np.full((480, 640), 3.7, np.float32)))
    assert pipeline.scale_sources == {'depth'}
    pipeline.reset()
    assert pipeline.scale_sources == set() and 'p1' not in pipeline.scale_source


def test_every_stage_is_timed():
    pipeline = Stage((0, 0, 4)).run()
    pipeline(at(0.0))
    seconds = pipeline.stopwatch.seconds
    assert {'detection', 'keypoints', 'tracking', 'lifting', 'placement'} <= set(seconds)
    assert all(0 <= value < 1 for value in seconds.values())


def test_a_lifter_that_needs_other_keypoints_is_refused():
    stage = Stage()
    stage.lifter.facts.keypoints = BODY_16
    with pytest.raises(ValueError, match=r"'flat' needs .* 'spots' does not give: \['pelvis'"):
        stage.run()


def test_the_same_frames_give_the_same_bodies():
    runs = []
    for _ in range(2):
        pipeline = Stage((0, 0, 4), (1, 0, 5)).run()
        runs.append([body for frame in range(4) for body in pipeline(at(frame / 30))])
    for one, other in zip(*runs, strict=True):
        for name in ('id', 'box', 'keypoints', 'joints', 'covariance', 'scores', 'source'):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Import of networks: pre-processing, opsets, refusals; real networks against numpy."""
import cv2
from engine_fixtures import DATA, heatmaps, network, REAL, real_network, save
import numpy as np
from onnx import helper, numpy_helper, TensorProto
import onnxruntime
from pose3d_ros import inference
from pose3d_ros.core.skeleton import COCO_17
from pose3d_ros.graphs.importing import import_network
from pose3d_ros.graphs.opset import at_opset
from pose3d_ros.graphs.recipe import Recipe
from pose3d_ros.graphs.saving import read_network, save_engine
from pose3d_ros.inference.trial import check_same
import pytest

HEATMAP = Recipe('heatmap')


def pooling_network(opset=17):
    """Return a network whose three 'heatmaps' are the three channels it is given, pooled."""
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node('AveragePool', ['crops'], ['boxes'], kernel_shape=[4, 4],
                          strides=[4, 4])],
        'pool', [info('crops', TensorProto.FLOAT, ('N', 3, 32, 32))],
        [info('boxes', TensorProto.FLOAT, ('N', 3, 8, 8))],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', opset)], ir_version=8)


@pytest.mark.parametrize(('channels', 'expected'), [
    ('rgb', [0.4, 0.2, 0]), ('bgr', [0, 0.2, 0.4]),
])
def test_pictures_are_normalised_in_the_networks_channel_order(tmp_path, channels, expected):
    recipe = Recipe('heatmap', channels=channels, mean=(10, 10, 10), std=(100, 100, 100))
    path = save(import_network(pooling_network(), recipe), tmp_path / 'engine.onnx')
    crops = np.empty((2, 32, 32, 3), np.uint8)
    crops[:] = 50, 30, 10
    session = onnxruntime.InferenceSession(path)
    scores = session.run(['scores'], {'crops': crops})[0]
    assert scores == pytest.approx(np.array([expected, expected]), abs=1e-6)


def test_an_import_is_the_same_every_time():
    first, second = (import_network(network({'maps': heatmaps((20, 10))}), HEATMAP)
                     for _ in range(2))
    assert first.SerializeToString(deterministic=True) == second.SerializeToString(
        deterministic=True
    )


@pytest.mark.parametrize('opset', [11, 13, 17])
def test_engines_have_opset_17_and_the_results_stay(tmp_path, opset):
    model = import_network(network({'maps': heatmaps((20, 10))}, opset=opset), HEATMAP)
    assert [(each.domain, each.version) for each in model.opset_import] == [('', 17)]
    engine = inference.load(save(model, tmp_path / 'engine.onnx'))
    out = engine(crops=np.zeros((3, 256, 192, 3), np.uint8))
    assert out['keypoints'] == pytest.approx(np.tile([80.0, 40], (3, 17, 1)), abs=0.01)


@pytest.mark.parametrize(('model', 'recipe', 'message'), [
    (network({'a': np.zeros((1, 17, 64, 48))}, batch=1), HEATMAP, 'free batch size'),
    (network({'a': np.zeros((1, 17, 64))}), HEATMAP, r'expected heatmaps \(B, J, h, w\)'),
    (network({name: np.zeros((1, 17, 8)) for name in 'abc'}), HEATMAP, '3 outputs is unknown'),
    (network({name: np.zeros((1, 17, 384)) for name in 'xy'}), HEATMAP, r'\[384, 512\] bins'),
    (network({'a': np.zeros((1, 9, 6))}), Recipe('detector'), r'gives \(1, 1008, at least 6\)'),
    (network({'a': np.zeros((1, 1008, 6))}), Recipe('detector', person=1), 'at least 7'),
    (network({'a': np.zeros((1, 9, 6)), 'b': np.zeros((1, 9, 1))}), Recipe('detector'),
     'expected dets'),
    (network({'a': np.zeros((1, 17, 64, 48))}), Recipe('heatmap', size=(128, 96)), 'asked for'),
    (network({'a': np.zeros((1, 17, 64, 48))}, height='H'), HEATMAP, 'give the one to use'),
])
def test_networks_that_do_not_fit_are_refused(model, recipe, message):
    with pytest.raises(ValueError, match=message):
        import_network(model, recipe)


def test_operators_of_others_are_refused():
    odd = helper.make_node('Odd', ['mean'], ['odd'], domain='maker')
    model = network({'a': np.zeros((1, 17, 64, 48))}, extra=[odd])
    model.opset_import.append(helper.make_opsetid('maker', 1))
    with pytest.raises(ValueError, match=r"operators of \['maker'\]"):
        import_network(model, HEATMAP)


def test_a_free_picture_size_is_fixed_by_the_recipe(tmp_path):
    model = network({'maps': heatmaps((20, 10))}, height='H', width='W')
    path = save(import_network(model, Recipe('heatmap', size=(256, 192))), tmp_path / 'e.onnx')
    assert inference.load(path).facts.size == (256, 192)


def test_newer_opsets_are_converted_where_that_works():
    assert at_opset(pooling_network(18), 17).opset_import[0].version == 17


def test_newer_opsets_are_converted_right_or_refused():
    model = network({'maps': heatmaps((20, 10))}, opset=18)
    try:  # onnx 1.19 loses the axes of ReduceMean, 1.23 does not
        converted = at_opset(model, 17)
    except ValueError as error:
        assert 'opset 18 and cannot be converted to 17' in str(error)
    else:
        check_same(model.SerializeToString(), converted.SerializeToString())


def test_a_network_of_the_future_is_refused():
    with pytest.raises(ValueError, match='opset 99 and cannot be converted to 17'):
        at_opset(network({'maps': heatmaps((20, 10))}, opset=99), 17)


@pytest.mark.parametrize(('options', 'message'), [
    ({'kind': 'lifter'}, "kind: expected one of .* got 'lifter'"),
    ({'kind': 'heatmap', 'decoder': 'best'}, 'decoder: expected one of'),
    ({'kind': 'heatmap', 'mean': [1.0]}, 'mean: expected 3 numbers'),
    ({'kind': 'heatmap', 'std': [1, 0, 1]}, 'std: expected numbers other than 0'),
    ({'kind': 'heatmap', 'padding': -1}, 'padding: expected a positive number'),
    ({'kind': 'heatmap', 'keypoints': 'coco_18'}, "unknown skeleton 'coco_18'"),
    ({'kind': 'heatmap', 'colour': 'red'}, r"unknown import options \['colour'\]"),
])
def test_recipes_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        Recipe.from_dict(options)


@pytest.mark.parametrize('content', [b'', b'hello', b'\x89PNG\r\n\x1a\n'])
def test_files_that_are_no_network_are_refused(tmp_path, content):
    (tmp_path / 'file').write_bytes(content)
    with pytest.raises(ValueError, match='truncated or not an ONNX file'):
        read_network(tmp_path / 'file')


def test_an_engine_that_fails_its_check_leaves_no_file(tmp_path):
    def refuse(path):
        raise ValueError('no good')

    with pytest.raises(ValueError, match='no good'):
        save_engine(network({'maps': heatmaps((1, 1))}), tmp_path / 'e.onnx', refuse)
    assert list(tmp_path.iterdir()) == []


def run_raw(path, pictures):
    """Return a third-party network's output for normalised pictures (B, 3, H, W)."""
    session = onnxruntime.InferenceSession(path)
    return session.run(None, {session.get_inputs()[0].name: pictures.astype(np.float32)})[0]


@pytest.mark.parametrize('name', ['tinypose_256x192', 'tinypose_128x96'])
def test_tinypose_engine_equals_numpy_around_the_raw_network(tmp_path, name):
    path = real_network(name)
    recipe = REAL[name]
    engine = inference.load(save(import_network(read_network(path), recipe), tmp_path / 'e.onnx'))
    height, width = engine.facts.size
    crops = np.random.default_rng(1).integers(0, 256, (3, height, width, 3), dtype=np.uint8)
    out = engine(crops=crops)

    maps = run_raw(path, ((crops - np.array(recipe.mean)) / recipe.std).transpose(0, 3, 1, 2))
    for person, joint in np.ndindex(maps.shape[:2]):
        padded = np.pad(maps[person, joint], 3, constant_values=-np.inf)
        row, column = np.unravel_index(padded.argmax(), padded.shape)
        window = padded[row - 3:row + 4, column - 3:column + 4]
        weights = np.exp(10 * (window - window.max()))
        weights /= weights.sum()
        steps = np.mgrid[-3:4, -3:4]
        step = np.array([(weights * steps[1]).sum(), (weights * steps[0]).sum()])
        expected = 4 * (np.array([column, row]) - 3 + step)
        assert out['keypoints'][person, joint] == pytest.approx(expected, abs=0.02)
        assert out['scores'][person, joint] == pytest.approx(np.clip(window[3, 3], 0, 1), abs=1e-4)


def test_person_engine_equals_numpy_around_the_raw_network(tmp_path):
    path = real_network('person_192')
    engine = inference.load(
        save(import_network(read_network(path), REAL['person_192']), tmp_path / 'e.onnx')
    )
    image = np.random.default_rng(1).integers(0, 256, (1, 192, 192, 3), dtype=np.uint8)
    out = engine(image=image)

    rows = run_raw(path, image[..., ::-1].transpose(0, 3, 1, 2))[0]
    boxes, scores = [], rows[:, 4] * rows[:, 5]
    cells = [(x, y, stride) for stride in (8, 16, 32)
             for y in range(192 // stride) for x in range(192 // stride)]
    for (x, y, stride), row in zip(cells, rows, strict=True):
        middle = (row[:2] + [x, y]) * stride
        half = np.exp(row[2:4]) * stride / 2
        boxes.append([*(middle - half), *(middle + half)])
    best = np.argsort(-scores, kind='stable')[:64]
    assert out['scores'] == pytest.approx(scores[best], abs=1e-5)
    assert out['boxes'] == pytest.approx(np.array(boxes)[best], abs=0.05)


def test_weights_reach_the_engine_unchanged():
    path = real_network('person_192')
    before = read_network(path).graph.initializer
    after = import_network(read_network(path), REAL['person_192']).graph.initializer
    after = {each.name: numpy_helper.to_array(each) for each in after}
    for weight in before:
        assert np.array_equal(after['network/' + weight.name], numpy_helper.to_array(weight))


def test_a_mirrored_person_gives_mirrored_keypoints(tmp_path):
    clip = DATA / 'video' / 'balancing' / 'cam01.mp4'
    if not clip.is_file():
        pytest.skip(f'{clip} is missing: set POSE3D_DATA')
    detector, pose = (
        inference.load(save(import_network(read_network(real_network(name)), REAL[name]),
                            tmp_path / name))
        for name in ('person_192', 'tinypose_256x192')
    )
    picture = cv2.cvtColor(cv2.VideoCapture(str(clip)).read()[1], cv2.COLOR_BGR2RGB)
    scale = 192 / max(picture.shape[:2])
    letterbox = np.full((1, 192, 192, 3), 114, np.uint8)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    letterbox[0, :small.shape[0], :small.shape[1]] = small
    found = detector(image=letterbox)
    assert found['scores'][0] > 0.5

    left, top, right, bottom = found['boxes'][0] / scale
    zoom = min(256 / (bottom - top), 192 / (right - left)) / 1.25
    corner = np.array([95.5, 127.5]) - zoom * np.array([left + right, top + bottom]) / 2
    crop = cv2.warpAffine(picture, np.array([[zoom, 0, corner[0]], [0, zoom, corner[1]]]),
                          (192, 256))
    out = pose(crops=np.stack([crop, crop[:, ::-1]]))
    assert (out['scores'] > 0.3).all()
    plain, mirrored = out['keypoints'][0], out['keypoints'][1, COCO_17.mirrored]
    difference = plain - np.stack([191 - mirrored[:, 0], mirrored[:, 1]], axis=1)
    # had the alignment of heatmap and crop been off by b px, the mean in x would be 2 b
    assert np.abs(np.median(difference, axis=0)).max() < 1
    assert np.abs(difference).max() < 12

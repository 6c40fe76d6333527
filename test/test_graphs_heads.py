# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Decoding inside the graph: numbers worked by hand on small made-up networks."""
from engine_fixtures import gaussian, heatmaps, network, save
import numpy as np
from pose3d_ros import inference
from pose3d_ros.graphs.importing import import_network
from pose3d_ros.graphs.recipe import Recipe
import pytest


@pytest.fixture
def run(tmp_path):
    """Return a function: network outputs and recipe to engine outputs."""
    def run(outputs, recipe, batch=1, **options):
        path = save(import_network(network(outputs, **options), recipe), tmp_path / 'e.onnx')
        engine = inference.load(path)
        size = (batch, *engine.facts.size, 3)
        name = 'crops' if recipe.kind == 'heatmap' else 'image'
        return engine(**{name: np.zeros(size, np.uint8)})
    return run


@pytest.mark.parametrize(('decoder', 'tolerance'), [('softargmax', 0.3), ('taylor', 0.05)])
@pytest.mark.parametrize('peak', [(20.0, 10.0), (20.3, 10.7), (24.49, 31.51), (5.25, 58.1)])
def test_sub_pixel_peaks_are_found(run, decoder, tolerance, peak):
    out = run({'maps': heatmaps(peak)}, Recipe('heatmap', decoder=decoder))
    # one pixel of the heatmap is four of the crop, and their first pixels lie on each other
    assert out['keypoints'][0, 0] == pytest.approx(4 * np.array(peak), abs=tolerance)


def test_argmax_gives_the_pixel_and_its_value(run):
    out = run({'maps': heatmaps((20.3, 10.7), peak=0.5)}, Recipe('heatmap', decoder='argmax'))
    assert out['keypoints'][0, 0].tolist() == [80, 44]
    assert out['scores'][0, 0] == pytest.approx(0.5 * np.exp(-(0.3**2 + 0.3**2) / 8), abs=1e-6)


def test_udp_alignment_puts_the_last_pixels_on_each_other(run):
    recipe = Recipe('heatmap', decoder='argmax', alignment='udp')
    out = run({'maps': heatmaps((47, 63))}, recipe)
    assert out['keypoints'][0, 0] == pytest.approx([191, 255], abs=1e-3)


def test_each_joint_of_each_person_has_its_own_peak(run):
    peaks = [(3 + 2 * joint, 60 - 3 * joint) for joint in range(17)]
    out = run({'maps': heatmaps(*peaks)}, Recipe('heatmap'), batch=3)
    assert out['keypoints'] == pytest.approx(np.tile(4.0 * np.array(peaks), (3, 1, 1)), abs=0.3)


@pytest.mark.parametrize('decoder', ['softargmax', 'taylor', 'argmax'])
@pytest.mark.parametrize('peak', [(0, 0), (47, 63), (-1, 30), (20, 64.5)])
def test_peaks_at_the_edge_stay_near_the_crop(run, decoder, peak):
    out = run({'maps': heatmaps(peak)}, Recipe('heatmap', decoder=decoder))
    assert np.isfinite(out['keypoints']).all() and np.isfinite(out['spread']).all()
    assert (np.abs(out['keypoints'][0, 0] - np.clip(4 * np.array(peak), 0, (188, 252))) < 6).all()


@pytest.mark.parametrize('decoder', ['softargmax', 'taylor', 'argmax'])
def test_a_flat_map_has_no_score_and_a_wide_spread(run, decoder):
    out = run({'maps': np.zeros((1, 17, 64, 48))}, Recipe('heatmap', decoder=decoder))
    assert (out['scores'] == 0).all() and np.isfinite(out['keypoints']).all()
    assert (np.linalg.eigvalsh(out['spread']) > 10).all()


def test_a_second_person_in_the_crop_does_not_pull_the_keypoint(run):
    maps = heatmaps((20, 10)) + 0.9 * gaussian(30, 40)
    out = run({'maps': maps}, Recipe('heatmap'))
    assert out['keypoints'][0, 0] == pytest.approx([80, 40], abs=0.05)


def test_spread_is_the_covariance_of_the_window(run):
    maps = np.zeros((1, 17, 64, 48))
    maps[..., 30, 20] = 1
    out = run({'maps': maps}, Recipe('heatmap'))
    # one pixel weighs exp(10), the other 48 weigh 1; their squares of x sum to 7 * 28;
    # plus the floor 0.05; one heatmap px^2 is 16 crop px^2
    variance = 16 * (7 * 28 / (np.exp(10) + 48) + 0.05)
    assert out['spread'][0, 0] == pytest.approx(variance * np.eye(2), abs=1e-3)


def test_spread_grows_as_scores_fall_and_follows_the_shape(run):
    rows, columns = np.mgrid[:64, :48]
    ridge = np.exp(-((columns - rows + 10) ** 2) / 2 - ((columns + rows - 50) ** 2) / 40)
    weak = gaussian(20, 30, peak=0.3)
    strong = gaussian(20, 30)
    out = run({'maps': np.stack([strong, weak, ridge] + [strong] * 14)[None]}, Recipe('heatmap'))
    strong, weak, ridge = out['spread'][0, :3]
    assert np.trace(weak) > 1.5 * np.trace(strong)
    assert ridge[0, 1] > 0.3 * ridge[0, 0]  # the ridge runs along x = y


def test_mirrored_heatmaps_give_mirrored_keypoints(run):
    maps = np.random.default_rng(0).uniform(size=(1, 17, 64, 48))
    for decoder in ('softargmax', 'taylor'):
        recipe = Recipe('heatmap', decoder=decoder)
        out, mirrored = run({'m': maps}, recipe), run({'m': maps[..., ::-1]}, recipe)
        assert mirrored['keypoints'][..., 0] == pytest.approx(188 - out['keypoints'][..., 0],
                                                              abs=1e-2)
        assert mirrored['keypoints'][..., 1] == pytest.approx(out['keypoints'][..., 1], abs=1e-2)
        flip = np.diag([-1, 1])
        assert mirrored['spread'] == pytest.approx(flip @ out['spread'] @ flip, abs=1e-2)


def simcc(x, y, heights=(0.8, 0.6)):
    """Return outputs of an RTMPose: one peak per axis, in bins."""
    bins = [np.exp(-((np.arange(count) - middle) ** 2) / (2 * 5.0**2)) * peak
            for count, middle, peak in zip((384, 512), (x, y), heights, strict=True)]
    return {name: np.tile(values, (1, 17, 1)) for name, values in zip(('sx', 'sy'), bins)}


def test_simcc_gives_half_pixels_and_the_smaller_score(run):
    out = run(simcc(101, 202), Recipe('heatmap'), batch=2)
    assert out['keypoints'][1, 3].tolist() == [50.5, 101]
    assert out['scores'][1, 3] == pytest.approx(0.6, abs=1e-6)
    spread = out['spread'][1, 3]
    # a bin weighs exp(10 * value); there are 4 bins^2 to a px^2; the floor is 0.25
    steps = np.arange(-8, 9)
    weights = np.exp(10 * 0.8 * np.exp(-(steps**2) / 50))
    assert spread[0, 0] == pytest.approx((weights @ steps**2) / weights.sum() / 4 + 0.25, rel=1e-4)
    assert spread[1, 1] > spread[0, 0] and spread[0, 1] == 0


@pytest.mark.parametrize(('x', 'y'), [(0, 0), (383, 511)])
def test_simcc_at_the_edge(run, x, y):
    out = run(simcc(x, y), Recipe('heatmap'))
    assert out['keypoints'][0, 0].tolist() == [x / 2, y / 2]
    assert np.isfinite(out['spread']).all()


def yolox_rows(decoded=False, classes=1, person=0):
    """Return YOLOX rows for 64x64 px: one person in the cell x = 3, y = 2 of stride 8."""
    rows = np.full((1, 64 + 16 + 4, 5 + classes), -9.0)
    rows[..., 4:] = 0.01
    box = [28, 20, 16, 32] if decoded else [0.5, 0.5, np.log(2), np.log(4)]
    rows[0, 2 * 8 + 3, :5] = [*box, 0.9]
    rows[0, 2 * 8 + 3, 5 + person] = 0.8
    rows[0, 70, 4:] = 0.9  # of another class where there are several
    rows[0, 70, 5 + person] = 0.1
    return {'output': rows}


@pytest.mark.parametrize('options', [
    {}, {'decoded': True}, {'classes': 80}, {'classes': 3, 'person': 2},
])
def test_yolox_by_hand(run, options):
    recipe = Recipe('detector', decoded=options.get('decoded', False),
                    person=options.get('person', 0))
    out = run(yolox_rows(**options), recipe, height=64, width=64, batch=1)
    # middle ((3 + 0.5) * 8, (2 + 0.5) * 8), size (2 * 8, 4 * 8)
    assert out['boxes'].shape == (64, 4) and out['scores'].shape == (64,)
    assert out['boxes'][0] == pytest.approx([20, 4, 36, 36], abs=1e-3)
    assert out['scores'][:2] == pytest.approx([0.72, 0.09], abs=1e-6)
    assert (np.diff(out['scores']) <= 0).all()


def test_yolox_cells_of_every_stride(run):
    rows = np.zeros((1, 84, 6))
    rows[0, :, 4:] = 1
    out = run({'o': rows}, Recipe('detector', candidates=500), height=64, width=64)
    assert out['boxes'].shape == (84, 4)  # no more than there are
    sizes, counts = np.unique(out['boxes'][:, 2] - out['boxes'][:, 0], return_counts=True)
    assert sizes.tolist() == [8, 16, 32] and counts.tolist() == [64, 16, 4]
    for last in ([52, 52, 60, 60], [40, 40, 56, 56], [16, 16, 48, 48]):
        assert last in out['boxes'].tolist()


def test_rtmdet_keeps_persons_and_fills_up(run):
    dets = np.array([[[1, 2, 30, 40, 0.5], [5, 6, 7, 8, 0.9], [10, 2, 30, 40, 0.7]]])
    out = run({'dets': dets, 'labels': np.array([[0, 2, 0]])}, Recipe('detector', candidates=8),
              height=64, width=64)
    assert out['boxes'].shape == (8, 4) and out['scores'].shape == (8,)
    assert out['scores'] == pytest.approx(np.array([0.7, 0.5] + [0] * 6), abs=1e-6)
    assert out['boxes'][:2].tolist() == [[10, 2, 30, 40], [1, 2, 30, 40]]

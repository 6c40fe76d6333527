# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""A camera: pixels to rays and back, for every lens model, and calibrations that are refused."""
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
from pose3d_ros.core.camera import CameraError, PinholeCamera
import pytest

K = [[500, 0, 320], [0, 510, 240], [0, 0, 1]]
LENSES = {
    'pinhole': PinholeCamera(640, 480, K),
    'plumb_bob': PinholeCamera(640, 480, K, 'plumb_bob', [-0.3, 0.1, 0.001, -0.001, -0.02]),
    'rational': PinholeCamera(
        640, 480, K, 'rational_polynomial', [0.2, -0.1, 0.001, 5e-4, 0.02, 0.3, -0.05, 0.01]),
    'equidistant': PinholeCamera(640, 480, K, 'equidistant', [0.05, -0.01, 0.002, -5e-4]),
}
EDGE = np.array([[0, 0], [639, 0], [0, 479], [639, 479], [320, 0], [639, 240]], float)
every_lens = pytest.mark.parametrize('camera', LENSES.values(), ids=LENSES)
quick = settings(deadline=None, max_examples=30)
pixel = st.tuples(st.floats(0, 639), st.floats(0, 479))


def at(rays, distance=1.0):
    """Return the points (..., 3) on rays (..., 2) at a distance along the optical axis."""
    return np.concatenate([rays, np.ones_like(rays[..., :1])], axis=-1) * distance


def test_a_point_by_hand():
    # 1 m right, 0.5 m down, 2 m ahead: u = 320 + 500 / 2, v = 240 + 510 / 4
    camera = LENSES['pinhole']
    np.testing.assert_allclose(camera.project(np.array([1, 0.5, 2])), [570, 367.5])
    np.testing.assert_allclose(camera.rays(np.array([570, 367.5])), [0.5, 0.25])


def test_distortion_by_hand():
    # at slope (0.5, 0), r^2 = 1/4: plumb_bob with k1 = -0.2 shrinks by 1 - 0.05
    camera = PinholeCamera(640, 480, K, 'plumb_bob', [-0.2, 0, 0, 0, 0])
    np.testing.assert_allclose(camera.project(np.array([1, 0, 2.0])), [320 + 500 * 0.475, 240])
    # equidistant: the angle, here atan(0.5), is what counts, plus k1 times its cube
    camera = PinholeCamera(640, 480, K, 'equidistant', [0.1, 0, 0, 0])
    angle = np.arctan(0.5)
    np.testing.assert_allclose(
        camera.project(np.array([1, 0, 2.0])), [320 + 500 * (angle + 0.1 * angle**3), 240])


@every_lens
@quick
@given(points=st.lists(pixel, min_size=1, max_size=5), distance=st.floats(0.1, 100))
def test_pixels_to_rays_and_back(camera, points, distance):
    pixels = np.concatenate([points, EDGE])
    again = camera.project(at(camera.rays(pixels), distance))
    np.testing.assert_allclose(again, pixels, atol=1e-6)


@every_lens
@quick
@given(point=st.tuples(st.floats(-0.5, 0.5), st.floats(-0.4, 0.4), st.floats(0.2, 50)))
def test_points_to_pixels_and_back(camera, point):
    x, y, z = point
    rays = camera.rays(camera.project(np.array([x * z, y * z, z])))
    np.testing.assert_allclose(rays, [x, y], atol=1e-6)


@every_lens
def test_shapes_are_kept_also_of_nothing(camera):
    assert camera.rays(np.zeros((2, 17, 2))).shape == (2, 17, 2)
    assert camera.rays(np.zeros((0, 17, 2))).shape == (0, 17, 2)
    assert camera.project(np.ones((2, 17, 3))).shape == (2, 17, 2)
    assert camera.project(np.ones((0, 17, 3))).shape == (0, 17, 2)


@every_lens
def test_the_unknown_stays_unknown_and_spoils_nothing_else(camera):
    pixels = np.array([[np.nan, 3], [320, 240], [5, np.nan]])
    np.testing.assert_allclose(camera.rays(pixels), [[np.nan] * 2, [0, 0], [np.nan] * 2])
    points = np.array([[np.nan, 0, 1], [0, 0, 1], [0, 0, np.nan]])
    np.testing.assert_allclose(camera.project(points), [[np.nan] * 2, [320, 240], [np.nan] * 2])


@every_lens
def test_what_is_behind_the_camera_is_not_seen(camera):
    assert np.isnan(camera.project(np.array([[0.1, 0.1, -1], [0.1, 0.1, 0]]))).all()


@pytest.mark.parametrize('camera', [
    PinholeCamera(640, 480, [[250, 0, 320], [0, 250, 240], [0, 0, 1]], 'plumb_bob',
                  [-0.3, 0, 0, 0, 0]),  # this polynomial turns back at 43 degrees
    PinholeCamera(640, 480, [[150, 0, 320], [0, 150, 240], [0, 0, 1]], 'equidistant',
                  [0.1, 0.05, 0, 0]),  # 90 degrees are inside of the image
    PinholeCamera(640, 480, [[200, 0, 320], [0, 200, 240], [0, 0, 1]], 'equidistant',
                  [-0.05, 0, 0, 0]),
], ids=['folding', 'wide', 'wide and folding'])
def test_a_ray_is_right_or_unknown_all_over_the_image(camera):
    u, v = np.meshgrid(np.linspace(0, 639, 33), np.linspace(0, 479, 25))
    pixels = np.stack([u, v], axis=-1)
    rays = camera.rays(pixels)
    known = np.isfinite(rays).all(axis=-1)
    assert 0.2 < known.mean() < 1
    assert known[12, 8:24].all()  # the middle
    np.testing.assert_allclose(camera.project(at(rays[known])), pixels[known], atol=0.1)
    assert np.isnan(rays[~known]).all()


def test_ray_covariance_by_hand():
    camera = LENSES['pinhole']
    covariance = camera.ray_covariance(np.array([0.3, -0.2]), np.diag([25.0, 4.0]))
    np.testing.assert_allclose(covariance, np.diag([25 / 500**2, 4 / 510**2]), rtol=1e-6)
    # equidistant without distortion at 45 degrees: a pixel is 1 / f radians, slope = tan(angle)
    # grows by 1 / cos^2 = 2 per radian along the radius, by tan(angle) / angle across
    fisheye = PinholeCamera(
        640, 480, [[200, 0, 320], [0, 200, 240], [0, 0, 1]], 'equidistant', [0, 0, 0, 0])
    covariance = fisheye.ray_covariance(np.array([1.0, 0.0]), np.eye(2))
    np.testing.assert_allclose(
        covariance, np.diag([2.0, 4 / np.pi])**2 / 200**2, rtol=1e-3, atol=1e-8)


@every_lens
def test_ray_covariance_is_that_of_many_noisy_pixels(camera):
    noise = np.random.default_rng(0).multivariate_normal([0, 0], [[4, 1], [1, 2]], 20000)
    pixels = np.array([500.0, 60.0])
    expected = np.cov(camera.rays(pixels + noise).T)
    covariance = camera.ray_covariance(camera.rays(pixels), np.array([[4, 1], [1, 2.0]]))
    np.testing.assert_allclose(covariance, expected, rtol=0.05, atol=0.05 * expected.max())


def test_no_calibration_says_how_to_calibrate():
    with pytest.raises(CameraError, match=r'no calibration.*K is zero.*camera_calibration'):
        PinholeCamera(640, 480, np.zeros(9))


@pytest.mark.parametrize('change, message', [
    ({'matrix': [[0, 0, 320], [0, 500, 240], [0, 0, 1]]}, 'camera matrix K is not valid'),
    ({'matrix': [[500, 0, 320], [0, -500, 240], [0, 0, 1]]}, 'camera matrix K is not valid'),
    ({'matrix': [[np.nan, 0, 320], [0, 500, 240], [0, 0, 1]]}, 'camera matrix K is not valid'),
    ({'distortion': [0.1, np.nan, 0, 0]}, 'distortion is not finite'),
    ({'model': 'thin_prism', 'distortion': [0.1, 0, 0, 0]}, "unknown distortion model 'thin_pri"),
    ({'model': 'equidistant', 'distortion': [0.1] * 5}, r'equidistant takes \(4,\).* 5 given'),
    ({'distortion': [0.1] * 8}, 'plumb_bob takes'),
    ({'width': 0}, 'a camera of 0 x 480 pixels'),
    ({'height': -1}, 'a camera of 640 x -1 pixels'),
])
def test_what_cannot_be_a_calibration_is_refused(change, message):
    with pytest.raises(CameraError, match=message):
        PinholeCamera(**({'width': 640, 'height': 480, 'matrix': K} | change))


@pytest.mark.parametrize('model', ['', 'none', 'plumb_bob'])
@pytest.mark.parametrize('distortion', [[], [0, 0, 0, 0], np.zeros(8)])
def test_no_distortion_is_fine_whatever_the_model_is_called(model, distortion):
    camera = PinholeCamera(640, 480, K, model, distortion)
    np.testing.assert_allclose(camera.rays(np.array([820.0, 240])), [1, 0])


def test_an_equidistant_lens_without_distortion_maps_angles():
    camera = PinholeCamera(640, 480, K, 'equidistant', [0, 0, 0, 0])
    np.testing.assert_allclose(camera.rays(np.array([320 + 500 * np.pi / 6, 240])),
                               [np.tan(np.pi / 6), 0], atol=1e-9)
    # no coefficients at all, as for a rectified image: a pinhole
    camera = PinholeCamera(640, 480, K, 'equidistant', [])
    np.testing.assert_allclose(camera.rays(np.array([820.0, 240])), [1, 0])


def test_the_corner_of_the_picture_stays_the_corner_when_it_is_resized():
    camera = LENSES['plumb_bob'].scaled(320, 240)
    assert (camera.width, camera.height) == (320, 240)
    # a pixel centre at 319.5 of 640 is the middle; of 320, the middle is 159.5
    np.testing.assert_allclose(camera.matrix[:2, 2], [(320 + 0.5) / 2 - 0.5, (240.5) / 2 - 0.5])
    np.testing.assert_allclose(np.diag(camera.matrix), [250, 255, 1])
    corner = np.array([-0.5, -0.5])
    np.testing.assert_allclose(
        camera.rays(corner), LENSES['plumb_bob'].rays(corner), atol=1e-9)


@every_lens
def test_resizing_and_back_is_the_same_camera(camera):
    again = camera.scaled(333, 777).scaled(640, 480)
    np.testing.assert_allclose(again.matrix, camera.matrix, atol=1e-9)


def test_for_image_takes_the_same_shape_only():
    camera = LENSES['pinhole']
    assert camera.for_image(640, 480) is camera
    assert camera.for_image(320, 240).width == 320
    assert camera.for_image(213, 160).height == 160  # 213.3, rounded
    with pytest.raises(CameraError, match='640 x 480 pixels, the image has 480 x 640'):
        camera.for_image(480, 640)


def test_rounded_sizes_are_the_same_shape():
    camera = PinholeCamera(1080, 1920, [[1600.0, 0, 540], [0, 1600, 960], [0, 0, 1]])
    assert camera.for_image(240, 426).width == 240
    with pytest.raises(CameraError, match='another shape'):
        camera.for_image(240, 420)

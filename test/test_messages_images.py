# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Image, depth and camera_info messages to arrays and cameras."""
from array import array

import cv2
from message_fixtures import header, image, info
import numpy as np
from pose3d_ros.core.camera import CameraError, PinholeCamera
from pose3d_ros.messages import (
    camera_from_message,
    depth_from_message,
    image_from_message,
    info_from_camera,
    message_from_image,
    MessageError,
    rgb_from_compressed,
)
import pytest
from sensor_msgs.msg import CompressedImage

RED, SEA = [250, 20, 10], [1, 100, 200]  # RGB
RGB = np.array([[RED, SEA, RED], [SEA, SEA, RED]], np.uint8)  # 2 rows, 3 columns
ALPHA = np.full((2, 3, 1), 128, np.uint8)
ENCODED = {
    'rgb8': RGB,
    'bgr8': np.array([[[10, 20, 250], [200, 100, 1], [10, 20, 250]],
                      [[200, 100, 1], [200, 100, 1], [10, 20, 250]]], np.uint8),
    'rgba8': np.concatenate([RGB, ALPHA], axis=2),
    'bgra8': np.concatenate([RGB[..., ::-1], ALPHA], axis=2),
}


@pytest.mark.parametrize('padding', [0, 1, 5])
@pytest.mark.parametrize('encoding', ENCODED)
def test_colour_encodings_become_rgb(encoding, padding):
    msg = image(ENCODED[encoding], encoding, padding)
    np.testing.assert_array_equal(image_from_message(msg), RGB)


@pytest.mark.parametrize('padding', [0, 3])
def test_mono8_becomes_grey(padding):
    grey = np.array([[0, 7], [255, 130]], np.uint8)
    rgb = image_from_message(image(grey, 'mono8', padding))
    np.testing.assert_array_equal(rgb, np.stack([grey] * 3, axis=2))


@pytest.mark.parametrize('padding', [0, 4])
def test_rgb8_is_a_view_of_the_message(padding):
    msg = image(RGB, 'rgb8', padding)
    assert np.shares_memory(image_from_message(msg), np.frombuffer(msg.data, np.uint8))


def test_image_survives_the_round_trip():
    msg = message_from_image(RGB, header())
    assert (msg.encoding, msg.width, msg.height, msg.step) == ('rgb8', 3, 2, 9)
    assert msg.header == header()
    np.testing.assert_array_equal(image_from_message(msg), RGB)


def test_part_of_an_image_survives_the_round_trip():
    part = np.tile(RGB, (2, 2, 1))[1:, 1:4]  # not contiguous
    np.testing.assert_array_equal(image_from_message(message_from_image(part, header())), part)


@pytest.mark.parametrize('changes, text', [
    ({'data': array('B', bytes(17))}, '2 rgb8 .* needs 18 bytes, 17 came'),
    ({'data': array('B')}, 'needs 18 bytes, 0 came'),
    ({'data': array('B', bytes(19))}, '19 came'),
    ({'step': 8}, r'step 8 \(at least 9\)'),
    ({'step': 0, 'data': array('B')}, r'step 0 \(at least 9\)'),
    ({'width': 4}, r'step 9 \(at least 12\)'),
    ({'width': 0}, 'empty: 0 x 2'),
    ({'height': 0, 'data': array('B')}, 'empty: 3 x 0'),
])
def test_image_that_does_not_fit_is_refused(changes, text):
    with pytest.raises(MessageError, match=text):
        image_from_message(image(RGB, 'rgb8', **changes))


@pytest.mark.parametrize('encoding', ['yuv422', 'bayer_rggb8', '8UC3', ''])
def test_unknown_encoding_is_named(encoding):
    try:
        import cv_bridge  # noqa: F401
    except ImportError:
        with pytest.raises(MessageError, match=f"'{encoding}' is not read without cv_bridge"):
            image_from_message(image(RGB, encoding))
    else:
        pytest.skip('cv_bridge is installed and reads it')


def compressed(data: bytes, kind: str) -> CompressedImage:
    """Return a compressed image message."""
    return CompressedImage(header=header(), format=kind, data=array('B', data))


@pytest.mark.parametrize('ending, tolerance', [('.png', 0), ('.jpg', 5)])
def test_compressed_image_becomes_rgb(ending, tolerance):
    picture = np.repeat(np.repeat(RGB, 16, axis=0), 16, axis=1)
    data = cv2.imencode(ending, picture[..., ::-1])[1].tobytes()
    rgb = rgb_from_compressed(compressed(data, ending[1:]))
    assert rgb.shape == picture.shape
    assert np.abs(rgb.astype(int) - picture).mean() <= tolerance  # BGR for RGB would be 130


@pytest.mark.parametrize('data', [b'', b'\xff\xd8\xff\xe0 not a JPEG', bytes(200)])
def test_broken_jpeg_is_refused(data):
    with pytest.raises(MessageError, match=f'rgb8; jpeg.* cannot be decoded .{len(data)} bytes'):
        rgb_from_compressed(compressed(data, 'rgb8; jpeg compressed bgr8'))


@pytest.mark.parametrize('order', ['<', '>'])
@pytest.mark.parametrize('padding', [0, 3])
def test_depth_in_metres(order, padding):
    metres = np.array([[1.5, np.nan, 0], [-2, np.inf, 0.25]], order + 'f4')
    depth = depth_from_message(image(metres, '32FC1', padding, is_bigendian=order == '>'))
    assert depth.dtype == np.float32 and depth.dtype.isnative
    np.testing.assert_array_equal(depth, [[1.5, np.nan, np.nan], [np.nan, np.nan, 0.25]])


@pytest.mark.parametrize('order', ['<', '>'])
def test_depth_in_millimetres(order):
    millimetres = np.array([[1500, 0], [1, 65535]], order + 'u2')
    depth = depth_from_message(image(millimetres, '16UC1', is_bigendian=order == '>'))
    np.testing.assert_allclose(depth, [[1.5, np.nan], [0.001, 65.535]], rtol=1e-6)


def test_depth_of_unknown_encoding_is_refused():
    with pytest.raises(MessageError, match="depth encoding 'mono16'.*32FC1.*16UC1"):
        depth_from_message(image(np.zeros((2, 2), np.uint16), 'mono16'))


def test_depth_that_does_not_fit_is_refused():
    with pytest.raises(MessageError, match='2 x 2 16UC1 .* needs 8 bytes, 7 came'):
        depth_from_message(image(np.zeros((2, 2), np.uint16), '16UC1', data=array('B', bytes(7))))


def test_camera_info_becomes_a_camera():
    camera = camera_from_message(info(d=[0.1, -0.2, 0.0, 0.0, 0.0]), 640, 480)
    assert (camera.width, camera.height, camera.model) == (640, 480, 'plumb_bob')
    np.testing.assert_array_equal(camera.matrix, [[500, 0, 320], [0, 500, 240], [0, 0, 1]])
    np.testing.assert_array_equal(camera.distortion, [0.1, -0.2, 0, 0, 0])


def test_camera_survives_the_round_trip():
    camera = PinholeCamera(
        640, 480, [[510, 0, 300], [0, 520, 200], [0, 0, 1]], 'equidistant', [0.1, 0.2, 0.3, 0.4])
    again = camera_from_message(info_from_camera(camera), 640, 480)
    assert again.model == 'equidistant'
    np.testing.assert_array_equal(again.matrix, camera.matrix)
    np.testing.assert_array_equal(again.distortion, camera.distortion)


@pytest.mark.parametrize('rectified', [False, True])
def test_uncalibrated_camera_is_refused(rectified):
    with pytest.raises(CameraError, match='K is zero.*cameracalibrator'):
        camera_from_message(info(k=np.zeros(9), p=np.zeros(12)), 640, 480, rectified)


def test_camera_info_of_another_size_is_refused():
    with pytest.raises(CameraError, match='is for 640 x 480 pixels, the image has 320 x 240'):
        camera_from_message(info(), 320, 240)


def test_camera_info_without_size_is_refused():
    with pytest.raises(CameraError, match='is for 0 x 0 pixels, the image has 640 x 480'):
        camera_from_message(info(width=0, height=0), 640, 480)


def test_unknown_distortion_model_is_named():
    with pytest.raises(CameraError, match="'thin_prism'"):
        camera_from_message(info(distortion_model='thin_prism', d=[0.1] * 5), 640, 480)


def test_rectified_images_have_p_and_no_distortion():
    p = [400.0, 0, 310, 0, 0, 410, 230, 0, 0, 0, 1, 0]
    camera = camera_from_message(info(d=[0.1] * 5, p=p), 640, 480, rectified=True)
    np.testing.assert_array_equal(camera.matrix, [[400, 0, 310], [0, 410, 230], [0, 0, 1]])
    assert not camera.distortion.any()


def test_region_of_interest_moves_the_principal_point():
    msg = info()
    msg.roi.x_offset, msg.roi.y_offset, msg.roi.width, msg.roi.height = 100, 40, 200, 120
    camera = camera_from_message(msg, 200, 120)
    np.testing.assert_array_equal(camera.matrix, [[500, 0, 220], [0, 500, 200], [0, 0, 1]])
    assert (camera.width, camera.height) == (200, 120)


def test_binning_keeps_rays():
    """Binned pixel u is the mean of full pixels 2u and 2u + 1: its centre lies at 2u + 0.5."""
    full = camera_from_message(info(), 640, 480)
    binned = camera_from_message(info(binning_x=2, binning_y=2), 320, 240)
    assert (binned.width, binned.height) == (320, 240)
    u = np.array([[10.0, 20.0], [300.0, 100.0]])
    np.testing.assert_allclose(binned.rays(u), full.rays(2 * u + 0.5), atol=1e-9)


def test_binning_and_region_together():
    msg = info(binning_x=2, binning_y=2)
    msg.roi.x_offset, msg.roi.y_offset, msg.roi.width, msg.roi.height = 100, 40, 200, 120
    binned = camera_from_message(msg, 100, 60)
    u = np.array([[10.0, 20.0]])
    expected = camera_from_message(info(), 640, 480).rays(2 * u + 0.5 + [100, 40])
    np.testing.assert_allclose(binned.rays(u), expected, atol=1e-9)

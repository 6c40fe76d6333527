# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Images, depth images and camera_info to arrays and cameras."""
from array import array

import cv2
import numpy as np
from pose3d_ros.core.camera import CameraError, PinholeCamera
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

#: Encodings read without cv_bridge: number of channels, conversion to RGB (None: is RGB).
COLOURS = {
    'rgb8': (3, None),
    'bgr8': (3, cv2.COLOR_BGR2RGB),
    'rgba8': (4, cv2.COLOR_RGBA2RGB),
    'bgra8': (4, cv2.COLOR_BGRA2RGB),
    'mono8': (1, cv2.COLOR_GRAY2RGB),
}
#: Depth encodings (REP-118): type, metres per unit.
DEPTHS = {'32FC1': (np.float32, 1.0), '16UC1': (np.uint16, 0.001)}


class MessageError(ValueError):
    """A message cannot be used; the text says what was expected and what came."""


def image_from_message(msg: Image) -> np.ndarray:
    """
    Return an image message as (H, W, 3) uint8 RGB.

    rgb8 is a view of the message's data, without a copy; bgr8, rgba8, bgra8 and mono8 cost one
    conversion; other encodings go through cv_bridge where it is installed.

    Raises
    ------
    MessageError
        When the data do not fit the stated size, or the encoding cannot be read.

    """
    if msg.encoding not in COLOURS:
        return _through_cv_bridge(msg)
    channels, conversion = COLOURS[msg.encoding]
    pixels = _pixels(msg, np.dtype(np.uint8), channels)
    return pixels if conversion is None else cv2.cvtColor(pixels, conversion)


def _pixels(msg: Image, kind: np.dtype, channels: int) -> np.ndarray:
    """Return a view (H, W, channels) of the data; rows may be padded (step)."""
    row = msg.width * channels * kind.itemsize
    if msg.width == 0 or msg.height == 0:
        raise MessageError(f'image is empty: {msg.width} x {msg.height} pixels')
    if msg.step < row or len(msg.data) != msg.step * msg.height:
        raise MessageError(
            f'image data do not fit: {msg.width} x {msg.height} {msg.encoding} with step'
            f' {msg.step} (at least {row}) needs {msg.step * msg.height} bytes,'
            f' {len(msg.data)} came')
    strides = (msg.step, channels * kind.itemsize, kind.itemsize)
    return np.ndarray((msg.height, msg.width, channels), kind, msg.data, strides=strides)


def _through_cv_bridge(msg: Image) -> np.ndarray:
    try:
        from cv_bridge import CvBridge, CvBridgeError
    except ImportError:
        raise MessageError(
            f"image encoding '{msg.encoding}' is not read without cv_bridge: publish one of"
            f' {list(COLOURS)} or install cv_bridge') from None
    try:
        return CvBridge().imgmsg_to_cv2(msg, 'rgb8')
    except (CvBridgeError, cv2.error) as error:
        raise MessageError(f"image encoding '{msg.encoding}': {error}") from error


def rgb_from_compressed(msg: CompressedImage) -> np.ndarray:
    """Return a compressed image (JPEG, PNG) as (H, W, 3) uint8 RGB."""
    data = np.frombuffer(msg.data, np.uint8)
    bgr = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if bgr is None:
        raise MessageError(
            f"compressed image of format '{msg.format}' cannot be decoded ({data.size} bytes)")
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def depth_from_message(msg: Image) -> np.ndarray:
    """
    Return a depth image as (H, W) float32 metres along the optical axis, NaN where unknown.

    32FC1 is metres and 16UC1 millimetres (REP-118), in either byte order; zero, negative and
    infinite depths are unknown.
    """
    if msg.encoding not in DEPTHS:
        raise MessageError(
            f"depth encoding '{msg.encoding}' is not known: expected one of {list(DEPTHS)}")
    kind, unit = DEPTHS[msg.encoding]
    order = '>' if msg.is_bigendian else '<'
    values = _pixels(msg, np.dtype(kind).newbyteorder(order), 1)[..., 0]
    depth = np.multiply(values, np.float32(unit), dtype=np.float32)
    known = (values > 0) if kind == np.uint16 else (depth > 0) & (depth < np.inf)
    return np.where(known, depth, np.float32(np.nan))


def camera_from_message(
    info: CameraInfo, width: int, height: int, rectified: bool = False
) -> PinholeCamera:
    """
    Return the camera of an image of width x height pixels.

    Binning and region of interest, which camera_info states apart from K, are taken into account.

    Raises
    ------
    CameraError
        When there is no calibration, or it is for an image of another size.

    """
    crop_x, crop_y = info.roi.x_offset, info.roi.y_offset
    bin_x, bin_y = max(info.binning_x, 1), max(info.binning_y, 1)
    full = (info.roi.width or info.width, info.roi.height or info.height)
    if (full[0] // bin_x, full[1] // bin_y) != (width, height):
        raise CameraError(
            f'camera_info is for {full[0] // bin_x} x {full[1] // bin_y} pixels, the image has'
            f' {width} x {height}: calibrate at this size or let the driver scale camera_info')
    matrix = np.reshape(info.p, (3, 4))[:, :3] if rectified else np.reshape(info.k, (3, 3))
    matrix = np.array([[1, 0, -crop_x], [0, 1, -crop_y], [0, 0, 1]]) @ matrix if matrix.any() \
        else matrix
    camera = PinholeCamera(
        width=full[0], height=full[1], matrix=matrix, model=info.distortion_model or 'plumb_bob',
        distortion=[] if rectified else info.d)
    return camera if (bin_x, bin_y) == (1, 1) else camera.scaled(width, height)


def message_from_image(image: np.ndarray, header) -> Image:
    """Return an rgb8 message of an image (H, W, 3) uint8."""
    # array.array is the one type that rclpy takes over without looking at each byte
    return Image(
        header=header, height=image.shape[0], width=image.shape[1], encoding='rgb8',
        step=image.shape[1] * 3, data=array('B', np.ascontiguousarray(image).tobytes()))


def info_from_camera(camera: PinholeCamera) -> CameraInfo:
    """Return the camera_info of a camera, without header."""
    matrix = camera.matrix
    return CameraInfo(
        width=camera.width, height=camera.height, distortion_model=camera.model,
        d=camera.distortion.tolist(), k=matrix.ravel(), r=np.eye(3).ravel(),
        p=np.column_stack([matrix, np.zeros(3)]).ravel())

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Hand-made messages and bodies."""
from array import array

from builtin_interfaces.msg import Time
import numpy as np
from pose3d_ros.core.orientation import Orientation
from pose3d_ros.core.records import Body, Source
from pose3d_ros.core.skeleton import BODY_16, COCO_17
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

STAMP = Time(sec=1_700_000_000, nanosec=123_456_789)


def header(frame: str = 'lens') -> Header:
    """Return the header of an image."""
    return Header(stamp=STAMP, frame_id=frame)


def image(pixels: np.ndarray, encoding: str, padding: int = 0, **changes) -> Image:
    """Return an image message; each row is followed by some bytes of padding."""
    height, width = pixels.shape[:2]
    rows = np.frombuffer(np.ascontiguousarray(pixels).tobytes(), np.uint8).reshape(height, -1)
    rows = np.hstack([rows, np.full((height, padding), 77, np.uint8)])
    given = {
        'height': height, 'width': width, 'encoding': encoding, 'step': rows.shape[1],
        'data': array('B', rows.tobytes())}
    return Image(header=header(), **(given | changes))


def info(width: int = 640, height: int = 480, focal: float = 500.0, **changes) -> CameraInfo:
    """Return a camera_info with its principal point in the middle, without distortion."""
    matrix = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    given = {
        'width': width, 'height': height, 'distortion_model': 'plumb_bob', 'd': [0.0] * 5,
        'k': matrix.ravel(), 'p': np.column_stack([matrix, np.zeros(3)]).ravel()}
    return CameraInfo(header=header(), **(given | changes))


def joints() -> np.ndarray:
    """Return body_16 joints (16, 3) of a person who stands 3 m away and looks at the camera, m."""
    places = {
        'pelvis': (0, 0), 'neck': (0, -0.5), 'head': (0, -0.7), 'nose': (0, -0.65),
        'hip': (0.1, 0), 'knee': (0.1, 0.45), 'ankle': (0.1, 0.9),
        'shoulder': (0.2, -0.5), 'elbow': (0.25, -0.2), 'wrist': (0.25, 0.05)}
    points = np.zeros((len(BODY_16), 3))
    for index, name in enumerate(BODY_16.points):
        side = {'left': 1, 'right': -1}.get(name.split('_')[0], 1)  # their left is our right
        x, y = places[name.split('_')[-1]]
        points[index] = side * x, y, 3.0
    return points


def body(name: str = 'p7', unknown: tuple[str, ...] = (), **changes) -> Body:
    """Return a body in a picture of 640 x 480; keypoint k lies at (10 k, 20 k) px."""
    positions = joints()
    scores = np.linspace(0.5, 0.9, len(BODY_16))
    covariance = np.array([np.diag([1e-4, 4e-4, 9e-4]) + 1e-5 for _ in BODY_16.points])
    source = np.full(len(BODY_16), Source.LIFTED, np.uint8)
    for joint in unknown:
        row = BODY_16.index(joint)
        positions[row], covariance[row], scores[row], source[row] = np.nan, np.nan, 0, 0
    keypoints = np.outer(np.arange(len(COCO_17)), [10.0, 20.0])
    given = {
        'id': name, 'box': np.array([64.0, 48, 320, 240]), 'keypoints': keypoints,
        'keypoint_scores': np.linspace(0.1, 0.9, len(COCO_17)), 'joints': positions,
        'velocity': np.full((len(BODY_16), 3), np.nan), 'covariance': covariance,
        'scores': scores, 'source': source}
    given |= changes
    one = (given[name][None] for name in ('joints', 'covariance'))
    return Body(**({'rotations': Orientation(BODY_16).update([name], *one)[0]} | given))

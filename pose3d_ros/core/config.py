# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Every parameter once: name, default, unit, range, text.

ROS declarations, command-line options and the README are derived from here; config/pose.yaml is
tested against it.
"""
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any


def parameter(default, text: str, unit: str = '', low=None, high=None, choices: tuple = ()):
    """Return a dataclass field that knows its description and what it may be."""
    metadata = {'text': text, 'unit': unit, 'low': low, 'high': high, 'choices': choices}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Camera:
    """What arrives on the image topics."""

    transport: str = parameter(
        'raw', 'raw subscribes to image, compressed to image/compressed',
        choices=('raw', 'compressed'))
    rectified: bool = parameter(
        False, 'the images are rectified (image_rect): P instead of K, no distortion')
    depth: bool = parameter(
        False, 'subscribe to depth, which must be registered to the colour image')
    depth_noise: float = parameter(
        0.002, 'standard deviation of a depth at 1 m; it grows with the square of the distance',
        'm', low=0.0001, high=0.1)
    gravity_frame: str = parameter(
        '', 'frame with z up, base_link or odom: its TF tells the lifter where down is')
    floor_frame: str = parameter(
        '', 'frame with z up and its origin on the floor, base_footprint or map: its TF tells how'
        ' high the camera is, and feet on the floor how tall people are')
    timeout: float = parameter(
        0.5, 'silence after which all bodies end', 's', low=0.05, high=60.0)


@dataclass(frozen=True)
class Detection:
    """Where persons are in the image."""

    engine: str = parameter('person-192', 'detector engine: a name or a file')
    every: int = parameter(
        5, 'frames from one run of the detector to the next; persons are followed in between',
        'frames', low=1, high=1000)
    min_score: float = parameter(
        0.4, 'detections with a lower score do not count', low=0.0, high=1.0)
    max_bodies: int = parameter(4, 'most persons that are followed at once', low=1, high=64)


@dataclass(frozen=True)
class KeypointEstimation:
    """Where the keypoints of a person are in the image."""

    engine: str = parameter('tinypose-256x192', 'heatmap engine: a name or a file')
    min_score: float = parameter(
        0.3, 'keypoints with a lower score count as not seen', low=0.0, high=1.0)
    min_seen: int = parameter(
        6, 'persons with fewer seen keypoints are not published', low=4, high=17)


@dataclass(frozen=True)
class Lifting:
    """From keypoints to root-relative joints."""

    engine: str = parameter('residual', 'lifting engine: a name or a file')


@dataclass(frozen=True)
class Placement:
    """How far away a person is: the scale prior."""

    height: float = parameter(
        0.0, 'body height of the persons where it is known, else 0', 'm', low=0.0, high=2.5)
    height_sigma: float = parameter(
        0.06, 'relative standard deviation of body height: adults 0.06, a known height 0.02',
        low=0.001, high=0.5)


@dataclass(frozen=True)
class Tracking:
    """Which person is which from frame to frame."""

    birth: int = parameter(
        2, 'frames in a row in which somebody must be found to be a body', 'frames',
        low=1, high=100)
    timeout: float = parameter(
        1.0, 'a body that is not found again within this time ends', 's', low=0.0, high=10.0)


@dataclass(frozen=True)
class Inference:
    """How engines run."""

    backend: str = parameter(
        'auto', 'what computes; auto takes TensorRT where it can run',
        choices=('auto', 'tensorrt', 'onnxruntime'))
    threads: int = parameter(
        1, 'threads of ONNX Runtime; more than the idle cores slow it down', low=1, high=64)


@dataclass(frozen=True)
class Output:
    """What the node publishes besides markers and the joints cloud."""

    tf: bool = parameter(True, 'publish body and joint frames on /tf')
    hri: bool = parameter(True, 'publish REP-155 topics below /humans where hri_msgs is installed')
    horizon: float = parameter(
        0.1, 'joints_predicted: this long after the image; 0 publishes none', 's',
        low=0.0, high=1.0)
    sigmas: float = parameter(
        2.0, 'capsules: standard deviations by which they are wider than limbs',
        low=0.0, high=10.0)


@dataclass(frozen=True)
class Config:
    """All parameters, in groups; ROS names them group.name."""

    camera: Camera = Camera()
    detection: Detection = Detection()
    keypoints: KeypointEstimation = KeypointEstimation()
    lifting: Lifting = Lifting()
    placement: Placement = Placement()
    tracking: Tracking = Tracking()
    inference: Inference = Inference()
    output: Output = Output()

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> 'Config':
        """Return the configuration of values by name; raise ValueError naming a bad one."""
        known = describe()
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"unknown parameter '{name}': expected one of {sorted(known)}")
            check(name, value)
        return cls(**{
            group.name: group.type(**{
                entry.name: values.get(f'{group.name}.{entry.name}', entry.default)
                for entry in fields(group.type)
            })
            for group in fields(cls)
        })


def describe() -> dict[str, Any]:
    """Return the dataclass field behind every parameter by its name (group.name)."""
    return {
        f'{group.name}.{entry.name}': entry
        for group in fields(Config) if is_dataclass(group.type)
        for entry in fields(group.type)
    }


def check(name: str, value: Any) -> None:
    """Raise ValueError, naming what was expected and what was given, if a value is not allowed."""
    entry = describe()[name]
    about, kind = entry.metadata, type(entry.default)
    if type(value) is not kind and not (kind is float and type(value) is int):
        raise ValueError(f'{name}: expected {kind.__name__}, {value!r} given')
    if about['choices'] and value not in about['choices']:
        raise ValueError(f"{name}: expected one of {list(about['choices'])}, {value!r} given")
    if about['low'] is not None and not about['low'] <= value <= about['high']:
        unit = f" {about['unit']}" if about['unit'] else ''
        raise ValueError(
            f"{name}: expected {about['low']} to {about['high']}{unit}, {value!r} given")

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What an engine file says about itself, and what each kind of engine must look like."""
from dataclasses import dataclass
from pathlib import Path

from pose3d_ros.core.skeleton import Skeleton, skeleton_named
from pose3d_ros.inference.errors import EngineError
from pose3d_ros.inference.metadata import read_metadata

CONTRACT = '1'

#: Inputs of each kind: name -> (dtype, shape); letters are free, the same letter the same number.
INPUTS = {
    'detector': {'image': ('uint8', (1, 'H', 'W', 3))},
    'heatmap': {'crops': ('uint8', ('B', 'h', 'w', 3))},
    'lifter': {
        'keypoints': ('float32', ('B', 'T', 'J', 2)),
        'scores': ('float32', ('B', 'T', 'J')),
        'gravity': ('float32', ('B', 3)),
    },
}
#: Outputs of each kind, likewise; further outputs are allowed.
OUTPUTS = {
    'detector': {'boxes': ('float32', ('K', 4)), 'scores': ('float32', ('K',))},
    'heatmap': {
        'keypoints': ('float32', ('B', 'J', 2)),
        'scores': ('float32', ('B', 'J')),
        'spread': ('float32', ('B', 'J', 2, 2)),
    },
    'lifter': {'joints': ('float32', ('B', 'P', 3)), 'sigma': ('float32', ('B', 'P'))},
}


@dataclass(frozen=True)
class EngineFacts:
    """The metadata of an engine file, parsed; None where the kind has no such fact."""

    kind: str  # detector, heatmap or lifter
    name: str
    path: Path
    source: str
    licence: str
    size: tuple[int, int] | None = None  # px: height, width of the picture or crop it takes
    padding: float | None = None  # factor a person's box is grown by before cropping
    keypoints: Skeleton | None = None
    joints: Skeleton | None = None
    window: int | None = None  # frames
    interval: float | None = None  # s: from one frame of the window to the next
    stature: float | None = None  # m: body height of the person the lifter's joints describe
    precision: str | None = None  # 'half': the network inside computes with 16 bits

    @property
    def letters(self) -> dict[str, int]:
        """Return the numbers behind the letters of INPUTS and OUTPUTS, as far as known."""
        height, width = self.size or (None, None)
        known = {
            'H': height, 'W': width, 'h': height, 'w': width, 'T': self.window,
            'J': self.keypoints and len(self.keypoints), 'P': self.joints and len(self.joints),
        }
        return {letter: number for letter, number in known.items() if number is not None}


#: Facts that must be there, besides those that every kind has.
NEEDED = {
    'detector': ('size',),
    'heatmap': ('size', 'padding', 'keypoints'),
    'lifter': ('keypoints', 'joints', 'window', 'stature'),
}
PARSERS = {
    'size': lambda text: _size(*text.split()),
    'padding': lambda text: _positive(float(text)),
    'keypoints': skeleton_named,
    'joints': skeleton_named,
    'window': lambda text: _positive(int(text)),
    'interval': lambda text: _positive(float(text)),
    'stature': lambda text: _positive(float(text)),
    'precision': lambda text: {'half': 'half', 'single': None}[text],
}


def read_facts(path: Path) -> EngineFacts:
    """Return the facts of an engine file; raise EngineError that says what is wrong with it."""
    metadata = read_metadata(path)
    if 'contract' not in metadata:
        raise EngineError(
            f"{path} is not an engine file: import it with 'pose3d engines import'"
        )
    if metadata['contract'] != CONTRACT:
        raise EngineError(f'{path} has contract {metadata["contract"]}: expected {CONTRACT}')
    kind = metadata.get('kind', '')
    if kind not in NEEDED:
        raise EngineError(f"{path} has unknown kind '{kind}': expected one of {sorted(NEEDED)}")
    if metadata.get('window', '1') != '1' and 'interval' not in metadata:
        raise EngineError(f"{path} has a window of {metadata['window']} frames and lacks "
                          "'interval', the seconds from one to the next, in its metadata")
    return EngineFacts(
        kind=kind,
        name=metadata.get('name', path.stem),
        path=path,
        source=metadata.get('source', 'unknown'),
        licence=metadata.get('licence', 'unknown'),
        **{fact: _parsed(path, metadata, fact) for fact in PARSERS
           if fact in NEEDED[kind] or fact in metadata},
    )


def _parsed(path: Path, metadata: dict[str, str], fact: str):
    """Return one fact; raise EngineError naming it where it is missing or makes no sense."""
    if fact not in metadata:
        raise EngineError(f"{path} ({metadata['kind']}) lacks '{fact}' in its metadata")
    try:
        return PARSERS[fact](metadata[fact])
    except (ValueError, TypeError, KeyError) as error:
        raise EngineError(f"{path} has bad '{fact}' in its metadata: {error}") from error


def _size(height: str, width: str) -> tuple[int, int]:
    """Return (height, width) in px."""
    return _positive(int(height)), _positive(int(width))


def _positive(number: float) -> float:
    """Return the number; raise ValueError unless it is positive and finite."""
    if not 0 < number < float('inf'):
        raise ValueError(f'expected a positive number, got {number}')
    return number

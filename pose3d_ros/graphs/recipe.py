# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How one network becomes an engine file: the facts that its ONNX file does not tell."""
from dataclasses import dataclass, field, fields

from pose3d_ros.core.skeleton import skeleton_named

CHOICES = {
    'kind': ('detector', 'heatmap'),
    'channels': ('rgb', 'bgr'),
    'decoder': ('softargmax', 'taylor', 'argmax'),
    'alignment': ('stride', 'udp'),
}


def _option(default, text: str):
    """Return a field with its help text."""
    return field(default=default, metadata={'help': text})


@dataclass(frozen=True)
class Recipe:
    """Import options of a network; the catalogue and the command line use the same names."""

    kind: str = field(metadata={'help': 'what the network does'})
    name: str = _option('', 'name of the engine, for messages')
    source: str = _option('unknown', 'where the network comes from')
    licence: str = _option('unknown', 'licence of the network')
    size: tuple[int, ...] = _option((), 'height width in px, where the network takes any')
    channels: str = _option('rgb', 'channel order the network was trained with')
    mean: tuple[float, ...] = _option((0.0, 0.0, 0.0), 'grey levels 0..255, in that order')
    std: tuple[float, ...] = _option((1.0, 1.0, 1.0), 'grey levels 0..255, in that order')
    keypoints: str = _option('coco_17', 'heatmap: skeleton of the keypoints')
    padding: float = _option(1.25, 'heatmap: factor the person box is grown by before cropping')
    decoder: str = _option('softargmax', 'heatmap: how a peak is located')
    alignment: str = _option('stride', 'heatmap: which pixels of crop and map coincide')
    split: float = _option(2.0, 'simcc: bins per crop px')
    decoded: bool = _option(False, 'yolox: boxes leave the network in px')
    person: int = _option(0, 'detector: class number of persons')
    candidates: int = _option(64, 'detector: number of best boxes that leave the graph')

    def __post_init__(self):
        """Refuse what cannot be meant, naming expected and given."""
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name}: expected one of {choices}, got '{getattr(self, name)}'")
        for name, counts in (('mean', (3,)), ('std', (3,)), ('size', (0, 2))):
            if len(getattr(self, name)) not in counts:
                raise ValueError(
                    f'{name}: expected {counts[-1]} numbers, got {getattr(self, name)}'
                )
        for name in ('padding', 'split', 'candidates'):
            if not getattr(self, name) > 0:
                raise ValueError(f'{name}: expected a positive number, got {getattr(self, name)}')
        if 0 in self.std:
            raise ValueError(f'std: expected numbers other than 0, got {self.std}')
        skeleton_named(self.keypoints)

    @classmethod
    def from_dict(cls, options: dict) -> 'Recipe':
        """Return the recipe of a catalogue entry; raise ValueError on an unknown option."""
        names = {each.name for each in fields(cls)}
        if unknown := options.keys() - names:
            raise ValueError(f'unknown import options {sorted(unknown)}: known {sorted(names)}')
        return cls(**{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in options.items()
        })

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The parameters of core/config.py as command-line options."""
from pose3d_ros.core.config import Config, describe

ENGINES = {'detector': 'detection', 'heatmap': 'keypoints', 'lifter': 'lifting'}


def add_config_arguments(parser) -> None:
    """Declare the engines, and --set for every other parameter."""
    defaults = describe()
    for kind, group in ENGINES.items():
        parser.add_argument(
            f'--{kind}', default=defaults[f'{group}.engine'].default,
            help='engine: a name or a file (%(default)s)')
    parser.add_argument(
        '--set', action='append', default=[], metavar='NAME=VALUE',
        help='any other parameter, as in config/pose.yaml; once for each')


def config_from(args) -> Config:
    """Return the configuration of add_config_arguments; raise ValueError naming a bad value."""
    values = {f'{group}.engine': getattr(args, kind) for kind, group in ENGINES.items()}
    known = describe()
    for text in args.set:
        name, equals, value = text.partition('=')
        if not equals or name not in known:
            raise ValueError(f'--set {text}: expected NAME=VALUE, NAME one of {sorted(known)}')
        values[name] = _value(name, value, type(known[name].default))
    return Config.from_values(values)


def _value(name: str, text: str, kind: type):
    try:
        return {'true': True, 'false': False}[text] if kind is bool else kind(text)
    except (ValueError, KeyError):
        raise ValueError(f'{name}: expected {kind.__name__}, {text!r} given') from None

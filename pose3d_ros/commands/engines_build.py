# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`pose3d engines build`: what the node would build at its first start, ahead of time."""
import argparse
from dataclasses import replace

from pose3d_ros import inference
from pose3d_ros.commands.configuration import add_config_arguments, config_from
from pose3d_ros.inference.engine_cache import cache_folder, entry

HELP = 'build the TensorRT engines of a configuration ahead of time, on the machine that runs them'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: those that say what the node will be asked for, and --force."""
    add_config_arguments(parser)
    parser.add_argument(
        '--force', action='store_true', help='build again, also what gave wrong results')


def main(args: argparse.Namespace) -> int:
    """Build, check and keep the engines; return 1 if ONNX Runtime must stand in."""
    config = config_from(args)
    config = replace(config, inference=replace(config.inference, backend='tensorrt'))
    engines = inference.Engines(config, print, print)
    if args.force:
        for engine in engines:
            entry(engine.facts.path, config.detection.max_bodies, engines.backend.version,
                  engines.backend.gpu).forget()
    engines.accelerate()
    engines.close()
    print(engines.problem or f'the engines are in {cache_folder()}')
    return 1 if engines.problem else 0

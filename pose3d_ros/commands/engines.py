# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`pose3d engines`: import, list, check, add and build engine files."""
import argparse
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pose3d_ros import inference
from pose3d_ros.commands import engines_build
from pose3d_ros.core.skeleton import Skeleton

HELP = 'import, list, check, add and build engine files'
HALF = 'compute with 16 bits inside, checked against 32; for GPUs'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the five actions."""
    actions = parser.add_subparsers(dest='action', metavar='ACTION', required=True)
    importing = actions.add_parser('import', help='make an engine file of an ONNX network')
    importing.set_defaults(action=import_file)
    importing.add_argument('model', type=Path, metavar='MODEL.onnx', help='the network')
    importing.add_argument('-o', '--output', type=Path, required=True, metavar='FILE',
                           help='engine file to write')
    importing.add_argument('--half', action='store_true', help=HALF)
    _add_recipe(importing)
    actions.add_parser('list', help='show the engines that have a name').set_defaults(
        action=list_engines
    )
    check = actions.add_parser('check', help='contract, metadata and a run on a test pattern')
    check.set_defaults(action=check_engine)
    check.add_argument('engine', metavar='FILE|NAME', help='an engine file, or its name')
    check.add_argument('--threads', type=int, default=1, help='CPU threads (default: 1)')
    building = actions.add_parser('build', help=engines_build.HELP)
    building.set_defaults(action=engines_build.main)
    engines_build.add_arguments(building)
    add = actions.add_parser('add', help='import a network of the catalogue under its name')
    add.set_defaults(action=add_engine)
    add.add_argument('name', metavar='NAME', help='its name in engines/catalogue.yaml')
    add.add_argument('--from', dest='model', type=Path, required=True, metavar='FILE',
                     help='the network')
    add.add_argument('--force', action='store_true', help='take a file with another checksum')
    add.add_argument('--half', action='store_true', help=HALF)


def main(args: argparse.Namespace) -> int:
    """Run the chosen action."""
    return args.action(args)


def import_file(args: argparse.Namespace) -> int:
    """Make an engine file of any network that a head knows."""
    from pose3d_ros.graphs.recipe import Recipe

    given = {each.name: getattr(args, each.name) for each in fields(Recipe)}
    recipe = Recipe.from_dict({name: value for name, value in given.items() if value is not None})
    recipe = replace(recipe, name=recipe.name or args.output.stem)
    _import(args.model, recipe, args.output, args.half)
    return 0


def add_engine(args: argparse.Namespace) -> int:
    """Import a file by its catalogue entry into the user's engine folder."""
    from pose3d_ros.graphs.catalogue import check_file

    catalogue = _catalogue()
    if args.name not in catalogue:
        known = ', '.join(catalogue)
        raise ValueError(f"'{args.name}' is not in the catalogue: expected one of {known}")
    if not args.force:
        check_file(catalogue[args.name], args.model)
    output = inference.user_folder() / f'{args.name}.onnx'
    _import(args.model, catalogue[args.name].recipe, output, args.half)
    return 0


def list_engines(args: argparse.Namespace) -> int:
    """Print a line per engine file, and the catalogue's names that have none yet."""
    rows = [('NAME', 'KIND', 'SIZE', 'SKELETON', 'LICENCE', 'PATH')]
    for path in inference.engine_files():
        try:
            facts = inference.read_facts(path)
        except inference.EngineError as error:
            rows.append((path.stem, 'broken', '', '', '', str(error)))
            continue
        skeletons = ' > '.join(_text(each) for each in (facts.keypoints, facts.joints) if each)
        size = _text(facts.size or ())
        rows.append((path.stem, facts.kind, size, skeletons, facts.licence, str(path)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print('  '.join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
    missing = _catalogue().keys() - {row[0] for row in rows}
    if missing:
        print("\nIn the catalogue, for 'pose3d engines add':", ', '.join(sorted(missing)))
    return 0


def check_engine(args: argparse.Namespace) -> int:
    """Print an engine's facts, what it gives for a test pattern, and how long that takes."""
    from pose3d_ros.inference.trial import try_engine

    engine = inference.load(args.engine, threads=args.threads)
    outputs, seconds = try_engine(engine)
    for each in fields(engine.facts):
        value = getattr(engine.facts, each.name)
        if value is not None:
            print(f'{each.name:10} {_text(value)}')
    for name, array in outputs.items():
        print(f'{"output":10} {name} {array.shape} {array.min():.4g} .. {array.max():.4g}')
    print(f'{"time":10} {1e3 * seconds:.1f} ms a call, {args.threads} thread(s)')
    return 0


def _import(model: Path, recipe, output: Path, half: bool) -> None:
    """Import, check, save and say so."""
    from pose3d_ros.graphs.importing import import_network
    from pose3d_ros.graphs.opset import at_opset
    from pose3d_ros.graphs.saving import read_network, save_engine
    from pose3d_ros.inference.trial import check_same

    network = read_network(model)
    try:
        engine = import_network(network, recipe)
        converted = at_opset(network)
    except ValueError as error:
        raise ValueError(f'{model} cannot be imported: {error}') from error
    if converted is not network:
        check_same(network.SerializeToString(), converted.SerializeToString())
    if half:
        _save_half(engine, output)
    else:
        save_engine(engine, output, check=lambda part: inference.load(part, recipe.kind))
    print(f"{output}: {recipe.kind} '{recipe.name}', {output.stat().st_size / 1e6:.1f} MB")


def _save_half(engine, output: Path) -> None:
    """Save an engine with a half-precision body that gives what the engine gives."""
    from pose3d_ros.graphs.half import to_half
    from pose3d_ros.graphs.saving import save_engine
    from pose3d_ros.inference.selfcheck import check_engine

    with TemporaryDirectory() as folder:
        single = Path(folder) / output.name
        save_engine(engine, single, check=lambda part: None)
        reference = inference.load(single)
    save_engine(
        to_half(engine), output,
        check=lambda part: check_engine(inference.load(part), reference))


def _text(value) -> str:
    """Return a fact for people."""
    if isinstance(value, tuple):
        return 'x'.join(str(each) for each in value)
    return value.name if isinstance(value, Skeleton) else str(value)


def _catalogue() -> dict:
    """Return the entries of the package's catalogue."""
    from pose3d_ros.graphs.catalogue import read_catalogue

    return read_catalogue(inference.package_folder() / 'catalogue.yaml')


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    """Declare an option per field of Recipe, whose defaults hold where one is left out."""
    from pose3d_ros.graphs.recipe import CHOICES, Recipe

    for each in fields(Recipe):
        options = {'help': each.metadata['help'], 'required': each.name == 'kind'}
        if each.type is bool:
            options |= {'action': 'store_const', 'const': True}
        elif each.name in CHOICES:
            options['choices'] = CHOICES[each.name]
        elif each.name == 'size':
            options |= {'type': int, 'nargs': 2, 'metavar': ('H', 'W')}
        elif isinstance(each.default, tuple):
            options |= {'type': float, 'nargs': 3, 'metavar': tuple('123')}
            options['help'] += f' (default: {each.default[0]:g} for all)'
        else:
            options |= {'type': each.type, 'metavar': each.type.__name__.upper()}
        if isinstance(each.default, str | int | float) and each.default:
            options['help'] += f' (default: {each.default})'
        parser.add_argument(f'--{each.name}', **options)

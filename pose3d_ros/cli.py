# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The `pose3d` command: finds the sub-command, runs it, turns errors into one line."""
import argparse
from importlib import import_module
import os
import sys

PROGRAM = 'pose3d'
#: name -> one line of help, so that the list costs no import.
COMMANDS = {
    'run': 'skeletons of a video file, without ROS',
    'evaluate': 'errors of predictions against the truth',
    'suite': 'compare lifters on the same people and clips',
    'engines': 'import, list, check, add and build engine files',
    'bench': 'time of each stage',
    'demo': 'play a clip through the real node and report',
    'doctor': 'say what is missing on this machine',
    'train': 'train lifters on motion capture, image networks on renders',
}


def main(arguments: list[str] | None = None) -> int:
    """Run a sub-command; return 0, 2 for what the user can fix, 130 when interrupted."""
    try:
        args, command = _parsed(sys.argv[1:] if arguments is None else arguments)
        code = command.main(args)
        sys.stdout.flush()  # here, where a closed pipe is caught
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError, ModuleNotFoundError) as error:  # EngineError is a ValueError
        print(f'{PROGRAM}: {error}', file=sys.stderr)
        return 2


def _parsed(arguments: list[str]) -> tuple[argparse.Namespace, object]:
    """Return the arguments and the chosen command's module."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description='3D human poses from a camera.',
        usage=f'{PROGRAM} COMMAND ...', epilog=f"'{PROGRAM} COMMAND --help' tells more.",
    )
    if arguments[:2] == ['evaluate', '--suite']:  # the other name of the comparison
        arguments = ['suite', *arguments[2:]]
    chosen = parser.add_subparsers(
        dest='command', metavar='COMMAND', required=True, prog=PROGRAM
    )
    name = next((each for each in arguments if not each.startswith('-')), None)
    command = None
    for each, text in COMMANDS.items():
        sub = chosen.add_parser(each, help=text)
        if each == name:  # only the chosen command is imported and knows its arguments
            command = import_module(f'pose3d_ros.commands.{name}')
            sub.description = command.HELP
            command.add_arguments(sub)
    return parser.parse_args(arguments), command


if __name__ == '__main__':
    sys.exit(main())

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
What ROS needs to know in .venv; Python runs this at every start there (`make setup` installs it).

A variable that the user has set stays as it is. `python -m pose3d_ros_environment` prints the
variables for a shell (`source dev/env.sh`).
"""

import os
from pathlib import Path
import shlex
import sys

PREFIX = Path(sys.prefix)
ROOT = PREFIX.parent
DEFAULTS = {
    'RMW_IMPLEMENTATION': 'rmw_fastrtps_cpp',  # the only one among the wheels
    'FASTDDS_DEFAULT_PROFILES_FILE': str(ROOT / 'config' / 'fastdds_shm.xml'),
    'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
    'POSE3D_DATA': str(ROOT.parent / 'shared'),
    'POSE3D_ENGINES': str(PREFIX / 'engines'),
}


def ament_prefix_path():
    """Return the prefixes of the caller with .venv among them, which ament_index insists on."""
    prefixes = [p for p in os.environ.get('AMENT_PREFIX_PATH', '').split(os.pathsep) if p]
    return os.pathsep.join(prefixes + [str(PREFIX)] * (str(PREFIX) not in prefixes))


for name, value in DEFAULTS.items():
    os.environ.setdefault(name, value)
os.environ['AMENT_PREFIX_PATH'] = ament_prefix_path()

if __name__ == '__main__':
    for name in [*DEFAULTS, 'AMENT_PREFIX_PATH']:
        print(f'export {name}={shlex.quote(os.environ[name])}')

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
#
# source dev/env.sh: a shell in which python, pose3d and pose3d_node are those of .venv.
# The variables of ROS come from dev/ros_environment.py, as in every Python of .venv.
_pose3d_root=$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")/.." && pwd)
if [ -x "$_pose3d_root/.venv/bin/python" ]; then
  . "$_pose3d_root/.venv/bin/activate"
  unset PYTHONPATH  # Python modules of a sourced ROS do not mix with those of .venv
  eval "$(python -m pose3d_ros_environment)"
else
  echo 'dev/env.sh: .venv is missing, call `make setup` first' >&2
fi
unset _pose3d_root

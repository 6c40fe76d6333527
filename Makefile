# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
#
# For a machine without a ROS installation; with one, use colcon (README).

# folder with the third-party engines and clips that the tests and the demo use (README)
POSE3D_DATA ?= ../shared
export POSE3D_DATA := $(abspath $(POSE3D_DATA))
# the Python that .venv is made from
export PYTHON ?= python3
# the Python with tensorrt and pycuda; on a Jetson that of the system
GPU_PYTHON ?= $(firstword $(wildcard .venv/bin/python) $(PYTHON))
# engines trained on simulated people, for them
SIMULATED = --detector sim-person-192x256 --heatmap sim-pose-128x96
# a real person, where the data folder has one; its truth leads the video by most of a frame
CLIP = $(POSE3D_DATA)/video/balancing/cam01
# a sourced ROS does not mix with .venv
unexport PYTHONPATH

.PHONY: help setup test test-gpu demo lint clean

help:  ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup:  ## ROS 2 wheels, interface packages and this package into .venv
	@dev/setup.sh

test: setup  ## everything that pytest finds, the linters first
	.venv/bin/python -m pytest $(PYTEST_ARGS)

test-gpu:  ## TensorRT against ONNX Runtime; needs a GPU, tensorrt and pycuda (docs/tensorrt.md)
	$(GPU_PYTHON) -m pytest -rs test/test_gpu.py $(PYTEST_ARGS)

demo: setup  ## people through the real node: pictures, a bag and a report in demo/
	.venv/bin/pose3d demo $(SIMULATED)
ifneq ($(wildcard $(CLIP).mp4),)
	.venv/bin/pose3d demo --video $(CLIP).mp4 --camera $(CLIP).yaml --rate 30 --out demo/clip \
	  --truth $(dir $(CLIP))truth.csv --truth-offset -1
endif

lint: setup  ## the style of the whole tree
	.venv/bin/python -m pytest -q test/test_linters.py

clean:  ## remove .venv and what was built or measured
	rm -rf .venv .setup.log build install log demo *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

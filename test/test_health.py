# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Figures of the node before its first frame and with stages left out."""
from pose3d_ros.health import Health


def test_before_the_first_frame_everything_is_told():
    health = Health()
    assert health.silent and health.problem == '' and health.since >= 0
    assert health.values() == {
        'bodies': 0, 'gravity': '', 'camera_height': '', 'age_of_last_frame_s': float('inf'),
        'processed': 0, 'dropped': 0, 'skipped': 0}


def test_a_stage_that_was_left_out_counts_as_no_time():
    health = Health()
    health.frame(0.01, {'detection': 0.004, 'keypoints': 0.002}, 1)
    health.frame(0.03, {'keypoints': 0.004}, 2)
    figures = health.figures()
    assert round(figures['stage_detection_ms'], 6) == 2
    assert round(figures['stage_keypoints_ms'], 6) == 3
    assert round(figures['latency_p50_ms'], 6) == 20
    assert health.bodies == 2

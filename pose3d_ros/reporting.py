# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What the node says of itself: /diagnostics, and in the log why nothing happens."""
from diagnostic_msgs.msg import DiagnosticArray
from pose3d_ros import messages
from pose3d_ros.health import Health
from rclpy.qos import QoSProfile

WARN_EVERY = 5.0  # s, between repetitions of the same kind of warning
GRACE = 3.0  # s, for discovery, before a missing image is a problem


class Reporter:
    """
    Publishes diagnostics.

    Parameters
    ----------
    node : rclpy node
        Has the log.

    """

    def __init__(self, node):
        self._node = node
        self._publisher = node.create_publisher(
            DiagnosticArray, '/diagnostics', QoSProfile(depth=10))
        self.reset()

    def reset(self) -> None:
        """Forget which evidence of the size of bodies has been told of."""
        self._told: set[str] = set()

    def report(self, health: Health, pipeline, inputs, engines) -> None:
        """Publish how the parts of the node are, None where there is none; log what is wrong."""
        level, summary = _summary(health, inputs, engines)
        if level == 'ERROR' or inputs and summary == inputs.depth_problem:
            self._node.get_logger().warning(summary, throttle_duration_sec=WARN_EVERY)
        self._publisher.publish(messages.diagnostics_from(
            self._node.get_clock().now().to_msg(), self._node.get_fully_qualified_name(),
            level, summary,
            {**health.values(), **(self._scale_values(pipeline) if pipeline else {}),
             **(inputs.depth_values() if inputs else {}),
             **(engines.values() if engines else {})}))

    def _scale_values(self, pipeline) -> dict[str, str]:
        """Return where the size of bodies comes from; tell when it comes from something new."""
        new = pipeline.scale_sources - self._told
        self._told |= new
        if new:
            self._node.get_logger().info(pipeline.scale_source)
        return {'scale': pipeline.scale_source}


def _summary(health: Health, inputs, engines) -> tuple[str, str]:
    """Return the level of diagnostics and one sentence."""
    if not inputs:
        return 'OK', 'not active'
    if not health.silent:
        problem = health.problem or engines.problem or inputs.depth_problem
        return ('WARN', problem) if problem else ('OK', 'running')
    first = health.age == float('inf')
    if first and health.since < GRACE and not health.problem:
        return 'OK', 'waiting for the first frame'
    return 'ERROR', f'no bodies are published: {health.problem or inputs.complaint()}'

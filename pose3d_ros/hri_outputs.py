# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""REP-155 topics below /humans/bodies, where hri_msgs is installed."""
from pose3d_ros.core.records import Body
from pose3d_ros.publishing import heard, tell
from rclpy.node import PublisherEventCallbacks  # its own module has moved since Humble
from rclpy.qos import QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Header

NEWEST = QoSProfile(depth=1)


def hri_outputs(node, keypoint_skeleton, joint_skeleton):
    """Return the publishers of REP-155; None, after a word in the log, without hri_msgs."""
    try:
        from pose3d_ros.messages import hri
    except ImportError:
        node.get_logger().info('hri_msgs is not installed: no REP-155 topics below /humans')
        return None
    return HriOutputs(node, keypoint_skeleton, joint_skeleton, hri)


class HriOutputs:
    """/humans/bodies/tracked for all; roi, skeleton2d, joint_states for each while it lives."""

    def __init__(self, node, keypoint_skeleton, joint_skeleton, hri):
        self._node, self._hri = node, hri
        self._keypoint_skeleton, self._joint_skeleton = keypoint_skeleton, joint_skeleton
        self._tracked = node.create_publisher(
            hri.IdsList, '/humans/bodies/tracked', QoSProfile(depth=1))
        self._of_body: dict[str, tuple] = {}  # id: publishers of roi, skeleton2d, joint_states

    def publish(self, header: Header, bodies: list[Body], width: int, height: int) -> None:
        """Publish the bodies in an image of width x height pixels; forget the others."""
        tell(self._tracked, self._hri.ids_from_bodies, header, bodies)
        for body in bodies:
            if body.id not in self._of_body:
                self._of_body[body.id] = self._create(body.id)
            roi, skeleton2d, _ = self._of_body[body.id]
            tell(roi, self._hri.roi_from_body, header, body, width, height)
            tell(skeleton2d, self._hri.skeleton_from_body,
                 header, body, self._keypoint_skeleton, width, height)
        self._publish_joint_states(header, bodies)
        self._forget(set(self._of_body) - {body.id for body in bodies})

    def _publish_joint_states(self, header: Header, bodies: list[Body]) -> None:
        publishers = {body.id: self._of_body[body.id][2] for body in bodies}
        bodies = [body for body in bodies if heard(publishers[body.id])]
        states = self._hri.joint_states_from_bodies(header, bodies, self._joint_skeleton)
        for body, state in zip(bodies, states):
            publishers[body.id].publish(state)

    def destroy(self) -> None:
        """Remove all publishers."""
        self._forget(set(self._of_body))
        self._node.destroy_publisher(self._tracked)

    def _create(self, name: str) -> tuple:
        topic = f'/humans/bodies/{name}'
        # The executor waits for the events of publishers in a thread of its own and would fall
        # over one that is removed meanwhile: these have no events.
        silent = PublisherEventCallbacks(use_default_callbacks=False)
        return tuple(
            self._node.create_publisher(kind, f'{topic}/{name}', NEWEST, event_callbacks=silent)
            for name, kind in (
                ('roi', self._hri.NormalizedRegionOfInterest2D),
                ('skeleton2d', self._hri.Skeleton2D),
                ('joint_states', JointState)))

    def _forget(self, names: set[str]) -> None:
        for name in names:
            for publisher in self._of_body.pop(name):
                self._node.destroy_publisher(publisher)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""The node pose3d: conversions, the pipeline in a worker thread, publishers."""
from pose3d_ros import inference, messages, parameters
from pose3d_ros.health import CAMERA_POSE, Health
from pose3d_ros.inputs import frame_from, Inputs
from pose3d_ros.outputs import Outputs
from pose3d_ros.pipeline import Pipeline
from pose3d_ros.process import run, StartError
from pose3d_ros.reporting import Reporter, WARN_EVERY
from pose3d_ros.worker import NewestWorker
from rcl_interfaces.msg import ParameterDescriptor
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn
from std_msgs.msg import Header

AUTOSTART = ParameterDescriptor(
    description='configure and activate at start; false: wait for a lifecycle manager',
    read_only=True)


class Pose3D(LifecycleNode):
    """A lifecycle node: engines are loaded on configure, frames are processed while active."""

    def __init__(self):
        self._pipeline = self._inputs = self._outputs = self._worker = self._engines = None
        self._health = Health()
        super().__init__('pose3d')
        self._declare()
        self._reporter = Reporter(self)
        # a paused or missing /clock must not silence the complaints about it
        self.create_timer(1.0, self._report, clock=Clock(clock_type=ClockType.STEADY_TIME))
        if self.get_parameter('autostart').value:
            self._autostart()

    def _declare(self) -> None:
        try:
            parameters.declare(self)
        except ValueError as error:
            self.get_logger().fatal(f'cannot start: {error}')
            raise StartError from error
        self.declare_parameter('autostart', True, AUTOSTART)

    def _autostart(self) -> None:
        for transition in (self.trigger_configure, self.trigger_activate):
            if transition() != TransitionCallbackReturn.SUCCESS:
                self.destroy_node()
                raise StartError

    def on_configure(self, state) -> TransitionCallbackReturn:
        """Read the parameters and load the engines; what TensorRT must build comes later."""
        log = self.get_logger()
        try:
            self._config = parameters.read(self)
            engines = inference.Engines(self._config, log.info, log.warning)
            self._pipeline = Pipeline(self._config, *engines)
        except Exception as error:  # rclpy would keep it for itself
            self.get_logger().error(f'cannot start: {_text(error)}')
            return TransitionCallbackReturn.FAILURE
        log.info(f'backend {engines.backend}')
        self._engines = engines
        engines.start()
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state) -> TransitionCallbackReturn:
        """Subscribe and start the worker."""
        self._health, self._frame_id = Health(), ''
        self._reporter.reset()
        self._pipeline.reset()
        self._outputs = Outputs(
            self, self._config.output, self._pipeline.keypoint_skeleton,
            self._pipeline.joint_skeleton, self._pipeline.predict)
        self._worker = NewestWorker(
            self._process, self._on_silence, self._config.camera.timeout)
        self._inputs = Inputs(self, self._config.camera, self._on_frame)
        self.get_logger().info(f'active; {self._pipeline.scale_source}')
        return super().on_activate(state)

    def on_deactivate(self, state) -> TransitionCallbackReturn:
        """Stop the worker, clear what was published."""
        self._worker.stop()
        self._inputs.destroy()
        self._end_bodies()
        self._outputs.destroy()
        self._inputs = self._outputs = self._worker = None
        return super().on_deactivate(state)

    def on_cleanup(self, state) -> TransitionCallbackReturn:
        """Let the engines go, also those that are being built."""
        if self._engines:
            self._engines.close()
        self._pipeline = self._engines = None
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state) -> TransitionCallbackReturn:
        """Shut down from any state."""
        if self._worker:
            self.on_deactivate(state)
        return self.on_cleanup(state)

    def destroy_node(self):
        """End the worker and what is being built before the publishers go."""
        if self._worker:
            self.on_deactivate(None)
        self.on_cleanup(None)
        super().destroy_node()

    def _on_frame(self, image, info) -> None:
        self._health.counts['dropped'] += self._worker.submit((image, info))

    def _process(self, pair) -> bool:
        """Turn one image into outputs, return whether it was good; in the worker thread."""
        header = pair[0].header
        try:
            pose = self._camera_pose(header.frame_id)
            frame = frame_from(
                *pair, self._config.camera.rectified, self._inputs.depths, **pose)
            bodies = self._pipeline(frame)
            with self._pipeline.stopwatch('publish'):
                self._outputs.publish(header, frame, bodies)
        except Exception as error:  # a bad frame must not end the node: it says what it is
            self._skip(error)
            return False
        self._frame_id = header.frame_id
        latency = self.get_clock().now().nanoseconds - messages.nanoseconds(header.stamp)
        silent = self._health.silent
        self._health.frame(latency * 1e-9, dict(self._pipeline.stopwatch.seconds), len(bodies))
        if silent:
            self._report()
        return True

    def _camera_pose(self, camera: str) -> dict:
        """Return gravity and height of the camera, None where unknown; tell when that changes."""
        pose, names = self._inputs.camera_pose(camera), self._config.camera
        level = names.gravity_frame or names.floor_frame
        for what, frame in (('gravity', level), ('camera_height', names.floor_frame)):
            known = 'unknown' if pose[what] is None else f'known from {frame}'
            if frame and known != self._health.camera_pose[what]:
                self.get_logger().info(f'{CAMERA_POSE[what]} is {known}')
            self._health.camera_pose[what] = known
        return pose

    def _skip(self, error: Exception) -> None:
        self._health.skip(_text(error))
        self.get_logger().warning(
            f'frame skipped: {self._health.problem}', throttle_duration_sec=WARN_EVERY)

    def _on_silence(self) -> None:
        """No good frame came in time; in the worker thread."""
        self._end_bodies()
        self._report()  # not a second later, in its turn

    def _end_bodies(self) -> None:
        """No good frame came in time, or will come: nobody may be taken for present."""
        self._health.silence()
        self._pipeline.reset()
        # no image says so: a stamp of now would pass for somebody who has looked
        self._outputs.end_bodies(Header(frame_id=self._frame_id))

    def _report(self) -> None:
        self._reporter.report(self._health, self._pipeline, self._inputs, self._engines)


def _text(error: Exception) -> str:
    """Return an error in words; one that this package does not raise itself with its name."""
    return str(error) if isinstance(error, ValueError) else f'{type(error).__name__}: {error}'


def main(args: list[str] | None = None) -> None:
    """Run the node."""
    run(Pose3D, args)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
People in a camera's images become skeletons.

    ros2 launch pose3d_ros pose.launch.py image:=/camera/image_raw camera_info:=/camera/camera_info
    ros2 launch pose3d_ros pose.launch.py ... depth:=/camera/aligned_depth_to_color/image_raw
    ros2 launch pose3d_ros pose.launch.py video:=clip.mp4 camera:=calibration.yaml rviz:=true
    ros2 launch pose3d_ros pose.launch.py sim:=true rviz:=true
"""
from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch.actions import (
    DeclareLaunchArgument,
    EmitEvent,
    LogInfo,
    OpaqueFunction,
    RegisterEventHandler,
)
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import LifecycleNode, Node

from launch import LaunchDescription

SHARE = Path(get_package_share_directory('pose3d_ros'))
ARGUMENTS = {
    'image': ('image', 'topic of the images (raw; below it /compressed)'),
    'camera_info': ('camera_info', 'topic of the calibration, with the stamps of the images'),
    'depth': ('', 'topic of depth images registered to the colour images, none: without depth'),
    'depth_info': ('', 'topic of their calibration, none: camera_info beside depth'),
    'config': (str(SHARE / 'config' / 'pose.yaml'), 'parameter file'),
    'detector': ('', 'detector engine, instead of that in config'),
    'heatmap': ('', 'heatmap engine, instead of that in config'),
    'lifter': ('', 'lifting engine, instead of that in config'),
    'rviz': ('false', 'show everything in RViz'),
    'fixed_frame': ('camera_link', 'frame that RViz draws in'),
    'video': ('', 'a clip to play as a camera on the topics above'),
    'camera': ('', 'calibration file of the clip'),
    'rate': ('0.0', 'frames per second of the clip, 0: its own'),
    'width': ('0', 'width of the played images, 0: that of the clip'),
    'height': ('0', 'height of the played images, 0: that of the clip'),
    'loop': ('true', 'repeat the clip, forwards and backwards'),
    'sim': ('false', 'a simulated room with people as a camera, and our own engines'),
    'people': ('2', 'people in the simulated room'),
    'motion': ('mixed', 'what they do: see sim_camera, or a BVH file or folder'),
    'seed': ('0', 'of the simulated room'),
}
ENGINES = {
    'detector': 'detection.engine', 'heatmap': 'keypoints.engine', 'lifter': 'lifting.engine',
}
#: Trained on simulated people: what they are for.
SIMULATED = {'detector': 'sim-person-192x256', 'heatmap': 'sim-pose-128x96'}


def generate_launch_description():
    """Return the arguments and, once they are known, the nodes."""
    return LaunchDescription([
        *(DeclareLaunchArgument(name, default_value=default, description=text)
          for name, (default, text) in ARGUMENTS.items()),
        OpaqueFunction(function=nodes),
    ])


def nodes(context):
    """Return the nodes that the arguments ask for."""
    given = {name: LaunchConfiguration(name).perform(context) for name in ARGUMENTS}
    if not Path(given['config']).is_file():  # launch would go on with the defaults
        raise FileNotFoundError(f"config: no such file: {given['config']}")
    topics = [(name, given[name]) for name in ('image', 'camera_info')]
    topics.append(('image/compressed', given['image'] + '/compressed'))
    if given['depth']:
        beside = '/'.join([*given['depth'].split('/')[:-1], 'camera_info'])
        topics += [('depth', given['depth']), ('depth_info', given['depth_info'] or beside)]
    simulated = switched_on(given['sim'])
    for kind in SIMULATED if simulated else ():
        given[kind] = given[kind] or SIMULATED[kind]
    pose3d = LifecycleNode(
        package='pose3d_ros', executable='pose3d_node', name='pose3d', namespace='',
        output='screen', remappings=topics,
        parameters=[given['config'], overrides(given, simulated)])
    actions = [rviz(given)] if switched_on(given['rviz']) else []
    actions += [pose3d, end_with(pose3d)]  # after RViz: where that is missing nothing may start
    if given['video']:
        clip = video_camera(given, topics)
        actions += [clip, end_with(clip)]
    if simulated:
        room = sim_camera(given, topics)
        actions += [room, end_with(room)]
    return actions


def overrides(given, simulated):
    """Return parameters that arguments decide; what stands in for a camera stands in 'world'."""
    values = {ENGINES[name]: given[name] for name in ENGINES if given[name]}
    if given['depth']:
        values['camera.depth'] = True
    if simulated or given['video']:
        values['camera.gravity_frame'] = 'world'
    if simulated:  # whose world begins at the floor
        values['camera.floor_frame'] = 'world'
    return values


def rviz(given):
    """Return RViz with everything that the node publishes."""
    return Node(
        package='rviz2', executable='rviz2', output='screen',
        arguments=['-d', str(SHARE / 'config' / 'pose.rviz'), '-f', given['fixed_frame']])


def video_camera(given, topics):
    """Return the node that plays a clip."""
    return Node(
        package='pose3d_ros', executable='video_camera', output='screen', remappings=topics,
        parameters=[{
            'video': given['video'], 'camera': given['camera'],
            'rate': number(given, 'rate', float), 'width': number(given, 'width', int),
            'height': number(given, 'height', int), 'loop': switched_on(given['loop'])}])


def sim_camera(given, topics):
    """Return the node that shows a simulated room."""
    about = {
        'people': number(given, 'people', int), 'motion': given['motion'],
        'seed': number(given, 'seed', int)}
    if rate := number(given, 'rate', float):
        about['rate'] = rate
    return Node(
        package='pose3d_ros', executable='sim_camera', output='screen', remappings=topics,
        parameters=[about])


def number(given, name, kind):
    """Return an argument as an int or a float; raise ValueError that names it."""
    try:
        return kind(given[name])
    except ValueError:
        raise ValueError(f"{name}: expected {kind.__name__}, '{given[name]}' given") from None


def switched_on(text):
    """Return what the text of a boolean argument means; rviz:=True is Python's habit."""
    return text.lower() in ('true', '1')


def end_with(node):
    """Return the handler that ends the launch when a node that it needs has ended."""
    return RegisterEventHandler(OnProcessExit(target_action=node, on_exit=end))


def end(event, context):
    """Return what ends the launch; nothing where it is ending already, as after Ctrl-C."""
    if context.is_shutdown:
        return None
    reason = f'{event.process_name} has ended, and so does the rest: its last message says why'
    return [LogInfo(msg=reason), EmitEvent(event=Shutdown(reason=reason))]

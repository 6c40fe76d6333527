# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
A simulated clip with its truth: `python -m pose3d_ros.simulation.render --out clip.mp4`.

Writes the clip, its truth (as `pose3d evaluate` takes it) and its calibration, for each camera.
"""
import argparse
from pathlib import Path
import sys
import time

import numpy as np
from pose3d_ros.clip import ClipWriter
from pose3d_ros.depth_clip import write_depth
from pose3d_ros.simulation.bodies import truth_line
from pose3d_ros.simulation.lens import View
from pose3d_ros.simulation.scene import make_views, MOTIONS, Scene
import yaml


def write_clip(scene: Scene, out: Path, truth: Path, camera: Path, rate: float, seconds: float,
               start: float = 0.0, depth: bool = False) -> int:
    """
    Write clip, truth and calibration; from the second camera on names get its number.

    Depth images, where they are asked for, go into a folder beside the clip.
    """
    names = [(_numbered(out, n), _numbered(truth, n), _numbered(camera, n))
             for n in range(len(scene.views))]
    for view, (_, _, file) in zip(scene.views, names):
        file.write_text(calibration_text(view))
    clips = [ClipWriter(file, rate) for file, _, _ in names]
    texts = [file.open('w') for _, file, _ in names]
    count = max(1, round(seconds * rate))
    for frame in range(count):
        for seen, clip, text in zip(scene.at(start + frame / rate), clips, texts):
            if depth:
                write_depth(depth_folder(clip.path), frame, seen.picture.depth)
            clip.write(seen.picture.image)
            print(truth_line(frame, frame / rate, seen.people), file=text)
    for file in (*clips, *texts):
        file.close()
    return count


def depth_folder(clip: Path) -> Path:
    """Return where the depth images of a rendered clip are."""
    return clip.with_name(f'{clip.stem}_depth')


def _numbered(path: Path, number: int) -> Path:
    return path.with_stem(f'{path.stem}_{number + 1}') if number else path


def calibration_text(view: View) -> str:
    """Return a calibration file (YAML) with camera_from_world."""
    camera, pose = view.camera, view.camera_from_world
    return yaml.safe_dump({
        'image_width': camera.width, 'image_height': camera.height, 'camera_name': 'simulated',
        'camera_matrix': _matrix(camera.matrix), 'distortion_model': camera.model,
        'distortion_coefficients': _matrix(camera.distortion[None]),
        'camera_from_world': {'rotation': pose[:3, :3].ravel().tolist(),
                              'translation': pose[:3, 3].tolist(), 'floor': True},
    }, sort_keys=False, default_flow_style=None)


def _matrix(values: np.ndarray) -> dict:
    return {'rows': len(values), 'cols': values.shape[1], 'data': values.ravel().tolist()}


def main(args: list[str] | None = None) -> int:
    """Run the command."""
    given = _parser().parse_args(args)
    try:
        _check(given)
        views = make_views(given.cameras, given.width, given.height, given.fov, given.height_m,
                           given.tilt, given.distortion)
        scene = Scene(views, given.people, given.motion, given.seed)
        begin = time.perf_counter()
        count = write_clip(scene, given.out, given.truth or given.out.with_suffix('.jsonl'),
                           given.camera or given.out.with_suffix('.yaml'), given.rate,
                           given.seconds, given.start, given.depth)
    except (ValueError, OSError) as error:
        print(f'render: {error}', file=sys.stderr)
        return 1
    rate = count * len(views) / (time.perf_counter() - begin)
    print(f'{given.out}: {count} frames of {len(views)} camera(s), {rate:.1f} pictures a second')
    return 0


def _check(given: argparse.Namespace) -> None:
    if not 0 < given.rate <= 1000:
        raise ValueError(f'rate: expected 0 to 1000 frames a second, {given.rate} given')
    for name, value in (('seconds', given.seconds), ('start', given.start)):
        if not 0 <= value < np.inf:
            raise ValueError(f'{name}: expected 0 or more, {value} given')


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='render', description='a simulated clip with its truth')
    add = parser.add_argument
    add('--out', type=Path, required=True, help='clip to write (MP4)')
    add('--truth', type=Path, help='truth to write (JSON lines); beside the clip if not given')
    add('--camera', type=Path, help='calibration to write (YAML); beside the clip if not given')
    add('--depth', action='store_true',
        help='write depth images, too, into the folder <clip>_depth')
    add('--seed', type=int, default=0, help='of people, clothes, room, light and motions')
    add('--people', type=int, default=2, help='how many, 0 to 5')
    add('--motion', default='mixed',
        help=f"one of {', '.join(MOTIONS)}, or a BVH file or a folder of them")
    add('--seconds', type=float, default=10.0, help='length of the clip')
    add('--start', type=float, default=0.0, help='time of the first frame, s')
    add('--rate', type=float, default=15.0, help='frames a second')
    add('--width', type=int, default=640, help='of the pictures, px')
    add('--height', type=int, default=480, help='of the pictures, px')
    add('--fov', type=float, default=65.0, help='horizontal field of view, degrees')
    add('--height-m', type=float, default=1.3, help='height of the camera, m')
    add('--tilt', type=float, default=-5.0, help='of the camera, up from the horizon, degrees')
    add('--distortion', type=float, nargs=5, default=[0.0] * 5,
        metavar=('K1', 'K2', 'P1', 'P2', 'K3'), help='of the lens (plumb_bob)')
    add('--cameras', type=int, default=1, help='how many cameras look at the scene, 1 to 8')
    return parser


if __name__ == '__main__':
    sys.exit(main())

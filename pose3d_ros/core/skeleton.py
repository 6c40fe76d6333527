# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Names of keypoints (2D) and joints (3D), and how they hang together.

An engine file names its skeleton in its metadata; everything else looks points up by name, never
by a literal index.
"""
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Skeleton:
    """An ordered set of named points and the bones between them."""

    name: str
    points: tuple[str, ...]
    bones: tuple[tuple[str, str], ...]  # (parent, child)

    def __len__(self):
        """Return the number of points."""
        return len(self.points)

    def index(self, point: str) -> int:
        """Return the position of a point in this skeleton's arrays."""
        return self.points.index(point)

    @cached_property
    def bone_indices(self) -> list[tuple[int, int]]:
        """Return (parent, child) positions of every bone."""
        return [(self.index(parent), self.index(child)) for parent, child in self.bones]

    @cached_property
    def parts(self) -> list[str]:
        """Return what each point is on either side: wrist for left_wrist."""
        return [point.split('_')[-1] for point in self.points]

    @cached_property
    def mirrored(self) -> list[int]:
        """Return the permutation that exchanges left and right."""
        return [self.index(mirror(point)) for point in self.points]


def mirror(name: str) -> str:
    """Return the name of the point on the other side of the body."""
    if name.startswith('left_'):
        return 'right_' + name.removeprefix('left_')
    return 'left_' + name.removeprefix('right_') if name.startswith('right_') else name


def skeleton_named(name: str) -> Skeleton:
    """Return a known skeleton; raise ValueError that lists the known ones."""
    if name not in SKELETONS:
        raise ValueError(f"unknown skeleton '{name}': expected one of {sorted(SKELETONS)}")
    return SKELETONS[name]


def _limbs(*roots: tuple[str, str, str, str]) -> tuple[tuple[str, str], ...]:
    """Return the bones of a limb on both sides: (trunk end, first, second, third joint)."""
    return tuple(
        bone
        for trunk, first, second, third in roots
        for side in ('left_', 'right_')
        for bone in (
            (trunk.replace('*', side), side + first),
            (side + first, side + second),
            (side + second, side + third),
        )
    )


#: Keypoints of the COCO data set, in its order.
COCO_17 = Skeleton(
    'coco_17',
    ('nose', 'left_eye', 'right_eye', 'left_ear', 'right_ear',
     'left_shoulder', 'right_shoulder', 'left_elbow', 'right_elbow', 'left_wrist', 'right_wrist',
     'left_hip', 'right_hip', 'left_knee', 'right_knee', 'left_ankle', 'right_ankle'),
    _limbs(('*shoulder', 'hip', 'knee', 'ankle'))
    + tuple((f'{side}_{a}', f'{side}_{b}') for side in ('left', 'right')
            for a, b in (('shoulder', 'elbow'), ('elbow', 'wrist'), ('eye', 'ear')))
    + (('left_shoulder', 'right_shoulder'), ('left_hip', 'right_hip'),
       ('nose', 'left_eye'), ('nose', 'right_eye')),
)

#: Joints that the lifters give. pelvis: middle of the hips; neck: middle of the shoulders;
#: head: middle of the ears.
BODY_16 = Skeleton(
    'body_16',
    ('pelvis',
     'left_hip', 'left_knee', 'left_ankle', 'right_hip', 'right_knee', 'right_ankle',
     'neck',
     'left_shoulder', 'left_elbow', 'left_wrist', 'right_shoulder', 'right_elbow', 'right_wrist',
     'head', 'nose'),
    (('pelvis', 'neck'), ('neck', 'head'), ('head', 'nose'))
    + _limbs(('pelvis', 'hip', 'knee', 'ankle'), ('neck', 'shoulder', 'elbow', 'wrist')),
)

SKELETONS = {skeleton.name: skeleton for skeleton in (COCO_17, BODY_16)}

#: Joints that are the middle of two keypoints (Skeletons of engines name no such keypoint).
MIDDLES = {
    'pelvis': ('left_hip', 'right_hip'),
    'neck': ('left_shoulder', 'right_shoulder'),
    'head': ('left_ear', 'right_ear'),
}

#: Parts of the body that say where it is, and those of the legs.
TRUNK = ('pelvis', 'neck', 'hip', 'shoulder')
LEGS = ('knee', 'ankle')

#: The twelve joints that accuracy is quoted on.
LIMB_JOINTS = tuple(
    f'{side}_{joint}'
    for joint in ('hip', 'knee', 'ankle', 'shoulder', 'elbow', 'wrist')
    for side in ('left', 'right')
)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Install pose3d_ros: the Python package, and launch, config and engine files under share/."""

from pathlib import Path

from setuptools import find_packages, setup

PACKAGE = 'pose3d_ros'


def shared_files(*folders):
    """List (target folder, files) pairs, one per folder that has files."""
    groups = ((folder, sorted(filter(Path.is_file, Path(folder).glob('*')))) for folder in folders)
    return [(f'share/{PACKAGE}/{folder}', [str(f) for f in files]) for folder, files in groups]


setup(
    name=PACKAGE,
    version='0.1.0',
    description='3D skeletons of people from a camera, as ROS 2 markers, TF frames and arrays',
    author='The pose3d_ros authors',
    maintainer='The pose3d_ros authors',
    maintainer_email='pose3d_ros@example.com',
    license='Apache-2.0',
    python_requires='>=3.10',
    packages=find_packages(exclude=['test', 'test.*']),
    package_data={PACKAGE: ['**/*.yaml']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{PACKAGE}']),
        (f'share/{PACKAGE}', ['package.xml']),
        *shared_files('launch', 'config', 'engines'),
    ],
    install_requires=['setuptools'],
    extras_require={
        'test': ['hypothesis', 'pytest', 'ruff'],
        'train': ['onnx', 'onnxruntime', 'torch', 'tqdm'],
    },
    zip_safe=True,
    entry_points={
        'console_scripts': [
            'pose3d = pose3d_ros.cli:main',
            'pose3d_node = pose3d_ros.entry:pose3d_node',
            'sim_camera = pose3d_ros.entry:sim_camera',
            'video_camera = pose3d_ros.entry:video_camera',
        ],
    },
)

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""What colcon, rosdep and a stranger's machine need: versions, dependencies, installed files."""

import ast
import json
from pathlib import Path
import re
import runpy
import subprocess
import sys
from xml.etree import ElementTree

import pose3d_ros
import pytest

ROOT = Path(__file__).resolve().parents[1]
ROSDEP_KEYS = {
    'cv2': 'python3-opencv',
    'google': 'python3-protobuf',
    'hypothesis': 'python3-hypothesis',
    'matplotlib': 'python3-matplotlib',
    'mpl_toolkits': 'python3-matplotlib',
    'numba': 'python3-numba',
    'numpy': 'python3-numpy',
    'onnxruntime': 'python3-onnxruntime-pip',
    'pytest': 'python3-pytest',
    'rosbags': 'python3-rosbags-pip',
    'scipy': 'python3-scipy',
    'tqdm': 'python3-tqdm',
    'yaml': 'python3-yaml',
}
WITHOUT_KEY = {'onnx', 'pycuda', 'tensorrt', 'torch'}
BINARY = {'.jpg', '.mp4', '.npz', '.onnx', '.png'}
# RIHS01 hashes of the upstream packages: a node with the original and one with ours must match.
TYPE_HASHES = {
    'tf2_msgs/msg/TFMessage': 'e369d0f05a23ae52508854b66f6aa0437f3449d652e8cbf22d5abe85d020f087',
    'hri_msgs/msg/IdsList': '7e0812d1ac945c98fd3e393568d581ad0ab567f37b24eff633eab778c1bfe62d',
    'hri_msgs/msg/NormalizedPointOfInterest2D':
        'cc1d2f720c82afeb850ff1dbf66f41ecb7caf19f842987f1247e66160cf03953',
    'hri_msgs/msg/NormalizedRegionOfInterest2D':
        '2e50c93f1ca166ee77af9a5424dc951ae4e452b740162a7f83c082d917dcaff5',
    'hri_msgs/msg/Skeleton2D': '1cb61f012db6ca43c48fa0097ccab9a00108ea39323c13f01bb983323c1e3420',
}


@pytest.fixture(scope='module')
def manifest():
    return ElementTree.parse(ROOT / 'package.xml').getroot()


@pytest.fixture(scope='module')
def tracked_files():
    """Return every file of the repository; a copy outside git has none to check."""
    listing = subprocess.run(['git', 'ls-files', '-z'], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode != 0:
        pytest.skip('not a git checkout')
    return [ROOT / name for name in listing.stdout.split('\0') if (ROOT / name).is_file()]


@pytest.fixture
def setup_arguments(monkeypatch):
    """Return what setup.py hands to setuptools."""
    arguments = {}
    monkeypatch.setattr('setuptools.setup', arguments.update)
    monkeypatch.chdir(ROOT)
    runpy.run_path('setup.py')
    return arguments


def imported_packages(*folders):
    """Map the top-level packages that are imported, but not part of Python, to a file."""
    packages = {}
    for file in (f for folder in folders for f in (ROOT / folder).rglob('*.py')):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            packages.update((name.split('.')[0], file) for name in names)
    ours = {'pose3d_ros'} | {file.stem for file in (ROOT / 'test').rglob('*.py')}
    ours |= sys.stdlib_module_names
    return {name: file for name, file in packages.items() if name not in ours}


def test_manifest_is_valid():
    packages = pytest.importorskip('catkin_pkg.package', reason='catkin_pkg is not installed')
    warnings = []
    package = packages.parse_package(str(ROOT), warnings=warnings)
    assert package.get_build_type() == 'ament_python'
    assert not warnings


@pytest.mark.parametrize('folders, tags', [
    (['pose3d_ros', 'launch'], ['depend', 'exec_depend']),
    (['test'], ['depend', 'exec_depend', 'test_depend']),
])
def test_manifest_lists_every_import(manifest, folders, tags):
    listed = {element.text for element in manifest if element.tag in tags}
    missing = {
        name: str(file.relative_to(ROOT))
        for name, file in imported_packages(*folders).items()
        if name not in WITHOUT_KEY and ROSDEP_KEYS.get(name, name) not in listed
    }
    assert not missing


def test_versions_agree(manifest, setup_arguments):
    version = manifest.findtext('version')
    newest = re.search(r'^(\d+\.\d+\.\d+) \(', (ROOT / 'CHANGELOG.rst').read_text(), re.MULTILINE)
    assert setup_arguments['version'] == pose3d_ros.__version__ == version
    assert newest and newest[1] == version


@pytest.mark.parametrize('folder', ['launch', 'config', 'engines'])
def test_folder_is_installed(setup_arguments, folder):
    installed = dict(setup_arguments['data_files'])[f'share/pose3d_ros/{folder}']
    expected = [f'{folder}/{file.name}' for file in (ROOT / folder).iterdir() if file.is_file()]
    assert expected and sorted(installed) == sorted(expected)


def test_every_subpackage_is_installed(setup_arguments):
    folders = {f.parent.relative_to(ROOT) for f in (ROOT / 'pose3d_ros').rglob('*.py')}
    assert set(setup_arguments['packages']) == {'.'.join(folder.parts) for folder in folders}


def test_console_scripts_exist(setup_arguments):
    for script in setup_arguments['entry_points']['console_scripts']:
        module, function = script.split(' = ')[1].split(':')
        path = ROOT / module.replace('.', '/')
        source = path / '__init__.py' if path.is_dir() else path.with_suffix('.py')
        names = [getattr(node, 'name', None) for node in ast.parse(source.read_text()).body]
        assert function in names, script


def test_colcon_finds_the_tests(setup_arguments):
    """Without pytest among these `colcon test` runs nothing and passes."""
    assert 'pytest' in setup_arguments['extras_require']['test']


def test_no_test_file_skips_itself():
    """
    A skip while a file is imported ends the collection of all others where launch_testing is.

    That is on every ROS installation: `colcon test` would run nothing and pass. Skip in a fixture
    or with `pytestmark = pytest.mark.skipif(...)`, or name the file in conftest's collect_ignore.

    """
    at_import = {
        f'{file.name}:{node.lineno}'
        for file in (ROOT / 'test').glob('*.py')
        for statement in ast.parse(file.read_text()).body
        if not isinstance(statement, (ast.FunctionDef, ast.ClassDef))
        for node in ast.walk(statement)
        if getattr(node, 'attr', '') in ('importorskip', 'skip')
        and getattr(node.value, 'attr', '') != 'mark'  # a mark skips one test
    }
    in_helpers = {
        file.name
        for file in (ROOT / 'test').glob('*.py')
        if re.search(r'allow_module_level\s*=', file.read_text())
    }
    assert not at_import | in_helpers


def test_constraints_pin_every_requirement():
    required, pinned = (
        set(re.findall(r'^[\w.-]+==\S+$', (ROOT / 'dev' / name).read_text().lower(), re.MULTILINE))
        for name in ('requirements.txt', 'constraints.txt')
    )
    assert required and required <= pinned


@pytest.mark.parametrize('interface', TYPE_HASHES)
def test_our_interface_packages_match_upstream(interface):
    file = Path(sys.prefix) / 'share' / f'{interface}.json'
    if not file.exists():
        pytest.skip('the interfaces are not those of dev/')
    hashes = json.loads(file.read_text())['type_hashes']
    ours = next(row['hash_string'] for row in hashes if row['type_name'] == interface)
    assert ours == f'RIHS01_{TYPE_HASHES[interface]}'


def test_files_name_no_machine(tracked_files):
    """No home or temporary folder of somebody, no place to download packages from."""
    folder = rb'(?<![\w.])/(home/(?!me\b)|Users/|root/|work/)\w'
    private = re.compile(folder + rb'|index[-_]url|find[-_]links')
    found = [
        str(file.relative_to(ROOT))
        for file in tracked_files
        if file.suffix not in BINARY and private.search(file.read_bytes())
    ]
    assert not found

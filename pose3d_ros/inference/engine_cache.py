# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Engines that TensorRT built on this machine, kept for the next start.

An engine is code: whoever can put one here can run anything. The folder is therefore the user's
alone, files of others are not read, and no file is read that is not whole. The name of a file says
all that makes it valid, so what another version or another GPU left is never even looked at.
"""
from dataclasses import dataclass
import hashlib
import os
from pathlib import Path
import stat
import tempfile

MAGIC = b'pose3d_ros engine 1\n'  # change it when engines are built in another way
DIGEST = hashlib.sha256().digest_size


def cache_folder() -> Path:
    """Return the folder: pose3d_ros/tensorrt below $XDG_CACHE_HOME, else below ~/.cache."""
    cache = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(cache) / 'pose3d_ros' / 'tensorrt'


def entry(onnx: Path, max_batch: int, tensorrt: str, gpu) -> 'Entry':
    """Return the place of an engine: file's bytes, batch, TensorRT, GPU and our own way count."""
    about = (max_batch, tensorrt, gpu.name, tuple(gpu.capability), MAGIC)
    digest = hashlib.sha256(onnx.read_bytes() + repr(about).encode()).hexdigest()
    return Entry(cache_folder() / f'{onnx.stem}-{digest[:32]}.engine')


@dataclass(frozen=True)
class Entry:
    """The place of one engine in the cache; reading and writing may raise OSError."""

    path: Path

    def read(self) -> bytes | None:
        """Return the engine, None if there is none; raise OSError where it cannot be trusted."""
        if (content := self._content(self.path)) is None:
            return None
        magic, digest = content[:len(MAGIC)], content[len(MAGIC):len(MAGIC) + DIGEST]
        plan = content[len(MAGIC) + DIGEST:]
        if magic != MAGIC or hashlib.sha256(plan).digest() != digest:
            raise OSError(f'{self.path} is damaged')
        return plan

    def write(self, plan: bytes) -> None:
        """Keep an engine: whole, or not at all."""
        self._write(self.path, MAGIC + hashlib.sha256(plan).digest() + plan)

    def reject(self, reason: str) -> None:
        """Drop the engine, and note why, so that it is not built again at every start."""
        self.path.unlink(missing_ok=True)
        self._write(self._note, reason.encode())

    def rejected(self) -> str:
        """Return why the engine was dropped; empty if it was not."""
        note = self._content(self._note)
        return '' if note is None else note.decode(errors='replace')

    def forget(self) -> None:
        """Remove the engine and the note."""
        for path in (self.path, self._note):
            path.unlink(missing_ok=True)

    @property
    def _note(self) -> Path:
        return self.path.with_suffix('.rejected')

    def _content(self, path: Path) -> bytes | None:
        """Return a file's bytes, None if there is no file; raise PermissionError if not ours."""
        try:
            _check_owner(path.parent.stat(), path.parent)
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, 'rb') as file:
            _check_owner(os.fstat(handle), path)
            return file.read()

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_owner(path.parent.stat(), path.parent)
        path.parent.chmod(0o700)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix='.new-')  # mode 0600
        try:
            with os.fdopen(handle, 'wb') as file:
                file.write(content)
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise


def _check_owner(status: os.stat_result, path: Path) -> None:
    """Raise PermissionError unless a file or folder belongs to the user and nobody else writes."""
    others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if status.st_uid != os.geteuid() or others:
        raise PermissionError(f'{path} belongs to somebody else, or others may write there')

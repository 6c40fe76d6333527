# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""
Read the metadata of an ONNX file without loading the network.

An ONNX file is one protobuf message (ModelProto). Its top level holds a dozen fields; the network
is one of them and is skipped by its length, so this takes microseconds and needs neither onnx nor
ONNX Runtime. Wire format: https://protobuf.dev/programming-guides/encoding.
"""
from collections.abc import Iterator
from io import BytesIO
import os
from pathlib import Path
from typing import BinaryIO

from pose3d_ros.inference.errors import EngineError

METADATA_PROPS = 14  # field number in ModelProto: repeated StringStringEntryProto
GRAPH = 7  # field number in ModelProto
VARINT, BYTES = 0, 2  # wire types; ModelProto has no others at its top level


def read_metadata(path: Path) -> dict[str, str]:
    """Return the metadata of an ONNX file; raise EngineError if it is not a whole ONNX file."""
    try:
        with path.open('rb') as file:
            fields = list(_fields(file, os.fstat(file.fileno()).st_size, {METADATA_PROPS}))
            entries = [_entry(value) for number, value in fields if number == METADATA_PROPS]
    except (EOFError, UnicodeDecodeError) as error:
        raise EngineError(f'{path} is truncated or not an ONNX file') from error
    if GRAPH not in [number for number, _ in fields]:
        raise EngineError(f'{path} is truncated or not an ONNX file')
    return dict(entries)


def _entry(message: bytes) -> tuple[str, str]:
    """Return key and value of a StringStringEntryProto."""
    strings = dict(_fields(BytesIO(message), len(message), {1, 2}))
    return strings.get(1, b'').decode(), strings.get(2, b'').decode()


def _fields(file: BinaryIO, size: int, wanted: set[int]) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each field of a message; unwanted ones are skipped, empty."""
    while file.tell() < size:
        number, wire_type = divmod(_varint(file), 8)
        if wire_type not in (VARINT, BYTES) or number == 0:
            raise EOFError
        length = _varint(file)  # of a varint field: its value
        if wire_type == BYTES and file.tell() + length > size:
            raise EOFError
        if wire_type == BYTES and number not in wanted:
            file.seek(length, os.SEEK_CUR)
        yield number, file.read(length) if wire_type == BYTES and number in wanted else b''


def _varint(file: BinaryIO) -> int:
    """Return the next base-128 integer, least significant group first."""
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            raise EOFError
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise EOFError

# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Clips: stamps, sizes, playing by number, writing, and what is not a clip."""
import cv2
import numpy as np
from pose3d_ros.clip import Clip, ClipError, ClipPlayer, ClipWriter
import pytest

COUNT, RATE = 8, 25.0


def shade(index):
    """Return frame index of the test clip: grey, the later the lighter, red on the left."""
    image = np.full((48, 64, 3), 20 + 25 * index, np.uint8)
    image[:, :16] = 250, 10, 10
    return image


def number(image):
    """Return the number of a decoded frame."""
    return round((float(image[:, 48:].mean()) - 20) / 25)


@pytest.fixture(scope='module')
def path(tmp_path_factory):
    """Return the test clip's path, as ClipWriter writes it."""
    path = tmp_path_factory.mktemp('clip') / 'clip.mp4'
    writer = ClipWriter(path, RATE)
    for index in range(COUNT):
        writer.write(shade(index))
    writer.close()
    return path


@pytest.fixture
def player(path):
    return ClipPlayer(Clip(path))


def test_what_is_written_is_read(path):
    clip = Clip(path)
    assert (clip.rate, clip.length, clip.width, clip.height) == (RATE, COUNT, 64, 48)
    frames = list(clip)
    np.testing.assert_allclose([stamp for stamp, _ in frames], np.arange(COUNT) / RATE)
    assert [number(image) for _, image in frames] == list(range(COUNT))
    red, green, blue = frames[3][1][24, 8]
    assert red > 200 and max(green, blue) < 80  # RGB, not BGR
    assert len(list(clip)) == COUNT  # a clip can be read again


def test_another_size(path):
    clip = Clip(path, 32, 24)
    assert (clip.width, clip.height) == (32, 24)
    assert next(iter(clip))[1].shape == (24, 32, 3)


def test_frames_at_another_rate(path):
    clip = Clip(path)
    assert [clip.index_at(tick, 25) for tick in range(4)] == [0, 1, 2, 3]
    assert [clip.index_at(tick, 50) for tick in range(4)] == [0, 0, 1, 1]
    assert [clip.index_at(tick, 10) for tick in range(4)] == [0, 2, 5, 7]


def test_a_clip_goes_to_and_fro(path, player):
    assert [Clip(path).looped(index) for index in range(6, 16)] == [6, 7, 6, 5, 4, 3, 2, 1, 0, 1]
    asked = {0: 0, 1: 1, 3: 3, 7: 7, 8: 6, 13: 1, 14: 0, 15: 1, 23: 5}
    assert [number(player.frame(index)) for index in asked] == list(asked.values())


def test_a_clip_of_one_frame_stays(player):
    player._clip.length = 1
    assert [player._clip.looped(index) for index in range(4)] == [0, 0, 0, 0]


def test_a_clip_that_fits_into_memory_is_decoded_once(player, monkeypatch):
    player.frame(COUNT - 1)
    monkeypatch.setattr(player, '_restart', lambda: pytest.fail('decodes from the start'))
    shown = [number(player.frame(COUNT + index)) for index in range(COUNT)]
    assert shown == [6, 5, 4, 3, 2, 1, 0, 1]


def test_a_clip_too_long_for_memory_begins_again(path, monkeypatch):
    monkeypatch.setattr('pose3d_ros.clip.MOST_KEPT', 0)
    player = ClipPlayer(Clip(path))
    assert [number(player.frame(index)) for index in (6, 6, 7, 8, 10)] == [6, 6, 7, 0, 2]
    assert not player._kept


def test_a_clip_shorter_than_its_file_states(player):
    player._clip.length = 100
    assert number(player.frame(COUNT + 2)) == COUNT - 1
    assert player._clip.length == COUNT
    assert number(player.frame(COUNT + 2)) == 4


def test_a_file_that_states_no_length_is_counted(tmp_path):
    path = tmp_path / 'clip.mjpeg'  # pictures one after another
    path.write_bytes(b''.join(
        cv2.imencode('.jpg', shade(index))[1].tobytes() for index in range(COUNT)))
    clip = Clip(path)
    assert clip.length == COUNT
    assert number(ClipPlayer(clip).frame(COUNT)) == COUNT - 2


def test_what_is_not_a_clip_is_refused(tmp_path, path):
    with pytest.raises(ClipError, match='none.mp4: no such file'):
        Clip(tmp_path / 'none.mp4')
    with pytest.raises(ClipError, match='no such file'):
        Clip(tmp_path)
    words = tmp_path / 'words.mp4'
    words.write_text('not a video')
    with pytest.raises(ClipError, match='words.mp4: not a video that OpenCV can read'):
        Clip(words)
    torn = tmp_path / 'torn.mp4'
    torn.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ClipError, match='torn.mp4: '):
        Clip(torn)


def test_a_place_that_cannot_be_written(tmp_path):
    writer = ClipWriter(tmp_path / 'nowhere' / 'clip.mp4', RATE)
    with pytest.raises(ClipError, match='nowhere/clip.mp4: cannot be written'):
        writer.write(shade(0))
    writer.close()


def test_closing_without_a_frame_writes_nothing(tmp_path):
    ClipWriter(tmp_path / 'clip.mp4', RATE).close()
    assert list(tmp_path.iterdir()) == []

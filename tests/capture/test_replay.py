"""Recordings in the place of a camera."""

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from terminal.capture.replay import ReplayCamera, recording
from terminal.errors import CameraError
from tests.values import SetClock


def write_images(folder: Path, count: int) -> None:
    for number in range(count):
        cv2.imwrite(str(folder / f"{number}.png"), np.full((120, 160), 40 * number, np.uint8))


def test_a_folder_plays_every_image_in_order_as_a_scene_of_its_own(tmp_path: Path) -> None:
    write_images(tmp_path, 3)
    frames = list(ReplayCamera(recording(tmp_path), SetClock()).frames())
    assert [int(frame.pixels[0, 0]) for frame in frames] == [0, 40, 80]
    assert len({frame.source for frame in frames}) == 3
    assert all(frame.ends_scene for frame in frames)


def test_an_image_that_cannot_be_read_is_passed_over_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_images(tmp_path, 2)
    (tmp_path / "0.png").write_bytes((tmp_path / "0.png").read_bytes()[:40])
    assert len(list(ReplayCamera(recording(tmp_path), SetClock()).frames())) == 1
    assert "0.png is cut short" in caplog.text


def test_a_video_plays_as_one_scene(tmp_path: Path) -> None:
    path = tmp_path / "eye.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 15, (160, 120))
    for level in (50, 100, 150):
        writer.write(np.full((120, 160, 3), level, np.uint8))
    writer.release()
    frames = list(ReplayCamera(recording(path), SetClock()).frames())
    assert [round(float(frame.pixels.mean()), -1) for frame in frames] == [50, 100, 150]
    assert {frame.source for frame in frames} == {str(path)}
    assert [frame.ends_scene for frame in frames] == [False, False, True]
    assert frames[0].pixels.shape == (120, 160)


def test_a_recording_keeps_its_pace(tmp_path: Path) -> None:
    write_images(tmp_path, 4)
    started_s = time.monotonic()
    assert len(list(ReplayCamera(recording(tmp_path), SetClock(), frames_per_s=20).frames())) == 4
    assert 0.14 < time.monotonic() - started_s < 1.0


def test_a_closed_camera_ends_before_its_next_frame(tmp_path: Path) -> None:
    write_images(tmp_path, 3)
    camera = ReplayCamera(recording(tmp_path), SetClock(), frames_per_s=0.1)
    frames = camera.frames()
    next(frames)
    camera.close()
    assert next(frames, None) is None


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="no folder and no video"):
        recording(tmp_path / "nothing.avi")

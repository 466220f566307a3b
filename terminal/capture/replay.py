"""Recorded or drawn images in the place of a camera: for demonstrations, measuring and tests."""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from terminal import opencv
from terminal.capture.image import SUFFIXES, read_image
from terminal.errors import CameraError, ImageError
from terminal.ports import Clock
from terminal.types import Frame, Pixels

Recording: TypeAlias = Iterable[tuple[str, Pixels]]  # where each image comes from, and the image

log = logging.getLogger(__name__)


class ReplayCamera:
    """Plays a recording once, at `frames_per_s` or as fast as frames are taken."""

    def __init__(self, recording: Recording, clock: Clock, frames_per_s: float | None = None) -> None:
        self._recording, self._clock = recording, clock
        self._period_s = 1 / frames_per_s if frames_per_s else 0.0
        self._closed = threading.Event()

    def frames(self) -> Iterator[Frame]:
        """Yield every image of the recording, one period apart."""
        due_s = time.monotonic()
        for source, pixels, ends_scene in _scenes(self._recording):
            if self._closed.wait(max(0.0, due_s - time.monotonic())):
                return
            due_s = max(due_s, time.monotonic() - self._period_s) + self._period_s
            yield Frame(pixels, "replay", source, self._clock.now(), ends_scene)

    def close(self) -> None:
        """End a running `frames()` before its next frame."""
        self._closed.set()


def _scenes(recording: Recording) -> Iterator[tuple[str, Pixels, bool]]:
    """Yield every image with its source, and whether it is the last of its scene: one image is read ahead to know."""
    held: tuple[str, Pixels] | None = None
    for source, pixels in recording:
        if held is not None:
            yield *held, source != held[0]
        held = source, pixels
    if held is not None:
        yield *held, True


def recording(path: Path) -> Recording:
    """Return a folder's images, each a scene of its own, or a video, one scene; raise CameraError when there is none."""
    if path.is_dir():
        return images(sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES))
    video = opencv.open_video(str(path))
    if not video.is_open:
        raise CameraError(f"{path} is no folder and no video that plays", hint="set camera.device to one of the two")
    return _video(str(path), video)


def images(paths: Iterable[Path]) -> Iterator[tuple[str, Pixels]]:
    """Yield the images of files; one that cannot be read is named in the log and passed over."""
    for path in paths:
        try:
            yield str(path), read_image(path)
        except ImageError as error:
            log.warning("%s", error)


def _video(source: str, video: opencv.Video) -> Iterator[tuple[str, Pixels]]:
    while (pixels := video.read()) is not None:
        yield source, pixels
    video.close()

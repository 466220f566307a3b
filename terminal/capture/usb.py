"""A USB camera through V4L2: the newest frame only, and back by itself after it was unplugged."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

from terminal import opencv
from terminal.config import Camera as CameraConfig
from terminal.errors import CameraError
from terminal.ports import Clock
from terminal.types import Frame

RETRY_S = 1.0  # between attempts to open a camera that is gone
PATIENCE_S = 1.0  # without a frame for this long, the daemon gets None and can look after itself

log = logging.getLogger(__name__)


class UsbCamera:
    """Grabs in a thread of its own, so that a frame is never older than the time it took to be asked for."""

    def __init__(self, config: CameraConfig, clock: Clock) -> None:
        self._config, self._clock = config, clock
        self._newest: Frame | None = None
        self._noted = ""
        self._fresh = threading.Condition()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._grab, name="camera", daemon=True)

    def frames(self) -> Iterator[Frame | None]:
        """Yield the newest frame each time, and None after a second without one, for as long as it is not closed."""
        self._thread.start()
        while not self._closed.is_set():
            with self._fresh:
                self._fresh.wait_for(lambda: self._newest is not None, timeout=PATIENCE_S)
                frame, self._newest = self._newest, None
            if not self._thread.is_alive() and not self._closed.is_set():
                raise CameraError(
                    "the camera's thread has ended", hint="see the trace above; the service restarts itself"
                )
            yield frame

    def close(self) -> None:
        """Stop grabbing and let the device go."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(timeout=opencv.SELECT_TIMEOUT_S + RETRY_S)

    def _grab(self) -> None:
        while not self._closed.is_set():
            if Path(self._config.device).exists():
                self._grab_until_lost()
            else:
                self._note(f"no camera at {self._config.device}: plug it in, or set camera.device")
            self._closed.wait(RETRY_S)

    def _grab_until_lost(self) -> None:
        config = self._config
        video = opencv.open_v4l2(config.device, config.width, config.height, config.frames_per_s, config.exposure_us)
        if not video.is_open:
            self._note(f"{config.device} does not open as a camera: busy, or not a capture device")
            return
        self._note(f"camera {config.device} is there")
        while not self._closed.is_set():
            pixels = video.read()
            captured_at = self._clock.now()
            if pixels is None:
                self._note(f"lost the camera {config.device}")
                break
            if self._config.mirrored:
                pixels = opencv.mirrored(pixels)
            with self._fresh:
                self._newest = Frame(pixels, "usb", config.device, captured_at)
                self._fresh.notify()
        video.close()

    def _note(self, state: str) -> None:
        """Log what has changed: a camera that stays away for a night must not fill the journal."""
        if state != self._noted:
            log.warning("%s", state)
        self._noted = state

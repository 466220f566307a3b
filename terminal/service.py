"""The kiosk as one running thing: the path, the publisher, the page, the light, and word to systemd that all is well."""

import logging
import time
from collections.abc import Callable

from terminal import build, daemon
from terminal.capture.light import SerialLight
from terminal.clock import SystemClock
from terminal.config import Config, Light
from terminal.errors import GalleryError, LightError
from terminal.notify import notify
from terminal.ports import Camera, Screen
from terminal.sync.publisher import Publisher
from terminal.types import Bank

LOOK_AROUND_S = 2.0  # between looks at the gallery and words to systemd

log = logging.getLogger(__name__)


class Kiosk:
    """Everything but the camera's loop, running from construction to `stop`; `run` is the loop."""

    def __init__(
        self, config: Config, camera: Camera | None = None, watch: Callable[[Screen], Screen] | None = None
    ) -> None:
        """Fit a kiosk; a demonstration may bring its own camera, and `watch` what is shown."""
        clock = SystemClock()
        self._store = build.gallery_store(config.terminal.state_dir)
        self._enrolled = build.Enrolled(self._store, build.policy(config))
        self.publisher = build.publisher(config, clock)
        self._page = build.page(config, self._enrolled, self.publisher, clock)
        self.page_url = self._page.url
        self.camera = camera or build.camera(config, clock)
        screen = watch(self._page) if watch else self._page
        self._light = _lit(config.light)
        self._path = build.path(config, self.camera, screen, self._enrolled, clock, self._light)
        self._looked_at_s = 0.0
        self.publisher.start()

    def run(self) -> None:
        """Check people in until the camera ends."""
        notify("READY=1")
        daemon.run(self._path, self._beat)
        notify("STOPPING=1")

    def stop(self) -> None:
        """Say goodbye to the centre and let everything go."""
        self.camera.close()
        self.publisher.stop()
        self._page.stop()
        self._path.ledger.close()
        if self._light is not None:
            self._light.close()
        self._store.close()

    def _beat(self) -> None:
        now_s = time.monotonic()
        if now_s - self._looked_at_s >= LOOK_AROUND_S:
            self._looked_at_s = now_s
            try:
                self._enrolled.refresh()
            except GalleryError as error:  # those enrolled before can still check in
                log.error("the gallery stays as it was: %s", error)
            notify(f"WATCHDOG=1\nSTATUS={_status(self.publisher)}")


def _status(publisher: Publisher) -> str:
    link = "online" if publisher.online else f"offline: {publisher.trouble or 'connecting'}"
    return f"{link}; {publisher.pending} records wait for the centre"


def _lit(wanted: Light | None) -> SerialLight | None:
    """Switch the light on and keep its line where its banks can be switched apart.

    Without it the kiosk still runs: it says that it is too dark, which is true, and its records name no check by light.
    """
    if wanted is None:
        return None
    try:
        light = SerialLight(wanted.device, wanted.baud)
        light.set(wanted.level_percent)
        if wanted.banks == 2:
            light.select(Bank.BOTH)
            return light
        light.close()
    except LightError as error:
        log.error("%s", error)  # the error says what to do
    return None

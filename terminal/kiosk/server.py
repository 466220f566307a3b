"""The kiosk's own page: a screen the daemon shows outcomes on, served to the browser that stands in kiosk mode."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from terminal.attend import Window
from terminal.config import Kiosk, Terminal
from terminal.kiosk import text
from terminal.kiosk.notice import Notices
from terminal.kiosk.text import LANGUAGES
from terminal.outcome import Outcome
from terminal.ports import Clock
from terminal.serve import Served, add_page
from terminal.types import Frame, Pixels

LOOK_S = 0.05  # a change reaches the eye within this
BEAT_S = 1.0  # said again at least this often: a page that hears nothing for a few seconds says so
PREVIEW_WIDTH = 320  # pixels: enough to see whether one looks into the camera


class KioskPage:
    """A `Screen` in a browser; it serves from construction to `stop`."""

    def __init__(
        self,
        kiosk: Kiosk,
        terminal: Terminal,
        clock: Clock,
        *,
        name_of: Callable[[str], str],
        pending: Callable[[], int],
        online: Callable[[], bool],
        window: Callable[[], Window],
    ) -> None:
        """Serve at the address of `kiosk`; the callables are asked from the page's thread and must not block."""
        self._kiosk, self._terminal, self._clock = kiosk, terminal, clock
        self._pending, self._online, self._window = pending, online, window
        self._zone = ZoneInfo(terminal.zone)
        self._notices = Notices(name_of)
        self._pixels: Pixels | None = None
        self._closing = False
        application = web.Application()
        application.on_shutdown.append(self._close_events)
        application.router.add_get("/events", self._events)
        application.router.add_get("/preview.jpg", self._preview)
        add_page(application, Path(__file__).parent / "static")
        self._served = Served(application, kiosk.host, kiosk.port)

    @property
    def url(self) -> str:
        """Where the page is."""
        return self._served.url

    def show(self, frame: Frame | None, outcome: Outcome) -> None:
        """Take what became of one frame, or of the lack of one; returns at once."""
        self._pixels = frame.pixels if frame else None
        self._notices.take(frame.source if frame else None, outcome, self._now_s())

    def stop(self) -> None:
        """Close the page's connections and end its thread."""
        self._served.stop()

    def view(self) -> dict[str, object]:
        """Everything the page shows at this moment, but for the running clock, as JSON takes it."""
        notice = self._notices.now(self._now_s())
        window = self._window()
        pending = None if self._online() else self._pending()
        return {
            "tone": notice.tone,
            "punctual": notice.punctual,
            "direction": window.direction,
            "window_open": window.is_open,
            "office": self._terminal.office_name or self._terminal.office,
            "language": self._kiosk.language,
            "seeing": self._pixels is not None,
            "words": {
                language: {
                    **asdict(notice.words[language]),
                    "direction": text.DIRECTIONS[window.direction][language],
                    "window": text.window(window, language),
                    "offline": None if pending is None else text.offline(pending, language),
                    "silent": asdict(text.SILENT[language]),
                }
                for language in LANGUAGES
            },
        }

    async def _events(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        said, said_s = "", 0.0
        while not self._closing:
            view = json.dumps(self.view())
            if view != said or self._now_s() - said_s >= BEAT_S:
                said, said_s = view, self._now_s()
                now = json.dumps(self._time())
                try:
                    await stream.write(f"event: view\ndata: {view}\n\nevent: time\ndata: {now}\n\n".encode())
                except ConnectionError:  # the browser has gone
                    return stream
            await asyncio.sleep(LOOK_S)
        return stream

    async def _close_events(self, _application: web.Application) -> None:
        self._closing = True

    async def _preview(self, _request: web.Request) -> web.Response:
        from terminal import opencv  # heavy, and a kiosk without a browser never needs it

        pixels = self._pixels
        if pixels is None:
            raise web.HTTPNotFound
        height, width = pixels.shape
        if width > PREVIEW_WIDTH:
            pixels = opencv.resize(pixels, PREVIEW_WIDTH, max(1, height * PREVIEW_WIDTH // width))
        return web.Response(body=opencv.encode_jpeg(pixels), content_type="image/jpeg")

    def _now_s(self) -> float:
        return self._clock.now().boottime_ns / 1e9

    def _time(self) -> dict[str, object]:
        """The kiosk's clock as a browser needs it, whatever zone or clock of its own it has."""
        utc_ms = self._clock.now().utc_ns // 1_000_000
        local = datetime.fromtimestamp(utc_ms / 1000, UTC).astimezone(self._zone)
        offset = local.utcoffset()
        return {
            "utc_ms": utc_ms,
            "offset_ms": int(offset.total_seconds() * 1000) if offset else 0,
            "zone": local.tzname() or self._terminal.zone,
        }

"""An aiohttp application served from a thread of its own, beside the thread that does the work."""

import asyncio
import threading
from pathlib import Path

from aiohttp import web

from terminal.errors import ServeError

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
CLOSING_S = 0.5  # open event streams are cut after this, so that stopping is quick


class Served:
    """A running application at `url`; its start-up, handlers and clean-up all run in its own thread."""

    def __init__(self, application: web.Application, host: str, port: int) -> None:
        application.on_response_prepare.append(_add_headers)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=CLOSING_S)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="web", daemon=True)
        self._thread.start()
        try:
            self.url = asyncio.run_coroutine_threadsafe(self._start(host, port), self._loop).result()
        except OSError as error:
            self.stop()
            hint = "stop the other program there, or set another host or port"
            raise ServeError(f"cannot serve a page on {host}:{port}: {error.strerror}", hint=hint) from error

    def stop(self) -> None:
        """Close every connection and wait for the thread."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self, host: str, port: int) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        address, bound_port = self._runner.addresses[0][:2]
        return f"http://[{address}]:{bound_port}/" if ":" in address else f"http://{address}:{bound_port}/"


def add_page(application: web.Application, folder: Path) -> None:
    """Serve `folder`/index.html at / and the files beside it under /static/."""

    async def index(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(folder / "index.html")

    application.router.add_get("/", index)
    application.router.add_static("/static/", folder)


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)

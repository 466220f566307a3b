"""The centre as one running thing: ingest and board, for the service and for the demo."""

import logging
import threading
import time
from collections.abc import Sequence
from random import Random

from central import web
from central.config import Centre as Settings
from central.config import Config, Office, Web
from central.errors import IngestError
from central.ingest import Ingest
from central.store import Store
from terminal.errors import ServeError
from terminal.notify import notify
from terminal.serve import Served
from terminal.sync.link import Endpoint, Link

STUCK_S = 30.0  # the ingest comes round every second; a disk may hold it a few more
WATCH_S = 1.0

log = logging.getLogger(__name__)


class Centre:
    """Ingest and board, running from construction to `stop`."""

    def __init__(self, endpoint: Endpoint, settings: Settings, page: Web, offices: Sequence[Office]) -> None:
        jitter = Random()  # noqa: S311 - spreads reconnects, guards nothing
        link = Link(endpoint, f"tatap-central-{settings.shard or 'all'}", jitter)
        self._store = Store(settings.database)  # here too: a database that cannot be used is told before anything runs
        self._ingest = Ingest(link, settings.database, settings.shard)
        board = web.application(settings, offices, lambda: self._ingest.condition)
        try:
            self._served = Served(board, page.host, page.port)
        except ServeError:
            self._store.close()
            raise
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ingest.run, args=(self._stop,), name="ingest", daemon=True)
        self._thread.start()

    @property
    def web_url(self) -> str:
        """Where the board is."""
        return self._served.url

    def records(self) -> int:
        """The number of records held; ask from the thread that made the centre."""
        return self._store.records()

    def payloads(self, terminal: str) -> list[bytes]:
        """The bytes of one terminal's records, in its order; ask from the thread that made the centre."""
        return self._store.payloads(terminal)

    def check(self) -> None:
        """Raise IngestError when the ingest no longer runs."""
        if not self._thread.is_alive() or time.monotonic() - self._ingest.turned_at_s > STUCK_S:
            raise IngestError("the ingest has stopped", hint="see the log above; the terminals keep their records")

    def stop(self) -> None:
        """End both and let the database go."""
        self._stop.set()
        self._thread.join()
        self._served.stop()
        self._store.close()


def run(config: Config, stop: threading.Event) -> None:
    """Run the centre until `stop` is set, telling the service manager how it is; raise what ends it."""
    centre = Centre(config.endpoint, config.centre, config.web, config.office)
    try:
        log.info("the board is at %s", centre.web_url)
        notify("READY=1")
        while not stop.wait(WATCH_S):
            centre.check()
            notify("WATCHDOG=1")
        notify("STOPPING=1")
    finally:
        centre.stop()

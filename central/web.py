"""The live board: which offices are heard, who came today and how late, what arrived last."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from aiohttp import web

from central.config import Centre, Office
from central.ingest import Condition
from central.offices import OfficeNow, as_plain, offices_now
from central.recap import clock_time, recap
from central.store import Record, Store
from central.zones import find_zone, local_time
from terminal.serve import add_page

LATEST = 12  # records on the board
STORE = web.AppKey("store", Store)


def application(centre: Centre, offices: Sequence[Office], condition: Callable[[], Condition]) -> web.Application:
    """The board's pages and the JSON behind them: /api/board, /api/recap?office=ID[&day=YYYY-MM-DD]."""

    async def store(app: web.Application) -> AsyncIterator[None]:
        app[STORE] = Store(centre.database)  # opened here, in the thread that uses it
        yield
        app[STORE].close()

    async def board(request: web.Request) -> web.Response:
        return web.json_response(board_now(request.app[STORE], centre, offices, condition(), time.time_ns()))

    async def recap_of(request: web.Request) -> web.Response:
        try:
            day = date.fromisoformat(request.query["day"])
        except (KeyError, ValueError):
            raise web.HTTPBadRequest(text="day=YYYY-MM-DD is missing or no day") from None
        rows = recap(request.app[STORE], day, request.query.get("office"))
        return web.json_response([asdict(row) for row in rows])

    app = web.Application()
    app.cleanup_ctx.append(store)
    app.router.add_get("/api/board", board)
    app.router.add_get("/api/recap", recap_of)
    add_page(app, Path(__file__).parent / "static")
    return app


def board_now(
    store: Store, centre: Centre, offices: Sequence[Office], condition: Condition, now_utc_ns: int
) -> dict[str, object]:
    """What the board shows at this moment, as JSON takes it."""
    now = offices_now(offices, store.terminals(), now_utc_ns, centre.silent_after_s)
    return {
        **asdict(condition),
        **asdict(store.alarms()),
        "records": store.records(),
        "offices": [_office(store, office, now_utc_ns) for office in now],
        "latest": [_record(record) for record in store.latest(LATEST)],
    }


def _office(store: Store, now: OfficeNow, now_utc_ns: int) -> dict[str, object]:
    zone = find_zone(now.office.zone)
    local = local_time(now_utc_ns, zone) if zone else None
    rows = recap(store, local.date(), now.office.id) if local else []
    return {
        **as_plain(now),
        "day": local.date().isoformat() if local else None,
        "zone": local.tzname() if local else None,
        "present": sum(row.first_in is not None or row.last_out is not None for row in rows),
        "late": sum(row.late_minutes > 0 for row in rows),
    }


def _record(record: Record) -> dict[str, object]:
    return {
        "time": clock_time(record),
        "office": record.office,
        "person": record.person,
        "direction": record.direction,
        "late_minutes": record.late_minutes,
        "early_minutes": record.early_minutes,
        "is_repeat": record.is_repeat,
        "inside_window": record.inside_window,
        "clock_synchronised": record.clock_synchronised,
    }

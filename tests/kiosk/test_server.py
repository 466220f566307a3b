"""The kiosk's page over HTTP."""

import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import time as clock_time
from http.client import HTTPResponse
from typing import cast
from urllib.error import HTTPError

import numpy as np
import pytest

from terminal.attend import Window
from terminal.clock import SystemClock
from terminal.config import Kiosk, Terminal
from terminal.errors import ServeError
from terminal.kiosk.server import KioskPage
from terminal.opencv import decode_grey
from terminal.outcome import Blind, CheckedIn, NotCheckedIn
from terminal.sync.wire import GENESIS, Direction, Entry
from terminal.types import Frame, Reason, Rejected
from tests.broker import free_port
from tests.values import a_check_in

OPEN = Window(Direction.IN, clock_time(6), clock_time(9), is_open=True)
NOBODY = NotCheckedIn(Rejected(Reason.NO_EYE, 1.0))


class Network:
    """Whether the centre is reached, and what waits for it."""

    online, pending = True, 0


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def page(network: Network) -> Iterator[KioskPage]:
    page = KioskPage(
        Kiosk(port=free_port()),
        Terminal(id="kiosk-1", office="camat-1", office_name="Kantor <b>Camat</b>", zone="Asia/Makassar"),
        SystemClock(),
        name_of=lambda person: {"p-17": "Siti"}.get(person, ""),
        pending=lambda: network.pending,
        online=lambda: network.online,
        window=lambda: OPEN,
    )
    yield page
    page.stop()


def frame(width: int = 640, height: int = 480) -> Frame:
    return Frame(np.full((height, width), 90, np.uint8), "cam", "cam", SystemClock().now())


def opened(page: KioskPage, path: str) -> HTTPResponse:
    return cast(HTTPResponse, urllib.request.urlopen(page.url + path, timeout=5))


def next_view(stream: HTTPResponse) -> dict[str, object]:
    """The next view of an event stream."""
    while True:
        if stream.readline().strip() == b"event: view":
            return cast("dict[str, object]", json.loads(stream.readline().removeprefix(b"data: ")))


def test_an_open_page_hears_of_a_check_in_within_a_quarter_second(page: KioskPage) -> None:
    with opened(page, "events") as stream:
        assert next_view(stream)["tone"] == "idle"
        shown_s = time.monotonic()
        page.show(frame(), CheckedIn(Entry("kiosk-1", "e1", 1, GENESIS, a_check_in(person="p-17"))))
        while (view := next_view(stream))["tone"] == "idle":
            pass
        assert time.monotonic() - shown_s < 0.25
        assert view["tone"] == "yes"
        words = cast("dict[str, dict[str, str]]", view["words"])
        assert words["id"]["headline"] == "Siti"


def test_the_clock_of_the_page_is_the_kiosks_in_the_zone_of_the_office(page: KioskPage) -> None:
    with opened(page, "events") as stream:
        while stream.readline().strip() != b"event: time":
            pass
        said = json.loads(stream.readline().removeprefix(b"data: "))
    assert (said["zone"], said["offset_ms"]) == ("WITA", 8 * 3600 * 1000)
    assert abs(said["utc_ms"] - time.time() * 1000) < 1000


def test_the_badge_counts_what_is_kept_while_offline(page: KioskPage, network: Network) -> None:
    def badge() -> object:
        return cast("dict[str, dict[str, object]]", page.view()["words"])["id"]["offline"]

    assert badge() is None
    network.online, network.pending = False, 17
    assert badge() == "OFFLINE - tersimpan (17)"


def test_nothing_about_scores_or_other_people_reaches_the_page(page: KioskPage) -> None:
    page.show(frame(), NotCheckedIn(Rejected(Reason.AMBIGUOUS, 0.123456)))
    said = json.dumps(page.view())
    assert "0.12" not in said and "Siti" not in said and "p-17" not in said
    page.show(frame(), CheckedIn(Entry("kiosk-1", "e1", 1, GENESIS, a_check_in(person="p-17", score=0.654321))))
    assert "0.65" not in json.dumps(page.view())


def test_the_preview_is_the_newest_frame_made_small(page: KioskPage) -> None:
    page.show(frame(1280, 960), NOBODY)
    with opened(page, "preview.jpg") as answer:
        picture = decode_grey(answer.read())
    assert picture is not None and picture.shape == (240, 320)
    assert abs(float(picture.mean()) - 90) < 2


def test_a_blind_kiosk_shows_no_old_picture(page: KioskPage) -> None:
    page.show(frame(), NOBODY)
    page.show(None, Blind())
    assert page.view()["seeing"] is False
    with pytest.raises(HTTPError, match="404") as raised:
        opened(page, "preview.jpg")
    raised.value.close()


def test_showing_does_not_hold_the_camera_up(page: KioskPage) -> None:
    one = frame()
    started_s = time.perf_counter()
    for _ in range(1000):
        page.show(one, NOBODY)
    assert (time.perf_counter() - started_s) / 1000 < 0.001


def test_the_page_is_whole_and_sets_text_only_as_text(page: KioskPage) -> None:
    with opened(page, "") as answer:
        assert "default-src 'self'" in str(answer.headers["Content-Security-Policy"])
        html = answer.read().decode()
    with opened(page, "static/kiosk.js") as answer:
        script = answer.read().decode()
    assert "/static/kiosk.js" in html and "/static/kiosk.css" in html
    assert "://" not in html + script and "innerHTML" not in script


def test_stopping_does_not_wait_for_an_open_page(page: KioskPage) -> None:
    with opened(page, "events") as stream:
        next_view(stream)
        started_s = time.monotonic()
        page.stop()
        assert time.monotonic() - started_s < 2
    page.stop = lambda: None  # type: ignore[method-assign] # stopped already


def test_a_taken_port_is_one_clear_line(page: KioskPage) -> None:
    port = int(page.url.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(ServeError, match=f"cannot serve a page on 127.0.0.1:{port}.*Next: "):
        KioskPage(
            Kiosk(port=port),
            Terminal(id="kiosk-2", office="camat-1"),
            SystemClock(),
            name_of=str,
            pending=int,
            online=bool,
            window=lambda: OPEN,
        )

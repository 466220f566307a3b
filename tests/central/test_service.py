"""The running centre against a real broker: killed, restarted, out of disk, and asked over HTTP."""

import json
import logging
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.config import Centre as Settings
from central.config import Office, Web
from central.service import Centre
from central.store import Store
from terminal.errors import ServeError
from terminal.sync.link import Endpoint
from terminal.sync.wire import Kind, State, pack, pack_state
from tests.broker import Mosquitto
from tests.central.records import Sender, busy_port, chain, entry
from tests.central.test_ingest import disk_full

OFFICES = (
    Office(id="camat-1", name="Kantor Camat Jelutung", opd="Kecamatan Jelutung"),
    Office(id="camat-2", name="Kantor Camat Danau Sipin", equipped=False),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database=tmp_path / "central.db")


@pytest.fixture
def centre(mosquitto: Mosquitto, settings: Settings) -> Iterator[Centre]:
    centre = Centre(Endpoint(mosquitto.host, mosquitto.port, tls=False), settings, Web(port=0), OFFICES)
    yield centre
    centre.stop()


@pytest.fixture
def sender(mosquitto: Mosquitto) -> Iterator[Sender]:
    sender = Sender(mosquitto.host, mosquitto.port)
    yield sender
    sender.close()


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return bytes(answer.read())


def test_every_record_is_stored_once_and_answered(centre: Centre, sender: Sender) -> None:
    payloads = chain(300)
    assert sender.send(payloads, timeout_s=10)
    assert centre.payloads("kiosk-1") == payloads
    assert {receipt.refused for receipt in sender.receipts.values()} == {None}


def test_a_killed_broker_loses_no_record(centre: Centre, sender: Sender, mosquitto: Mosquitto) -> None:
    payloads = chain(400)
    for answered in (50, 200):
        assert sender.send(payloads[:answered], timeout_s=10)
        sender.send(payloads[: answered + 100], timeout_s=0.02)  # under way when the broker goes
        mosquitto.kill()
        assert not sender.send(payloads, timeout_s=0.3)
        mosquitto.start()
    assert sender.send(payloads, timeout_s=20)
    assert centre.payloads("kiosk-1") == payloads


def test_nothing_is_answered_while_the_disk_is_full(
    centre: Centre, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    payloads = chain(20)
    with disk_full():
        assert not sender.send(payloads, timeout_s=2.5)
        assert sender.receipts == {}
        assert "cannot be used" in json.loads(fetch(centre.web_url + "api/board"))["trouble"]
    assert sender.send(payloads, timeout_s=10)
    assert centre.payloads("kiosk-1") == payloads
    assert json.loads(fetch(centre.web_url + "api/board"))["trouble"] is None
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1


def test_a_killed_centre_loses_no_record(mosquitto: Mosquitto, sender: Sender, tmp_path: Path) -> None:
    payloads = chain(600)
    file = tmp_path / "central.toml"
    database = tmp_path / "central.db"
    with busy_port() as taken:
        port = taken.getsockname()[1]
    file.write_text(
        f'[centre]\ndatabase = "{database}"\n[mqtt]\nhost = "{mosquitto.host}"\nport = {mosquitto.port}\n'
        f"tls = false\n[web]\nport = {port}\n"
    )
    command = [sys.executable, "-c", "from central.cli import main; main()", "run", "--config", str(file)]
    for answered in (20, 200, 400):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        assert sender.send(payloads[:answered], timeout_s=20)
        sender.send(payloads[: answered + 100], timeout_s=0.02)  # under way when the centre goes
        process.kill()
        process.wait()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        assert sender.send(payloads, timeout_s=20)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    store = Store(database)
    assert store.payloads("kiosk-1") == payloads
    store.close()


def test_the_board_tells_offices_people_and_alarms(centre: Centre, sender: Sender) -> None:
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600))
    first = pack(entry(1, f"{today} 07:42:10", late_minutes=12))
    second = pack(entry(2, f"{today} 07:43:00", repeat_of=1))
    assert sender.send([first], timeout_s=10)  # answered: the centre listens
    sender.say(Kind.STATE, pack_state(State(online=True, at_utc_ns=time.time_ns(), pending=4, version="0.1.0")))
    sender.say(Kind.RECORD, b"rubbish")
    assert sender.send([first, second], timeout_s=10)
    board = json.loads(fetch(centre.web_url + "api/board"))
    equipped, other = board["offices"]
    assert (equipped["presence"], equipped["present"], equipped["late"]) == ("online", 1, 1)
    assert equipped["terminals"][0]["pending"] == 4
    assert (equipped["day"], equipped["zone"]) == (today, "WIB")
    assert (other["presence"], other["terminals"]) == ("not_equipped", [])
    assert (board["connected"], board["quarantined"], board["records"]) == (True, 1, 2)
    assert [(one["time"], one["late_minutes"], one["is_repeat"]) for one in board["latest"]] == [
        ("07:43:00", 0, True),
        ("07:42:10", 12, False),
    ]
    (row,) = json.loads(fetch(centre.web_url + f"api/recap?office=camat-1&day={today}"))
    assert (row["person"], row["first_in"], row["late_minutes"], row["repeats"]) == ("p-0001", "07:42:10", 12, 1)


def test_the_page_needs_nothing_from_elsewhere(centre: Centre) -> None:
    page = fetch(centre.web_url).decode()
    assert "http" not in page.replace("http-equiv", "")
    for name in ("central.js", "central.css"):
        assert f"/static/{name}" in page
        text = fetch(centre.web_url + f"static/{name}").decode()
        assert "innerHTML" not in text and "://" not in text


def test_a_taken_port_is_told_before_anything_runs(mosquitto: Mosquitto, settings: Settings) -> None:
    before = threading.active_count()
    with busy_port() as taken, pytest.raises(ServeError, match=r"cannot serve a page on 127\.0\.0\.1"):
        Centre(Endpoint(mosquitto.host, mosquitto.port, tls=False), settings, Web(port=taken.getsockname()[1]), OFFICES)
    assert threading.active_count() == before

"""The whole path with real parts and real kills: every accepted check-in is at the centre exactly once."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from terminal.capture.synthetic import capture, draw, people
from tests.broker import Mosquitto, free_port

SIZE = (240, 320)
TERMINAL = """
[terminal]
id = "kiosk-1"
office = "36.74.03"
state_dir = "{state}"
[camera]
kind = "{kind}"
device = "{device}"
frames_per_s = 20.0
[attend]
repeat_window_s = 0
[mqtt]
host = "127.0.0.1"
port = {broker}
tls = false
resend_after_s = 1.0
state_every_s = 1.0
[kiosk]
port = {page}
"""
CENTRE = """
[centre]
database = "{state}/central.db"
[mqtt]
host = "127.0.0.1"
port = {broker}
tls = false
[web]
port = {page}
"""


class Office:
    """A kiosk and a centre as processes of their own, with one person enrolled and many images to come."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self._folder, self._broker = folder, broker
        self._running: list[subprocess.Popen[bytes]] = []
        self.log = (folder / "log").open("wb")
        left = people(31, 1)[0][0]
        for number in range(7):
            rng = np.random.default_rng(number)
            path = folder / ("enrol/L" if number < 3 else "probes") / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), draw(left, capture(rng, size=SIZE), rng).pixels)
        for number in range(7, 300):  # the same four again and again: each file is a scene of its own
            os.link(folder / "probes" / f"{3 + number % 4}.png", folder / "probes" / f"{number}.png")
        self.configure("replay", folder / "probes")
        settings = CENTRE.format(state=folder, broker=broker.port, page=free_port())
        (folder / "central.toml").write_text(settings, encoding="utf-8")

    def configure(self, kind: str, device: Path) -> None:
        """Give the kiosk its camera."""
        values = {"state": self._folder / "state", "kind": kind, "device": device}
        text = TERMINAL.format(**values, broker=self._broker.port, page=free_port())
        (self._folder / "terminal.toml").write_text(text, encoding="utf-8")

    def tatap(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "terminal", *arguments, "--config", str(self._folder / "terminal.toml")]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    def start(self, program: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", program, "run", "--config", str(self._folder / f"{program}.toml")]
        process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self._running.append(process)
        return process

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = json.loads(self.tatap("outbox", "status", "--json").stdout)
        return status

    def entries(self) -> int:
        return len(self.book("state/outbox.db", "SELECT seq FROM entry"))

    def book(self, name: str, query: str) -> list[tuple[object, ...]]:
        if not (self._folder / name).exists():
            return []
        db = sqlite3.connect(self._folder / name, timeout=5)
        try:
            return db.execute(query).fetchall()
        except sqlite3.OperationalError:  # the process that makes it has not got that far
            return []
        finally:
            db.close()

    def end(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.log.close()


@pytest.fixture
def office(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Office]:
    there = Office(tmp_path, mosquitto)
    yield there
    there.end()


def wait(until: Callable[[], bool], at_most_s: float = 40.0) -> None:
    deadline_s = time.monotonic() + at_most_s
    while not until():
        assert time.monotonic() < deadline_s, "it did not come about"
        time.sleep(0.1)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_every_check_in_arrives_once_though_broker_centre_and_terminal_are_killed(
    office: Office, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    office.tatap("enrol", "--person", "p-17", "--images", str(tmp_path / "enrol"))
    centre, terminal = office.start("central"), office.start("terminal")
    wait(lambda: office.entries() > 5)
    mosquitto.kill()
    had = office.entries()
    wait(lambda: office.entries() > had + 5)  # check-ins go on without a broker
    mosquitto.start()
    kill(terminal)
    terminal = office.start("terminal")
    had = office.entries()
    wait(lambda: office.entries() > had + 5)
    kill(centre)
    had = office.entries()
    wait(lambda: office.entries() > had + 5)
    office.start("central")
    kill(terminal)
    office.configure("usb", tmp_path / "no-camera")  # nobody comes any more: the rest is carried all the same
    office.start("terminal")
    wait(lambda: office.status()["pending"] == 0)
    ours = office.book("state/outbox.db", "SELECT seq, payload FROM entry ORDER BY seq")
    theirs = office.book("central.db", "SELECT seq, payload FROM record ORDER BY seq")
    assert len(ours) > 20
    assert theirs == ours
    assert office.status()["damaged"] == []


def test_a_kiosk_told_to_stop_ends_in_order(office: Office, tmp_path: Path) -> None:
    office.tatap("enrol", "--person", "p-17", "--images", str(tmp_path / "enrol"))
    terminal = office.start("terminal")
    wait(lambda: office.entries() > 2)
    terminal.send_signal(signal.SIGTERM)
    assert terminal.wait(timeout=15) == 0

"""The demonstration, as `make demo` runs it and as a person would check it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from terminal.demo.cast import drawn, photographed
from tests.broker import Mosquitto

DEMO = [sys.executable, "-m", "terminal", "demo"]


def check(*arguments: str) -> dict[str, object]:
    ran = subprocess.run([*DEMO, "--check", "--json", *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    report: dict[str, object] = json.loads(ran.stdout)
    return report


def test_drawn_people_are_told_apart_and_every_record_is_at_the_centre() -> None:
    report = check("--count", "10", "--seed", "3")
    assert report["records_terminal"] == report["records_centre"] == report["accepted"]
    assert (report["wrong_person"], report["unknown_accepted"]) == (0, 0)
    assert isinstance(report["accepted"], int)
    assert isinstance(report["probes"], int)
    assert report["accepted"] >= 0.9 * report["probes"]


def test_a_demonstration_goes_on_from_the_books_it_left(tmp_path: Path) -> None:
    first = check("--count", "5", "--state", str(tmp_path))
    second = check("--count", "5", "--state", str(tmp_path))
    assert second["records_terminal"] == second["records_centre"]
    assert isinstance(first["records_terminal"], int)
    assert isinstance(second["records_terminal"], int)
    assert second["records_terminal"] > first["records_terminal"]


def test_every_fifth_subject_is_a_stranger_and_nobody_is_both() -> None:
    cast = drawn(10, 1)
    assert {shot.person for shot in cast.strangers} == {"P005", "P010"}
    assert not {shot.source for shot in cast.enrol} & {shot.source for shot in cast.probes}
    assert not {shot.person for shot in cast.strangers} & {shot.person for shot in cast.enrol}


def test_real_images_are_split_as_promised(shared: Path) -> None:
    cast = photographed(shared / "data" / "iris" / "mmu1")
    assert len({shot.person for shot in cast.strangers}) == 9
    assert (len(cast.enrol), len(cast.probes), len(cast.strangers)) == (36 * 6, 36 * 4, 90)
    assert Path(cast.enrol[0].source).stem == "1"


@pytest.mark.parametrize(("name", "accepted"), [("mmu1", 0.93), ("interval", 0.97)])
def test_real_people_are_accepted_and_never_taken_for_another(shared: Path, name: str, accepted: float) -> None:
    report = check("--people", str(shared / "data" / "iris" / name))
    assert report["records_terminal"] == report["records_centre"]
    assert (report["wrong_person"], report["unknown_accepted"]) == (0, 0)
    assert isinstance(report["accepted"], int)
    assert isinstance(report["probes"], int)
    assert report["accepted"] >= accepted * report["probes"]


def entries(book: Path) -> int:
    if not book.exists():
        return 0
    db = sqlite3.connect(book, timeout=5)
    try:
        return int(db.execute("SELECT count(*) FROM entry").fetchone()[0])
    except sqlite3.OperationalError:  # the demonstration has not made it yet
        return 0
    finally:
        db.close()


def started(state: Path, broker: Mosquitto) -> subprocess.Popen[str]:
    """Start a checked demonstration on a real broker, and return when it is well under way."""
    command = [
        *DEMO,
        "--check",
        "--json",
        "--count",
        "15",
        "--state",
        str(state),
        "--broker",
        f"{broker.host}:{broker.port}",
    ]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    deadline_s = time.monotonic() + 60
    had = entries(state / "outbox.db")
    while entries(state / "outbox.db") < had + 10:
        assert time.monotonic() < deadline_s
        assert demo.poll() is None
        time.sleep(0.02)
    return demo


def test_a_broker_killed_and_started_again_during_a_demonstration_loses_nothing(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    demo = started(tmp_path / "state", mosquitto)
    mosquitto.kill()
    time.sleep(0.5)
    mosquitto.start()
    out, _ = demo.communicate(timeout=120)
    report = json.loads(out)
    assert demo.returncode == 0
    assert report["records_terminal"] == report["records_centre"] > 20


def test_a_demonstration_that_is_killed_goes_on_and_every_record_is_there_once(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    killed = started(tmp_path / "state", mosquitto)
    killed.kill()
    killed.communicate()
    had = entries(tmp_path / "state" / "outbox.db")
    demo = started(tmp_path / "state", mosquitto)
    out, _ = demo.communicate(timeout=120)
    report = json.loads(out)
    assert demo.returncode == 0
    assert report["records_terminal"] == report["records_centre"] == had + report["accepted"]


def test_ctrl_c_ends_all_cleanly_and_until_then_both_pages_answer() -> None:
    demo = subprocess.Popen(
        [*DEMO, "--count", "5"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert demo.stdout
    assert demo.stderr
    addresses = []
    for line in demo.stdout:
        addresses += [word for word in line.split() if word.startswith("http://127.0.0.1:")]
        if "Ctrl-C" in line:
            break
    assert len(addresses) == 2
    for address in addresses:
        with urllib.request.urlopen(address, timeout=5) as answer:
            assert answer.status == 200
    os.killpg(demo.pid, signal.SIGINT)  # what a terminal window sends to the whole group
    assert demo.wait(timeout=20) == 0
    assert "Traceback" not in demo.stderr.read()
    demo.stdout.close()
    demo.stderr.close()

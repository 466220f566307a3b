"""The command `tatap-central`, as an operator types it."""

import csv
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from central.cli import main
from central.config import load
from central.ingest import take
from central.store import Store
from terminal.errors import ConfigError
from terminal.sync.wire import Kind, State, pack_state
from tests.central.records import NOW_UTC_NS, arrived, entry

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "central.db"
    store = Store(path)
    state = arrived(pack_state(State(online=True, at_utc_ns=1, pending=4, version="0.1.0")), kind=Kind.STATE)
    take(store, [arrived(entry(1, "2026-11-23 07:42:10", late_minutes=12)), state], NOW_UTC_NS)
    store.close()
    return path


def test_recap_prints_the_day(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recap", "--day", "2026-11-23", "--database", str(database)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:5] == ["camat-1", "p-0001", "07:42:10", "-", "12"]
    assert main(["recap", "--day", "2026-11-23", "--database", str(database), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["late_minutes"] == 12
    assert main(["recap", "--day", "2026-11-23", "--database", str(database), "--csv"]) == 0
    assert next(csv.DictReader(io.StringIO(capsys.readouterr().out)))["person"] == "p-0001"


def test_an_empty_day_is_said(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recap", "--day", "2026-11-22", "--database", str(database)]) == 0
    assert capsys.readouterr().out == "no records of 2026-11-22\n"


def test_offices_tells_who_is_silent_and_who_has_no_terminal(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "central.toml"
    file.write_text(
        f'[centre]\ndatabase = "{database}"\n'
        '[[office]]\nid = "camat-2"\nname = "Kantor 2"\nequipped = false\n[[office]]\nid = "camat-3"\nname = "Kantor 3"\n'
    )
    assert main(["offices", "--config", str(file)]) == 0
    lines = [line.split()[:3] for line in capsys.readouterr().out.splitlines()[1:]]
    assert lines == [["camat-2", "-", "not_equipped"], ["camat-3", "-", "offline"], ["camat-1", "kiosk-1", "offline"]]
    assert main(["offices", "--config", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[2]["terminals"][0]["pending"] == 4


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ('[centre]\ndatabse = "x"\n', "central.toml:2: unknown key 'databse'"),
        ("[web]\nport = 99999\n", "central.toml:2: web.port"),
        ("[mqtt\n", "not TOML"),
        ('[[office]]\nid = "a/b"\nname = "A"\n', "office"),
        ('[[office]]\nid = "a"\nname = "A"\nzone = "WIB"\n', "no time zone 'WIB'"),
        ('[[office]]\nid = "a"\nname = "A"\n' * 2, "listed twice"),
        ("[mqtt]\ntls = true\nca_file = '/nowhere/ca.pem'\n", "cannot use /nowhere/ca.pem"),
        ('[centre]\ndatabase = "/proc/central.db"\n', "the database /proc/central.db cannot be used"),
    ],
)
def test_a_bad_setting_is_one_clear_line(
    settings: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "central.toml"
    file.write_text(settings if "[centre]" in settings else settings + f'[centre]\ndatabase = "{tmp_path}/c.db"\n')
    assert main(["run", "--config", str(file)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("tatap-central: ") and complaint in line and "Next: " in line


def test_a_missing_database_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.db"
    assert main(["recap", "--day", "2026-11-23", "--database", str(path)]) == 1
    assert "there is no database" in capsys.readouterr().err
    assert not path.exists()


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.db"
    path.write_text("these are notes, not a database " * 50)
    assert main(["recap", "--day", "2026-11-23", "--database", str(path)]) == 1
    assert "file is not a database" in capsys.readouterr().err


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["recap", "--day", "2026-02-30"])
    assert "'2026-02-30' is no day written YYYY-MM-DD" in capsys.readouterr().err


def test_the_shipped_example_is_the_defaults() -> None:
    example = load(ROOT / "systemd" / "central.toml")
    assert example == type(example)()
    with pytest.raises(ConfigError, match="cannot read"):
        load(ROOT / "systemd" / "nothing.toml")


def test_help_is_light() -> None:
    code = "import sys; from central.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    started_s = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert time.monotonic() - started_s < 1.0  # 0.1 s on an idle machine
    assert {"aiohttp", "paho", "msgspec", "numpy", "cv2"}.isdisjoint(done.stdout.split())

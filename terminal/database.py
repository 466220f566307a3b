"""Opening a SQLite database so that what was committed survives a power cut, and bringing its schema up to date."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from terminal.errors import TerminalError

BUSY_TIMEOUT_S = 5.0  # another thread or a technician's command may hold the lock for a moment


def open_database(path: Path, migrations: str) -> sqlite3.Connection:
    """Open `path`, made when it is new, in WAL with synchronous=FULL, and apply the numbered SQL files it lacks.

    `migrations` is the package whose folder `migrations` holds them, as in 001_name.sql. These settings were the only
    ones to lose nothing in power-cut trials. Statements commit by themselves unless BEGIN says otherwise.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    scripts = sorted((f for f in files(migrations).joinpath("migrations").iterdir()), key=lambda f: f.name)
    for script in scripts:
        _apply(db, int(script.name.split("_")[0]), script.read_text(encoding="utf-8"))
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Make what is executed inside durable as one, or not at all when it ends in an error."""
    db.execute("BEGIN IMMEDIATE")
    with db:  # commits, or rolls back
        yield


@contextmanager
def faults_as(fault: type[TerminalError], name: str, hint: str) -> Iterator[None]:
    """Raise whatever the disk or SQLite complains of as a fault that names the database and the next step."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise fault(f"{name} cannot be used: {error}", hint=hint) from error


def _apply(db: sqlite3.Connection, version: int, script: str) -> None:
    with transaction(db):  # two processes may open a new file at once: the second finds the version set
        if db.execute("PRAGMA user_version").fetchone()[0] < version:
            for statement in _statements(script):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {version:d}")


def _statements(script: str) -> list[str]:
    """Split a script at statements that are complete (`executescript` would end our transaction)."""
    statements, rest = [], ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            statements.append(rest)
            rest = ""
    return statements

"""The centre's book: each record once, its bytes unchanged, durable before anybody hears of it."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

from central.errors import StoreError
from terminal.database import faults_as, open_database, transaction
from terminal.sync.wire import Address, Direction, Entry, Receipt, State, digest

KEPT_BYTES = 65_536  # of a message in quarantine: enough to see what it was, too little to fill a disk soon


@dataclass(frozen=True, slots=True)
class Received:
    """A record as it came; `day` is the calendar day it was captured on, in its own zone."""

    address: Address
    entry: Entry
    payload: bytes
    day: date
    received_utc_ns: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What a terminal said of itself."""

    address: Address
    state: State
    heard_utc_ns: int


@dataclass(frozen=True, slots=True)
class Poison:
    """A message nobody here can read; `refusal` tells its terminal, where one can be told, to go on without it."""

    topic: str
    payload: bytes
    why: str
    received_utc_ns: int
    refusal: tuple[Address, Receipt] | None


Item: TypeAlias = Received | Heard | Poison


@dataclass(frozen=True, slots=True)
class Record:
    """One stored record, as far as recap and board ask for it."""

    terminal: str
    person: str
    office: str
    zone: str
    captured_utc_ns: int
    direction: Direction
    inside_window: bool
    late_minutes: int
    early_minutes: int
    is_repeat: bool
    clock_synchronised: bool


@dataclass(frozen=True, slots=True)
class Alarms:
    """How many different messages a person should look at."""

    conflicts: int
    quarantined: int


class Store:
    """One connection to the book; it belongs to the thread that opened it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._explained():
            self._db = open_database(path, "central")

    def keep(self, items: Iterable[Item]) -> list[tuple[Address, Receipt]]:
        """Write all items or none, and return, once they are durable, what to answer to whom.

        Raises StoreError with nothing written.
        """
        answers: list[tuple[Address, Receipt]] = []
        with self._explained(), transaction(self._db):
            for item in items:
                match item:
                    case Received():
                        answers.append((item.address, self._keep_record(item)))
                    case Heard():
                        self._keep_state(item)
                    case Poison():
                        self._keep_poison(item)
                        if item.refusal is not None:
                            answers.append(item.refusal)
        return answers

    def records(self) -> int:
        """The number of records held."""
        return self._count("record")

    def alarms(self) -> Alarms:
        """The number of conflicts and of messages in quarantine."""
        return Alarms(self._count("conflict"), self._count("quarantine"))

    def of_day(self, day: date, office: str | None = None) -> list[Record]:
        """The records of a local day, by time of capture."""
        where = "day = ?" if office is None else "day = ? AND office = ?"
        values = (day.isoformat(),) if office is None else (day.isoformat(), office)
        return self._select(f"WHERE {where} ORDER BY captured_utc_ns", values)

    def latest(self, limit: int) -> list[Record]:
        """The records received last, newest first."""
        return self._select("ORDER BY received_utc_ns DESC, seq DESC LIMIT ?", (limit,))

    def terminals(self) -> list[Heard]:
        """What every terminal last said of itself."""
        query = """SELECT shard, office, terminal, online, at_utc_ns, pending, version, heard_utc_ns
                   FROM terminal ORDER BY office, terminal"""
        with self._explained():
            return [Heard(Address(*row[:3]), State(bool(row[3]), *row[4:7]), row[7]) for row in self._db.execute(query)]

    def payloads(self, terminal: str) -> list[bytes]:
        """The stored bytes of one terminal's records, in its order."""
        query = "SELECT payload FROM record WHERE terminal = ? ORDER BY epoch, seq"
        with self._explained():
            return [row[0] for row in self._db.execute(query, (terminal,))]

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def _keep_record(self, item: Received) -> Receipt:
        entry, check_in = item.entry, item.entry.check_in
        name = (entry.terminal, entry.epoch, entry.seq)
        content = digest(item.payload)
        insert = f"INSERT INTO record VALUES ({', '.join('?' * 17)}) ON CONFLICT DO NOTHING"  # noqa: S608 - only marks
        values = (
            *name,
            content,
            item.payload,
            item.received_utc_ns,
            check_in.person,
            check_in.office,
            check_in.zone,
            check_in.captured_utc_ns,
            item.day.isoformat(),
            check_in.direction,
            check_in.inside_window,
            check_in.late_minutes,
            check_in.early_minutes,
            check_in.repeat_of,
            check_in.clock_synchronised,
        )
        if self._db.execute(insert, values).rowcount:
            return Receipt(entry.epoch, entry.seq, content)
        query = "SELECT digest FROM record WHERE terminal = ? AND epoch = ? AND seq = ?"
        if self._db.execute(query, name).fetchone()[0] == content:
            return Receipt(entry.epoch, entry.seq, content)
        alarm = """INSERT INTO conflict (terminal, epoch, seq, digest, payload, received_utc_ns)
                   VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET times = times + 1"""
        self._db.execute(alarm, (*name, content, item.payload, item.received_utc_ns))
        return Receipt(entry.epoch, entry.seq, content, "conflict")

    def _keep_state(self, item: Heard) -> None:
        # The broker repeats the retained state to us after each connection: only a new one is a sign of life.
        upsert = """INSERT INTO terminal VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                    office = excluded.office, shard = excluded.shard, online = excluded.online,
                    at_utc_ns = excluded.at_utc_ns, pending = excluded.pending, version = excluded.version,
                    heard_utc_ns = iif(online = excluded.online AND at_utc_ns = excluded.at_utc_ns,
                                       heard_utc_ns, excluded.heard_utc_ns)"""
        where, said = item.address, item.state
        values = (where.terminal, where.office, where.shard, said.online, said.at_utc_ns, said.pending, said.version)
        self._db.execute(upsert, (*values, item.heard_utc_ns))

    def _keep_poison(self, item: Poison) -> None:
        insert = """INSERT INTO quarantine (topic, digest, payload, why, received_utc_ns) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET times = times + 1"""
        values = (item.topic, digest(item.payload), item.payload[:KEPT_BYTES], item.why, item.received_utc_ns)
        self._db.execute(insert, values)

    def _select(self, rest: str, values: tuple[object, ...]) -> list[Record]:
        query = f"""SELECT terminal, person, office, zone, captured_utc_ns, direction, inside_window, late_minutes,
                    early_minutes, repeat_of IS NOT NULL, clock_synchronised FROM record {rest}"""  # noqa: S608 - ours
        with self._explained():
            return [_record(*row) for row in self._db.execute(query, values)]

    def _count(self, table: str) -> int:
        with self._explained():
            count: int = self._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - a name of ours
        return count

    def _explained(self) -> AbstractContextManager[None]:
        return faults_as(
            StoreError,
            f"the database {self._path}",
            "check the disk's free space and who may write there; the terminals keep what is not stored",
        )


def _record(
    terminal: str,
    person: str,
    office: str,
    zone: str,
    captured_utc_ns: int,
    direction: str,
    inside_window: int,
    late_minutes: int,
    early_minutes: int,
    is_repeat: int,
    clock_synchronised: int,
) -> Record:
    return Record(
        terminal=terminal,
        person=person,
        office=office,
        zone=zone,
        captured_utc_ns=captured_utc_ns,
        direction=Direction(direction),
        inside_window=bool(inside_window),
        late_minutes=late_minutes,
        early_minutes=early_minutes,
        is_repeat=bool(is_repeat),
        clock_synchronised=bool(clock_synchronised),
    )

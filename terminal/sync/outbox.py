"""The durable book of check-ins: what `append` returned is on disk, and stays until the centre itself has answered.

Every entry names the SHA-256 of the one before it, so a missing or changed row shows.
"""

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from terminal.database import faults_as, open_database, transaction
from terminal.errors import OutboxError, WireError
from terminal.sync.wire import GENESIS, CheckIn, Entry, Receipt, digest, pack, unpack


@dataclass(frozen=True, slots=True)
class Pending:
    """An entry the centre has not answered for yet, as the bytes that go to it."""

    seq: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Status:
    """What a technician wants to know of the book."""

    terminal: str
    epoch: str
    entries: int
    pending: int
    refused: int
    last_seq: int
    oldest_pending_utc_ns: int | None
    damaged: tuple[int, ...]  # seqs whose bytes or place in the chain are not what was written


class Outbox:
    """One terminal's book. An instance belongs to one thread; several may be open on the same file."""

    def __init__(self, path: Path, terminal: str) -> None:
        self._path, self._terminal = path, terminal
        with self._explained():
            self._db = open_database(path, "terminal.sync")
            with transaction(self._db):
                self._db.execute("INSERT OR IGNORE INTO book VALUES (1, ?, ?)", (terminal, secrets.token_hex(8)))
            owner, self.epoch = self._db.execute("SELECT terminal, epoch FROM book").fetchone()
        if owner != terminal:
            hint = "give each terminal its own state_dir, or set terminal.id back"
            raise OutboxError(f"{path} is the book of terminal {owner!r}, not of {terminal!r}", hint=hint)

    def append(self, check_in: CheckIn) -> Entry:
        """Write a check-in and return once it is durable; raise OutboxError, the book unchanged, if it is not."""
        with self._explained(), transaction(self._db):
            last = self._db.execute("SELECT seq, digest FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
            seq, previous = last or (0, GENESIS)
            entry = Entry(self._terminal, self.epoch, seq + 1, previous, check_in)
            payload = pack(entry)
            self._db.execute(
                "INSERT INTO entry (seq, payload, digest, person, is_repeat) VALUES (?, ?, ?, ?, ?)",
                (entry.seq, payload, digest(payload), check_in.person, check_in.repeat_of is not None),
            )
        return entry

    def latest_of(self, person: str) -> Entry | None:
        """Return the person's newest entry that is not a repeat."""
        query = "SELECT payload FROM entry WHERE person = ? AND is_repeat = 0 ORDER BY seq DESC LIMIT 1"
        with self._explained():
            row = self._db.execute(query, (person,)).fetchone()
        return unpack(row[0]) if row else None

    def pending(self, limit: int) -> list[Pending]:
        """Return the oldest entries the centre has not answered for, in order."""
        query = "SELECT seq, payload FROM entry WHERE acknowledged_utc_ns IS NULL ORDER BY seq LIMIT ?"
        with self._explained():
            return [Pending(*row) for row in self._db.execute(query, (limit,))]

    def pending_count(self) -> int:
        """Return how many entries the centre has not answered for."""
        with self._explained():
            count: int = self._db.execute("SELECT count(*) FROM entry WHERE acknowledged_utc_ns IS NULL").fetchone()[0]
        return count

    def payloads(self) -> list[bytes]:
        """Return the bytes of every entry, in order."""
        with self._explained():
            return [row[0] for row in self._db.execute("SELECT payload FROM entry ORDER BY seq")]

    def acknowledge(self, receipts: list[Receipt], at_utc_ns: int) -> list[int]:
        """Note what the centre answered for, and return those seqs; a receipt for other bytes counts for nothing."""
        update = """UPDATE entry SET acknowledged_utc_ns = ?, refused = ?
                    WHERE seq = ? AND digest = ? AND acknowledged_utc_ns IS NULL"""
        done = []
        with self._explained(), transaction(self._db):
            for receipt in receipts:
                values = (at_utc_ns, receipt.refused, receipt.seq, receipt.digest)
                if receipt.epoch == self.epoch and self._db.execute(update, values).rowcount:
                    done.append(receipt.seq)
        return done

    def status(self) -> Status:
        """Read the whole book, its chain included."""
        with self._explained():
            entries, last_seq, refused = self._db.execute(
                "SELECT count(*), coalesce(max(seq), 0), count(refused) FROM entry"
            ).fetchone()
            damaged = tuple(self._damaged())
            oldest = self.pending(1)
            pending = self.pending_count()
        oldest_ns = unpack(oldest[0].payload).check_in.captured_utc_ns if oldest and not damaged else None
        return Status(self._terminal, self.epoch, entries, pending, refused, last_seq, oldest_ns, damaged)

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def _damaged(self) -> Iterator[int]:
        previous = GENESIS
        for expected, (seq, payload) in enumerate(self._db.execute("SELECT seq, payload FROM entry ORDER BY seq"), 1):
            try:
                entry = unpack(payload)
                intact = (entry.seq, entry.previous) == (seq, previous) and seq == expected
            except WireError:
                intact = False
            if not intact:
                yield seq
            previous = digest(payload)

    def _explained(self) -> AbstractContextManager[None]:
        return faults_as(
            OutboxError,
            f"the book {self._path}",
            "free space on the disk or replace it; nothing that was green is lost",
        )

"""The gallery on disk: people, and the sealed references of their eyes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlite_utils import Database

from terminal.database import faults_as, open_database, transaction
from terminal.errors import GalleryError
from terminal.store.vault import Vault
from terminal.types import Eye, Reference

NEWS_AT_ONCE = 1000  # people: what is read passes through memory twice, some 10 MB with one image an eye


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A person of the gallery as a technician sees it."""

    person: str
    name: str
    enrolled_utc_ns: int
    left: int  # references of the left eye
    right: int
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A person of the gallery as the kiosk knows them; `place` is theirs until they are removed."""

    place: int
    person: str
    name: str


@dataclass(frozen=True, slots=True)
class News:
    """Changes of the gallery: who stood on `places` before is out of date, `people` stand on them now."""

    number: int  # of the last one
    places: tuple[int, ...]
    people: tuple[Known, ...]
    references: tuple[Reference, ...]  # all of `people`


class GalleryStore:
    """The enrolled people of one kiosk."""

    def __init__(self, path: Path, vault: Vault) -> None:
        self._path, self._vault = path, vault
        with self._explained():
            self._connection = open_database(path, "terminal.store")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.execute("PRAGMA secure_delete = ON")  # a removed template's bytes are overwritten
            self._db = Database(self._connection)

    def put(self, person: str, name: str, references: Sequence[Reference], at_utc_ns: int) -> None:
        """Enrol a person, in the place of whatever references of the same eyes there were."""
        self.put_all([(person, name, references)], at_utc_ns)

    def put_all(self, everybody: Iterable[tuple[str, str, Sequence[Reference]]], at_utc_ns: int) -> None:
        """Enrol people with their names and references as `put` does, all of them or, when there is a fault, none."""
        with self._explained(), transaction(self._connection):
            for person, name, references in everybody:
                place = self._place_for(person)
                row = {"person": person, "name": name, "enrolled_utc_ns": at_utc_ns, "place": place}
                self._db.table("person").upsert(row, pk="person")
                for eye in {one.eye for one in references}:
                    self._db.table("reference").delete_where("person = ? AND eye = ?", [person, eye])
                self._db.table("reference").insert_all(self._row(one) for one in references)
                self._note_change(place)

    def remove(self, person: str) -> None:
        """Take a person and every reference of theirs off this kiosk; raise GalleryError when nobody has that id."""
        with self._explained(), transaction(self._connection):
            delete = "DELETE FROM person WHERE person = ? RETURNING place"
            gone = self._connection.execute(delete, (person,)).fetchall()
            for (place,) in gone:
                self._note_change(place)
        if not gone:
            raise GalleryError(f"nobody is enrolled as {person!r}", hint="`tatap gallery list` shows who is")
        with self._explained():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the journal may still hold the bytes

    def people(self) -> list[Enrolled]:
        """Return everybody enrolled, by id."""
        query = """SELECT person, name, enrolled_utc_ns, coalesce(sum(eye = 'left'), 0) AS "left",
                          coalesce(sum(eye = 'right'), 0) AS "right", group_concat(DISTINCT model) AS models
                   FROM person LEFT JOIN reference USING (person) GROUP BY person ORDER BY person"""
        with self._explained():
            rows = list(self._db.query(query))
        return [Enrolled(**{**row, "models": tuple((row["models"] or "").split(","))}) for row in rows]

    def name_of(self, person: str) -> str:
        """Return the short name the screen may show, or nothing."""
        with self._explained():
            row = self._connection.execute("SELECT name FROM person WHERE person = ?", (person,)).fetchone()
        return row[0] if row else ""

    def references(self) -> list[Reference]:
        """Open every reference, ready to be searched."""
        with self._explained():
            rows = self._connection.execute("SELECT person, eye, model, sealed FROM reference ORDER BY id").fetchall()
        return [self._reference(*row) for row in rows]

    def outdated(self, since: int) -> tuple[int, ...]:
        """Return the places of people changed or removed after the change of number `since`."""
        with self._explained():
            rows = self._connection.execute("SELECT place FROM change WHERE number > ?", (since,)).fetchall()
        return tuple(place for (place,) in rows)

    def news(self, since: int) -> News:
        """Return the next changes after that of number `since`, 0 for the first: opened, and ready to be searched.

        All of it is of one moment, also while somebody enrols; who changes between two calls is in a later one.
        """
        with self._explained(), self._one_moment():
            changes = self._connection.execute(
                "SELECT number, place FROM change WHERE number > ? ORDER BY number LIMIT ?", (since, NEWS_AT_ONCE)
            ).fetchall()
            number = changes[-1][0] if changes else since
            people = self._connection.execute(
                "SELECT place, person, name FROM change JOIN person USING (place) WHERE number > ? AND number <= ?",
                (since, number),
            ).fetchall()
            rows = self._connection.execute(
                """SELECT person, eye, model, sealed
                   FROM change JOIN person USING (place) JOIN reference USING (person)
                   WHERE number > ? AND number <= ?""",
                (since, number),
            ).fetchall()
        return News(
            number,
            tuple(place for _, place in changes),
            tuple(Known(*row) for row in people),
            tuple(self._reference(*row) for row in rows),
        )

    def changes(self) -> int:
        """Return a number that differs when another process has changed the gallery."""
        with self._explained():
            count: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return count

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    @contextmanager
    def _one_moment(self) -> Iterator[None]:
        """Let several queries see the same state, whatever another process writes meanwhile."""
        self._connection.execute("BEGIN")
        with self._connection:
            yield

    def _place_for(self, person: str) -> int:
        """Return the place of a person, a free one for somebody new."""
        query = """SELECT coalesce((SELECT place FROM person WHERE person = ?),
                                   (SELECT max(place) FROM person) + 1, 1)"""
        place: int = self._connection.execute(query, (person,)).fetchone()[0]
        return place

    def _note_change(self, place: int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO change (place) VALUES (?)", (place,))

    def _row(self, one: Reference) -> dict[str, object]:
        bits = np.concatenate([one.code, one.mask]).tobytes()
        sealed = self._vault.seal(bits, _label(one.person, one.eye, one.model))
        return {"person": one.person, "eye": str(one.eye), "model": one.model, "sealed": sealed}

    def _reference(self, person: str, eye: str, model: str, sealed: bytes) -> Reference:
        bits = np.frombuffer(self._vault.open(sealed, _label(person, eye, model)), dtype=np.uint64)
        words = len(bits) // 2
        return Reference(person, Eye(eye), bits[:words], bits[words:], model)

    def _explained(self) -> AbstractContextManager[None]:
        return faults_as(
            GalleryError,
            f"the gallery {self._path}",
            "check the disk, and that this user may write there (sudo -u tatap)",
        )


def _label(person: str, eye: str, model: str) -> bytes:
    """What a sealed reference is bound to: moved to another person or eye it does not open."""
    return "\0".join((person, eye, model)).encode()

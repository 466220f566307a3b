"""The recap: first IN, last OUT, minutes late."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from central.ingest import take
from central.recap import Flag, Row, as_csv, as_json, as_text, recap
from central.store import Store
from terminal.sync.wire import Address, Direction, Entry
from tests.central.records import NOW_UTC_NS, arrived, entry

DAY = date(2026, 11, 23)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "central.db")
    yield store
    store.close()


def rows(store: Store, *entries: Entry) -> list[Row]:
    """The recap of the day after these came in, in this order."""
    addresses = [Address("0", each.check_in.office, each.terminal) for each in entries]
    take(store, [arrived(*pair) for pair in zip(entries, addresses, strict=True)], NOW_UTC_NS)
    return recap(store, DAY)


def test_the_first_in_and_the_last_out_count(store: Store) -> None:
    out: dict[str, Any] = {"direction": Direction.OUT, "early_minutes": 7}
    day = rows(
        store,
        entry(4, "2026-11-23 15:53:00", **out),
        entry(3, "2026-11-23 12:00:00", direction=Direction.OUT, early_minutes=240),
        entry(2, "2026-11-23 13:00:00", late_minutes=330),
        entry(1, "2026-11-23 07:42:10", late_minutes=12),
    )
    assert day == [Row("camat-1", "p-0001", "07:42:10", "15:53:00", 12, 7, 0, ())]


def test_repeats_are_counted_and_change_nothing_else(store: Store) -> None:
    repeat: dict[str, Any] = {"repeat_of": 2, "clock_synchronised": False, "inside_window": False}
    day = rows(
        store,
        entry(1, "2026-11-23 07:00:00", late_minutes=0, **repeat),
        entry(2, "2026-11-23 07:31:00", late_minutes=1),
        entry(3, "2026-11-23 07:39:00", late_minutes=9, **repeat),
    )
    assert day == [Row("camat-1", "p-0001", "07:31:00", None, 1, 0, 2, ())]


def test_a_row_says_what_makes_it_doubtful(store: Store) -> None:
    (row,) = rows(store, entry(1, clock_synchronised=False), entry(2, "2026-11-23 11:00:00", inside_window=False))
    assert row.flags == (Flag.CLOCK_NOT_SYNCHRONISED,)
    (row,) = rows(store, entry(3, "2026-11-23 05:00:00", inside_window=False))
    assert row.flags == (Flag.CLOCK_NOT_SYNCHRONISED, Flag.OUTSIDE_WINDOW)


def test_only_repeats_are_no_attendance(store: Store) -> None:
    assert rows(store, entry(1, repeat_of=9)) == [Row("camat-1", "p-0001", None, None, 0, 0, 1, ())]


def test_a_day_is_the_day_of_the_office(store: Store) -> None:
    day = rows(
        store,
        entry(1, "2026-11-23 00:30:00", zone="Asia/Jayapura"),  # still the 22nd in UTC and in Jakarta
        entry(2, "2026-11-24 00:30:00", zone="Asia/Jayapura", person="p-0002"),  # already the 24th there
    )
    assert [(row.person, row.first_in) for row in day] == [("p-0001", "00:30:00")]


def test_offices_stand_apart_and_can_be_asked_for_alone(store: Store) -> None:
    there = entry(2, office="dinas-2")
    assert [row.office for row in rows(store, there, entry(1))] == ["camat-1", "dinas-2"]
    assert [row.office for row in recap(store, DAY, "dinas-2")] == ["dinas-2"]
    assert recap(store, date(2026, 11, 22)) == []


def test_every_form_tells_the_same(store: Store) -> None:
    day = rows(store, entry(1, "2026-11-23 07:42:10", late_minutes=12, inside_window=False, clock_synchronised=False))
    assert json.loads(as_json(day))[0]["late_minutes"] == 12
    (line,) = csv.DictReader(io.StringIO(as_csv(day)))
    assert (line["first_in"], line["last_out"], line["late_minutes"]) == ("07:42:10", "", "12")
    assert line["flags"] == "clock_not_synchronised outside_window"
    head, text = as_text(day).splitlines()
    assert text.split()[:5] == ["camat-1", "p-0001", "07:42:10", "-", "12"]
    assert head.index("late") == text.index("12 ")

"""Who was there on a day: first IN, last OUT and minutes late of each person, office by office."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from itertools import groupby

from central.store import Record, Store
from central.table import aligned
from central.zones import find_zone, local_time
from terminal.sync.wire import Direction


class Flag(StrEnum):
    """What a person should look at before trusting a row."""

    CLOCK_NOT_SYNCHRONISED = "clock_not_synchronised"
    OUTSIDE_WINDOW = "outside_window"


@dataclass(frozen=True, slots=True)
class Row:
    """One person's day at one office; times are HH:MM:SS in the zone of the record."""

    office: str
    person: str
    first_in: str | None
    last_out: str | None
    late_minutes: int  # of the first IN
    early_minutes: int  # of the last OUT
    repeats: int  # scans that only repeated another; they never change the day
    flags: tuple[Flag, ...]


def recap(store: Store, day: date, office: str | None = None) -> list[Row]:
    """The rows of a local day, by office and person."""
    records = sorted(store.of_day(day, office), key=_owner)  # stable: within a person still by time of capture
    return [_row(list(group)) for _, group in groupby(records, key=_owner)]


def as_text(rows: Sequence[Row]) -> str:
    """The rows as a table for a terminal window."""
    heads = ("office", "person", "in", "out", "late", "early", "repeats", "flags")
    return aligned([heads, *(_cells(row) for row in rows)])


def as_json(rows: Sequence[Row]) -> str:
    """The rows as a JSON list."""
    return json.dumps([asdict(row) for row in rows], indent=1)


def as_csv(rows: Sequence[Row]) -> str:
    """The rows as CSV with a head line; flags are separated by spaces."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(field.name for field in fields(Row))
    for row in rows:
        *plain, flags = asdict(row).values()
        writer.writerow((*plain, " ".join(flags)))
    return out.getvalue()


def clock_time(record: Record) -> str:
    """The time of day of a record, as the office's clock showed it."""
    zone = find_zone(record.zone)
    return local_time(record.captured_utc_ns, zone).strftime("%H:%M:%S") if zone else "?"


def _owner(record: Record) -> tuple[str, str]:
    return record.office, record.person


def _row(records: list[Record]) -> Row:
    counted = [record for record in records if not record.is_repeat]
    first_in = next((r for r in counted if r.direction is Direction.IN), None)
    last_out = next((r for r in reversed(counted) if r.direction is Direction.OUT), None)
    flags = []
    if not all(record.clock_synchronised for record in counted):
        flags.append(Flag.CLOCK_NOT_SYNCHRONISED)
    if not all(record.inside_window for record in (first_in, last_out) if record):
        flags.append(Flag.OUTSIDE_WINDOW)
    return Row(
        office=records[0].office,
        person=records[0].person,
        first_in=clock_time(first_in) if first_in else None,
        last_out=clock_time(last_out) if last_out else None,
        late_minutes=first_in.late_minutes if first_in else 0,
        early_minutes=last_out.early_minutes if last_out else 0,
        repeats=len(records) - len(counted),
        flags=tuple(flags),
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.office,
        row.person,
        row.first_in or "-",
        row.last_out or "-",
        str(row.late_minutes),
        str(row.early_minutes),
        str(row.repeats),
        " ".join(row.flags),
    )

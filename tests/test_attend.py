"""Rules of working hours become directions and minutes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from terminal.attend import NO_SCHEDULE, Sighting, schedule_on, to_record, window_at
from terminal.clock import Trust
from terminal.config import Attend, Schedule, Terminal
from terminal.sync.wire import CheckIn, ChosenBy, Direction, Entry
from terminal.types import Accepted, Instant
from tests.values import WORKDAY, a_check_in

JAKARTA = ZoneInfo("Asia/Jakarta")
TERMINAL = Terminal(id="kiosk-1", office="36.74.03", zone="Asia/Jakarta")
ATTEND = Attend(schedule=(WORKDAY,), repeat_window_s=600)


def seen(at: datetime, boottime_s: int = 100, boot_id: str = "boot-a", chosen: Direction | None = None) -> Sighting:
    instant = Instant(int(at.timestamp()) * 1_000_000_000, boottime_s * 1_000_000_000)
    return Sighting(instant, boot_id, Trust(synchronised=True, max_error_us=1), "m", chosen)


def record(at: str, *, latest: Entry | None = None, chosen: Direction | None = None) -> CheckIn:
    local = datetime.fromisoformat(at).replace(tzinfo=JAKARTA)
    return to_record(TERMINAL, ATTEND, Accepted("p-17", 0.2, 0.1), seen(local, chosen=chosen), latest)


@pytest.mark.parametrize(
    ("at", "direction", "late", "early", "inside"),
    [
        ("2026-11-23 07:30:59", Direction.IN, 0, 0, True),
        ("2026-11-23 07:31:00", Direction.IN, 1, 0, True),
        ("2026-11-23 07:42:10", Direction.IN, 12, 0, True),
        ("2026-11-23 05:59:59", Direction.IN, 0, 0, False),
        ("2026-11-23 10:00:00", Direction.IN, 150, 0, False),
        ("2026-11-23 13:00:00", Direction.OUT, 0, 180, False),
        ("2026-11-23 15:45:00", Direction.OUT, 0, 15, True),
        ("2026-11-23 16:00:01", Direction.OUT, 0, 0, True),
        ("2026-11-23 22:00:00", Direction.OUT, 0, 0, False),
    ],
)
def test_the_window_gives_direction_and_minutes(
    at: str, direction: Direction, late: int, early: int, inside: bool
) -> None:
    made = record(at)
    assert (made.direction, made.late_minutes, made.early_minutes, made.inside_window) == (
        direction,
        late,
        early,
        inside,
    )


def test_a_scan_on_a_day_without_a_rule_is_recorded_and_nobody_is_late() -> None:
    made = record("2026-11-22 11:00:00")  # a Sunday
    assert (made.schedule, made.late_minutes, made.inside_window) == (NO_SCHEDULE, 0, False)


def test_the_employee_may_choose_the_direction_and_it_is_said() -> None:
    made = record("2026-11-23 07:42:10", chosen=Direction.OUT)
    assert (made.direction, made.direction_chosen_by, made.late_minutes) == (Direction.OUT, ChosenBy.EMPLOYEE, 0)
    assert not made.inside_window


def test_the_rule_that_came_into_force_last_counts() -> None:
    ramadan = Schedule(
        name="ramadan",
        source="SE MenPANRB",
        days=WORKDAY.days,
        valid_from=date(2027, 2, 8),
        valid_until=date(2027, 3, 9),
        start=time(8, 0),
        end=time(15, 0),
        in_opens=time(6, 0),
        in_closes=time(9, 0),
        out_opens=time(14, 30),
        out_closes=time(18, 0),
    )
    attend = Attend(schedule=(ramadan, WORKDAY))
    assert [
        getattr(schedule_on(attend, date(2027, month, day)), "name", None) for month, day in ((2, 5), (2, 8), (3, 10))
    ] == [
        "perpres-21-2023",
        "ramadan",
        "perpres-21-2023",
    ]


def test_the_same_direction_again_is_a_repeat_of_the_first() -> None:
    first = record("2026-11-23 07:42:10")
    again = record("2026-11-23 07:49:00", latest=Entry("kiosk-1", "e", 7, "0" * 64, first))
    assert again.repeat_of == 7


def test_a_check_in_after_the_repeat_window_stands_on_its_own() -> None:
    earlier = a_check_in(captured_boottime_ns=0)
    local = datetime(2026, 11, 23, 8, 0, tzinfo=JAKARTA)
    latest = Entry("kiosk-1", "e", 7, "0" * 64, earlier)
    made = to_record(TERMINAL, ATTEND, Accepted("p-17", 0.2, 0.1), seen(local, boottime_s=601), latest)
    assert made.repeat_of is None


@pytest.mark.parametrize(("boottime_s", "repeat_of"), [(200, 7), (900, None)])
def test_a_wall_clock_set_back_by_a_week_neither_makes_nor_hides_a_repeat(
    boottime_s: int, repeat_of: int | None
) -> None:
    first = a_check_in(captured_boottime_ns=100_000_000_000)
    latest = Entry("kiosk-1", "e", 7, "0" * 64, first)
    wrong = datetime.fromtimestamp(first.captured_utc_ns / 1e9, tz=UTC) - timedelta(days=7)
    sighting = seen(wrong, boottime_s=boottime_s, chosen=first.direction)
    made = to_record(TERMINAL, ATTEND, Accepted("p-17", 0.2, 0.1), sighting, latest)
    assert made.repeat_of == repeat_of


def test_after_a_restart_the_wall_clock_tells_a_repeat() -> None:
    first = a_check_in(boot_id="boot-before")
    latest = Entry("kiosk-1", "e", 7, "0" * 64, first)
    soon = datetime.fromtimestamp(first.captured_utc_ns / 1e9 + 60, tz=UTC)
    made = to_record(TERMINAL, ATTEND, Accepted("p-17", 0.2, 0.1), seen(soon, boottime_s=1), latest)
    assert made.direction is first.direction
    assert made.repeat_of == 7


@pytest.mark.parametrize(
    ("at", "direction", "is_open"),
    [("06:00", Direction.IN, True), ("12:10", Direction.IN, False), ("12:20", Direction.OUT, False)],
)
def test_between_windows_the_nearer_one_is_shown(at: str, direction: Direction, is_open: bool) -> None:
    shown = window_at(ATTEND, datetime.fromisoformat(f"2026-11-23 {at}"))
    assert (shown.direction, shown.is_open) == (direction, is_open)

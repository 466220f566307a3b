"""A recognised person becomes a check-in: direction, lateness, trust in the clock. Pure: rules and times come in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from terminal.clock import Trust
from terminal.config import Attend, Day, Schedule, Terminal
from terminal.sync.wire import CheckIn, ChosenBy, Direction, Entry
from terminal.types import Accepted, Instant

DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOT_CHECKED = "not_checked"
NO_SCHEDULE = "none"  # no rule covers the day: the scan is recorded all the same, and nobody is late


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the kiosk knew at the moment of capture, besides who it was."""

    captured_at: Instant
    boot_id: str
    trust: Trust
    model: str
    chosen: Direction | None = None  # the employee's own choice of direction
    liveness: str = NOT_CHECKED  # what was checked about the person being there alive


@dataclass(frozen=True, slots=True)
class Window:
    """The attendance window as the screen shows it: which one is open, or which direction a scan would get."""

    direction: Direction
    opens: time | None
    closes: time | None
    is_open: bool


def schedule_on(attend: Attend, day: date) -> Schedule | None:
    """Return the rule valid on a local day: of several the one that came into force last."""
    valid = [
        rule
        for rule in attend.schedule
        if DAYS[day.weekday()] in rule.days
        and rule.valid_from <= day
        and (rule.valid_until is None or day <= rule.valid_until)
    ]
    return max(valid, key=lambda rule: rule.valid_from, default=None)


def window_at(attend: Attend, local: datetime) -> Window:
    """Return the window of a local time; between windows the direction whose window is nearer."""
    rule = schedule_on(attend, local.date())
    if rule is None:
        return Window(Direction.IN if local.hour < 12 else Direction.OUT, None, None, is_open=False)
    now = local.time()
    if rule.in_opens <= now <= rule.in_closes:
        return Window(Direction.IN, rule.in_opens, rule.in_closes, is_open=True)
    if rule.out_opens <= now <= rule.out_closes:
        return Window(Direction.OUT, rule.out_opens, rule.out_closes, is_open=True)
    since_in = _seconds(now) - _seconds(rule.in_closes)
    until_out = _seconds(rule.out_opens) - _seconds(now)
    if since_in < until_out:
        return Window(Direction.IN, rule.in_opens, rule.in_closes, is_open=False)
    return Window(Direction.OUT, rule.out_opens, rule.out_closes, is_open=False)


def to_record(terminal: Terminal, attend: Attend, person: Accepted, seen: Sighting, latest: Entry | None) -> CheckIn:
    """Return the check-in of a recognised person; `latest` is that person's newest one that is not itself a repeat."""
    local = datetime.fromtimestamp(seen.captured_at.utc_ns / 1e9, tz=UTC).astimezone(ZoneInfo(terminal.zone))
    window = window_at(attend, local)
    direction = seen.chosen or window.direction
    by_itself = ChosenBy.WINDOW if window.is_open else ChosenBy.CLOCK
    rule = schedule_on(attend, local.date())
    late = _minutes(rule.start, local.time()) if rule and direction is Direction.IN else 0
    early = _minutes(local.time(), rule.end) if rule and direction is Direction.OUT else 0
    return CheckIn(
        person=person.person,
        office=terminal.office,
        zone=terminal.zone,
        captured_utc_ns=seen.captured_at.utc_ns,
        captured_boottime_ns=seen.captured_at.boottime_ns,
        boot_id=seen.boot_id,
        clock_synchronised=seen.trust.synchronised,
        clock_max_error_us=seen.trust.max_error_us,
        direction=direction,
        direction_chosen_by=ChosenBy.EMPLOYEE if seen.chosen else by_itself,
        inside_window=window.is_open and direction is window.direction,
        late_minutes=late,
        early_minutes=early,
        schedule=rule.name if rule else NO_SCHEDULE,
        repeat_of=latest.seq if latest and _repeats(latest.check_in, direction, seen, attend) else None,
        modality="iris",
        score=person.score,
        margin=person.margin,
        liveness=seen.liveness,
        model=seen.model,
    )


def _repeats(latest: CheckIn, direction: Direction, seen: Sighting, attend: Attend) -> bool:
    """Whether this scan only says again what `latest` said; within one boot by the clock that never steps."""
    if latest.boot_id == seen.boot_id:
        since_ns = seen.captured_at.boottime_ns - latest.captured_boottime_ns
    else:
        since_ns = seen.captured_at.utc_ns - latest.captured_utc_ns
    return latest.direction is direction and 0 <= since_ns < attend.repeat_window_s * 1_000_000_000


def _minutes(earlier: time, later: time) -> int:
    """Whole minutes from one time of day to another, 0 when it is not later: 07:30:59 is in time for 07:30."""
    return max(0, _seconds(later) - _seconds(earlier)) // 60


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second

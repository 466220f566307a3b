"""Local time of an office: every day and hour at the centre is one of a named zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache
def find_zone(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, or None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a possible name; a folder of the zone database
        return None


def local_time(utc_ns: int, zone: ZoneInfo) -> datetime:
    """A moment as the clocks of a zone show it."""
    return (EPOCH + timedelta(microseconds=utc_ns // 1000)).astimezone(zone)


def local_day(utc_ns: int, zone: ZoneInfo) -> date:
    """The calendar day of a moment in a zone."""
    return local_time(utc_ns, zone).date()

"""Which offices are heard, which have gone silent, and which have no terminal yet."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from central.config import Office
from central.store import Heard
from central.table import aligned


class Presence(StrEnum):
    """How an office or a terminal stands at this moment."""

    ONLINE = "online"
    OFFLINE = "offline"
    NOT_EQUIPPED = "not_equipped"


@dataclass(frozen=True, slots=True)
class TerminalNow:
    """One terminal: whether it is heard, since when not, and how many records it still holds."""

    terminal: str
    presence: Presence
    silent_s: int  # since it was last heard
    pending: int
    version: str


@dataclass(frozen=True, slots=True)
class OfficeNow:
    """One office with its terminals; it is online when all of them are."""

    office: Office
    listed: bool  # false: a terminal speaks for an office the settings do not know
    presence: Presence
    terminals: tuple[TerminalNow, ...]


def offices_now(
    offices: Sequence[Office], heard: Sequence[Heard], now_utc_ns: int, silent_after_s: float
) -> list[OfficeNow]:
    """Every office of the settings in their order, then those only their terminals know of."""
    unlisted = sorted({h.address.office for h in heard} - {office.id for office in offices})
    every = [(office, True) for office in offices] + [(Office(id=name, name=name), False) for name in unlisted]
    result = []
    for office, listed in every:
        own = tuple(_now(h, now_utc_ns, silent_after_s) for h in heard if h.address.office == office.id)
        result.append(OfficeNow(office, listed, _presence(office, own), own))
    return result


def as_json(now: Sequence[OfficeNow]) -> str:
    """The offices as a JSON list."""
    return json.dumps([as_plain(office) for office in now], indent=1)


def as_plain(now: OfficeNow) -> dict[str, object]:
    """One office as JSON takes it."""
    office = now.office
    return {
        "id": office.id,
        "name": office.name,
        "opd": office.opd,
        "listed": now.listed,
        "presence": now.presence,
        "terminals": [asdict(terminal) for terminal in now.terminals],
    }


def as_text(now: Sequence[OfficeNow]) -> str:
    """The offices as a table for a terminal window, a line for each terminal."""
    head = ("office", "terminal", "state", "last heard", "pending")
    return aligned([head, *(cells for office in now for cells in _cells(office))])


def _now(heard: Heard, now_utc_ns: int, silent_after_s: float) -> TerminalNow:
    silent_s = max(0, now_utc_ns - heard.heard_utc_ns) // 1_000_000_000
    presence = Presence.ONLINE if heard.state.online and silent_s < silent_after_s else Presence.OFFLINE
    return TerminalNow(heard.address.terminal, presence, silent_s, heard.state.pending, heard.state.version)


def _presence(office: Office, terminals: tuple[TerminalNow, ...]) -> Presence:
    if not terminals and not office.equipped:
        return Presence.NOT_EQUIPPED
    if terminals and all(terminal.presence is Presence.ONLINE for terminal in terminals):
        return Presence.ONLINE
    return Presence.OFFLINE


def _cells(now: OfficeNow) -> list[tuple[str, ...]]:
    name = now.office.id
    if not now.terminals:
        return [(name, "-", now.presence, "never", "-")]
    return [(name, t.terminal, t.presence, f"{t.silent_s} s ago", str(t.pending)) for t in now.terminals]

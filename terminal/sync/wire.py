"""What kiosk and centre say to each other: messages, topics, and the only code that reads and writes their bytes.

Standard library only, so that the centre, a test or an auditor can read a record without the kiosk's packages.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_type_hints

from terminal.errors import WireError

VERSION = 1
MAX_PAYLOAD_BYTES = 4096  # a check-in is about 700 bytes: anything far larger is not ours
GENESIS = "0" * 64  # what the first record of an epoch names as the one before it
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # of people and things: safe in topics and file names
MAX_INTEGER = 2**63 - 1  # what SQLite and PostgreSQL store
MAX_TEXT = 128  # letters in any other text field
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # letters that JSON can carry and databases cannot

Message = TypeVar("Message")


class Direction(StrEnum):
    """Coming to work or leaving it."""

    IN = "in"
    OUT = "out"


class ChosenBy(StrEnum):
    """How the direction came about."""

    WINDOW = "window"  # the office's attendance window that was open
    CLOCK = "clock"  # no window was open: the nearer one
    EMPLOYEE = "employee"  # the person said so


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One person seen at one moment, with all it takes to judge it later. Times are as the terminal's clocks read."""

    person: str  # opaque id, never the NIP
    office: str
    zone: str  # IANA name of the office's time zone
    captured_utc_ns: int
    captured_boottime_ns: int
    boot_id: str
    clock_synchronised: bool
    clock_max_error_us: int
    direction: Direction
    direction_chosen_by: ChosenBy
    inside_window: bool
    late_minutes: int  # whole minutes past the start of work, 0 when in time or leaving
    early_minutes: int  # whole minutes before the end of work, 0 when in time or coming
    schedule: str  # name of the rule the minutes were counted by
    repeat_of: int | None  # seq of the check-in this one only repeats
    modality: str
    score: float  # dissimilarity of the best reference, 0.0 same .. 0.5 stranger
    margin: float  # how much worse the next other person was
    liveness: (
        str  # what was checked, as "frame:0.93 motion:0.81 light:10/10 suspect"; "not_checked" says that nothing was
    )
    model: str  # what made the template


@dataclass(frozen=True, slots=True)
class Entry:
    """A check-in with its place in the terminal's book: (terminal, epoch, seq) names it, `previous` chains it."""

    terminal: str
    epoch: str  # new whenever the book is new, so numbers are never used twice
    seq: int  # 1, 2, 3 ... without gaps
    previous: str  # SHA-256 of the bytes of the entry before, hexadecimal
    check_in: CheckIn


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line of an acknowledgement: the centre holds, or for `refused` will never hold, exactly these bytes."""

    epoch: str
    seq: int
    digest: str
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What a terminal says of itself, retained by the broker; the last will says `online` false."""

    online: bool
    at_utc_ns: int
    pending: int  # records the centre has not acknowledged yet
    version: str


class Kind(StrEnum):
    """Last level of a topic: what is said there, and by whom."""

    RECORD = "rec"  # terminal: one Entry
    ACK = "ack"  # centre: Receipts
    STATE = "state"  # terminal: State, retained


@dataclass(frozen=True, slots=True)
class Address:
    """Where a terminal speaks and listens; `shard` lets several ingesters split the load."""

    shard: str
    office: str
    terminal: str

    def topic(self, kind: Kind) -> str:
        """Return the topic of this terminal for one kind of message."""
        return f"tatap/v{VERSION}/{self.shard}/{self.office}/{self.terminal}/{kind}"


def subscription(kind: Kind, shard: str = "+") -> str:
    """Return the topic filter that hears one kind of message from every terminal (of one shard)."""
    return f"tatap/v{VERSION}/{shard}/+/+/{kind}"


def parse_topic(topic: str) -> tuple[Address, Kind]:
    """Return who speaks on a topic and of what; raise WireError for a foreign topic."""
    levels = topic.split("/")
    if len(levels) != 6 or levels[:2] != ["tatap", f"v{VERSION}"] or levels[5] not in set(Kind):
        raise WireError(f"{topic!r:.120} is not a topic of this protocol", hint="check who may write to the broker")
    if not all(NAME.fullmatch(level) for level in levels[2:5]):
        raise WireError(f"{topic!r:.120} names no possible terminal", hint="check who may write to the broker")
    return Address(*levels[2:5]), Kind(levels[5])


def pack(entry: Entry) -> bytes:
    """Return the one byte form of an entry: its digest, and so the chain, is taken over exactly these bytes."""
    message = {"v": VERSION, **asdict(entry)}
    return json.dumps(message, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(payload: bytes) -> str:
    """Return the SHA-256 of packed bytes, hexadecimal."""
    return hashlib.sha256(payload).hexdigest()


def unpack(payload: bytes) -> Entry:
    """Read an entry; fields this version does not know are left aside. Raise WireError for anything else."""
    message = _message(payload)
    check_in = message.get("check_in")
    if not isinstance(check_in, dict):
        raise _bad("check_in is not an object")
    entry = Entry(check_in=_read(CheckIn, check_in), **_values(Entry, message, skip=("check_in",)))
    names = (entry.terminal, entry.epoch, entry.check_in.person, entry.check_in.office)
    if not all(NAME.fullmatch(name) for name in names):
        raise _bad("a name has letters that no name has")
    if entry.seq < 1 or not re.fullmatch(r"[0-9a-f]{64}", entry.previous):
        raise _bad("seq or previous is out of range")
    return entry


def pack_ack(receipts: Iterable[Receipt]) -> bytes:
    """Return the bytes of an acknowledgement."""
    lines = [[r.epoch, r.seq, r.digest, r.refused] for r in receipts]
    return json.dumps({"v": VERSION, "receipts": lines}, separators=(",", ":")).encode()


def unpack_ack(payload: bytes) -> list[Receipt]:
    """Read an acknowledgement; raise WireError for anything else."""
    lines = _message(payload, max_bytes=2**20).get("receipts")
    if not isinstance(lines, list):
        raise _bad("receipts is not a list")
    names = [field.name for field in fields(Receipt)]
    receipts = []
    for line in lines:
        if not isinstance(line, list) or len(line) != len(names):
            raise _bad("a receipt does not have its four parts")
        receipts.append(_read(Receipt, dict(zip(names, line, strict=True))))
    return receipts


def pack_state(state: State) -> bytes:
    """Return the bytes of a terminal's state."""
    return json.dumps({"v": VERSION, **asdict(state)}, separators=(",", ":")).encode()


def unpack_state(payload: bytes) -> State:
    """Read a terminal's state; raise WireError for anything else."""
    return _read(State, _message(payload))


def _bad(why: str) -> WireError:
    return WireError(f"not a message of this protocol: {why}", hint="see the quarantine at the centre")


def _message(payload: bytes, max_bytes: int = MAX_PAYLOAD_BYTES) -> dict[str, object]:
    if len(payload) > max_bytes:
        raise _bad(f"{len(payload)} bytes, more than {max_bytes}")
    try:
        message = json.loads(payload.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _bad("not JSON") from error
    if not isinstance(message, dict):
        raise _bad("not an object")
    if message.get("v") != VERSION or isinstance(message["v"], bool):
        raise _bad(f"version {str(message.get('v'))[:20]}, this side speaks {VERSION}")
    return message


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _read(cls: type[Message], message: Mapping[str, object]) -> Message:
    return cls(**_values(cls, message))


def _values(cls: type, message: Mapping[str, object], skip: tuple[str, ...] = ()) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {f.name: _value(f.name, hints[f.name], message) for f in fields(cls) if f.name not in skip}


def _value(name: str, hint: Any, message: Mapping[str, object]) -> object:
    """Return one field as its type, refusing what JSON lets through (true for 1, letters no database takes)."""
    if name not in message:
        raise _bad(f"{name} is missing")
    value = message[name]
    if type(None) in get_args(hint):
        if value is None:
            return None
        hint = get_args(hint)[0]
    if issubclass(hint, StrEnum) and isinstance(value, str) and value in set(hint):
        return hint(value)
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    if hint is int and type(value) is int and abs(value) <= MAX_INTEGER:
        return value
    if hint is bool and isinstance(value, bool):
        return value
    if hint is str and isinstance(value, str) and len(value) <= MAX_TEXT and not UNSTORABLE.search(value):
        return value
    raise _bad(f"{name} is not a {hint.__name__}")

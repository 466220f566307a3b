"""What became of one frame: the values the daemon hands to the screen."""

from dataclasses import dataclass
from typing import TypeAlias

from terminal.sync.wire import Entry
from terminal.types import Rejected


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """The check-in is on disk: only now may the light be green."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class StillThere:
    """The person just checked in is still in front of the camera: nothing new is recorded."""

    person: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """An eye was read and does not say surely who it is: more frames are awaited before anybody is told anything."""


@dataclass(frozen=True, slots=True)
class NotCheckedIn:
    """No record was made; `rejected` says why, and for an unreadable frame its score is 1.0."""

    rejected: Rejected


@dataclass(frozen=True, slots=True)
class NotSaved:
    """The person was recognised, and the record could not be made durable: red, never green."""

    message: str


@dataclass(frozen=True, slots=True)
class Blind:
    """The camera sends nothing: whoever stands there is not seen, and must be told."""


Outcome: TypeAlias = CheckedIn | StillThere | Undecided | NotCheckedIn | NotSaved | Blind

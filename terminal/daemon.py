"""The one path at the kiosk: a frame comes in, a durable check-in goes out, and only then is anybody told.

`check_in` below is the product in one screen; everything it calls is handed in by `build.py`.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from terminal.attend import Sighting
from terminal.errors import OutboxError
from terminal.outcome import Blind, CheckedIn, NotCheckedIn, NotSaved, Outcome, StillThere
from terminal.ports import Camera, Clock, Ledger, Screen
from terminal.sync.wire import CheckIn, Entry
from terminal.types import (
    Accepted,
    Decision,
    Frame,
    Instant,
    IrisMap,
    Live,
    Quality,
    Reason,
    Rejected,
    Scores,
    Template,
)

WORST_SCORE = 1.0  # of a frame in which there was nothing to compare

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Path:
    """The steps of the one path, each a function of its room, and the ports at its ends."""

    camera: Camera
    assess: Callable[[Frame], Quality | Reason]
    segment: Callable[[Frame], IrisMap | Reason]
    check_alive: Callable[[Frame, IrisMap], Live | Reason]
    encode: Callable[[Frame, IrisMap], Template | Reason]
    search: Callable[[Template], Scores]
    decide: Callable[[Sequence[Scores]], Decision]
    to_record: Callable[[Accepted, Sighting, Entry | None], CheckIn]
    ledger: Ledger
    screen: Screen
    clock: Clock
    presence_gap_s: float  # out of sight this long, a person is gone and the next scan is a new one


@dataclass(frozen=True, slots=True)
class Present:
    """Who was checked in last and may still be standing there."""

    person: str
    source: str
    seen_at: Instant


def check_in(path: Path, frame: Frame, present: Present | None) -> Outcome:
    """Take one frame down the path and return what became of it."""
    quality = path.assess(frame)
    if isinstance(quality, Reason):
        return _refused(quality)
    iris = path.segment(frame)
    if isinstance(iris, Reason):
        return _refused(iris)
    live = path.check_alive(frame, iris)
    if isinstance(live, Reason):
        return _refused(live)
    template = path.encode(frame, iris)
    if isinstance(template, Reason):
        return _refused(template)
    scores = path.search(template)
    decision = path.decide([scores])
    if isinstance(decision, Rejected):
        return NotCheckedIn(decision)
    if present is not None and _still_there(present, decision, frame, path.presence_gap_s):
        return StillThere(decision.person)
    seen = Sighting(frame.captured_at, path.clock.boot_id(), path.clock.trust(), template.model, liveness=live.record)
    record = path.to_record(decision, seen, path.ledger.latest_of(decision.person))
    entry = path.ledger.append(record)  # returns only when on disk: the green light comes after this line, never before
    return CheckedIn(entry)


def run(path: Path, beat: Callable[[], None]) -> None:
    """Take every frame down the path until the camera ends; `beat` is called each time round, frame or none."""
    present: Present | None = None
    for frame in path.camera.frames():
        beat()
        if frame is None:
            path.screen.show(None, Blind())
            continue
        outcome = _safely(path, frame, present)
        if isinstance(outcome, CheckedIn):
            present = Present(outcome.entry.check_in.person, frame.source, frame.captured_at)
        elif isinstance(outcome, StillThere):
            present = Present(outcome.person, frame.source, frame.captured_at)
        path.screen.show(frame, outcome)


def _safely(path: Path, frame: Frame, present: Present | None) -> Outcome:
    """Turn a fault into red on the screen: one bad frame or a full disk must not end the morning for everybody."""
    try:
        return check_in(path, frame, present)
    except OutboxError as error:
        log.error("%s", error)  # the error says what to do; a trace would bury it
        return NotSaved(str(error))
    except Exception as error:  # the outermost loop of the kiosk
        log.exception("a frame of %s", frame.camera)
        return NotSaved(repr(error))


def _still_there(present: Present, decision: Accepted, frame: Frame, gap_s: float) -> bool:
    gap_ns = frame.captured_at.boottime_ns - present.seen_at.boottime_ns
    return present.person == decision.person and present.source == frame.source and gap_ns <= gap_s * 1e9


def _refused(reason: Reason) -> Outcome:
    return NotCheckedIn(Rejected(reason, WORST_SCORE))

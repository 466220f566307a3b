"""The one path at the kiosk: a frame comes in, a durable check-in goes out, and only then is anybody told.

`check_in` below is the product in one screen; everything it calls is handed in by `build.py`.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from terminal.attend import Sighting
from terminal.errors import OutboxError
from terminal.evidence import Evidence, Patience, gather, is_complete
from terminal.outcome import Blind, CheckedIn, NotCheckedIn, NotSaved, Outcome, StillThere, Undecided
from terminal.ports import Camera, Clock, Ledger, Screen
from terminal.sync.wire import CheckIn, Entry
from terminal.types import (
    Accepted,
    Decision,
    Frame,
    Instant,
    IrisMap,
    Live,
    Probe,
    Quality,
    Reason,
    Rejected,
    Template,
)

WORST_SCORE = 1.0  # of a frame in which there was nothing to compare

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Path:
    """The steps of the one path, each a function of its room, and the ports at its ends."""

    camera: Camera
    assess: Callable[[Frame], Quality | Reason]
    segment: Callable[[Frame], tuple[IrisMap, ...] | Reason]
    check_alive: Callable[[Frame, tuple[IrisMap, ...]], Live | Reason]
    encode: Callable[[Frame, tuple[IrisMap, ...]], tuple[Template, ...] | Reason]
    search: Callable[[Template], Probe]
    agree: Callable[[Probe, Probe], bool]
    decide: Callable[[Sequence[Probe]], Decision]
    to_record: Callable[[Accepted, Sighting, Entry | None], CheckIn]
    ledger: Ledger
    screen: Screen
    clock: Clock
    patience: Patience  # with frames that do not say who it is
    presence_gap_s: float  # out of sight this long, a person is gone and the next scan is a new one


@dataclass(frozen=True, slots=True)
class Present:
    """Who was checked in last and may still be standing there."""

    person: str
    source: str
    seen_at: Instant


def check_in(
    path: Path, frame: Frame, present: Present | None, held: Evidence | None
) -> tuple[Outcome, Evidence | None]:
    """Take one frame down the path; return what became of it, and the evidence that waits for more frames.

    `held` is what the frames before left undecided.
    """
    quality = path.assess(frame)
    if isinstance(quality, Reason):
        return _refused(quality), held
    irises = path.segment(frame)
    if isinstance(irises, Reason):
        return _refused(irises), held
    live = path.check_alive(frame, irises)
    if isinstance(live, Reason):
        return _refused(live), held
    templates = path.encode(frame, irises)
    if isinstance(templates, Reason):
        return _refused(templates), held
    probes = tuple(path.search(template) for template in templates)
    evidence = gather(held, frame, probes, path.agree)
    decision = path.decide(evidence.probes)
    if isinstance(decision, Rejected):
        complete = is_complete(evidence, frame, path.patience)
        return (NotCheckedIn(decision), None) if complete else (Undecided(), evidence)
    if present is not None and _still_there(present, decision, frame, path.presence_gap_s):
        return StillThere(decision.person), None
    trust = path.clock.trust()
    seen = Sighting(frame.captured_at, path.clock.boot_id(), trust, templates[0].model, liveness=live.record)
    record = path.to_record(decision, seen, path.ledger.latest_of(decision.person))
    entry = path.ledger.append(record)  # returns only when on disk: the green light comes after this line, never before
    return CheckedIn(entry), None


def run(path: Path, beat: Callable[[], None]) -> None:
    """Take every frame down the path until the camera ends; `beat` is called each time round, frame or none."""
    present: Present | None = None
    evidence: Evidence | None = None
    for frame in path.camera.frames():
        beat()
        if frame is None:
            path.screen.show(None, Blind())
            continue
        outcome, evidence = _safely(path, frame, present, evidence)
        if isinstance(outcome, CheckedIn):
            present = Present(outcome.entry.check_in.person, frame.source, frame.captured_at)
        elif isinstance(outcome, StillThere):
            present = Present(outcome.person, frame.source, frame.captured_at)
        path.screen.show(frame, outcome)


def _safely(
    path: Path, frame: Frame, present: Present | None, held: Evidence | None
) -> tuple[Outcome, Evidence | None]:
    """Turn a fault into red on the screen: one bad frame or a full disk must not end the morning for everybody."""
    try:
        return check_in(path, frame, present, held)
    except OutboxError as error:
        log.error("%s", error)  # the error says what to do; a trace would bury it
        return NotSaved(str(error)), None
    except Exception as error:  # the outermost loop of the kiosk
        log.exception("a frame of %s", frame.camera)
        return NotSaved(repr(error)), None


def _still_there(present: Present, decision: Accepted, frame: Frame, gap_s: float) -> bool:
    gap_ns = frame.captured_at.boottime_ns - present.seen_at.boottime_ns
    return present.person == decision.person and present.source == frame.source and gap_ns <= gap_s * 1e9


def _refused(reason: Reason) -> Outcome:
    return NotCheckedIn(Rejected(reason, WORST_SCORE))

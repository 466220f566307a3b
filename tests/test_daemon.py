"""Frame by frame: what is recorded, what is not, and what the person is told."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path as File
from typing import Any

import numpy as np
import pytest

from terminal import attend, daemon
from terminal.config import Attend, Terminal
from terminal.errors import OutboxError
from terminal.outcome import Blind, CheckedIn, NotCheckedIn, NotSaved, Outcome, StillThere
from terminal.sync.outbox import Outbox
from terminal.sync.wire import CheckIn, Entry
from terminal.types import (
    Accepted,
    Decision,
    Ellipse,
    Frame,
    IrisMap,
    Live,
    Quality,
    Reason,
    Rejected,
    Template,
)
from tests.values import WORKDAY, SetClock

PIXELS = np.zeros((48, 64), np.uint8)
IRIS = IrisMap(Ellipse(1, 1, 1, 1, 0), Ellipse(1, 1, 2, 2, 0), np.ones((48, 64), np.bool_), 1.0, 1.0, "m")
TEMPLATE = Template(np.zeros((1, 1), np.uint64), np.zeros((1, 1), np.uint64), "m")


class Scenes:
    """A camera that shows one scene after another, `seconds` apart."""

    def __init__(self, clock: SetClock, sources: list[str | None], seconds: float = 0.2) -> None:
        self._clock, self._sources, self._seconds = clock, sources, seconds

    def frames(self) -> Iterator[Frame | None]:
        for source in self._sources:
            self._clock.pass_s(self._seconds)
            yield Frame(PIXELS, "test", source, self._clock.now()) if source else None

    def close(self) -> None:
        pass


class Seen:
    """A screen that remembers."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def show(self, frame: Frame | None, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


class Kiosk:
    """A path whose recognition says what the test wants, on a real book."""

    def __init__(self, folder: File, sources: list[str | None], people: list[Decision], seconds: float = 0.2) -> None:
        clock = SetClock()
        self.screen, self.book = Seen(), Outbox(folder / "outbox.db", "kiosk-1")
        answers = iter(people)
        settings = Attend(schedule=(WORKDAY,))
        self.path = daemon.Path(
            camera=Scenes(clock, sources, seconds),
            assess=lambda frame: Quality(100, 30, 50),
            segment=lambda frame: IRIS,
            check_alive=lambda frame, iris: Live("frame:0.93"),
            encode=lambda frame, iris: TEMPLATE,
            search=lambda template: np.zeros(1, np.float32),
            decide=lambda evidence: next(answers),
            to_record=partial(attend.to_record, Terminal(id="kiosk-1", office="o"), settings),
            ledger=self.book,
            screen=self.screen,
            clock=clock,
            presence_gap_s=1.0,
        )
        self.beats = 0

    def run(self) -> list[str]:
        daemon.run(self.path, self._beat)
        return [type(outcome).__name__ for outcome in self.screen.outcomes]

    def _beat(self) -> None:
        self.beats += 1


BUDI, SITI = Accepted("budi", 0.2, 0.2), Accepted("siti", 0.2, 0.2)


def test_a_person_who_stays_is_recorded_once(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"] * 5, [BUDI] * 5)
    assert kiosk.run() == ["CheckedIn", *["StillThere"] * 4]
    assert kiosk.book.status().entries == 1


def test_a_person_who_comes_back_is_recorded_again_as_a_repeat(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"] * 2, [BUDI, BUDI], seconds=5.0)
    assert kiosk.run() == ["CheckedIn", "CheckedIn"]
    second = kiosk.screen.outcomes[1]
    assert isinstance(second, CheckedIn)
    assert second.entry.check_in.repeat_of == 1


def test_the_next_person_in_the_queue_is_recorded_at_once(tmp_path: File) -> None:
    assert Kiosk(tmp_path, ["cam"] * 3, [BUDI, SITI, SITI]).run() == ["CheckedIn", "CheckedIn", "StillThere"]


def test_a_frame_nobody_can_be_read_from_leaves_no_record(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"], [Rejected(Reason.UNKNOWN, 0.45)])
    assert kiosk.run() == ["NotCheckedIn"]
    assert kiosk.book.status().entries == 0


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("assess", Reason.TOO_DARK),
        ("segment", Reason.EYE_CLOSED),
        ("check_alive", Reason.NOT_CLEAR),
        ("encode", Reason.EYE_CLOSED),
    ],
)
def test_each_step_may_say_no_and_its_reason_reaches_the_person(tmp_path: File, step: str, reason: Reason) -> None:
    kiosk = Kiosk(tmp_path, ["cam"], [BUDI])
    refusing: dict[str, Any] = {step: lambda *_: reason}
    kiosk.path = replace(kiosk.path, **refusing)
    kiosk.run()
    shown = kiosk.screen.outcomes[0]
    assert isinstance(shown, NotCheckedIn)
    assert shown.rejected.reason is reason


class FullBook(Outbox):
    """A book on a disk that fills up for a while."""

    full = True

    def append(self, check_in: CheckIn) -> Entry:
        if self.full:
            raise OutboxError("the disk is full", hint="free some space")
        return super().append(check_in)


def test_no_green_light_when_the_disk_is_full_and_green_once_there_is_room(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"] * 2, [BUDI, BUDI])
    book = FullBook(tmp_path / "full.db", "kiosk-1")
    kiosk.path = replace(kiosk.path, ledger=book)
    show = kiosk.screen.show

    def make_room(frame: Frame | None, outcome: Outcome) -> None:
        show(frame, outcome)
        book.full = False

    kiosk.screen.show = make_room  # type: ignore[method-assign]  # the disk gets room after the first frame
    assert kiosk.run() == ["NotSaved", "CheckedIn"]
    assert book.status().entries == 1


def test_one_frame_that_breaks_a_step_does_not_end_the_morning(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"] * 2, [BUDI])
    broken = iter([True, False])

    def assess(frame: Frame) -> Quality:
        if next(broken):
            raise ZeroDivisionError
        return Quality(100, 30, 50)

    kiosk.path = replace(kiosk.path, assess=assess)
    assert kiosk.run() == ["NotSaved", "CheckedIn"]
    assert isinstance(kiosk.screen.outcomes[0], NotSaved)


def test_a_camera_that_sends_nothing_is_shown_and_the_watchdog_is_still_fed(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, [None, None, "cam"], [BUDI])
    assert kiosk.run() == ["Blind", "Blind", "CheckedIn"]
    assert isinstance(kiosk.screen.outcomes[0], Blind)
    assert kiosk.beats == 3


def test_each_replayed_file_is_a_new_scene(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["a.png", "b.png"], [BUDI, BUDI])
    assert kiosk.run() == ["CheckedIn", "CheckedIn"]
    assert not any(isinstance(outcome, StillThere) for outcome in kiosk.screen.outcomes)

"""Frame by frame: what is recorded, what is not, and what the person is told."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path as File
from typing import Any

import numpy as np
import pytest

from terminal import attend, daemon
from terminal.config import Attend, Terminal
from terminal.errors import OutboxError
from terminal.evidence import Patience
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
    Probe,
    Quality,
    Reason,
    Rejected,
    Template,
)
from tests.values import WORKDAY, SetClock

PIXELS = np.zeros((48, 64), np.uint8)
IRIS = IrisMap(Ellipse(1, 1, 1, 1, 0), Ellipse(1, 1, 2, 2, 0), np.ones((48, 64), np.bool_), 1.0, 1.0, 0.0, "m", None)
TEMPLATE = Template(np.zeros((1, 1), np.uint64), np.zeros((1, 1), np.uint64), "m")


class Scenes:
    """A camera that shows one frame after another, `seconds` apart; a file is a scene of one frame, "cam" goes on."""

    def __init__(self, clock: SetClock, sources: list[str | None], seconds: float = 0.2) -> None:
        self._clock, self._sources, self._seconds = clock, sources, seconds

    def frames(self) -> Iterator[Frame | None]:
        for source in self._sources:
            self._clock.pass_s(self._seconds)
            yield Frame(PIXELS, "test", source, self._clock.now(), source.endswith(".png")) if source else None

    def close(self) -> None:
        pass


class Seen:
    """A screen that remembers."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []

    def show(self, frame: Frame | None, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


class Kiosk:
    """A path whose recognition says what the test wants, on a real book.

    `people` is what is decided frame by frame; `faces` who stands there: frames of the same face agree. `fused` is how many
    frames each decision was taken from.
    """

    def __init__(
        self, folder: File, sources: list[str | None], people: list[Decision], seconds: float = 0.2, faces: str = ""
    ) -> None:
        clock = SetClock()
        self.screen, self.book = Seen(), Outbox(folder / "outbox.db", "kiosk-1")
        answers = iter(people)
        standing = iter(faces or "a" * len(sources))
        self.fused: list[int] = []

        def search(template: Template) -> Probe:
            return Probe(replace(template, model=next(standing)), None, np.zeros(1, np.float32), 0)

        def decide(evidence: Sequence[Probe]) -> Decision:
            self.fused.append(len(evidence))
            return next(answers)

        settings = Attend(schedule=(WORKDAY,))
        self.path = daemon.Path(
            camera=Scenes(clock, sources, seconds),
            assess=lambda frame: Quality(100, 30, 50),
            segment=lambda frame: (IRIS,),
            check_alive=lambda frame, irises: Live("frame:0.93"),
            encode=lambda frame, irises: (TEMPLATE,),
            search=search,
            agree=lambda one, other: one.template.model == other.template.model,
            decide=decide,
            to_record=partial(attend.to_record, Terminal(id="kiosk-1", office="o"), settings),
            ledger=self.book,
            screen=self.screen,
            clock=clock,
            patience=Patience(frames=4, seconds=1.0),
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


NOBODY = Rejected(Reason.UNKNOWN, 0.45)


def test_a_stranger_is_told_so_after_enough_frames_and_leaves_no_record(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"] * 5, [NOBODY] * 5)
    assert kiosk.run() == [*["Undecided"] * 3, "NotCheckedIn", "Undecided"]
    assert kiosk.fused == [1, 2, 3, 4, 1]
    assert kiosk.book.status().entries == 0


def test_a_stranger_before_a_slow_camera_is_told_so_within_the_bound(tmp_path: File) -> None:
    assert Kiosk(tmp_path, ["cam"] * 4, [NOBODY] * 4, seconds=0.5).run() == [
        *["Undecided"] * 2,
        "NotCheckedIn",
        "Undecided",
    ]


def test_a_stranger_whose_frames_do_not_even_agree_is_told_so_as_soon(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"] * 4, [NOBODY] * 4, faces="abcd")
    assert kiosk.run() == [*["Undecided"] * 3, "NotCheckedIn"]
    assert kiosk.fused == [1, 1, 1, 1]


def test_who_is_known_by_the_third_frame_is_never_told_unknown(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"] * 3, [NOBODY, NOBODY, BUDI])
    assert kiosk.run() == ["Undecided", "Undecided", "CheckedIn"]
    assert kiosk.fused == [1, 2, 3]


def test_a_single_picture_is_decided_by_itself(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["a.png", "b.png", "c.png"], [NOBODY, BUDI, NOBODY])
    assert kiosk.run() == ["NotCheckedIn", "CheckedIn", "NotCheckedIn"]
    assert kiosk.fused == [1, 1, 1]


def test_frames_of_two_people_are_never_fused(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"] * 4, [NOBODY, NOBODY, NOBODY, SITI], faces="aabb")
    kiosk.run()
    assert kiosk.fused == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("sources", "seconds"), [(["cam", "cam", "other", "other"], 0.2), (["cam"] * 4, 0.8)], ids=["scene", "gap"]
)
def test_evidence_ends_with_its_scene_and_with_a_gap(tmp_path: File, sources: list[str | None], seconds: float) -> None:
    kiosk = Kiosk(tmp_path, sources, [NOBODY] * 4, seconds)
    assert set(kiosk.run()) == {"Undecided"}
    assert kiosk.fused[2] == 1


def test_evidence_ends_with_a_decision(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"] * 4, [NOBODY, BUDI, NOBODY, NOBODY])
    assert kiosk.run() == ["Undecided", "CheckedIn", "Undecided", "Undecided"]
    assert kiosk.fused == [1, 2, 1, 2]


def test_a_blurred_frame_between_says_so_and_loses_no_evidence(tmp_path: File) -> None:
    kiosk = Kiosk(tmp_path, ["cam"] * 3, [NOBODY, BUDI])
    qualities: Iterator[Quality | Reason] = iter([Quality(100, 30, 50), Reason.BLURRED, Quality(100, 30, 50)])
    kiosk.path = replace(kiosk.path, assess=lambda frame: next(qualities))
    assert kiosk.run() == ["Undecided", "NotCheckedIn", "CheckedIn"]
    assert kiosk.fused == [1, 2]


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

"""Which one thing the screen says, and for how long."""

from itertools import pairwise
from typing import Any

import pytest

from terminal.kiosk import text
from terminal.kiosk.notice import IDLE, Notices, Tone
from terminal.outcome import Blind, CheckedIn, NotCheckedIn, NotSaved, Outcome, StillThere, Undecided
from terminal.sync.wire import GENESIS, Entry
from terminal.types import Reason, Rejected
from tests.values import a_check_in

FRAME_S = 1 / 15


@pytest.fixture
def notices() -> Notices:
    return Notices({"p-17": "Siti", "p-18": "Budi"}.__getitem__)


def accepted(person: str = "p-17", **changes: Any) -> CheckedIn:
    return CheckedIn(Entry("kiosk-1", "e1", 1, GENESIS, a_check_in(person=person, **changes)))


def refused(reason: Reason) -> NotCheckedIn:
    return NotCheckedIn(Rejected(reason, 0.41))


def watch(notices: Notices, outcome: Outcome, from_s: float, to_s: float, source: str = "cam") -> list[Tone]:
    """Show the same outcome for some time of a live camera, and return the tones seen."""
    seen = []
    for frame in range(round((to_s - from_s) / FRAME_S)):
        now_s = from_s + frame * FRAME_S
        notices.take(source, outcome, now_s)
        seen.append(notices.now(now_s).tone)
    return seen


def settle(notices: Notices) -> None:
    """A live camera has been looking at nobody for a while."""
    watch(notices, refused(Reason.NO_EYE), 0.0, 1.0)


def test_a_success_is_shown_at_once_and_for_two_seconds(notices: Notices) -> None:
    settle(notices)
    watch(notices, refused(Reason.BLURRED), 1.0, 2.0)
    notices.take("cam", accepted(), 2.0)
    assert notices.now(2.0).words["id"].headline == "Siti"
    assert notices.now(3.99).tone is Tone.YES
    assert notices.now(4.01) == IDLE


def test_a_success_is_not_talked_over(notices: Notices) -> None:
    notices.take("cam", accepted(), 1.0)
    assert set(watch(notices, refused(Reason.UNKNOWN), 1.0, 2.9)) == {Tone.YES}


def test_the_next_person_in_a_queue_replaces_the_one_before(notices: Notices) -> None:
    notices.take("cam", accepted("p-17"), 1.0)
    notices.take("cam", accepted("p-18"), 1.5)
    assert notices.now(1.5).words["id"].headline == "Budi"
    assert notices.now(3.4).words["id"].headline == "Budi"


def test_unknown_is_said_at_once_and_for_two_seconds(notices: Notices) -> None:
    settle(notices)
    notices.take("cam", refused(Reason.UNKNOWN), 1.0)
    assert notices.now(1.0).tone is notices.now(2.9).tone is Tone.NO
    assert notices.now(3.01) == IDLE


def test_a_person_still_looked_at_is_told_nothing_yet(notices: Notices) -> None:
    settle(notices)
    assert set(watch(notices, Undecided(), 1.0, 2.5)) == {Tone.IDLE}
    notices.take("cam", accepted(), 2.5)
    assert notices.now(2.5).tone is Tone.YES


def test_a_success_replaces_the_refusal_of_the_try_before(notices: Notices) -> None:
    notices.take("cam", refused(Reason.AMBIGUOUS), 1.0)
    notices.take("cam", accepted(), 1.5)
    assert notices.now(1.5).tone is Tone.YES


def test_a_refusal_of_a_new_scene_is_said_at_once(notices: Notices) -> None:
    settle(notices)
    notices.take("stranger.png", refused(Reason.UNKNOWN), 1.0)
    assert notices.now(1.0).tone is Tone.NO


def test_a_single_poor_frame_says_nothing(notices: Notices) -> None:
    settle(notices)
    notices.take("cam", refused(Reason.TOO_FAR), 1.0)
    assert notices.now(1.0) == IDLE


def test_guidance_does_not_flicker_between_two_reasons(notices: Notices) -> None:
    settle(notices)
    said = []
    for frame in range(120):
        notices.take("cam", refused(Reason.TOO_FAR if frame // 20 % 2 else Reason.BLURRED), 1.0 + frame * FRAME_S)
        said.append(notices.now(1.0 + frame * FRAME_S).words)
    changes = [at for at in range(1, 120) if said[at] != said[at - 1]]
    assert text.REASONS[Reason.TOO_FAR] in said and text.REASONS[Reason.BLURRED] in said
    assert all(later - sooner >= 0.7 / FRAME_S for sooner, later in pairwise(changes))


def test_nobody_in_sight_is_idle(notices: Notices) -> None:
    assert set(watch(notices, refused(Reason.NO_EYE), 0.0, 5.0)) == {Tone.IDLE}


def test_a_record_not_saved_is_red_whatever_stood_there(notices: Notices) -> None:
    notices.take("cam", accepted(), 1.0)
    notices.take("cam", NotSaved("disk full"), 1.1)
    assert notices.now(1.1).tone is Tone.FAULT
    assert notices.now(1.1).words == text.NOT_SAVED


def test_a_blind_kiosk_says_so_as_long_as_it_is_blind(notices: Notices) -> None:
    for beat in range(10):
        notices.take(None, Blind(), float(beat))
        assert notices.now(beat + 0.9).words == text.BLIND
    assert notices.now(60.0) == IDLE


def test_who_stays_after_the_success_learns_that_it_is_recorded(notices: Notices) -> None:
    notices.take("cam", accepted(), 1.0)
    tones = watch(notices, StillThere("p-17"), 1.1, 4.0)
    assert tones[0] is Tone.YES
    assert tones[-1] is Tone.GUIDE
    assert notices.now(3.9).words == text.STILL_THERE


def test_a_late_check_in_stands_out_and_its_repeat_does_not(notices: Notices) -> None:
    cases: list[tuple[dict[str, Any], bool]] = [
        ({"late_minutes": 0}, True),
        ({"late_minutes": 5}, False),
        ({"repeat_of": 1}, True),
    ]
    for changes, punctual in cases:
        notices.take("cam", accepted(**changes), 1.0)
        assert notices.now(1.0).punctual is punctual

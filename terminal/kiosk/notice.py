"""Which one thing the screen says now: success and refusal at once, guidance only when it lasts and without flicker."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from terminal.kiosk import text
from terminal.kiosk.text import LANGUAGES, Language, Words
from terminal.outcome import Blind, CheckedIn, NotCheckedIn, NotSaved, Outcome, StillThere, Undecided
from terminal.sync.wire import CheckIn
from terminal.types import Reason

SUCCESS_S = 2.0  # long enough to read a name and a time, short enough for a queue of 3 s a person
FAULT_S = 3.0
REFUSAL_S = 2.0
GUIDANCE_S = 0.8  # no guidance is replaced by another one sooner
FORGET_S = 1.0  # what has not been in the way for this long starts anew
GUIDE_AFTER_S = 0.3  # a single blurred frame of somebody walking up is no reason to speak

REFUSALS = frozenset({Reason.UNKNOWN, Reason.AMBIGUOUS})  # said after enough frames, so there is nothing to wait for


class Tone(StrEnum):
    """The colour and icon of a notice, the weightier the later."""

    IDLE = "idle"
    GUIDE = "guide"
    NO = "no"
    FAULT = "fault"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing said, in every language of the screen."""

    tone: Tone
    words: dict[Language, Words]
    punctual: bool = True  # false: the lateness stands out


IDLE = Notice(Tone.IDLE, text.IDLE)


@dataclass(frozen=True, slots=True)
class _Shown:
    notice: Notice
    until_s: float


@dataclass(frozen=True, slots=True)
class _Streak:
    """How long the same thing has stood in the way; other outcomes in between do not end it at once."""

    reason: Reason
    since_s: float
    last_s: float


class Notices:
    """Takes the outcome of every frame, and tells what to show. One thread may take while others ask."""

    def __init__(self, name_of: Callable[[str], str]) -> None:
        self._name_of = name_of
        self._shown = _Shown(IDLE, 0.0)
        self._source: str | None = None
        self._streak: _Streak | None = None

    def take(self, source: str | None, outcome: Outcome, now_s: float) -> None:
        """Note what became of a frame of `source`; a source not seen before is a new scene."""
        new_scene = source is not None and source != self._source
        self._source = source or self._source
        match outcome:
            case CheckedIn(entry):
                self._streak = None
                self._shown = _Shown(_success(entry.check_in, self._name_of(entry.check_in.person)), now_s + SUCCESS_S)
            case NotSaved():
                self._streak = None
                self._shown = _Shown(Notice(Tone.FAULT, text.NOT_SAVED), now_s + FAULT_S)
            case Blind():
                self._offer(Notice(Tone.FAULT, text.BLIND), now_s, FAULT_S)
            case StillThere():
                self._streak = None
                self._offer(Notice(Tone.GUIDE, text.STILL_THERE), now_s, GUIDANCE_S)
            case Undecided():
                pass  # a readable frame: nothing is in the way, and nothing is decided
            case NotCheckedIn(rejected):
                self._refuse(rejected.reason, new_scene, now_s)

    def now(self, now_s: float) -> Notice:
        """What to show at this moment."""
        shown = self._shown
        return shown.notice if now_s < shown.until_s else IDLE

    def _refuse(self, reason: Reason, new_scene: bool, now_s: float) -> None:
        if reason is Reason.NO_EYE:  # nobody there: the idle screen already asks to look at the camera
            self._streak = None
        elif reason in REFUSALS:
            self._streak = None
            self._offer(Notice(Tone.NO, text.REASONS[reason]), now_s, REFUSAL_S)
        elif self._lasts(reason, new_scene, now_s) >= GUIDE_AFTER_S or new_scene:
            self._offer(Notice(Tone.GUIDE, text.REASONS[reason]), now_s, GUIDANCE_S)

    def _lasts(self, reason: Reason, new_scene: bool, now_s: float) -> float:
        """Return for how many seconds this has been going on."""
        streak = self._streak
        if streak is None or new_scene or streak.reason is not reason or now_s - streak.last_s > FORGET_S:
            streak = _Streak(reason, now_s, now_s)
        self._streak = replace(streak, last_s=now_s)
        return now_s - streak.since_s

    def _offer(self, notice: Notice, now_s: float, hold_s: float) -> None:
        """Show a notice unless a weightier one, or another of the same weight, still has its time."""
        weights = list(Tone)
        shown = self.now(now_s)
        if notice == shown or weights.index(notice.tone) > weights.index(shown.tone):
            self._shown = _Shown(notice, now_s + hold_s)


def clock_time(utc_ns: int, zone: ZoneInfo) -> str:
    """A moment as HH:MM:SS of a zone."""
    return datetime.fromtimestamp(utc_ns // 1_000_000_000, UTC).astimezone(zone).strftime("%H:%M:%S")


def _success(check_in: CheckIn, name: str) -> Notice:
    at = clock_time(check_in.captured_utc_ns, ZoneInfo(check_in.zone))
    words = {language: text.checked_in(check_in, name, at, language) for language in LANGUAGES}
    counts = check_in.repeat_of is None
    return Notice(Tone.YES, words, punctual=not (counts and (check_in.late_minutes or check_in.early_minutes)))

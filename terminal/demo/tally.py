"""Keeps count of what a demonstration came to, against the truth that only a demonstration knows."""

from collections import Counter

from terminal.demo.cast import Cast
from terminal.outcome import CheckedIn, NotCheckedIn, Outcome, StillThere, Undecided
from terminal.ports import Screen
from terminal.types import Frame

NEVER_SHOWN = "unreadable"


class Tally:
    """A screen that counts, and passes on what it sees to the real one."""

    def __init__(self, cast: Cast, screen: Screen) -> None:
        self._truth = {shot.source: shot.person for shot in cast.probes}
        self._awaited = set(self._truth)
        self._screen = screen
        self.accepted = 0
        self.wrong_person = 0
        self.unknown_accepted = 0
        self.rejected: Counter[str] = Counter()

    def show(self, frame: Frame | None, outcome: Outcome) -> None:
        """Count one outcome."""
        if frame is not None and not isinstance(outcome, Undecided):
            self._count(frame.source, outcome)
        self._screen.show(frame, outcome)

    def finish(self) -> None:
        """Count the probes that never came before the camera as rejected."""
        if self._awaited:
            self.rejected[NEVER_SHOWN] += len(self._awaited)

    def _count(self, source: str, outcome: Outcome) -> None:
        self._awaited.discard(source)
        person = self._truth.get(source)
        match outcome:
            case CheckedIn(entry):
                self._count_accepted(person, entry.check_in.person)
            case StillThere(who):
                self._count_accepted(person, who)
            case NotCheckedIn(rejected) if person is not None:
                self.rejected[rejected.reason] += 1
            case _ if person is not None:
                self.rejected["fault"] += 1

    def _count_accepted(self, person: str | None, who: str) -> None:
        if person is None:
            self.unknown_accepted += 1
        elif person == who:
            self.accepted += 1
        else:
            self.wrong_person += 1

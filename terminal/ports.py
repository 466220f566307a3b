"""What the daemon needs from the rooms, as narrow protocols: `build.py` fits the real ones, tests fit fakes."""

from collections.abc import Iterator
from typing import Protocol

from terminal.clock import Trust
from terminal.outcome import Outcome
from terminal.sync.wire import CheckIn, Entry
from terminal.types import Bank, Frame, Instant


class Clock(Protocol):
    """Where time comes from, so that a test can be late, early or wrong."""

    def now(self) -> Instant:
        """Return this moment on the wall clock and on the clock that never steps."""
        ...

    def trust(self) -> Trust:
        """Return whether the wall clock is synchronised, as far as the kernel knows."""
        ...

    def boot_id(self) -> str:
        """Return the name of this boot, within which the steady clock compares."""
        ...


class Camera(Protocol):
    """A source of frames. A live one hands out its newest: those nobody was ready for are dropped, never queued."""

    def frames(self) -> Iterator[Frame | None]:
        """Yield frames until the source ends or `close` is called, and None when there is none for a while."""
        ...

    def close(self) -> None:
        """Let the source go; a running `frames()` ends."""
        ...


class Lamps(Protocol):
    """An illuminator whose two banks can be switched apart."""

    def select(self, bank: Bank) -> None:
        """Light only the lamps of a bank, and return once they shine; raise LightError when that cannot be had."""
        ...


class Ledger(Protocol):
    """The durable book of check-ins; what `append` returned is on disk."""

    def append(self, check_in: CheckIn) -> Entry:
        """Write one check-in and return it with its place in the book; raise OutboxError when it is not durable."""
        ...

    def latest_of(self, person: str) -> Entry | None:
        """Return the person's newest entry in this book that is not a repeat."""
        ...

    def close(self) -> None:
        """Let the book go."""
        ...


class Screen(Protocol):
    """What the person in front of the kiosk sees."""

    def show(self, frame: Frame | None, outcome: Outcome) -> None:
        """Take what became of one frame, or of the lack of one; must not block."""
        ...

"""Carries pending entries to the centre, again and again until the centre itself has answered for them.

A window of the oldest entries is under way; each is sent again when no answer came in time or the connection was lost.
The centre keeps one row however often an entry comes, so sending twice costs bytes and never a double record.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from terminal.errors import WireError
from terminal.ports import Clock
from terminal.sync import presence
from terminal.sync.link import Arrived, Confirmed, Connected, Event, Link, Lost
from terminal.sync.outbox import Outbox
from terminal.sync.wire import Address, Kind, unpack_ack

TURN_S = 0.05  # how long a new entry waits at most before it is sent
PAUSE_AFTER_FAULT_S = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is under way, and how long an answer may take."""

    window: int
    resend_after_s: float
    state_every_s: float


class Publisher:
    """The one thread that owns the link. `online`, `pending` and `trouble` may be read from any thread."""

    def __init__(
        self, open_outbox: Callable[[], Outbox], link: Link, address: Address, pace: Pace, clock: Clock
    ) -> None:
        self._open_outbox, self._link, self._address, self._pace, self._clock = open_outbox, link, address, pace, clock
        self._sent_at_s: dict[int, float] = {}  # seq -> when it was handed to the broker on this connection
        self._window = pace.window
        self._state_due_s = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self.online = False
        self.pending = 0
        self.trouble: str | None = None  # what stands in the way, in words for the technician

    def start(self) -> None:
        """Begin to carry."""
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye to the broker and end the thread; what is pending stays in the outbox."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        outbox = self._open_outbox()
        while not self._stop.is_set():
            try:
                self._turn(outbox)
            except Exception as error:  # the outermost loop: a fault here must not end the carrying
                log.exception("publisher")
                self._start_over(str(error))
        if self._link.up:
            self._link.publish(
                self._address.topic(Kind.STATE), presence.gone(self._now_ns(), self.pending), retain=True
            )
        self._link.close()
        outbox.close()

    def _turn(self, outbox: Outbox) -> None:
        for event in self._link.turn(TURN_S):
            self._take(event, outbox)
        self.online = self._link.up
        self.pending = outbox.pending_count()
        if self._link.up:
            self._send_due(outbox)
            self._send_state()

    def _take(self, event: Event, outbox: Outbox) -> None:
        match event:
            case Connected(receive_maximum):
                log.info("connected to the broker")
                self.trouble = None
                self._window = min(self._pace.window, receive_maximum)
                self._state_due_s = 0.0
                self._link.subscribe(self._address.topic(Kind.ACK))
            case Lost(why):
                self._sent_at_s.clear()
                self._note(why)
            case Confirmed(_, refused) if refused:
                self._note(f"the broker refused a record: {refused}; check what this terminal may write")
            case Arrived():
                self._link.acknowledge(event)  # if its receipts get lost below, the entries are sent again
                self._acknowledge(event, outbox)
            case Confirmed():
                pass  # the broker has it: that is not proof of storage, so nothing changes

    def _acknowledge(self, message: Arrived, outbox: Outbox) -> None:
        try:
            receipts = unpack_ack(message.payload)
        except WireError as error:
            log.error("on %s: %s", message.topic, error)
            return
        for seq in outbox.acknowledge(receipts, self._now_ns()):
            self._sent_at_s.pop(seq, None)
        for receipt in receipts:
            if receipt.refused is not None:
                log.error("the centre refuses entry %d of %s: %s", receipt.seq, receipt.epoch, receipt.refused)

    def _send_due(self, outbox: Outbox) -> None:
        now_s = time.monotonic()
        for entry in outbox.pending(self._window):
            if now_s - self._sent_at_s.get(entry.seq, -self._pace.resend_after_s) < self._pace.resend_after_s:
                continue
            if self._link.publish(self._address.topic(Kind.RECORD), entry.payload) is None:
                return
            self._sent_at_s[entry.seq] = now_s

    def _send_state(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._state_due_s:
            self._state_due_s = now_s + self._pace.state_every_s
            self._link.publish(
                self._address.topic(Kind.STATE), presence.alive(self._now_ns(), self.pending), retain=True
            )

    def _start_over(self, trouble: str) -> None:
        """Drop the connection after a fault: what was under way on it is sent again on the next one."""
        self._note(trouble)
        self._link.close()
        self._sent_at_s.clear()
        self.online = False
        self._stop.wait(PAUSE_AFTER_FAULT_S)

    def _note(self, trouble: str) -> None:
        if trouble != self.trouble:
            log.warning("%s", trouble)
        self.trouble = trouble

    def _now_ns(self) -> int:
        return self._clock.now().utc_ns

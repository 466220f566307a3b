"""Bytes from the broker become rows, and only rows that are durable are acknowledged to their terminal."""

import json
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from central.errors import StoreError
from central.store import Heard, Item, Poison, Received, Store
from central.zones import find_zone, local_day
from terminal.errors import WireError
from terminal.sync.link import Arrived, Confirmed, Connected, Link, Lost
from terminal.sync.wire import (
    MAX_INTEGER,
    NAME,
    Address,
    Kind,
    Receipt,
    digest,
    pack_ack,
    parse_topic,
    subscription,
    unpack,
    unpack_state,
)

BATCH_MAX = 500  # messages a transaction: 7,000 to 9,000 rows/s on SQLite, measured
BATCH_S = 0.05  # a message waits at most this long for company
PAUSE_S = 0.004  # the broker has nothing more for now: its window (20 by default at mosquitto) may be full
IDLE_S = 0.5
RETRY_S = 1.0
UNREADABLE_BYTES = 65_536  # beyond this nobody looks for a sequence number in a message that cannot be read

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Condition:
    """How the ingest is doing: connected to the broker, and why it cannot store (None when it can)."""

    connected: bool
    trouble: str | None


def take(store: Store, messages: Sequence[Arrived], now_utc_ns: int) -> list[tuple[Address, list[Receipt]]]:
    """Store a batch in one transaction and return the answer to each terminal; raise StoreError, nothing stored."""
    answers = store.keep(read(message, now_utc_ns) for message in messages)
    for address, receipt in answers:
        if receipt.refused is not None:
            log.error("refused: terminal %s seq %d: %s", address.terminal, receipt.seq, receipt.refused)
    by_terminal = sorted(answers, key=lambda answer: answer[0].topic(Kind.ACK))
    return [(to, [receipt for _, receipt in group]) for to, group in groupby(by_terminal, key=lambda answer: answer[0])]


def read(message: Arrived, now_utc_ns: int) -> Item:
    """What a message is to be stored as."""
    address = None
    try:
        address, kind = parse_topic(message.topic)
        if kind is Kind.STATE:
            return Heard(address, unpack_state(message.payload), now_utc_ns)
        return _read_record(address, message.payload, now_utc_ns)
    except WireError as error:
        refusal = _refusal(message.payload) if address and kind is Kind.RECORD else None
        return Poison(
            message.topic,
            message.payload,
            str(error.args[0]),
            now_utc_ns,
            (address, refusal) if address and refusal else None,
        )


def _read_record(address: Address, payload: bytes, now_utc_ns: int) -> Received:
    entry = unpack(payload)
    if (entry.terminal, entry.check_in.office) != (address.terminal, address.office):
        hint = "let the broker's access list tie each terminal to its own topics"
        raise WireError(f"a record of {entry.terminal} at {entry.check_in.office} on the topic of another", hint=hint)
    zone = find_zone(entry.check_in.zone)
    if zone is None:
        raise WireError(f"no time zone {entry.check_in.zone!r}", hint="correct terminal.zone at the kiosk")
    return Received(address, entry, payload, local_day(entry.check_in.captured_utc_ns, zone), now_utc_ns)


def _refusal(payload: bytes) -> Receipt | None:
    """The answer that lets a terminal go on behind a record nobody can read, if it can be told which one it is."""
    if len(payload) > UNREADABLE_BYTES:
        return None
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    epoch, seq = message.get("epoch"), message.get("seq")
    if not isinstance(epoch, str) or not NAME.fullmatch(epoch) or type(seq) is not int or not 0 < seq <= MAX_INTEGER:
        return None
    return Receipt(epoch, seq, digest(payload), "quarantined")


class Ingest:
    """The thread that owns the link to the broker and the writing side of the store."""

    def __init__(self, link: Link, database: Path, shard: str | None) -> None:
        self._link, self._database, self._shard = link, database, shard or "+"
        self._held: list[Arrived] = []
        self._oldest_s = 0.0
        self.condition = Condition(connected=False, trouble=None)  # replaced whole, so other threads may read it
        self.turned_at_s = time.monotonic()  # when the loop last came round

    def run(self, stop: threading.Event) -> None:
        """Take records in until `stop` is set."""
        store = Store(self._database)
        while not stop.is_set():
            self.turned_at_s = time.monotonic()
            quiet = len(self._held) < BATCH_MAX and self._listen()  # full: leave the rest with the broker
            if self._held and (quiet or self._is_full()) and not self._keep(store):
                stop.wait(RETRY_S)
        self._link.close()
        store.close()

    def _is_full(self) -> bool:
        return len(self._held) >= BATCH_MAX or time.monotonic() - self._oldest_s >= BATCH_S

    def _listen(self) -> bool:
        """Hear what the link has, and return whether it had nothing."""
        events = self._link.turn(PAUSE_S if self._held else IDLE_S)
        for event in events:
            match event:
                case Connected():
                    log.info("connected to the broker")
                    self.condition = replace(self.condition, connected=True)
                    self._link.subscribe(subscription(Kind.RECORD, self._shard))
                    self._link.subscribe(subscription(Kind.STATE, self._shard))
                case Lost(why):
                    log.warning("no broker: %s", why)
                    self.condition = replace(self.condition, connected=False)
                    self._held.clear()  # message ids die with their connection; the terminals send these again
                case Arrived():
                    if not self._held:
                        self._oldest_s = time.monotonic()
                    self._held.append(event)
                case Confirmed(_, refused) if refused is not None:
                    log.error("the broker refuses our acknowledgements: %s; check its access list", refused)
        return not events

    def _keep(self, store: Store) -> bool:
        try:
            answers = take(store, self._held, time.time_ns())
        except StoreError as error:
            if self.condition.trouble is None:
                log.error("nothing can be stored, so nothing is acknowledged: %s", error)
            self.condition = replace(self.condition, trouble=str(error))
            return False
        if self.condition.trouble is not None:
            log.warning("storing again")
            self.condition = replace(self.condition, trouble=None)
        for address, receipts in answers:
            self._link.publish(address.topic(Kind.ACK), pack_ack(receipts))
        for message in self._held:
            self._link.acknowledge(message)
        self._held.clear()
        return True

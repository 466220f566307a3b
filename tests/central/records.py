"""Records as a terminal would write them, for the tests of the centre."""

import socket
import time
from dataclasses import replace
from datetime import datetime
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from terminal.sync.link import Arrived, Connected, Endpoint, Link
from terminal.sync.wire import (
    GENESIS,
    Address,
    Entry,
    Kind,
    Receipt,
    digest,
    pack,
    unpack_ack,
)
from tests.values import a_check_in

ADDRESS = Address("0", "camat-1", "kiosk-1")
EPOCH = "e1"
AGAIN_AFTER_S = 0.5
NOW_UTC_NS = 1_790_000_000_000_000_000
message_ids = count(1)

CHECK_IN = a_check_in(office="camat-1", person="p-0001", late_minutes=0)


def at(local: str, zone: str = "Asia/Jakarta") -> int:
    """UTC nanoseconds of a local time, as in at("2026-11-23 07:42:10")."""
    return int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000_000


def entry(seq: int = 1, local: str = "2026-11-23 07:20:00", epoch: str = EPOCH, **changes: Any) -> Entry:
    """One entry of kiosk-1, captured at a local time of its zone."""
    check_in = replace(CHECK_IN, **changes)
    return Entry("kiosk-1", epoch, seq, GENESIS, replace(check_in, captured_utc_ns=at(local, check_in.zone)))


def arrived(payload: bytes | Entry, address: Address = ADDRESS, kind: Kind = Kind.RECORD) -> Arrived:
    """The message that brings it."""
    data = pack(payload) if isinstance(payload, Entry) else payload
    return Arrived(address.topic(kind), data, next(message_ids), 1)


def chain(number: int) -> list[bytes]:
    """The first entries of a book, chained, packed."""
    payloads: list[bytes] = []
    for seq in range(1, number + 1):
        before = digest(payloads[-1]) if payloads else GENESIS
        payloads.append(pack(replace(entry(seq, person=f"p-{seq:04d}"), previous=before)))
    return payloads


class Sender:
    """A terminal in the plainest form: says everything again until the centre has answered for it."""

    def __init__(self, host: str, port: int) -> None:
        self._link = Link(Endpoint(host, port, tls=False), "kiosk-1", Random(1))
        self.receipts: dict[int, Receipt] = {}

    def send(self, payloads: list[bytes], timeout_s: float) -> bool:
        """Say seq 1 .. n until all are answered; return whether they were in time."""
        deadline_s, sent_s = time.monotonic() + timeout_s, 0.0
        while time.monotonic() < deadline_s and len(self.receipts) < len(payloads):
            if self._link.up and time.monotonic() - sent_s > AGAIN_AFTER_S:
                sent_s = time.monotonic()
                for seq, payload in enumerate(payloads, 1):
                    if seq not in self.receipts:
                        self._link.publish(ADDRESS.topic(Kind.RECORD), payload)
            self._turn()
        return len(self.receipts) >= len(payloads)

    def say(self, kind: Kind, payload: bytes) -> None:
        """Publish one message and give it the time to leave."""
        while not self._link.up:
            self._turn()
        self._link.publish(ADDRESS.topic(kind), payload, retain=kind is Kind.STATE)
        self._turn()

    def close(self) -> None:
        self._link.close()

    def _turn(self) -> None:
        for event in self._link.turn(0.02):
            if isinstance(event, Connected):
                self._link.subscribe(ADDRESS.topic(Kind.ACK))
            elif isinstance(event, Arrived):
                self.receipts |= {receipt.seq: receipt for receipt in unpack_ack(event.payload)}
                self._link.acknowledge(event)


def busy_port() -> socket.socket:
    """A listening socket on a port of loopback."""
    return socket.create_server(("127.0.0.1", 0))

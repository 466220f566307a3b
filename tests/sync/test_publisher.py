"""The publisher and a real broker: records go on being sent until the centre itself has answered."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest

from terminal.sync import presence
from terminal.sync.link import Arrived, Connected, Endpoint, Link
from terminal.sync.outbox import Outbox
from terminal.sync.publisher import Pace, Publisher
from terminal.sync.wire import Address, Kind, Receipt, digest, pack_ack, unpack, unpack_state
from tests.broker import Mosquitto
from tests.values import SetClock, a_check_in

ADDRESS = Address("0", "36.74.03", "kiosk-1")
PACE = Pace(window=10, resend_after_s=0.5, state_every_s=0.5)


class ScriptedCentre:
    """A centre that hears everything and answers only when told."""

    def __init__(self, broker: Mosquitto) -> None:
        self._link = Link(Endpoint(broker.host, broker.port, tls=False), "centre", Random(1))
        self.records: list[bytes] = []
        self.states: list[bool] = []
        self.answers: Callable[[bytes], Receipt | None] = lambda payload: None

    def listen(self, until: Callable[[], bool], at_most_s: float = 10.0) -> None:
        deadline_s = time.monotonic() + at_most_s
        while not until():
            assert time.monotonic() < deadline_s, "it did not come about"
            for event in self._link.turn(0.02):
                if isinstance(event, Connected):
                    self._link.subscribe(ADDRESS.topic(Kind.RECORD))
                    self._link.subscribe(ADDRESS.topic(Kind.STATE))
                if isinstance(event, Arrived):
                    self._take(event)

    def send(self, payload: bytes) -> None:
        self._link.publish(ADDRESS.topic(Kind.ACK), payload)

    def _take(self, message: Arrived) -> None:
        self._link.acknowledge(message)
        if message.topic.endswith(Kind.STATE):
            self.states.append(unpack_state(message.payload).online)
            return
        self.records.append(message.payload)
        receipt = self.answers(message.payload)
        if receipt:
            self.send(pack_ack([receipt]))


def stored(payload: bytes) -> Receipt:
    entry = unpack(payload)
    return Receipt(entry.epoch, entry.seq, digest(payload))


@pytest.fixture
def book(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox.db", "kiosk-1")


@pytest.fixture
def publisher(tmp_path: Path, mosquitto: Mosquitto, book: Outbox) -> Iterator[Publisher]:
    will = presence.will(ADDRESS, 1, 0)
    link = Link(Endpoint(mosquitto.host, mosquitto.port, tls=False), "kiosk-1", Random(2), will)
    carrying = Publisher(partial(Outbox, tmp_path / "outbox.db", "kiosk-1"), link, ADDRESS, PACE, SetClock())
    carrying.start()
    yield carrying
    carrying.stop()


def test_an_answered_record_is_done_and_an_unanswered_one_comes_again(
    mosquitto: Mosquitto, book: Outbox, publisher: Publisher
) -> None:
    centre = ScriptedCentre(mosquitto)
    centre.listen(lambda: bool(centre.states))
    book.append(a_check_in())
    centre.listen(lambda: len(centre.records) >= 3)  # the broker's PUBACK came each time, and counts for nothing
    assert book.pending_count() == 1
    centre.answers = stored
    centre.listen(lambda: book.pending_count() == 0)
    assert len(set(centre.records)) == 1


def test_a_backlog_larger_than_the_window_arrives_in_order(
    mosquitto: Mosquitto, book: Outbox, publisher: Publisher
) -> None:
    centre = ScriptedCentre(mosquitto)
    centre.answers = stored
    centre.listen(lambda: bool(centre.states))  # it hears: what is sent before that comes again, and later
    for _ in range(45):
        book.append(a_check_in())
    centre.listen(lambda: book.pending_count() == 0)
    first_times = list(dict.fromkeys(unpack(payload).seq for payload in centre.records))
    assert first_times == list(range(1, 46))


def test_records_made_while_the_broker_is_dead_arrive_when_it_is_back(
    mosquitto: Mosquitto, book: Outbox, publisher: Publisher
) -> None:
    centre = ScriptedCentre(mosquitto)
    centre.answers = stored
    book.append(a_check_in())
    centre.listen(lambda: book.pending_count() == 0)
    mosquitto.kill()
    for _ in range(5):
        book.append(a_check_in())
    deadline_s = time.monotonic() + 5
    while publisher.online and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert not publisher.online
    mosquitto.start()
    centre.listen(lambda: book.pending_count() == 0, at_most_s=20)
    assert {unpack(payload).seq for payload in centre.records} == set(range(1, 7))


def test_a_poisonous_acknowledgement_changes_nothing_and_stops_nothing(
    mosquitto: Mosquitto, book: Outbox, publisher: Publisher
) -> None:
    centre = ScriptedCentre(mosquitto)
    centre.listen(lambda: bool(centre.states))
    for poison in (b"", b"{}", b"\xff", b'{"v":1,"receipts":[[1]]}', b"[" * 5000):
        centre.send(poison)
    centre.answers = stored
    book.append(a_check_in())
    centre.listen(lambda: book.pending_count() == 0)


def test_the_broker_tells_when_the_terminal_is_gone(mosquitto: Mosquitto, book: Outbox, publisher: Publisher) -> None:
    centre = ScriptedCentre(mosquitto)
    centre.listen(lambda: bool(centre.states))
    assert centre.states[-1]
    publisher.stop()
    centre.listen(lambda: not centre.states[-1])


def test_trouble_with_the_broker_is_told_in_words(tmp_path: Path, book: Outbox) -> None:
    link = Link(Endpoint("127.0.0.1", 1, tls=False), "kiosk-1", Random(2))
    carrying = Publisher(partial(Outbox, tmp_path / "outbox.db", "kiosk-1"), link, ADDRESS, PACE, SetClock())
    carrying.start()
    book.append(a_check_in())
    deadline_s = time.monotonic() + 5
    while not (carrying.trouble and carrying.pending) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    carrying.stop()
    assert carrying.trouble is not None
    assert "127.0.0.1:1" in carrying.trouble
    assert carrying.pending == 1

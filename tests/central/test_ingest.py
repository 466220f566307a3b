"""What comes from the broker becomes rows, and only rows are acknowledged."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from central.errors import StoreError
from central.ingest import take
from central.store import Alarms, Store
from terminal.sync.wire import Address, Kind, Receipt, State, digest, pack, pack_ack, pack_state, unpack_ack
from tests.central.records import ADDRESS, EPOCH, NOW_UTC_NS, arrived, chain, entry


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "central.db")
    yield store
    store.close()


def receipts(store: Store, *payloads: bytes, address: Address = ADDRESS) -> list[Receipt]:
    """What kiosk-1 hears of one batch."""
    answers = take(store, [arrived(payload, address) for payload in payloads], NOW_UTC_NS)
    return [receipt for _, answer in answers for receipt in answer]


@contextmanager
def disk_full() -> Iterator[None]:
    """No file of this process may grow: every write beyond a file's first byte fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_record_is_kept_with_its_bytes_unchanged(store: Store) -> None:
    payloads = chain(3)
    assert receipts(store, *payloads) == [Receipt(EPOCH, seq, digest(p)) for seq, p in enumerate(payloads, 1)]
    assert store.payloads("kiosk-1") == payloads


def test_a_record_sent_twice_is_one_row_and_answered_twice(store: Store) -> None:
    (payload,) = chain(1)
    assert receipts(store, payload) == receipts(store, payload, payload)[:1]
    assert store.records() == 1
    assert store.alarms() == Alarms(0, 0)


def test_other_content_under_a_taken_name_is_refused_and_the_first_stays(store: Store) -> None:
    first, second = pack(entry(1)), pack(entry(1, person="p-0002"))
    receipts(store, first)
    for _ in range(2):
        assert receipts(store, second) == [Receipt(EPOCH, 1, digest(second), "conflict")]
    assert store.payloads("kiosk-1") == [first]
    assert store.alarms() == Alarms(conflicts=1, quarantined=0)


def test_the_same_number_in_a_new_book_is_another_record(store: Store) -> None:
    receipts(store, pack(entry(1)), pack(entry(1, epoch="e2")))
    assert store.records() == 2


def test_each_terminal_gets_its_own_answer(store: Store) -> None:
    other = Address("0", "camat-1", "kiosk-2")
    messages = [arrived(entry(1)), arrived(replace(entry(1), terminal="kiosk-2"), other), arrived(entry(2))]
    answers = take(store, messages, NOW_UTC_NS)
    assert [(to, [r.seq for r in answer]) for to, answer in answers] == [(ADDRESS, [1, 2]), (other, [1])]


@pytest.mark.parametrize("address", [Address("0", "camat-1", "kiosk-9"), Address("0", "camat-9", "kiosk-1")])
def test_a_record_on_the_topic_of_another_is_quarantined(store: Store, address: Address) -> None:
    payload = pack(entry(1))
    assert receipts(store, payload, address=address) == [Receipt(EPOCH, 1, digest(payload), "quarantined")]
    assert (store.records(), store.alarms()) == (0, Alarms(0, 1))


@pytest.mark.parametrize(
    "change",
    [{"v": 2}, {"v": "\x00"}, {"terminal": "a/b"}, {"previous": "x"}, {"check_in": None}, {"check_in": {"person": 1}}],
)
def test_a_record_nobody_can_read_does_not_block_its_terminal(store: Store, change: dict[str, object]) -> None:
    payload = json.dumps(json.loads(pack(entry(7))) | change).encode()
    (refusal,) = receipts(store, payload)
    assert unpack_ack(pack_ack([refusal])) == [Receipt(EPOCH, 7, digest(payload), "quarantined")]
    assert (store.records(), store.alarms()) == (0, Alarms(0, 1))


def test_a_time_zone_that_does_not_exist_is_quarantined(store: Store) -> None:
    for seq, zone in enumerate(("Asia/Nowhere", "", "Asia", "../etc/passwd"), 1):
        payload = pack(entry(seq)).replace(b'"Asia/Jakarta"', json.dumps(zone).encode())
        assert [r.refused for r in receipts(store, payload)] == ["quarantined"]
    assert store.alarms().quarantined == 4


@pytest.mark.parametrize(
    "payload",
    [b"", b"\xff\x00", b"null", b"[" * 40_000, b"9" * 9000, b"x" * 200_000, b'{"epoch":"e1","seq":true}']
    + [b'{"epoch":"' + name + b'","seq":1}' for name in (b"", b"\\u0000", b"\\ud800", b"a b")]
    + [b'{"epoch":"e1","seq":' + seq + b"}" for seq in (b"0", b"-1", b"1.0", b"9223372036854775808")],
)
def test_rubbish_is_quarantined_and_answered_to_nobody(store: Store, payload: bytes) -> None:
    assert receipts(store, payload) == []
    assert (store.records(), store.alarms()) == (0, Alarms(0, 1))


def test_rubbish_among_records_harms_none_of_them(store: Store) -> None:
    good = chain(2)
    assert [r.refused for r in receipts(store, good[0], b"rubbish", good[1])] == [None, None]
    assert store.payloads("kiosk-1") == good


def test_the_same_rubbish_a_thousand_times_is_one_row(store: Store) -> None:
    receipts(store, *[b"rubbish"] * 1000)
    assert store.alarms() == Alarms(0, 1)


def test_a_full_disk_stores_nothing_and_answers_nothing_and_later_everything(store: Store) -> None:
    payloads = chain(40)
    receipts(store, *payloads[:20])
    with disk_full(), pytest.raises(StoreError, match="Next: check the disk"):
        receipts(store, *payloads[20:])
    assert store.payloads("kiosk-1") == payloads[:20]
    assert [r.seq for r in receipts(store, *payloads[20:])] == list(range(21, 41))
    assert store.payloads("kiosk-1") == payloads


def test_a_state_the_broker_only_repeats_is_no_sign_of_life(store: Store) -> None:
    state = State(online=True, at_utc_ns=5, pending=3, version="0.1.0")
    for now_utc_ns, said in ((100, state), (200, state), (300, replace(state, at_utc_ns=6, pending=2))):
        assert take(store, [arrived(pack_state(said), kind=Kind.STATE)], now_utc_ns) == []
        (heard,) = store.terminals()
        assert (heard.address, heard.state) == (ADDRESS, said)
        assert heard.heard_utc_ns == (300 if now_utc_ns == 300 else 100)


def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    payloads = chain(5)
    first = Store(tmp_path / "again.db")
    receipts(first, *payloads)
    first.close()
    again = Store(tmp_path / "again.db")
    assert again.payloads("kiosk-1") == payloads
    again.close()

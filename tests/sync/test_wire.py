"""What goes over the network: one byte form, and nothing else is taken for it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.errors import WireError
from terminal.sync.wire import (
    GENESIS,
    Address,
    Entry,
    Kind,
    Receipt,
    State,
    pack,
    pack_ack,
    pack_state,
    parse_topic,
    unpack,
    unpack_ack,
    unpack_state,
)
from tests.values import a_check_in

ENTRY = Entry("kiosk-1", "0a1b", 3, GENESIS, a_check_in())

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_an_entry_comes_back_as_it_went() -> None:
    assert unpack(pack(ENTRY)) == ENTRY


def test_a_field_from_a_later_version_is_left_aside() -> None:
    message = json.loads(pack(ENTRY)) | {"signature": "later"}
    assert unpack(json.dumps(message).encode()) == ENTRY


@given(st.binary(max_size=200))
def test_bytes_that_are_no_entry_are_refused_with_a_word(payload: bytes) -> None:
    with pytest.raises(WireError):
        unpack(payload)


@given(st.sampled_from(sorted(json.loads(pack(ENTRY))["check_in"])), json_values)
def test_a_field_of_another_kind_is_refused_or_read_whole(name: str, value: Any) -> None:
    message = json.loads(pack(ENTRY))
    message["check_in"][name] = value
    try:
        read = unpack(json.dumps(message).encode())
    except WireError:
        return
    assert getattr(read.check_in, name) == value
    assert unpack(pack(read)) == read


@pytest.mark.parametrize(
    ("name", "value"),
    [("seq", True), ("seq", 0), ("seq", 2**63), ("terminal", "a/b"), ("terminal", "+"), ("previous", "x"), ("v", 2)],
)
def test_an_entry_that_could_do_harm_is_refused(name: str, value: object) -> None:
    with pytest.raises(WireError):
        unpack(json.dumps(json.loads(pack(ENTRY)) | {name: value}).encode())


def test_receipts_and_state_come_back_as_they_went() -> None:
    receipts = [Receipt("0a1b", 1, "f" * 64), Receipt("0a1b", 2, "e" * 64, "conflict")]
    assert unpack_ack(pack_ack(receipts)) == receipts
    state = State(online=True, at_utc_ns=5, pending=2, version="0.1.0")
    assert unpack_state(pack_state(state)) == state


@pytest.mark.parametrize("lines", [{}, [[1, 2]], [["e", "1", "d", None]], [["e", 1, "d", 5]], "x"])
def test_an_acknowledgement_of_another_shape_is_refused(lines: object) -> None:
    with pytest.raises(WireError):
        unpack_ack(json.dumps({"v": 1, "receipts": lines}).encode())


def test_a_topic_says_who_speaks_and_a_foreign_one_is_refused() -> None:
    address = Address("0", "36.74.03", "kiosk-1")
    assert parse_topic(address.topic(Kind.RECORD)) == (address, Kind.RECORD)
    for foreign in ("x", "tatap/v1/0/o/t/xyz", "tatap/v2/0/o/t/rec", "tatap/v1/0/+/t/rec", "tatap/v1/0/o/t/rec/more"):
        with pytest.raises(WireError):
            parse_topic(foreign)

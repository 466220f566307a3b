"""The book: what `append` returned is there after anything that can happen to a kiosk."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from terminal.errors import OutboxError
from terminal.sync.outbox import Outbox
from terminal.sync.wire import GENESIS, Receipt, digest, pack, unpack
from tests.values import a_check_in

WRITER = """
import sys
from pathlib import Path
from terminal.sync.outbox import Outbox
from tests.values import a_check_in
book = Outbox(Path(sys.argv[1]), "kiosk-1")
while True:
    print(book.append(a_check_in()).seq, flush=True)
"""


def test_an_entry_chains_to_the_one_before_it(tmp_path: Path) -> None:
    book = Outbox(tmp_path / "outbox.db", "kiosk-1")
    first, second = book.append(a_check_in()), book.append(a_check_in())
    assert (first.seq, first.previous, second.seq, second.previous) == (1, GENESIS, 2, digest(pack(first)))


def test_every_append_that_returned_survives_a_kill(tmp_path: Path) -> None:
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "outbox.db")], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout
            for _ in range(40):
                seen = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            seen = max([seen, *map(int, writer.stdout.read().split())])
        status = Outbox(tmp_path / "outbox.db", "kiosk-1").status()
        assert status.last_seq >= seen
        assert status.damaged == ()


def test_only_the_centres_own_answer_ends_the_waiting(tmp_path: Path) -> None:
    book = Outbox(tmp_path / "outbox.db", "kiosk-1")
    entry = book.append(a_check_in())
    other_bytes = Receipt(book.epoch, entry.seq, "f" * 64)
    other_epoch = Receipt("another", entry.seq, digest(pack(entry)))
    assert book.acknowledge([other_bytes, other_epoch], 1) == []
    assert book.pending_count() == 1
    assert book.acknowledge([Receipt(book.epoch, entry.seq, digest(pack(entry)))], 1) == [1]
    assert book.pending_count() == 0


def test_a_refused_entry_stops_waiting_and_stays_visible(tmp_path: Path) -> None:
    book = Outbox(tmp_path / "outbox.db", "kiosk-1")
    entry = book.append(a_check_in())
    book.acknowledge([Receipt(book.epoch, 1, digest(pack(entry)), "conflict")], 1)
    status = book.status()
    assert (status.pending, status.refused, status.entries) == (0, 1, 1)


def test_pending_entries_come_oldest_first_and_no_more_than_asked(tmp_path: Path) -> None:
    book = Outbox(tmp_path / "outbox.db", "kiosk-1")
    for _ in range(5):
        book.append(a_check_in())
    assert [one.seq for one in book.pending(3)] == [1, 2, 3]
    assert unpack(book.pending(1)[0].payload).check_in == a_check_in()


def test_the_newest_entry_of_a_person_is_found_past_repeats(tmp_path: Path) -> None:
    book = Outbox(tmp_path / "outbox.db", "kiosk-1")
    first = book.append(a_check_in(person="p-1"))
    book.append(a_check_in(person="p-2"))
    book.append(a_check_in(person="p-1", repeat_of=1))
    assert book.latest_of("p-1") == first
    assert book.latest_of("p-3") is None


@pytest.mark.parametrize(
    "change", ["DELETE FROM entry WHERE seq = 2", "UPDATE entry SET payload = x'00' WHERE seq = 2"]
)
def test_a_row_taken_out_or_changed_shows(tmp_path: Path, change: str) -> None:
    path = tmp_path / "outbox.db"
    book = Outbox(path, "kiosk-1")
    for _ in range(3):
        book.append(a_check_in())
    book.close()
    with sqlite3.connect(path) as db:
        db.execute(change)
    db.close()
    assert Outbox(path, "kiosk-1").status().damaged


def test_a_new_book_is_a_new_epoch_so_numbers_are_never_used_twice(tmp_path: Path) -> None:
    assert Outbox(tmp_path / "a.db", "kiosk-1").epoch != Outbox(tmp_path / "b.db", "kiosk-1").epoch


def test_a_kiosk_does_not_write_into_the_book_of_another(tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox.db", "kiosk-1").close()
    with pytest.raises(OutboxError, match="kiosk-1"):
        Outbox(tmp_path / "outbox.db", "kiosk-2")


def test_a_file_that_is_no_book_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(OutboxError, match="cannot be used"):
        Outbox(path, "kiosk-1")
    assert path.read_bytes() == b"not a database" * 100


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a disk that is too small")
def test_no_entry_is_claimed_when_the_disk_is_full(tmp_path: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tatap-test", str(tmp_path)], check=True)
    try:
        book = Outbox(tmp_path / "outbox.db", "kiosk-1")
        written = 0
        with pytest.raises(OutboxError, match="full"):
            for _ in range(2000):
                book.append(a_check_in())
                written += 1
        assert book.status().last_seq == written
        with pytest.raises(OutboxError):  # and again, not only the first time
            for _ in range(2000):
                book.append(a_check_in())
                written += 1
        assert book.status().last_seq == written
        assert book.status().damaged == ()
        book.close()
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)

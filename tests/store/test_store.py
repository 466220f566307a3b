"""Templates at rest: sealed, whole, and gone when removed."""

import sqlite3
import stat
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from terminal.errors import GalleryError
from terminal.store.carry import export_gallery, import_gallery
from terminal.store.db import GalleryStore
from terminal.store.vault import CREDENTIAL, SALT_BYTES, Vault, vault_of_machine
from terminal.types import Eye, Reference

SALT = b"s" * SALT_BYTES


def reference(person: str, eye: Eye = Eye.LEFT, seed: int = 0) -> Reference:
    code, mask = np.random.default_rng(seed).integers(0, 2**64, (2, 32), dtype=np.uint64)
    return Reference(person, eye, code, mask, "m1")


@pytest.fixture
def store(tmp_path: Path) -> GalleryStore:
    return GalleryStore(tmp_path / "gallery.db", vault_of_machine(tmp_path))


def same(a: list[Reference], b: list[Reference]) -> bool:
    return len(a) == len(b) and all(
        (x.person, x.eye, x.model) == (y.person, y.eye, y.model)
        and np.array_equal(x.code, y.code)
        and np.array_equal(x.mask, y.mask)
        for x, y in zip(a, b, strict=True)
    )


def test_references_come_back_as_they_went(store: GalleryStore) -> None:
    put = [reference("p-1"), reference("p-1", Eye.RIGHT, 1)]
    store.put("p-1", "Budi", put, 5)
    assert same(store.references(), put)
    assert store.name_of("p-1") == "Budi"


def test_no_bit_of_a_template_lies_readable_on_the_disk(tmp_path: Path, store: GalleryStore) -> None:
    one = reference("p-1")
    store.put("p-1", "Budi", [one], 5)
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"p-1" in everything
    assert one.code[:2].tobytes() not in everything


def test_enrolling_again_replaces_that_eye_and_keeps_the_other(store: GalleryStore) -> None:
    store.put("p-1", "Budi", [reference("p-1"), reference("p-1", Eye.RIGHT, 1)], 5)
    store.put("p-1", "Budi S.", [reference("p-1", Eye.LEFT, seed) for seed in (2, 3)], 6)
    assert [(p.left, p.right, p.name) for p in store.people()] == [(2, 1, "Budi S.")]


def test_a_removed_person_leaves_no_bytes_behind(tmp_path: Path, store: GalleryStore) -> None:
    store.put("p-gone", "Siti", [reference("p-gone")], 5)
    store.remove("p-gone")
    assert store.people() == []
    assert all(b"p-gone" not in path.read_bytes() for path in tmp_path.iterdir())
    with pytest.raises(GalleryError, match="nobody is enrolled"):
        store.remove("p-gone")


def test_a_reference_moved_to_another_person_does_not_open(tmp_path: Path, store: GalleryStore) -> None:
    store.put("p-1", "", [reference("p-1")], 5)
    store.put("p-2", "", [reference("p-2", seed=1)], 5)
    store._connection.execute("UPDATE reference SET person = 'p-2' WHERE person = 'p-1'")
    with pytest.raises(GalleryError, match="do not open"):
        store.references()


def test_the_key_is_for_its_owner_alone(tmp_path: Path, store: GalleryStore) -> None:
    assert stat.S_IMODE((tmp_path / CREDENTIAL).stat().st_mode) == 0o600


def test_a_gallery_under_another_key_says_so(tmp_path: Path, store: GalleryStore) -> None:
    store.put("p-1", "", [reference("p-1")], 5)
    with pytest.raises(GalleryError, match="another key"):
        GalleryStore(tmp_path / "gallery.db", Vault(b"k" * 32)).references()


def test_another_process_sees_that_the_gallery_changed(tmp_path: Path, store: GalleryStore) -> None:
    other = GalleryStore(tmp_path / "gallery.db", vault_of_machine(tmp_path))
    before = other.changes()
    store.put("p-1", "", [reference("p-1")], 5)
    assert other.changes() != before


def test_the_news_are_who_changed_since_and_nobody_else(store: GalleryStore) -> None:
    store.put_all([(f"p-{n}", f"N{n}", [reference(f"p-{n}", seed=n)]) for n in range(4)], 5)
    everything = store.news(0)
    assert [known.person for known in everything.people] == ["p-0", "p-1", "p-2", "p-3"]
    assert store.news(everything.number).places == ()
    store.put("p-1", "Budi", [reference("p-1", Eye.RIGHT, 9)], 6)
    store.remove("p-3")
    later = store.news(everything.number)
    place = {known.person: known.place for known in everything.people}
    assert set(later.places) == {place["p-1"], place["p-3"]} == set(store.outdated(everything.number))
    assert [(known.person, known.name) for known in later.people] == [("p-1", "Budi")]
    assert same(list(later.references), [reference("p-1", Eye.LEFT, 1), reference("p-1", Eye.RIGHT, 9)])


def test_who_takes_the_place_of_somebody_removed_is_news_of_that_place(store: GalleryStore) -> None:
    store.put("p-1", "", [reference("p-1")], 5)
    seen = store.news(0)
    store.remove("p-1")
    store.put("p-2", "", [reference("p-2")], 6)
    later = store.news(seen.number)
    assert later.places == (seen.people[0].place,)
    assert [known.person for known in later.people] == ["p-2"]


def test_people_put_together_come_together_or_not_at_all(store: GalleryStore) -> None:
    twice = [("p-1", "Budi", [reference("p-1")]), ("p-2", None, [reference("p-2")])]
    with pytest.raises(GalleryError, match="cannot be used"):
        store.put_all(twice, 5)  # type: ignore[arg-type]  # a name is never missing: stands for the disk being full
    assert store.people() == []
    assert store.news(0).places == ()


def test_a_gallery_of_the_first_version_opens_with_everybody_and_forgets_as_well(tmp_path: Path) -> None:
    vault = vault_of_machine(tmp_path)
    old = sqlite3.connect(tmp_path / "gallery.db")
    old.executescript(files("terminal.store").joinpath("migrations/001_gallery.sql").read_text(encoding="utf-8"))
    for person in ("p-1", "p-gone", "p-3"):
        one = reference(person)
        sealed = vault.seal(np.concatenate([one.code, one.mask]).tobytes(), f"{person}\0left\0m1".encode())
        old.execute("INSERT INTO person VALUES (?, ?, 5)", (person, f"name of {person}"))
        old.execute("INSERT INTO reference VALUES (NULL, ?, 'left', 'm1', ?)", (person, sealed))
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()

    store = GalleryStore(tmp_path / "gallery.db", vault)
    everything = store.news(0)
    assert [known.person for known in everything.people] == ["p-1", "p-gone", "p-3"]
    assert same(list(everything.references), [reference(person) for person in ("p-1", "p-gone", "p-3")])
    store.remove("p-gone")
    store.put("p-4", "", [reference("p-4")], 6)
    later = store.news(everything.number)
    assert {known.person for known in later.people} == {"p-4"}
    assert len(later.places) == 2
    assert all(b"p-gone" not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_gallery_travels_on_a_stick_to_another_kiosk(tmp_path: Path, store: GalleryStore) -> None:
    put = [reference("p-1"), reference("p-1", Eye.RIGHT, 1)]
    store.put("p-1", "Budi", put, 5)
    assert export_gallery(store, tmp_path / "out.tatap", "sandi rahasia", SALT) == 1
    (tmp_path / "b").mkdir()
    other = GalleryStore(tmp_path / "b" / "gallery.db", vault_of_machine(tmp_path / "b"))
    for _ in range(2):  # importing twice changes nothing
        assert import_gallery(other, tmp_path / "out.tatap", "sandi rahasia", 6) == 1
        assert same(other.references(), put)


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: data[:-5] + b"xxxxx", lambda data: b"x" + data])
def test_a_torn_or_changed_file_changes_nothing(tmp_path: Path, store: GalleryStore, spoil: object) -> None:
    store.put("p-1", "Budi", [reference("p-1")], 5)
    file = tmp_path / "out.tatap"
    export_gallery(store, file, "sandi", SALT)
    store.remove("p-1")
    assert callable(spoil)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(GalleryError):
        import_gallery(store, file, "sandi", 6)
    assert store.people() == []


def test_a_wrong_passphrase_is_refused(tmp_path: Path, store: GalleryStore) -> None:
    export_gallery(store, tmp_path / "out.tatap", "sandi", SALT)
    with pytest.raises(GalleryError, match="passphrase"):
        import_gallery(store, tmp_path / "out.tatap", "sandy", 6)

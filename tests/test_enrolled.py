"""The gallery in memory follows the one on disk, and reads no more of it than it must."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from terminal import build
from terminal.capture.synthetic import DrawnEye, EyeIdentity, capture, draw, people
from terminal.enrol.enrol import Offered, enrol
from terminal.errors import GalleryError
from terminal.match.decide import Policy
from terminal.store.db import GalleryStore
from terminal.store.vault import KEY_BYTES, Vault
from terminal.types import Accepted, Eye, Frame, Instant, Reason, Reference, Template

KEY = b"k" * KEY_BYTES
FULL = np.full(96, ~np.uint64(0))


class CountingVault(Vault):
    """A vault that counts what it opened."""

    opened = 0

    def open(self, sealed: bytes, label: bytes) -> bytes:
        self.opened += 1
        return super().open(sealed, label)


def eyes(person: str, seed: int = 0) -> list[Reference]:
    rng = np.random.default_rng([seed, *person.encode()])
    return [Reference(person, eye, rng.integers(0, 2**64, 96, dtype=np.uint64), FULL, "m") for eye in Eye]


def whose(enrolled: build.Enrolled, one: Reference) -> str | None:
    decision = enrolled.decide([enrolled.search(Template(one.code[None], one.mask[None], one.model))])
    return decision.person if isinstance(decision, Accepted) else None


@pytest.fixture
def technician(tmp_path: Path) -> GalleryStore:
    store = GalleryStore(tmp_path / "gallery.db", Vault(KEY))
    store.put_all([(f"p-{number}", f"N{number}", eyes(f"p-{number}")) for number in range(30)], 5)
    return store


def test_a_running_kiosk_reads_only_the_person_a_technician_changed(tmp_path: Path, technician: GalleryStore) -> None:
    vault = CountingVault(KEY)
    enrolled = build.Enrolled(GalleryStore(tmp_path / "gallery.db", vault), Policy())
    assert vault.opened == 60
    technician.put("p-new", "Budi", eyes("p-new"), 6)
    technician.put("p-7", "Siti", eyes("p-7", seed=1)[:1], 6)  # another left eye, the right one as before
    technician.remove("p-8")
    enrolled.refresh()
    assert vault.opened == 60 + 2 + 2
    assert whose(enrolled, eyes("p-new")[1]) == "p-new"
    assert whose(enrolled, eyes("p-7", seed=1)[0]) == whose(enrolled, eyes("p-7")[1]) == "p-7"
    assert whose(enrolled, eyes("p-7")[0]) is None
    assert whose(enrolled, eyes("p-8")[0]) is None
    assert whose(enrolled, eyes("p-9")[0]) == "p-9"
    assert [enrolled.name_of(person) for person in ("p-new", "p-7", "p-8")] == ["Budi", "Siti", ""]
    enrolled.refresh()
    assert vault.opened == 64


def test_somebody_in_the_place_of_somebody_removed_is_not_taken_for_them(
    tmp_path: Path, technician: GalleryStore
) -> None:
    enrolled = build.Enrolled(GalleryStore(tmp_path / "gallery.db", Vault(KEY)), Policy())
    technician.remove("p-29")
    technician.put("p-heir", "Budi", eyes("p-heir"), 6)
    enrolled.refresh()
    assert whose(enrolled, eyes("p-29")[0]) is None
    assert whose(enrolled, eyes("p-heir")[0]) == "p-heir"


def test_everybody_enrolled_again_after_an_update_is_taken_over_at_once(
    tmp_path: Path, technician: GalleryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("terminal.store.db.NEWS_AT_ONCE", 7)
    enrolled = build.Enrolled(GalleryStore(tmp_path / "gallery.db", Vault(KEY)), Policy())
    assert whose(enrolled, eyes("p-29")[1]) == "p-29"
    newer = [replace(one, model="newer") for number in range(30) for one in eyes(f"p-{number}")]
    technician.put_all([(one.person, "", [one, other]) for one, other in zip(newer[::2], newer[1::2], strict=True)], 6)
    enrolled.refresh()
    assert whose(enrolled, newer[-1]) == "p-29"
    technician.put("p-3", "", eyes("p-3"), 7)
    with pytest.raises(GalleryError, match="mixes"):
        enrolled.refresh()
    assert whose(enrolled, newer[6]) == "p-3"


def test_a_thousand_people_are_ready_in_a_moment(tmp_path: Path) -> None:
    store = GalleryStore(tmp_path / "gallery.db", Vault(KEY))
    store.put_all([(f"p-{number}", "", eyes(f"p-{number}")) for number in range(1000)], 5)
    store.close()
    started = time.process_time()  # what it takes itself, whatever else the machine does
    enrolled = build.Enrolled(GalleryStore(tmp_path / "gallery.db", Vault(KEY)), Policy())
    took_s = time.process_time() - started
    assert whose(enrolled, eyes("p-999")[1]) == "p-999"
    assert took_s < 0.5  # the bound for ten thousand people, so ten times what it may take


def test_both_eyes_of_a_face_are_searched_each_among_its_own(tmp_path: Path) -> None:
    extracts = build.extractor()
    everybody = people(31, 3)
    store = GalleryStore(tmp_path / "gallery.db", Vault(KEY))
    for number, pair in enumerate(everybody):
        offered = [
            Offered(eye, Frame(shot(one, number, turn).pixels, "test", f"{eye}{turn}", Instant(0, 0)))
            for eye, one in zip((Eye.LEFT, Eye.RIGHT), pair, strict=True)
            for turn in range(2)
        ]
        references = store.references()
        receipt = enrol(f"p-{number}", offered, build.enrol_steps(extracts, references, Policy()))
        store.put(f"p-{number}", "", receipt.references, 0)
    enrolled = build.Enrolled(store, Policy())
    left, right = everybody[1]
    face = Frame(np.hstack([shot(right, 1, 7).pixels, shot(left, 1, 8).pixels]), "test", "face", Instant(0, 0))
    irises = extracts.segment(face)
    assert not isinstance(irises, Reason)
    templates = extracts.encode(face, irises)
    assert not isinstance(templates, Reason)
    probes = [enrolled.search(template) for template in templates]
    assert [probe.eye for probe in probes] == [Eye.RIGHT, Eye.LEFT]
    for probe in probes:  # an eye is never compared with anybody's other eye
        assert np.count_nonzero(probe.scores < 1.0) == len(probe.scores) / 2
    together = enrolled.decide(probes)
    assert isinstance(together, Accepted)
    assert together.person == "p-1"


def shot(eye: EyeIdentity, number: int, turn: int) -> DrawnEye:
    rng = np.random.default_rng([number, turn])
    setting = replace(capture(rng, size=(480, 400)), radius_px=48.0, centre=(200.0, 240.0))
    return draw(eye, setting, rng)

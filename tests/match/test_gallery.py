"""People come and go, and the gallery is at every moment the one that would be laid out afresh."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.errors import GalleryError
from terminal.match import gallery
from terminal.types import Eye, Reference, Template

WORDS = 4


def references(person: str, left: int, right: int, seed: int = 0, model: str = "m") -> list[Reference]:
    rng = np.random.default_rng([seed, *person.encode()])
    full = np.full(WORDS, ~np.uint64(0))
    return [
        Reference(person, eye, rng.integers(0, 2**64, WORDS, dtype=np.uint64), full, model)
        for eye in [Eye.LEFT] * left + [Eye.RIGHT] * right
    ]


def probe(model: str = "m") -> Template:
    code = np.random.default_rng(7).integers(0, 2**64, (3, WORDS), dtype=np.uint64)
    return Template(code, np.full((3, WORDS), ~np.uint64(0)), model)


def found(held: gallery.Gallery) -> list[tuple[str, float]]:
    """Return whose image scores what, for both eyes and for the left alone."""
    scores = [*gallery.search(held, probe()), *gallery.search(held, probe(), Eye.LEFT)]
    owners = [held.people[place] for place in held.owner]
    return sorted(zip(owners * 2, map(float, scores), strict=True))


STEPS = st.lists(
    st.tuples(st.sets(st.sampled_from("abcdef"), max_size=4), st.integers(0, 5), st.integers(0, 5), st.integers(0, 9)),
    max_size=8,
)


@given(steps=STEPS, shelf=st.integers(1, 6))
@settings(max_examples=60)
def test_a_gallery_that_changed_finds_what_one_laid_out_afresh_finds(
    steps: list[tuple[set[str], int, int, int]], shelf: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gallery, "SHELF", shelf)
        held, enrolled = gallery.EMPTY, dict[str, list[Reference]]()
        for people, left, right, seed in steps:  # without images it is a removal, of some who never were there
            new = {person: references(person, left, right, seed) for person in people}
            held = gallery.changed(held, people, [one for images in new.values() for one in images])
            enrolled |= new
            everybody = [one for images in enrolled.values() for one in images]
            assert found(held) == found(gallery.build(everybody))
            assert set(held.people) == {one.person for one in everybody}
            assert all(0 < len(one.owner) == one.packed.eyes <= shelf for one in held.shelves)


def test_one_more_person_moves_one_shelf_an_eye_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "SHELF", 10)
    before = gallery.build([one for number in range(95) for one in references(f"p-{number}", 1, 1)])
    for gone, new in [((), references("new", 1, 1)), (("p-31",), []), (("p-31",), references("p-31", 1, 1, seed=1))]:
        after = gallery.changed(before, gone, new)
        still = {id(shelf.packed) for shelf in after.shelves} & {id(shelf.packed) for shelf in before.shelves}
        assert len(still) >= len(before.shelves) - 4  # those they left, and those they came to


def test_a_search_under_way_ends_in_the_gallery_it_began_in() -> None:
    before = gallery.build(references("ani", 2, 1) + references("budi", 1, 1))
    bits, score = [shelf.packed.values.copy() for shelf in before.shelves], found(before)
    after = gallery.changed(before, ["ani"], references("ani", 1, 1, seed=5) + references("cici", 1, 0))
    assert found(after) != score
    assert found(before) == score
    assert all(np.array_equal(old, shelf.packed.values) for old, shelf in zip(bits, before.shelves, strict=True))


def test_who_is_enrolled_by_another_model_is_refused_until_all_the_others_are_gone() -> None:
    held = gallery.build(references("ani", 1, 0))
    with pytest.raises(GalleryError, match="mixes references of 2 models"):
        gallery.changed(held, [], references("budi", 1, 0, model="newer"))
    held = gallery.changed(held, ["ani"], references("budi", 1, 0, model="newer"))
    assert (held.people, held.model) == (("budi",), "newer")
    assert gallery.changed(held, ["budi"], []).model is None

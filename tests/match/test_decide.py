"""Who it is: only when sure enough for so many people, and only when nobody else is nearly as like."""

import numpy as np
import pytest

from terminal.errors import GalleryError
from terminal.match import gallery
from terminal.match.decide import Policy, decide, threshold
from terminal.types import Accepted, Eye, Reason, Reference, Rejected, Scores, Template

POLICY = Policy(target_fpir=0.001, min_margin=0.02)
OWNER = np.array([0, 0, 1, 2], dtype=np.intp)
PEOPLE = ("ani", "budi", "citra")


def scores(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


def reference(person: str, eye: Eye, seed: int, model: str = "m") -> Reference:
    code = np.random.default_rng(seed).integers(0, 2**64, 96, dtype=np.uint64)
    return Reference(person, eye, code, np.full(96, ~np.uint64(0)), model)


def test_the_best_image_of_a_person_counts() -> None:
    decision = decide(PEOPLE, OWNER, [scores(0.48, 0.15, 0.45, 0.46)], POLICY)
    assert isinstance(decision, Accepted)
    assert decision.person == "ani"
    assert decision.score == pytest.approx(0.15)
    assert decision.margin == pytest.approx(0.30)


def test_a_stranger_is_unknown() -> None:
    decision = decide(PEOPLE, OWNER, [scores(0.48, 0.44, 0.45, 0.46)], POLICY)
    assert isinstance(decision, Rejected)
    assert decision.reason is Reason.UNKNOWN


def test_two_people_alike_are_not_guessed_between() -> None:
    decision = decide(PEOPLE, OWNER, [scores(0.48, 0.20, 0.21, 0.46)], POLICY)
    assert isinstance(decision, Rejected)
    assert decision.reason is Reason.AMBIGUOUS


def test_a_second_frame_may_bring_what_the_first_did_not() -> None:
    blurred, clear = scores(0.45, 0.44, 0.46, 0.45), scores(0.45, 0.46, 0.12, 0.45)
    decision = decide(PEOPLE, OWNER, [blurred, clear], POLICY)
    assert isinstance(decision, Accepted)
    assert decision.person == "budi"


def test_an_empty_gallery_knows_nobody_and_one_person_can_be_known() -> None:
    assert isinstance(decide((), OWNER[:0], [scores()], POLICY), Rejected)
    alone = decide(("ani",), OWNER[:1], [scores(0.1)], POLICY)
    assert isinstance(alone, Accepted)


def test_more_people_or_a_lower_rate_make_the_kiosk_stricter() -> None:
    assert threshold(100, 0.001) > threshold(60_000, 0.001) > threshold(60_000, 0.0001) > 0.2


def test_a_gallery_finds_the_eye_it_holds_and_can_be_asked_for_one_side() -> None:
    references = [reference("budi", Eye.RIGHT, 1), reference("ani", Eye.LEFT, 2), reference("budi", Eye.LEFT, 3)]
    held = gallery.build(references)
    probe = Template(references[0].code[None], references[0].mask[None], "m")
    found = gallery.search(held, probe)
    assert held.people[held.owner[int(np.argmin(found))]] == "budi"
    assert found.min() < 0.1
    assert gallery.search(held, probe, Eye.LEFT).min() > 0.3


def test_templates_of_another_model_are_never_compared() -> None:
    with pytest.raises(GalleryError, match="2 models"):
        gallery.build([reference("ani", Eye.LEFT, 1, "old"), reference("ani", Eye.LEFT, 1, "new")])
    held = gallery.build([reference("ani", Eye.LEFT, 1)])
    one = reference("ani", Eye.LEFT, 1)
    with pytest.raises(GalleryError, match="cannot be compared"):
        gallery.search(held, Template(one.code[None], one.mask[None], "other"))

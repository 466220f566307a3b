"""Who it is: only when sure enough for so many people, and only when nobody else is nearly as like."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.errors import GalleryError
from terminal.match import gallery
from terminal.match.decide import ONE_COMPARISON, Policy, decide, same_eye, threshold, weigh
from terminal.types import Accepted, Eye, Probe, Reason, Reference, Rejected, Template

POLICY = Policy(target_fpir=0.001, min_margin=0.02)
OWNER = np.array([0, 0, 1, 2], dtype=np.intp)
PEOPLE = ("ani", "budi", "citra")
TEMPLATE = Template(np.zeros((1, 1), np.uint64), np.zeros((1, 1), np.uint64), "m")
NOT_THERE = 1.0  # the score of an image of the other eye


def probe(*scores: float, eye: Eye | None = None) -> Probe:
    return Probe(TEMPLATE, eye, np.array(scores, dtype=np.float32), 0)


def not_quite(people: int) -> float:
    """Return a score of one comparison half a decade too common to be accepted among so many people."""
    return ONE_COMPARISON.score + (threshold(people, POLICY) + 0.5 + 4) / ONE_COMPARISON.slope


def reference(person: str, eye: Eye, seed: int, model: str = "m") -> Reference:
    code = np.random.default_rng(seed).integers(0, 2**64, 96, dtype=np.uint64)
    return Reference(person, eye, code, np.full(96, ~np.uint64(0)), model)


def test_the_best_two_images_of_a_person_count() -> None:
    decision = decide(PEOPLE, OWNER, [probe(0.16, 0.14, 0.45, 0.46)], POLICY)
    assert isinstance(decision, Accepted)
    assert decision.person == "ani"
    assert decision.score == pytest.approx(0.15)
    assert decision.margin == pytest.approx(0.30)


def test_a_stranger_is_unknown() -> None:
    decision = decide(PEOPLE, OWNER, [probe(0.48, 0.44, 0.45, 0.46)], POLICY)
    assert isinstance(decision, Rejected)
    assert decision.reason is Reason.UNKNOWN


def test_two_people_alike_are_not_guessed_between() -> None:
    decision = decide(PEOPLE, OWNER, [probe(0.48, 0.20, 0.21, 0.215)], POLICY)
    assert isinstance(decision, Rejected)
    assert decision.reason is Reason.AMBIGUOUS


def test_a_second_frame_may_bring_what_the_first_did_not() -> None:
    blurred, clear = probe(0.45, 0.44, 0.40, 0.45), probe(0.45, 0.46, 0.12, 0.45)
    assert isinstance(decide(PEOPLE, OWNER, [blurred], POLICY), Rejected)
    decision = decide(PEOPLE, OWNER, [blurred, clear], POLICY)
    assert isinstance(decision, Accepted)
    assert decision.person == "budi"


def test_two_weak_frames_of_one_eye_accept_where_one_does_not() -> None:
    everybody = tuple(f"p{number}" for number in range(4000))
    owner = np.arange(4000)
    frames = []
    for more in (0.0, 0.002):
        scores = np.full(4000, 0.45, np.float32)
        scores[7] = not_quite(4000) + more
        frames.append(Probe(TEMPLATE, None, scores, 0))
        assert isinstance(decide(everybody, owner, frames[-1:], POLICY), Rejected)
    decision = decide(everybody, owner, frames, POLICY)
    assert isinstance(decision, Accepted)
    assert decision.person == "p7"


def test_a_second_eye_makes_sure_what_one_leaves_open() -> None:
    owner = np.array([0, 0, 1, 1], dtype=np.intp)  # left and right of two people
    weak = not_quite(2)
    left = probe(weak, NOT_THERE, 0.45, NOT_THERE, eye=Eye.LEFT)
    right = probe(NOT_THERE, weak, NOT_THERE, 0.44, eye=Eye.RIGHT)
    for one in (left, right):
        assert isinstance(decide(("ani", "budi"), owner, [one], POLICY), Rejected)
    decision = decide(("ani", "budi"), owner, [left, right], POLICY)
    assert isinstance(decision, Accepted)
    assert decision.person == "ani"
    assert decision.score == pytest.approx(weak)


def test_who_enrolled_with_one_eye_is_known_by_it_though_both_are_seen() -> None:
    owner = np.array([0, 1, 1], dtype=np.intp)
    left, right = probe(0.1, 0.45, NOT_THERE, eye=Eye.LEFT), probe(NOT_THERE, NOT_THERE, 0.43, eye=Eye.RIGHT)
    decision = decide(("ani", "budi"), owner, [left, right], POLICY)
    assert isinstance(decision, Accepted)
    assert decision.person == "ani"
    assert decision.score == pytest.approx(0.1)


def test_an_empty_gallery_knows_nobody_and_one_person_can_be_known() -> None:
    assert isinstance(decide((), OWNER[:0], [probe()], POLICY), Rejected)
    alone = decide(("ani",), OWNER[:1], [probe(0.1)], POLICY)
    assert isinstance(alone, Accepted)


def test_more_people_a_lower_rate_or_more_looks_make_the_kiosk_stricter() -> None:
    strict = [
        threshold(100, Policy(0.001)),
        threshold(60_000, Policy(0.001)),
        threshold(60_000, Policy(0.0001)),
        threshold(60_000, Policy(0.0001, looks=8)),
    ]
    assert strict == sorted(strict, reverse=True)
    assert len(set(strict)) == 4


@given(score=st.floats(0.0, 0.5), more=st.integers(1, 20))
def test_the_more_comparisons_a_likeness_was_chosen_from_the_less_it_says(score: float, more: int) -> None:
    def chance(comparisons: int) -> float:
        owner = np.zeros(comparisons, np.intp)
        row = np.full(comparisons, 0.6, np.float32)
        row[:2] = score
        return float(weigh(1, owner, [Probe(TEMPLATE, None, row, 0)]).log10_chance[0])

    assert chance(2) <= chance(2 + more) <= 0.0


def test_strangers_are_taken_for_somebody_no_more_often_than_the_target() -> None:
    """Scores drawn from the very tail that was measured, 50 people of two images each, three frames, both eyes."""
    rng = np.random.default_rng(5)
    owner = np.repeat(np.arange(50), 2)
    people = tuple(str(number) for number in range(50))
    policy = Policy(target_fpir=0.1, min_margin=0.0)
    accepted = 0
    for _ in range(400):
        part = rng.random((2, 3, 100))
        scores = np.minimum(0.5, ONE_COMPARISON.score + (np.log10(part) + 4) / ONE_COMPARISON.slope).astype(np.float32)
        evidence = [Probe(TEMPLATE, eye, row, 0) for eye, rows in zip(Eye, scores, strict=True) for row in rows]
        accepted += isinstance(decide(people, owner, evidence, policy), Accepted)
    assert accepted <= 0.1 * 400


def test_two_captures_are_fused_only_when_surely_of_one_eye() -> None:
    assert same_eye(0.2)
    assert not same_eye(0.4)


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

"""Living eyes pass, prints, screens, lenses and photographs do not, and the record says what was checked."""

from dataclasses import replace

import numpy as np
import pytest

from terminal.capture.synthetic import capture, draw, people
from terminal.config import Liveness
from terminal.evaluate.scenes import verdict
from terminal.evaluate.species.motion import Living, Photograph, Scene
from terminal.evaluate.species.presentation import Source, Species
from terminal.evaluate.species.simulation import simulate
from terminal.extract import iris_segment, liveness, runtime
from terminal.extract.challenge import Watch
from terminal.types import Bank, Frame, Glimpse, Instant, Live, Pixels, Reason
from tests.values import SetClock

PEOPLE = people(88, 12)
REFUSE, FLAG = Liveness(mode="refuse"), Liveness(mode="flag")
COARSE_PX = 2.5  # a raster, grid or dot so wide in the frame must not get through


@pytest.fixture(scope="module")
def segmenter() -> runtime.Network:
    return runtime.load("iris-seg")


@pytest.fixture(scope="module")
def checker() -> runtime.Network:
    return runtime.load("iris-pad")


def living(person: int) -> Source:
    rng = np.random.default_rng([88, person])
    setting = replace(capture(rng, size=(280, 320)), radius_px=100.0)  # a close-up: prints and screens look coarser
    eye = draw(PEOPLE[person][0], setting, rng)
    return Source(eye.pixels, eye.pupil, eye.limbus, eye.visible)


def said(segmenter: runtime.Network, checker: runtime.Network, pixels: Pixels, wanted: Liveness) -> Live | Reason:
    """Return what a kiosk without a light of its own says to a single picture."""
    frame = Frame(pixels, "test", "test", Instant(0, 0), ends_scene=True)
    irises = iris_segment.segment(segmenter, frame)
    if isinstance(irises, Reason):
        return irises
    watch = Watch(checker, liveness.policy(wanted, light=False), None, SetClock(), np.random.default_rng(0))
    return watch.check(frame, irises)


def test_living_eyes_pass(segmenter: runtime.Network, checker: runtime.Network) -> None:
    outcomes = [said(segmenter, checker, living(person).pixels, REFUSE) for person in range(len(PEOPLE))]
    assert sum(isinstance(one, Live) for one in outcomes) >= len(PEOPLE) - 1


@pytest.mark.parametrize("species", [Species.PRINT, Species.CUT_PRINT, Species.SCREEN])
def test_an_eye_on_paper_or_screen_is_refused(
    segmenter: runtime.Network, checker: runtime.Network, species: Species
) -> None:
    rng = np.random.default_rng(5)
    passed = shown = 0
    while shown < len(PEOPLE):
        attack = simulate(species, living(shown), rng)
        if attack.period_px < COARSE_PX:
            continue
        shown += 1
        passed += isinstance(said(segmenter, checker, attack.seen.pixels, REFUSE), Live)
    assert passed <= 1


def test_most_patterned_lenses_are_refused(segmenter: runtime.Network, checker: runtime.Network) -> None:
    rng = np.random.default_rng(6)
    worn = [simulate(Species.LENS, living(person), rng).seen.pixels for person in range(len(PEOPLE))]
    assert sum(isinstance(said(segmenter, checker, pixels, REFUSE), Live) for pixels in worn) <= len(PEOPLE) / 3


def test_a_refusal_accuses_nobody_and_a_flag_makes_the_record_say_so(
    segmenter: runtime.Network, checker: runtime.Network
) -> None:
    rng = np.random.default_rng(7)
    attack = simulate(Species.PRINT, living(0), rng)
    while attack.period_px < COARSE_PX:
        attack = simulate(Species.PRINT, living(0), rng)
    assert said(segmenter, checker, attack.seen.pixels, REFUSE) is Reason.NOT_CLEAR
    flagged = said(segmenter, checker, attack.seen.pixels, FLAG)
    assert isinstance(flagged, Live)
    assert flagged.record.startswith("frame:0.")
    assert flagged.record.endswith(" suspect")


def test_without_a_light_the_record_says_what_was_checked_and_no_more(
    segmenter: runtime.Network, checker: runtime.Network
) -> None:
    one = said(segmenter, checker, living(1).pixels, FLAG)
    assert isinstance(one, Live)
    assert [token.partition(":")[0] for token in one.record.split()] == ["frame"]
    assert said(segmenter, checker, living(1).pixels, Liveness(mode="off")) == Live("not_checked")


def watched(segmenter: runtime.Network, checker: runtime.Network, scene: Scene) -> Live | Reason:
    """Return what a kiosk with two banks of lamps says to a scene in the end, the frame's own texture left aside."""
    by = replace(liveness.policy(REFUSE, light=True), frame_logit=-np.inf)
    watch = Watch(checker, by, scene, scene, np.random.default_rng(3))
    outcome: Live | Reason = Reason.NO_EYE
    for _ in range(40):
        frame = scene.frame()
        irises = iris_segment.segment(segmenter, frame)
        if not isinstance(irises, Reason):
            outcome = watch.check(frame, irises)
        if outcome is not Reason.HOLD_STILL:
            break
    return outcome


def test_an_eye_that_follows_the_lamps_is_alive(segmenter: runtime.Network, checker: runtime.Network) -> None:
    outcomes = [watched(segmenter, checker, Living(seed)) for seed in (1, 2, 3)]
    assert [isinstance(one, Live) and "light:" in one.record for one in outcomes].count(True) >= 2


def test_a_photograph_whose_spot_ignores_the_light_is_not_alive(
    segmenter: runtime.Network, checker: runtime.Network
) -> None:
    assert {watched(segmenter, checker, Photograph(seed)) for seed in (1, 2, 3)} == {Reason.NOT_CLEAR}


def glimpses(places: list[tuple[Bank, float]]) -> list[Glimpse]:
    return [Glimpse(Instant(n, n * 70_000_000), 3.0, 0.4, (x, 0.0), bank) for n, (bank, x) in enumerate(places)]


def test_a_spot_that_moves_against_the_question_does_not_answer_it() -> None:
    asked = [Bank(side) for side in "ABBABABAAB"]
    follows = [(bank, -0.1 if bank is Bank.A else 0.1) for bank in asked]
    replayed = [(bank, 0.1 if n < 5 else -0.1) for n, bank in enumerate(asked)]
    assert liveness.answers(glimpses(follows)) == 10
    assert liveness.answers(glimpses([(bank, -x) for bank, x in follows])) == 10, "a mirrored camera is no attack"
    assert liveness.answers(glimpses(replayed)) < 10 - liveness.MISSES
    assert liveness.answers(glimpses([(bank, 0.002 * n) for n, bank in enumerate(asked)])) == 0


def test_who_would_be_refused_is_watched_until_movement_can_be_judged_but_not_for_ever() -> None:
    by = liveness.policy(REFUSE, light=False)
    seen = [Glimpse(Instant(n, n * 70_000_000), 3.0, 0.4 + 0.01 * (n % 4), (0.01 * n, 0.0), None) for n in range(30)]
    assert liveness.check(seen[:4], by) is Reason.HOLD_STILL
    assert isinstance(liveness.check(seen[:4], by, last=True), Live)
    assert isinstance(liveness.check(seen[:4], liveness.policy(FLAG, light=False)), Live)
    assert liveness.check(seen[:19], by) is not Reason.HOLD_STILL
    spotless = [replace(one, spot=None) for one in seen]
    assert liveness.check(spotless[:19], by) is Reason.HOLD_STILL
    assert isinstance(liveness.check(spotless, by), Live)


@pytest.mark.parametrize("species", [Species.PRINT, Species.SCREEN])
def test_however_fine_a_print_or_screen_is_its_stillness_gives_it_away(
    segmenter: runtime.Network, checker: runtime.Network, species: Species
) -> None:
    outcomes = [
        verdict((segmenter, checker), Photograph(seed, species), light=False, texture=True) for seed in (11, 12, 13, 14)
    ]
    assert sum(isinstance(one, Reason) for one in outcomes) >= 3


def test_nobody_is_refused_while_the_light_still_asks() -> None:
    by = liveness.policy(REFUSE, light=True)
    assert liveness.check(glimpses([(Bank.A, -0.1)] * 3), by) is Reason.HOLD_STILL

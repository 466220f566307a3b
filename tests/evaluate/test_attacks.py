"""Simulated attacks and their rates: counted by hand, and through the command."""

import json
import subprocess
import sys

import numpy as np
import pytest

from terminal.capture.synthetic import capture, draw, people
from terminal.config import Liveness
from terminal.evaluate.attacks import Presentation, report_of
from terminal.evaluate.species.presentation import Source, Species
from terminal.evaluate.species.simulation import simulate
from terminal.extract import liveness

LIMIT = liveness.policy(Liveness(), light=False).frame_logit


def source() -> Source:
    rng = np.random.default_rng(4)
    eye = draw(people(4, 1)[0][0], capture(rng, size=(240, 320)), rng)
    return Source(eye.pixels, eye.pupil, eye.limbus, eye.visible)


def test_rates_are_those_counted_by_hand() -> None:
    alive = [Presentation("bona fide", "", 0.0, LIMIT + n) for n in (1.0, 2.0, 3.0, -1.0)]
    alive.append(Presentation("bona fide", "", 0.0, None))
    attacks = [Presentation(Species.PRINT, "dot", 3.0, logit) for logit in (LIMIT + 1, LIMIT - 1, LIMIT - 2, None)]
    control = [Presentation(Species.CONTROL, "control", 0.0, logit) for logit in (LIMIT + 1, LIMIT - 1)]
    report = report_of([*alive, *attacks, *control], None)
    assert report.simulated
    assert (report.bona_fide, report.bona_fide_no_template, report.bpcer.share) == (4, 1, 0.25)
    print_ = report.species["print"]
    assert (print_.presentations, print_.no_template, print_.shipped.share) == (4, 1, 0.25)
    assert report.control_refused.share == 0.5
    assert report.by_fineness["2.5-4 px"].presentations == 4


@pytest.mark.parametrize("species", Species)
def test_one_seed_makes_one_attack_and_another_a_different_one(species: Species) -> None:
    first, again, other = (simulate(species, source(), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.seen.pixels, again.seen.pixels)
    assert not np.array_equal(first.seen.pixels, other.seen.pixels)
    assert first.seen.pixels.shape == source().pixels.shape


@pytest.mark.parametrize("species", [Species.PRINT, Species.SCREEN, Species.CONTROL])
def test_the_eye_of_a_thing_held_up_lies_where_the_simulation_says(species: Species) -> None:
    for seed in range(5):
        seen = simulate(species, source(), np.random.default_rng(seed)).seen
        y, x = np.indices(seen.pixels.shape)
        away = np.hypot(x - seen.pupil.x, y - seen.pupil.y) / seen.pupil.radius
        inside, outside = seen.pixels[away < 0.8], seen.pixels[(away > 1.3) & (away < 1.6)]
        assert np.median(inside) + 10 < np.median(outside)


def test_evaluate_reports_every_species_and_says_that_they_are_simulated() -> None:
    command = [sys.executable, "-m", "terminal", "evaluate", "attacks", "--drawn", "2", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "SIMULATED" in ran.stdout
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["simulated"] is True
    assert set(found["species"]) == {"print", "cut_print", "screen", "lens"}
    assert found["species"]["print"]["presentations"] + found["bona_fide_no_template"] == 4
    assert set(found["species"]["lens"]["at_bpcer"]) == {"0.01", "0.02"}

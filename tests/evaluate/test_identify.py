"""People searched for among all, on iris codes whose likeness is known."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from terminal import cli
from terminal.capture.synthetic import capture, draw
from terminal.capture.synthetic import people as drawn_people
from terminal.evaluate.identified import Identified, rated
from terminal.evaluate.identify import Plan, identify
from terminal.evaluate.samples import Sample, compare
from terminal.evidence import Patience
from terminal.match.decide import Policy
from tests.evaluate.codes import image, people, refused


def found(samples: list[Sample], plan: Plan) -> Identified:
    return rated(samples, identify(samples, compare(samples), plan, Policy(), Patience(8, 1.5)), plan, {})


def test_who_comes_back_is_found_and_who_is_not_enrolled_is_not() -> None:
    rates = found(people(6, 4), Plan(enrol=2, frames=2, repeats=2))
    assert (rates.enrolled, rates.references, len(rates.mated), len(rates.nonmated)) == (6, 24, 12, 12)
    assert rates.rank1.share == 1.0
    assert {rate.share for rate in rates.fnir_at_fpir.values()} == {0.0}
    assert (rates.decided.accepted, rates.decided.at_first_frame, rates.decided.wrong_person) == (12, 12, 0)
    assert rates.decided.strangers_accepted == 0


def test_who_comes_back_as_somebody_else_is_a_miss() -> None:
    samples = people(5, 2)
    changed = [image("000", eye, 100 + side, 1) for side, eye in enumerate("LR")]
    rates = found([samples[0], changed[0], samples[2], changed[1], *samples[4:]], Plan(enrol=1, frames=1, repeats=1))
    assert len(rates.mated) == 5
    assert {rate.share for rate in rates.fnir_at_fpir.values()} == {0.2}
    assert rates.decided.rejected.total() == 1


def test_a_stranger_enrolled_under_another_name_is_a_false_positive() -> None:
    twin = [image("009", eye, side, 9 + shot) for side, eye in enumerate("LR") for shot in range(2)]
    rates = found([*people(3, 2), *twin], Plan(enrol=1, frames=1, repeats=1))
    assert rates.decided.strangers_accepted == 2  # each of the two is found under the other's name
    assert rates.fnir_at_zero_fp > 0


def test_a_probe_nobody_could_read_counts_as_a_miss_in_the_second_column_only() -> None:
    samples = [*people(4, 2), image("009", "L", 90, 0), refused("009", "L")]
    rates = found(samples, Plan(enrol=1, frames=1, repeats=1))
    assert (rates.enrolled, len(rates.mated), rates.refused) == (5, 4, 1)
    assert rates.fnir_at_fpir[0.01].share == 0.0
    assert rates.fnir_with_failures_at_fpir[0.01].share == 0.2


def test_a_second_frame_and_a_second_eye_find_whom_one_frame_of_one_eye_does_not() -> None:
    poor = np.random.default_rng(3).uniform(0.2, 0.32, 20 * 2 * 5)
    hard = [
        image(f"{number // 10:03}", "LR"[number // 5 % 2], number // 5, number % 5, noise)
        for number, noise in enumerate(poor)
    ]
    one_eye = [one for one in hard if one.eye == "L"]
    misses = [
        1 - rates.decided.accepted / len(rates.mated)
        for rates in (
            found(one_eye, Plan(enrol=1, frames=1, repeats=2)),
            found(one_eye, Plan(enrol=1, frames=2, repeats=2)),
            found(hard, Plan(enrol=1, frames=2, repeats=2)),
        )
    ]
    assert misses[0] > misses[1] > misses[2]


def test_identify_ends_with_one_json_object_and_draws_its_curve(tmp_path: Path) -> None:
    for person, pair in enumerate(drawn_people(5, 3)):
        for eye, identity in zip("LR", pair, strict=True):
            for shot in range(2):
                rng = np.random.default_rng([person, shot])
                path = tmp_path / "eyes" / f"{person:03}" / eye / f"{shot}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(path), draw(identity, capture(rng, size=(240, 320)), rng).pixels)
    command = [sys.executable, "-m", "terminal", "evaluate", "iris", str(tmp_path / "eyes"), "--identify", "--json"]
    command += ["--enrol", "1", "--frames", "1", "--repeats", "2", "--plot", str(tmp_path / "plots")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(ran.stdout.splitlines()[-1])
    assert (said["enrolled"], said["mated_probes"], said["nonmated_probes"]) == (3, 6, 6)
    assert (said["enrol"], said["frames"], said["repeats"]) == (1, 1, 2)
    assert set(said["fnir_at_fpir"]) == {"0.01", "0.003", "0.001"}
    assert set(said["fnir_at_fpir"]["0.001"]) == {"fnir", "low", "high", "probes"}
    assert said["rank1"] == 1.0
    assert said["decision"]["wrong_person"] == said["decision"]["strangers_accepted"] == 0
    assert (tmp_path / "plots" / "identification.png").is_file()


def test_options_of_the_other_evaluation_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", "iris", str(tmp_path), "--identify", "--folds", "3"]) == 1
    assert "leave --identify out" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "part"), [("mmu1", "0:1"), ("interval", "0.6:1")])
def test_real_people_with_three_images_and_two_frames_are_never_missed(shared: Path, name: str, part: str) -> None:
    folder = shared / "data" / "iris" / name
    command = [sys.executable, "-m", "terminal", "evaluate", "iris", str(folder), "--subjects", part, "--identify"]
    ran = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    said = json.loads(ran.stdout.splitlines()[-1])
    assert said["fnir_with_failures_at_fpir"]["0.001"]["fnir"] <= 0.002
    assert said["decision"]["wrong_person"] == said["decision"]["strangers_accepted"] == 0

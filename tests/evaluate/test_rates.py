"""Error rates on scores whose rates can be counted by hand."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from terminal import cli
from terminal.capture.synthetic import capture, draw, people
from terminal.evaluate.rates import equal_error, rates, threshold_at, wilson
from terminal.evaluate.samples import Asked, take_samples

MATED = np.array([0.1, 0.2, 0.3, 0.45], dtype=np.float32)
NONMATED = np.linspace(0.4, 0.5, 1000, dtype=np.float32)


def test_the_rates_are_those_counted_by_hand() -> None:
    found = rates(MATED, NONMATED, (0.01, 0.001), refused_mated=4)
    assert found.fnmr_at_fmr[0.01].share == 0.25
    assert found.fnmr_with_failures_at_fmr[0.01].share == 5 / 8
    assert found.fnmr_at_zero_fm == 0.25


@pytest.mark.parametrize(("fmr", "matches"), [(0.01, 10), (0.001, 1), (0.0, 0), (0.0005, 0)])
def test_a_threshold_never_lets_more_through_than_its_rate(fmr: float, matches: int) -> None:
    assert int((threshold_at(NONMATED, fmr) >= NONMATED).sum()) == matches


def test_scores_that_do_not_overlap_have_no_error() -> None:
    assert equal_error(MATED[:3], NONMATED) == 0.0


def test_the_equal_error_lies_between_what_both_sides_can_give() -> None:
    assert equal_error(np.sort(NONMATED), np.sort(NONMATED)) == pytest.approx(0.5, abs=0.01)


def test_the_interval_is_wilsons() -> None:
    none, some = wilson(0, 100), wilson(10, 100)
    assert (none.low, round(none.high, 4)) == (0.0, 0.037)
    assert (round(some.low, 4), round(some.high, 4)) == (0.0552, 0.1744)


def test_evaluate_ends_with_one_json_object_and_draws_its_curves(tmp_path: Path) -> None:
    for person, pair in enumerate(people(5, 3)):
        for shot in range(2):
            rng = np.random.default_rng([person, shot])
            path = tmp_path / "eyes" / f"{person:03}" / "L" / f"{shot + 1}.png"
            mask = tmp_path / "masks" / path.relative_to(tmp_path / "eyes")
            for there in (path, mask):
                there.parent.mkdir(parents=True, exist_ok=True)
            drawn = draw(pair[0], capture(rng, size=(240, 320)), rng)
            cv2.imwrite(str(path), drawn.pixels)
            cv2.imwrite(str(mask), drawn.visible.astype(np.uint8) * 255)
    (tmp_path / "eyes" / "000" / "L" / "9.png").write_text("not an image")
    command = [sys.executable, "-m", "terminal", "evaluate", "iris", str(tmp_path / "eyes"), "--json"]
    command += ["--masks", str(tmp_path / "masks"), "--plot", str(tmp_path / "plots")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout.splitlines()[-1])
    assert (found["images"], found["failures"]) == (7, 1)
    assert (found["mated"], found["nonmated"]) == (3, 12)
    assert set(found["fnmr_at_fmr"]) == {"0.01", "0.001", "0.0001"}
    assert set(found["fnmr_at_fmr"]["0.001"]) == {"fnmr", "low", "high", "comparisons"}
    assert found["eer"] == 0.0
    assert found["ms"]["segment"] > 0
    assert found["iou"]["images"] == 6
    assert found["iou"]["mean"] > 0.7
    assert found["error_reject"]["fnmr_at_part_rejected"]["0"]["comparisons"] == 3
    assert {path.name for path in (tmp_path / "plots").glob("*.png")} == {"scores.png", "det.png", "reject.png"}


def test_a_part_of_the_subjects_is_taken_in_sorted_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for subject in range(10):
        path = tmp_path / f"{subject:03}" / "L" / "1.png"
        path.parent.mkdir(parents=True)
        path.write_text("not an image")
    samples = take_samples(Asked(tmp_path, (0.6, 1.0), as_json=False, plot=None))
    assert [one.subject for one in samples] == ["006", "007", "008", "009"]
    with pytest.raises(SystemExit):
        cli.main(["evaluate", "iris", str(tmp_path), "--subjects", "1:0.6"])
    assert "'1:0.6' is not A:B" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "most"), [("mmu1", 0.02), ("interval", 0.01)])
def test_real_irises_are_told_apart(shared: Path, name: str, most: float) -> None:
    folder = shared / "data" / "iris" / name
    command = [sys.executable, "-m", "terminal", "evaluate", "iris", str(folder), "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["fnmr_with_failures_at_fmr"]["0.001"]["fnmr"] < most
    assert found["failures"] < 0.01 * found["images"]

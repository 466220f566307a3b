"""What becomes a reference, on drawn eyes and with the real pipeline."""

from pathlib import Path

import numpy as np
import pytest

from terminal import build
from terminal.capture.synthetic import capture, draw, people
from terminal.enrol.enrol import Offered, check_person, enrol, which_eyes
from terminal.errors import EnrolError
from terminal.match.decide import Policy
from terminal.types import Eye, Frame, Instant, Reason

PEOPLE = people(11, 3)


@pytest.fixture(scope="module")
def extracts() -> build.Extractor:
    return build.extractor()


def frame(person: int, shot: int, eye: Eye = Eye.LEFT) -> Frame:
    rng = np.random.default_rng([person, shot])
    drawn = draw(PEOPLE[person][eye is Eye.RIGHT], capture(rng, size=(240, 320)), rng)
    return Frame(drawn.pixels, "test", f"{person}/{eye}/{shot}", Instant(0, 0))


def offer(person: int, *shots: int, eye: Eye = Eye.LEFT) -> list[Offered]:
    return [Offered(eye, frame(person, shot, eye)) for shot in shots]


def test_good_images_become_references(extracts: build.Extractor) -> None:
    receipt = enrol("p-1", offer(0, 0, 1, 2), build.enrol_steps(extracts, [], Policy()))
    assert {(one.person, one.eye) for one in receipt.references} == {("p-1", Eye.LEFT)}
    assert len(receipt.references) + len(receipt.refused) == 3
    assert len(receipt.references) >= 2


def test_an_image_of_another_eye_among_them_is_left_out(extracts: build.Extractor) -> None:
    steps = build.enrol_steps(extracts, [], Policy())
    receipt = enrol("p-1", [*offer(0, 0, 1), *offer(1, 0)], steps)
    assert "1/left/0" in {one.source for one in receipt.refused if one.reason is None}
    assert {one.source for one in receipt.refused}.isdisjoint({"0/left/0", "0/left/1"})


def test_an_eye_that_belongs_to_somebody_already_is_refused(extracts: build.Extractor) -> None:
    there = enrol("p-1", offer(0, 0, 1), build.enrol_steps(extracts, [], Policy())).references
    steps = build.enrol_steps(extracts, there, Policy())
    with pytest.raises(EnrolError, match="enrolled as 'p-1' already"):
        enrol("p-2", offer(0, 2, 3), steps)
    assert enrol("p-1", offer(0, 2, 3), steps).references  # the same person may enrol again


def test_images_nobody_can_read_are_refused_with_their_reason(extracts: build.Extractor) -> None:
    black = Frame(np.zeros((240, 320), np.uint8), "test", "black", Instant(0, 0))
    with pytest.raises(EnrolError, match=f"1 {Reason.TOO_DARK}"):
        enrol("p-1", [Offered(Eye.RIGHT, black)], build.enrol_steps(extracts, [], Policy()))


def test_a_nip_does_not_become_a_person_id() -> None:
    with pytest.raises(EnrolError, match="NIP"):
        check_person("198503122010011002")
    with pytest.raises(EnrolError, match="cannot be a person id"):
        check_person("a/b")


def test_the_folder_says_which_eye_or_somebody_must(tmp_path: Path) -> None:
    (tmp_path / "1.png").touch()
    with pytest.raises(EnrolError, match="which eye"):
        which_eyes(tmp_path, None)
    assert which_eyes(tmp_path, Eye.RIGHT) == [(Eye.RIGHT, tmp_path / "1.png")]
    for side in ("L", "R"):
        (tmp_path / "both" / side).mkdir(parents=True)
        (tmp_path / "both" / side / "1.png").touch()
    assert [eye for eye, _ in which_eyes(tmp_path / "both", None)] == [Eye.LEFT, Eye.RIGHT]
    with pytest.raises(EnrolError, match="no folder"):
        which_eyes(tmp_path / "nowhere", None)

"""Which frames belong together, on drawn eyes and the real pipeline."""

import numpy as np
import pytest

from terminal import build
from terminal.capture.synthetic import EyeIdentity, capture, draw, people
from terminal.evidence import gather
from terminal.types import Eye, Frame, Instant, Pixels, Probe, Template

BUDI, SITI = (pair[0] for pair in people(41, 2))
NOBODY_ENROLLED = np.empty(0, np.float32)


@pytest.fixture(scope="module")
def templates() -> dict[str, Template]:
    extracts = build.extractor()

    def template(eye: EyeIdentity, shot: int) -> Template:
        rng = np.random.default_rng([shot, 7])
        found = extracts.extract(frame(draw(eye, capture(rng, size=(240, 320)), rng).pixels, 0), Eye.LEFT)
        assert isinstance(found, Template)
        return found

    return {"budi": template(BUDI, 10), "budi again": template(BUDI, 11), "siti": template(SITI, 12)}


def frame(pixels: Pixels, at_ms: int) -> Frame:
    return Frame(pixels, "test", "cam", Instant(at_ms * 1_000_000, at_ms * 1_000_000))


def probe(template: Template, eye: Eye | None = None, edition: int = 0) -> Probe:
    return Probe(template, eye, NOBODY_ENROLLED, edition)


def test_two_frames_of_one_eye_are_fused_and_those_of_two_people_are_not(templates: dict[str, Template]) -> None:
    pixels = np.zeros((1, 1), np.uint8)
    held = gather(None, frame(pixels, 0), (probe(templates["budi"]),), build.agree)
    held = gather(held, frame(pixels, 100), (probe(templates["budi again"]),), build.agree)
    assert len(held.probes) == 2
    held = gather(held, frame(pixels, 200), (probe(templates["siti"]),), build.agree)
    assert [one.template for one in held.probes] == [templates["siti"]]
    assert held.frames == 3


def test_one_eye_in_common_is_enough_for_a_frame_of_both(templates: dict[str, Template]) -> None:
    pixels = np.zeros((1, 1), np.uint8)
    left = gather(None, frame(pixels, 0), (probe(templates["budi"], Eye.LEFT),), build.agree)
    both = (probe(templates["budi again"], Eye.LEFT), probe(templates["siti"], Eye.RIGHT))
    assert len(gather(left, frame(pixels, 100), both, build.agree).probes) == 3


def test_captures_of_two_sides_or_of_two_editions_of_the_gallery_never_agree(templates: dict[str, Template]) -> None:
    one, other = templates["budi"], templates["budi again"]
    assert build.agree(probe(one), probe(other))
    assert not build.agree(probe(one, Eye.LEFT), probe(other, Eye.RIGHT))
    assert not build.agree(probe(one), probe(other, edition=1))

"""What can be said of a frame at a glance."""

from dataclasses import replace

import numpy as np
import pytest

from terminal.capture.quality import assess
from terminal.capture.synthetic import capture, draw, people
from terminal.types import Frame, Instant, Pixels, Quality, Reason


def framed(pixels: Pixels) -> Frame:
    return Frame(pixels, "test", "test", Instant(0, 0))


@pytest.mark.parametrize(
    ("level", "reason"), [(0, Reason.TOO_DARK), (5, Reason.TOO_DARK), (255, Reason.TOO_BRIGHT), (120, Reason.BLURRED)]
)
def test_an_empty_frame_has_its_reason(level: int, reason: Reason) -> None:
    assert assess(framed(np.full((480, 640), level, np.uint8))) is reason


def test_an_eye_in_the_dark_is_called_dark_and_not_blurred() -> None:
    told = set()
    for number, (eye, _) in enumerate(people(404, 6)):
        rng = np.random.default_rng([number, 9])
        told.add(assess(framed(draw(eye, replace(capture(rng), exposure=0.08), rng).pixels)))
    assert told == {Reason.TOO_DARK}


def test_ordinary_eyes_pass() -> None:
    passed = 0
    for number, (eye, _) in enumerate(people(3, 12)):
        rng = np.random.default_rng(number)
        passed += isinstance(assess(framed(draw(eye, capture(rng, size=(240, 320)), rng).pixels)), Quality)
    assert passed >= 11

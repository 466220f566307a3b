"""Every way an iris can be too poor to read, and the one thing its owner is asked to do about it."""

from dataclasses import replace

import numpy as np
import pytest

from terminal.capture.synthetic import Capture, DrawnEye, capture, draw, people
from terminal.extract import iris_quality
from terminal.types import Frame, Instant, IrisMap, IrisQuality, Reason

EYES = [left for left, _ in people(12, 8)]


def setting(seed: int) -> Capture:
    return replace(capture(np.random.default_rng(seed), size=(240, 320)), radius_px=55.0, centre=(160.0, 120.0))


def drawn(number: int, wanted: Capture) -> DrawnEye:
    return draw(EYES[number], wanted, np.random.default_rng(number))


def measured(eye: DrawnEye) -> IrisQuality:
    """Measure a drawn eye by its truth: what is tested here is the measure, not the network."""
    iris = IrisMap(eye.pupil, eye.limbus, eye.visible, 1.0, 1.0, 0.0, "truth", None)
    return iris_quality.measure(Frame(eye.pixels, "test", "test", Instant(0, 0)), iris)


@pytest.mark.parametrize("number", range(len(EYES)))
def test_an_everyday_eye_passes(number: int) -> None:
    assert iris_quality.refusal(measured(drawn(number, setting(number)))) is None


@pytest.mark.parametrize(
    ("poor", "reason"),
    [
        ({"upper_lid": -0.6, "lower_lid": 0.45}, Reason.EYE_CLOSED),
        ({"blur_px": 7.0, "noise": 0.0}, Reason.BLURRED),
        ({"gaze": 1.0, "gaze_towards": 0.0}, Reason.LOOKS_ASIDE),
        ({"pupil_ratio": 0.86}, Reason.PUPIL_TOO_WIDE),
        ({"pupil_ratio": 0.09}, Reason.PUPIL_TOO_SMALL),
        ({"exposure": 2.6}, Reason.GLARE),
        ({"veil": 200.0, "exposure": 0.2}, Reason.LOW_CONTRAST),
    ],
)
def test_what_makes_an_iris_unreadable_has_its_own_advice(poor: dict[str, float], reason: Reason) -> None:
    told = [iris_quality.refusal(measured(drawn(number, replace(setting(number), **poor)))) for number in range(8)]  # type: ignore[arg-type]  # keys differ in type
    assert told.count(reason) >= 6, told


def test_a_lid_that_closes_lowers_the_quality_step_by_step() -> None:
    scores = [measured(drawn(2, replace(setting(2), upper_lid=height))).score for height in (1.2, 0.7, 0.3, 0.0)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 1.5 * scores[-1]


def test_distance_and_resolution_change_little() -> None:
    near = measured(drawn(3, setting(3)))
    large = replace(setting(3), size=(480, 640), radius_px=110.0, centre=(320.0, 240.0), blur_px=2 * setting(3).blur_px)
    far = measured(draw(EYES[3], large, np.random.default_rng(3)))
    assert abs(near.usable_area - far.usable_area) < 0.08
    assert abs(near.pupil_contrast - far.pupil_contrast) < 0.1
    assert abs(near.pupil_ratio - far.pupil_ratio) < 0.02


def test_the_margin_is_counted_in_iris_radii_and_is_negative_beyond_the_frame() -> None:
    assert measured(drawn(1, setting(1))).margin == pytest.approx((120.0 - 55.0) / 55.0, abs=0.05)
    assert measured(drawn(1, replace(setting(1), centre=(30.0, 120.0)))).margin < 0

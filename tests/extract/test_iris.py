"""From drawn eyes, whose truth is known, to boundaries and codes."""

import numpy as np
import pytest

from terminal.capture.synthetic import DrawnEye, capture, draw, people
from terminal.extract import iris_encode, iris_segment, runtime
from terminal.match import hamming
from terminal.types import Frame, Instant, IrisMap, Pixels, Reason, Template

PEOPLE = people(77, 8)
SIZE = (240, 320)


@pytest.fixture(scope="module")
def network() -> runtime.Network:
    return runtime.load("iris-seg")


def framed(pixels: Pixels) -> Frame:
    return Frame(pixels, "test", "test", Instant(0, 0))


def drawn(person: int, shot: int, size: tuple[int, int] = SIZE) -> DrawnEye:
    rng = np.random.default_rng([person, shot])
    return draw(PEOPLE[person][0], capture(rng, size=size), rng)


def template(network: runtime.Network, eye: DrawnEye) -> Template:
    frame = framed(eye.pixels)
    found = iris_segment.segment(network, frame)
    assert isinstance(found, IrisMap)
    made = iris_encode.encode(frame, found)
    assert isinstance(made, Template)
    return made


@pytest.mark.parametrize("size", [(240, 320), (480, 640), (300, 300)])
def test_both_boundaries_are_found_where_they_were_drawn(network: runtime.Network, size: tuple[int, int]) -> None:
    off, wide = [], []
    for person in range(len(PEOPLE)):
        eye = drawn(person, 0, size)
        found = iris_segment.segment(network, framed(eye.pixels))
        assert isinstance(found, IrisMap), found
        for got, truth in ((found.pupil, eye.pupil), (found.limbus, eye.limbus)):
            off.append(np.hypot(got.x - truth.x, got.y - truth.y) / eye.limbus.radius)
            wide.append(abs(got.radius / truth.radius - 1))
    assert np.median(off) < 0.03
    assert np.median(wide) < 0.04


def test_what_lids_and_lashes_hide_is_masked(network: runtime.Network) -> None:
    shares = []
    for person in range(len(PEOPLE)):
        eye = drawn(person, 1)
        found = iris_segment.segment(network, framed(eye.pixels))
        assert isinstance(found, IrisMap)
        shares.append((found.visible & eye.visible).sum() / (found.visible | eye.visible).sum())
    assert np.median(shares) > 0.75


def test_two_pictures_of_one_eye_are_alike_and_of_two_eyes_are_not(network: runtime.Network) -> None:
    templates = [[template(network, drawn(person, shot)) for shot in range(2)] for person in range(len(PEOPLE))]
    rows = [iris_encode.reference_row(one) for one, _ in templates]
    packed = hamming.pack(np.stack([code for code, _ in rows]), np.stack([mask for _, mask in rows]))
    scores = np.stack([hamming.distances(probe.code, probe.mask, packed) for _, probe in templates])
    mated, nonmated = np.diag(scores), scores[~np.eye(len(PEOPLE), dtype=bool)]
    assert np.median(mated) < 0.3
    assert mated.mean() + 0.1 < nonmated.min()


def test_a_turned_head_is_found_by_rotation(network: runtime.Network) -> None:
    eye = drawn(0, 2)
    frame = framed(eye.pixels)
    found = iris_segment.segment(network, frame)
    assert isinstance(found, IrisMap)
    made = iris_encode.encode(frame, found)
    assert isinstance(made, Template)
    turned = iris_encode.TURNS.tolist().index(12)
    code, mask = made.code[turned][None], made.mask[turned][None]
    assert hamming.distances_numpy(made.code, made.mask, code, mask)[0] < 0.1
    assert hamming.distances_numpy(made.code[:1], made.mask[:1], code, mask)[0] > 0.3


@pytest.mark.parametrize("level", [0, 60, 128, 255])
def test_a_frame_without_an_eye_gives_a_reason(network: runtime.Network, level: int) -> None:
    assert isinstance(iris_segment.segment(network, framed(np.full(SIZE, level, np.uint8))), Reason)


def test_noise_is_no_eye(network: runtime.Network) -> None:
    noise = np.random.default_rng(0).integers(0, 256, SIZE).astype(np.uint8)
    assert isinstance(iris_segment.segment(network, framed(noise)), Reason)


def test_an_iris_too_small_for_texture_asks_the_person_to_come_nearer(network: runtime.Network) -> None:
    eye = drawn(1, 0, (96, 128))
    assert iris_segment.segment(network, framed(eye.pixels)) in {Reason.TOO_FAR, Reason.NO_EYE}

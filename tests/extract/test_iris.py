"""From drawn eyes, whose truth is known, to boundaries and codes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from terminal.capture.synthetic import DrawnEye, capture, draw, people
from terminal.extract import iris_encode, iris_segment, runtime
from terminal.match import hamming
from terminal.types import Ellipse, Eye, Frame, Instant, IrisMap, Pixels, Reason, Template

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


def the_iris(network: runtime.Network, pixels: Pixels) -> IrisMap:
    found = iris_segment.segment(network, framed(pixels))
    assert not isinstance(found, Reason), found
    assert len(found) == 1
    return found[0]


def template(network: runtime.Network, eye: DrawnEye) -> Template:
    frame = framed(eye.pixels)
    made = iris_encode.encode(frame, the_iris(network, eye.pixels))
    assert isinstance(made, Template)
    return made


@pytest.mark.parametrize("size", [(240, 320), (480, 640), (300, 300)])
def test_both_boundaries_are_found_where_they_were_drawn(network: runtime.Network, size: tuple[int, int]) -> None:
    off, wide = [], []
    for person in range(len(PEOPLE)):
        eye = drawn(person, 0, size)
        found = the_iris(network, eye.pixels)
        for got, truth in ((found.pupil, eye.pupil), (found.limbus, eye.limbus)):
            off.append(np.hypot(got.x - truth.x, got.y - truth.y) / eye.limbus.radius)
            wide.append(abs(got.radius / truth.radius - 1))
    assert np.median(off) < 0.03
    assert np.median(wide) < 0.04


def test_what_lids_and_lashes_hide_is_masked(network: runtime.Network) -> None:
    shares = []
    for person in range(len(PEOPLE)):
        eye = drawn(person, 1)
        found = the_iris(network, eye.pixels)
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
    made = template(network, drawn(0, 2))
    turned = iris_encode.TURNS.tolist().index(12)
    code, mask = made.code[turned][None], made.mask[turned][None]
    assert hamming.distances_numpy(made.code, made.mask, code, mask)[0] < 0.1
    assert hamming.distances_numpy(made.code[:1], made.mask[:1], code, mask)[0] > 0.3


@pytest.mark.parametrize("roll", [-0.9, -0.6, 0.6, 0.9])
def test_a_head_held_far_aside_shows_the_same_eye(network: runtime.Network, roll: float) -> None:
    alike = []
    for person in range(4):
        shots = []
        for turn, seed in ((0.0, 20), (roll, 21)):
            rng = np.random.default_rng([person, seed])
            setting = replace(capture(rng), roll=turn, upper_lid=0.8, lower_lid=0.9)
            shots.append(template(network, draw(PEOPLE[person][0], setting, rng)))
        code, mask = iris_encode.reference_row(shots[0])
        alike.append(hamming.distances_numpy(shots[1].code, shots[1].mask, code[None], mask[None])[0] < 0.36)
    assert sum(alike) >= 3


@pytest.mark.parametrize("radius", [25, 40, 80, 150])
def test_eyes_near_and_far_are_found_in_one_frame_size(network: runtime.Network, radius: int) -> None:
    found = []
    for person in range(6):
        rng = np.random.default_rng([person, radius])
        setting = replace(capture(rng), radius_px=float(radius), centre=(rng.uniform(180, 460), rng.uniform(170, 310)))
        eye = draw(PEOPLE[person][0], setting, rng)
        got = iris_segment.locate(network, framed(eye.pixels))
        found.append(not isinstance(got, Reason) and abs(got[0].limbus.radius / eye.limbus.radius - 1) < 0.1)
    assert sum(found) >= 5


def face(person: int, radius_px: float = 45.0, size: tuple[int, int] = (480, 400)) -> Pixels:
    """Return a frame that holds both eyes of a person, 8.9 radii apart: the right one at the left, as cameras see it."""
    halves = []
    for eye in reversed(PEOPLE[person]):
        rng = np.random.default_rng(person)
        setting = replace(capture(rng, size=size), radius_px=radius_px, centre=(size[1] / 2, 240.0))
        halves.append(draw(eye, setting, rng).pixels)
    return np.hstack(halves)


def test_both_eyes_of_a_face_are_told_apart_by_their_places(network: runtime.Network) -> None:
    for person in range(4):
        frame = framed(face(person))
        found = iris_segment.segment(network, frame)
        assert not isinstance(found, Reason)
        assert [one.eye for one in found] == [Eye.RIGHT, Eye.LEFT]
        assert found[0].limbus.x < 400 < found[1].limbus.x


def test_an_eye_beside_something_that_is_none_gets_no_side(
    network: runtime.Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    eye = drawn(3, 5, (480, 640))
    elsewhere = Ellipse(60.0, 60.0, 20.0, 20.0, 0.0)
    mistaken = [(elsewhere, Eye.RIGHT), (eye.limbus, Eye.LEFT)]
    monkeypatch.setattr(iris_segment, "find_eyes", lambda network, frame: mistaken)
    eye.pixels[:160, :160] = 128  # nothing to be seen where the other eye was taken to be
    assert the_iris(network, eye.pixels).eye is None


def test_a_single_eye_is_never_given_a_side(network: runtime.Network) -> None:
    assert [the_iris(network, drawn(person, 5).pixels).eye for person in range(4)] == [None] * 4


def test_what_of_an_iris_lies_beyond_the_frame_is_not_read(network: runtime.Network) -> None:
    rng = np.random.default_rng(8)
    setting = replace(capture(rng, size=SIZE), radius_px=60.0, centre=(42.0, 120.0), upper_lid=1.4, lower_lid=1.4)
    eye = draw(PEOPLE[2][0], setting, rng)
    frame = framed(eye.pixels)
    found = the_iris(network, eye.pixels)
    _, seen = iris_encode.unwrap(frame, found)
    columns = np.arange(seen.shape[1]) * 2 * np.pi / seen.shape[1]
    beyond = eye.limbus.x + eye.limbus.radius * np.cos(columns) < -10
    assert seen[-4:, beyond].max() == 0
    assert seen[:, ~beyond].mean() > 0.5


@pytest.mark.parametrize("level", [0, 60, 128, 255])
def test_a_frame_without_an_eye_gives_a_reason(network: runtime.Network, level: int) -> None:
    assert isinstance(iris_segment.segment(network, framed(np.full(SIZE, level, np.uint8))), Reason)


def test_noise_is_no_eye(network: runtime.Network) -> None:
    noise = np.random.default_rng(0).integers(0, 256, SIZE).astype(np.uint8)
    assert isinstance(iris_segment.segment(network, framed(noise)), Reason)


def test_clutter_is_no_eye(network: runtime.Network) -> None:
    rng = np.random.default_rng(2)
    mistaken = 0
    for _ in range(20):
        coarse = rng.integers(0, 256, rng.integers(3, 40, 2)).astype(np.uint8)
        clutter = np.asarray(cv2.resize(coarse, (640, 480), interpolation=cv2.INTER_CUBIC), np.uint8)
        mistaken += not isinstance(iris_segment.segment(network, framed(clutter)), Reason)
    assert mistaken == 0


def test_an_iris_too_small_for_texture_asks_the_person_to_come_nearer(network: runtime.Network) -> None:
    eye = drawn(1, 0, (96, 128))
    assert iris_segment.segment(network, framed(eye.pixels)) in {Reason.TOO_FAR, Reason.NO_EYE}

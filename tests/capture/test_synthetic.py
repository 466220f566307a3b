from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from terminal.capture.synthetic import Capture, Difficulty, DrawnEye, EyeIdentity, capture, draw, identity, people
from terminal.types import Ellipse, Eye, Mask

SMALL = (240, 320)


def picture(eye: EyeIdentity, seed: int, difficulty: Difficulty = Difficulty.EVERYDAY) -> DrawnEye:
    rng = np.random.default_rng(seed)
    return draw(eye, capture(rng, difficulty, SMALL), rng)


def plain() -> Capture:
    """Return one setting of a wide open eye that looks straight ahead."""
    setting = capture(np.random.default_rng(0), size=SMALL)
    return replace(setting, centre=(160.0, 120.0), upper_lid=1.4, lower_lid=1.4, gaze=0.0, roll=0.0)


def edge(ellipse: Ellipse, angle: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return points (2, K) of an ellipse in the directions `angle` from its centre."""
    u, v = np.cos(angle - ellipse.angle_rad), np.sin(angle - ellipse.angle_rad)
    reach = 1 / np.hypot(u / ellipse.a, v / ellipse.b)
    return np.array([ellipse.x + reach * np.cos(angle), ellipse.y + reach * np.sin(angle)])


def unrolled(drawn: DrawnEye) -> npt.NDArray[np.float32]:
    """Return the ring (16, 256) between both boundaries, less its slow brightness; 0 where the iris is hidden."""
    angle = np.linspace(0, 2 * np.pi, 256, endpoint=False)
    depth = np.linspace(0.15, 0.85, 16)[:, None, None]
    points = (1 - depth) * edge(drawn.pupil, angle) + depth * edge(drawn.limbus, angle)
    x, y = (points[:, i].astype(np.float32) for i in (0, 1))
    seen = cv2.erode(drawn.visible.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.float32)
    ring = cv2.remap(cv2.GaussianBlur(drawn.pixels, (0, 0), 1).astype(np.float32), x, y, cv2.INTER_LINEAR)
    shown = np.asarray(cv2.remap(seen, x, y, cv2.INTER_NEAREST), np.float32)
    slow = _along(ring * shown) / np.maximum(_along(shown), 0.1)
    detail = (ring - slow) * shown
    return np.asarray(np.clip(detail / detail.std(), -2.5, 2.5), np.float32)


def _along(ring: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(ring, (0, 0), sigmaX=12, sigmaY=0.1), np.float32)


def likeness(one: DrawnEye, other: DrawnEye) -> float:
    """Return the best correlation of two rings over a few degrees of rotation."""
    a, b = unrolled(one), unrolled(other)
    return max(float(np.corrcoef(a.ravel(), np.roll(b, turn, axis=1).ravel())[0, 1]) for turn in range(-12, 13))


def filled(ellipse: Ellipse) -> Mask:
    y, x = np.indices(SMALL)
    turn = np.exp(-1j * ellipse.angle_rad)
    point = ((x - ellipse.x) + 1j * (y - ellipse.y)) * turn
    return np.asarray((point.real / ellipse.a) ** 2 + (point.imag / ellipse.b) ** 2 < 1, np.bool_)


def overlap(one: Mask, other: Mask) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))


@pytest.mark.parametrize("difficulty", list(Difficulty))
def test_the_same_seeds_give_the_same_pixels(difficulty: Difficulty) -> None:
    first, again = picture(identity(3), 4, difficulty), picture(identity(3), 4, difficulty)
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.visible, again.visible)
    assert not np.array_equal(first.pixels, picture(identity(3), 5, difficulty).pixels)
    assert not np.array_equal(first.pixels, picture(identity(4), 4, difficulty).pixels)


def test_two_pictures_of_one_eye_are_more_alike_than_any_two_eyes() -> None:
    eyes = [eye for person in people(seed=1, count=4) for eye in person]
    shots = [(picture(eye, 10 + i), picture(eye, 50 + i)) for i, eye in enumerate(eyes)]
    mated = [likeness(*pair) for pair in shots]
    nonmated = [likeness(shots[i][0], shots[j][1]) for i in range(len(eyes)) for j in range(len(eyes)) if i != j]
    assert min(mated) > max(nonmated) + 0.05


def test_an_iris_is_known_again_when_its_pupil_opens() -> None:
    eye, stranger = identity(8), identity(9)
    narrow = draw(eye, replace(plain(), pupil_ratio=0.3), np.random.default_rng(1))
    wide = draw(eye, replace(plain(), pupil_ratio=0.55), np.random.default_rng(2))
    assert wide.pupil.radius > 1.7 * narrow.pupil.radius
    assert likeness(narrow, wide) > likeness(narrow, draw(stranger, plain(), np.random.default_rng(3))) + 0.2


def test_left_and_right_eye_of_a_person_are_mirrored_but_have_irides_of_their_own() -> None:
    left, right = identity(2, Eye.LEFT), identity(2, Eye.RIGHT)
    assert left.flesh == right.flesh
    assert replace(left.lids, nose_right=True) == right.lids
    assert abs(np.corrcoef(left.iris.texture.ravel(), right.iris.texture.ravel())[0, 1]) < 0.2


@pytest.mark.parametrize("difficulty", list(Difficulty))
def test_the_discs_are_what_the_ellipses_say(difficulty: Difficulty) -> None:
    for seed in range(12):
        drawn = picture(identity(seed), seed, difficulty)
        assert overlap(drawn.limbus_disc, filled(drawn.limbus)) > 0.99
        assert overlap(drawn.pupil_disc, filled(drawn.pupil)) > 0.97
        assert drawn.pupil.a >= drawn.pupil.b > 0
        assert not (drawn.pupil_disc & ~drawn.limbus_disc).any()


@pytest.mark.parametrize("difficulty", list(Difficulty))
def test_only_uncovered_iris_counts_as_visible(difficulty: Difficulty) -> None:
    for seed in range(12):
        drawn = picture(identity(seed), seed, difficulty)
        assert not (drawn.visible & (drawn.pupil_disc | ~drawn.limbus_disc | ~drawn.opening)).any()


def test_the_discs_reach_under_a_lid_that_hides_them() -> None:
    shut = draw(identity(1), replace(plain(), upper_lid=0.0), np.random.default_rng(1))
    assert overlap(shut.limbus_disc, filled(shut.limbus)) > 0.99
    assert (shut.pupil_disc & ~shut.opening).sum() > 0.3 * shut.pupil_disc.sum()
    assert (shut.limbus_disc & ~shut.opening).sum() > 0.4 * shut.limbus_disc.sum()


def test_the_pupil_is_darker_than_the_iris_and_the_iris_darker_than_the_white() -> None:
    for seed in range(6):
        drawn = draw(identity(seed), plain(), np.random.default_rng(seed))
        white = drawn.opening & ~filled(replace(drawn.limbus, a=1.2 * drawn.limbus.a, b=1.2 * drawn.limbus.b))
        pupil, iris, around = (np.median(drawn.pixels[m]) for m in (drawn.pupil_disc, drawn.visible, white))
        assert pupil + 20 < iris < around


def test_hanging_lashes_hide_iris() -> None:
    bare, curtain = (
        draw(identity(5), replace(plain(), upper_lid=0.9, lash_droop=1.0, lash_growth=growth), np.random.default_rng(1))
        for growth in (0.0, 2.0)
    )
    assert curtain.visible.sum() < 0.95 * bare.visible.sum()


def test_an_eye_turned_aside_is_drawn_narrower_along_its_turn() -> None:
    aside = draw(identity(1), replace(plain(), gaze=0.6, gaze_towards=0.0), np.random.default_rng(1))
    assert aside.limbus.b / aside.limbus.a == pytest.approx(np.cos(0.6), abs=1e-6)
    assert aside.limbus.angle_rad == pytest.approx(np.pi / 2, abs=1e-6)


def test_hard_pictures_cover_every_distance_and_a_cooperative_person_stands_right() -> None:
    rng = np.random.default_rng(1)
    hard = [capture(rng, Difficulty.HARD, SMALL) for _ in range(400)]
    everyday = [capture(rng, Difficulty.EVERYDAY, SMALL) for _ in range(400)]
    assert np.histogram([c.radius_px for c in hard], bins=[25, 40, 60, 80, 112])[0].min() > 40
    assert all(25 <= c.radius_px <= 112 for c in hard)
    assert all(40 <= c.radius_px <= 75 for c in everyday)  # what the first segmentation network knows
    assert max(abs(c.roll) for c in everyday) <= np.radians(8.1)
    assert any(c.glasses_frame for c in hard)
    assert any(c.gaze > 0.5 for c in hard)
    assert any(c.upper_lid < 0.2 for c in hard)


@pytest.mark.parametrize("size", [(37, 53), (101, 77), (240, 321), (64, 500), (480, 640)])
def test_any_size_gives_a_whole_picture(size: tuple[int, int]) -> None:
    for seed, difficulty in enumerate(Difficulty):
        rng = np.random.default_rng(seed)
        drawn = draw(identity(seed), capture(rng, difficulty, size), rng)
        assert drawn.pixels.dtype == np.uint8
        assert all(
            array.shape == size
            for array in (drawn.pixels, drawn.visible, drawn.pupil_disc, drawn.limbus_disc, drawn.opening)
        )
        assert drawn.pixels.std() > 3


def test_an_eye_outside_the_picture_leaves_skin_and_empty_masks() -> None:
    drawn = draw(identity(1), replace(plain(), centre=(900.0, -700.0)), np.random.default_rng(1))
    assert not (drawn.visible.any() or drawn.limbus_disc.any() or drawn.opening.any())

"""What the network learns from must be true: masks lie where the picture shows them, in every view."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from training.iris_seg import views
from training.iris_seg.pictures import draw_pictures

Show = Callable[[views.Pictures, np.random.Generator], tuple[views.Bytes, views.Bytes]]
VISIBLE, PUPIL, LIMBUS, OPENING = range(4)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> views.Pictures:
    folder: Path = tmp_path_factory.mktemp("pictures")
    draw_pictures(folder, count=12, seed=5, processes=1)
    return views.Pictures(*(np.load(folder / f"{name}.npy") for name in ("pixels", "seen", "discs")))


@pytest.mark.parametrize("show", [views.close, views.wide])
def test_the_seen_iris_lies_between_the_two_whole_discs(pictures: views.Pictures, show: Show) -> None:
    rng = np.random.default_rng(3)
    shown = 0
    for _ in range(60):
        pixels, masks = show(pictures, rng)
        assert masks.shape == (4, pixels.shape[0] // 2, pixels.shape[1] // 2)
        seen = masks[VISIBLE].astype(int)
        shown += int(seen.sum() > 0)
        outside = np.clip(seen - masks[LIMBUS], 0, None) + np.clip(seen + masks[PUPIL].astype(int) - 255, 0, None)
        assert (
            outside.sum() <= 0.08 * seen.sum() + 255 * 4
        )  # where pixels straddle an edge the three round their own way
    assert shown > 30


def test_a_pupil_is_darker_than_the_iris_around_it_wherever_the_view_puts_it(pictures: views.Pictures) -> None:
    rng = np.random.default_rng(4)
    darker = []
    for _ in range(40):
        pixels, masks = views.close(pictures, rng)
        grey = pixels.reshape(pixels.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3))
        inside, ring = (masks[PUPIL] == 255) & (masks[OPENING] == 255), masks[VISIBLE] == 255
        if inside.sum() > 20 and ring.sum() > 20:
            darker.append(np.median(grey[inside]) <= np.median(grey[ring]))
    assert len(darker) > 20
    assert np.mean(darker) > 0.9


def test_a_face_shows_two_eyes_and_clutter_none(pictures: views.Pictures) -> None:
    rng = np.random.default_rng(6)
    areas = [[int((views.wide(pictures, rng)[1][LIMBUS] > 127).any(axis=0).sum())] for _ in range(60)]
    assert min(areas) == [0]
    scene = views._two(pictures, np.random.default_rng(1))
    assert len(scene.discs) == 2
    (left, right) = (eye[1][0, 2] for eye in scene.discs)
    assert left < right

"""One image file: whole and an image, or a clear word why not."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from terminal.capture.image import read_image
from terminal.errors import ImageError

PICTURE = np.random.default_rng(0).integers(0, 256, (120, 160)).astype(np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".pgm"])
def test_an_image_is_read_as_grey(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"eye{suffix}"
    cv2.imwrite(str(path), PICTURE if suffix == ".pgm" else cv2.merge([PICTURE] * 3))
    assert read_image(path).shape == (120, 160)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
def test_a_truncated_image_is_refused_and_never_filled_up(tmp_path: Path, suffix: str, part: float) -> None:
    path = tmp_path / f"eye{suffix}"
    cv2.imwrite(str(path), PICTURE)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(ImageError):
        read_image(path)


def test_a_png_with_a_flipped_bit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "eye.png"
    cv2.imwrite(str(path), PICTURE)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ImageError, match="damaged"):
        read_image(path)


@pytest.mark.parametrize("data", [b"", b"text", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
def test_what_is_no_image_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "eye.png"
    path.write_bytes(data)
    with pytest.raises(ImageError, match="Next:"):
        read_image(path)

"""One image file to grey pixels, or a clear word why it cannot be."""

import zlib
from pathlib import Path

from terminal import opencv
from terminal.errors import ImageError
from terminal.types import Pixels

LEAST_WIDTH, LEAST_HEIGHT = 64, 48  # pixels: less cannot hold an iris of any use
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".pgm"})

PNG_START = b"\x89PNG\r\n\x1a\n"
JPEG_START, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"


def read_image(path: Path) -> Pixels:
    """Return the grey image of a file; raise ImageError when it is no image, is cut short, or is too small to hold an eye."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImageError(
            f"{path} cannot be read ({error.strerror})", hint="check the name and the permissions"
        ) from error
    if not _is_whole(data):
        raise ImageError(f"{path} is cut short or damaged", hint="copy it again from where it came")
    pixels = opencv.decode_grey(data)
    if pixels is None:
        raise ImageError(f"{path} is not an image", hint=f"give one of {', '.join(sorted(SUFFIXES))}")
    height, width = pixels.shape
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        hint = f"an eye needs at least {LEAST_WIDTH}x{LEAST_HEIGHT} pixels"
        raise ImageError(f"{path} is only {width}x{height} pixels", hint=hint)
    return pixels


def _is_whole(data: bytes) -> bool:
    """Say whether a PNG or JPEG reaches its end: some decoders fill what is missing with grey instead of refusing."""
    if data.startswith(PNG_START):
        return _is_whole_png(data)
    if data.startswith(JPEG_START):
        return JPEG_END in data[-64:]  # cameras pad the end; a cut inside the picture leaves no end marker
    return True


def _is_whole_png(data: bytes) -> bool:
    """Walk the chunks (ISO/IEC 15948, 5.3: length, type, data, CRC) up to IEND and check each one's CRC."""
    at = len(PNG_START)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        body, end = data[at + 4 : at + 8 + length], at + 12 + length
        if end > len(data) or zlib.crc32(body) != int.from_bytes(data[end - 4 : end], "big"):
            return False
        if body.startswith(b"IEND"):
            return True
        at = end
    return False

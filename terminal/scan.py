"""`tatap scan`: what the pipeline makes of single images, for a person to look at."""

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from terminal import opencv
from terminal.capture.image import read_image
from terminal.capture.quality import assess
from terminal.errors import ImageError
from terminal.extract import iris_encode, iris_segment, runtime
from terminal.opencv import Colours
from terminal.types import Frame, Instant, IrisMap, Quality, Reason, Template

GREEN, RED, GREY = (80, 220, 80), (80, 80, 240), 110
PICTURE_WIDTH = 640  # pixels
STRIP_HEIGHT, CODE_HEIGHT = 80, 192  # pixels


@dataclass(frozen=True, slots=True)
class Scanned:
    """What became of one image; what it did not come to is None."""

    frame: Frame
    quality: Quality | None
    iris: IrisMap | None
    template: Template | None
    reason: Reason | None
    ms: float


def scan(images: list[Path], as_json: bool, plot: Path | None) -> int:
    """Print one line an image, or one JSON object a line, and return the exit status: 1 when any was unreadable or refused.

    `plot` names one picture file in which every readable image is drawn, one below the other.
    """
    network = runtime.load("iris-seg")
    status, drawings = 0, []
    for path in images:
        try:
            scanned = scan_frame(network, Frame(read_image(path), "file", str(path), Instant(0, 0)))
        except ImageError as error:
            status = 1
            if as_json:
                print(json.dumps({"image": str(path), "error": str(error)}))
            else:
                print(error, file=sys.stderr)
            continue
        status = max(status, int(scanned.reason is not None))
        print(json.dumps(_object(path, scanned)) if as_json else _line(path, scanned))
        if plot is not None:
            drawings.append(draw(scanned))
    if plot is not None and drawings:
        opencv.write_image(plot, np.concatenate(drawings))
        print(f"wrote {plot}", file=sys.stderr)
    return status


def scan_frame(network: runtime.Network, frame: Frame) -> Scanned:
    """Take one frame as far as it goes, keeping what was found on the way even when it is refused in the end."""
    started = time.perf_counter()
    quality = assess(frame)
    if isinstance(quality, Reason):
        return Scanned(frame, None, None, None, quality, _since_ms(started))
    iris = iris_segment.locate(network, frame)
    if isinstance(iris, Reason):
        return Scanned(frame, quality, None, None, iris, _since_ms(started))
    reason = iris_segment.refusal(iris, frame.pixels.shape)
    if reason is not None:
        return Scanned(frame, quality, iris, None, reason, _since_ms(started))
    template = iris_encode.encode(frame, iris)
    if isinstance(template, Reason):
        return Scanned(frame, quality, iris, None, template, _since_ms(started))
    return Scanned(frame, quality, iris, template, None, _since_ms(started))


def draw(scanned: Scanned) -> Colours:
    """Return a picture PICTURE_WIDTH wide: the frame with both boundaries, the unwrapped strip, and the code below."""
    pixels = scanned.frame.pixels
    picture = np.repeat(pixels[:, :, None], 3, axis=2)
    if scanned.iris is not None:
        tint = picture[scanned.iris.visible].astype(np.uint16)
        tint[:, 1] += 40  # a little greener where the iris is seen
        picture[scanned.iris.visible] = np.minimum(tint, 255).astype(np.uint8)
        opencv.outline(picture, scanned.iris.pupil, RED)
        opencv.outline(picture, scanned.iris.limbus, GREEN)
    height = round(pixels.shape[0] * PICTURE_WIDTH / pixels.shape[1])
    parts = [opencv.stretch(picture, PICTURE_WIDTH, height)]
    opencv.caption(parts[0], scanned.reason or "accepted as a template")
    if scanned.iris is not None:
        parts.append(_draw_strip(scanned.frame, scanned.iris))
    if scanned.template is not None:
        parts.append(_draw_code(scanned.template))
    return np.concatenate(parts)


def _draw_strip(frame: Frame, iris: IrisMap) -> Colours:
    """Draw the rubber sheet, red where it is hidden."""
    sheet, seen = iris_encode.unwrap(frame, iris)
    picture = np.repeat(np.clip(sheet, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    picture[seen < 0.5, :2] //= 2
    return opencv.stretch(picture, PICTURE_WIDTH, STRIP_HEIGHT)


def _draw_code(template: Template) -> Colours:
    """Draw the bits of no rotation, black and white, grey where they are not trusted."""
    upright = iris_encode.reference_row(template)
    code, mask = (np.unpackbits(words.view(np.uint8)) for words in upright)
    shades = np.where(mask, code * np.uint8(255), np.uint8(GREY)).reshape(-1, iris_encode.SPOKES)
    return opencv.stretch(np.repeat(shades[:, :, None], 3, axis=2), PICTURE_WIDTH, CODE_HEIGHT)


def _blur(frame: Frame) -> float:
    """Return how blurred the frame is, 0 sharp to 1, whatever it shows (Crete et al., SPIE 2007): to compare cameras by."""
    from skimage.measure import blur_effect  # heavy, and only a technician's look needs it

    return float(blur_effect(frame.pixels))  # type: ignore[no-untyped-call]  # scikit-image carries no types here


def _since_ms(started: float) -> float:
    return (time.perf_counter() - started) * 1e3


def _line(path: Path, scanned: Scanned) -> str:
    """Return what a person reads of one image."""
    parts = [f"{path}: {scanned.reason or 'ok'}"]
    if scanned.quality is not None:
        quality = scanned.quality
        parts.append(
            f"light {quality.brightness:.0f}, contrast {quality.contrast:.0f}, blur {_blur(scanned.frame):.2f}"
        )
    if scanned.iris is not None:
        for name, around in (("pupil", scanned.iris.pupil), ("limbus", scanned.iris.limbus)):
            parts.append(f"{name} ({around.x:.1f}, {around.y:.1f}) radius {around.radius:.1f}")
        parts.append(f"seen {scanned.iris.visible_fraction:.0%}, confidence {scanned.iris.confidence:.2f}")
    return "; ".join([*parts, f"{scanned.ms:.0f} ms"])


def _object(path: Path, scanned: Scanned) -> object:
    """Return what --json prints of one image: lengths in pixels, parts as fractions."""
    iris = scanned.iris
    return {
        "image": str(path),
        "reason": scanned.reason,
        "quality": None if scanned.quality is None else asdict(scanned.quality),
        "pupil": None if iris is None else asdict(iris.pupil),
        "limbus": None if iris is None else asdict(iris.limbus),
        "visible_fraction": None if iris is None else iris.visible_fraction,
        "confidence": None if iris is None else iris.confidence,
        "blur": round(_blur(scanned.frame), 3),
        "ms": round(scanned.ms, 2),
    }

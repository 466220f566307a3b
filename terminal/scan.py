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
from terminal.extract import iris_encode, iris_quality, iris_segment, runtime
from terminal.opencv import Colours
from terminal.types import Frame, Instant, IrisMap, IrisQuality, Quality, Reason, Template

GREEN, RED, GREY = (80, 220, 80), (80, 80, 240), 110
PICTURE_WIDTH = 640  # pixels
STRIP_HEIGHT, CODE_HEIGHT = 80, 192  # pixels


@dataclass(frozen=True, slots=True)
class ScannedEye:
    """What became of one iris; what it did not come to is None."""

    iris: IrisMap
    quality: IrisQuality
    template: Template | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Scanned:
    """What became of one image; `reason` says why no eye of it makes a template."""

    frame: Frame
    quality: Quality | None
    eyes: tuple[ScannedEye, ...]
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
        return Scanned(frame, None, (), quality, _since_ms(started))
    found = iris_segment.locate(network, frame)
    if isinstance(found, Reason):
        return Scanned(frame, quality, (), found, _since_ms(started))
    eyes = tuple(_scan_eye(frame, iris) for iris in found)
    reason = None if any(eye.template for eye in eyes) else eyes[0].reason
    return Scanned(frame, quality, eyes, reason, _since_ms(started))


def _scan_eye(frame: Frame, iris: IrisMap) -> ScannedEye:
    quality = iris_quality.measure(frame, iris)
    reason = iris_segment.refusal(iris, frame.pixels.shape) or iris_quality.refusal(quality)
    made = reason or iris_encode.encode(frame, iris)
    return ScannedEye(iris, quality, *((None, made) if isinstance(made, Reason) else (made, None)))


def draw(scanned: Scanned) -> Colours:
    """Return a picture PICTURE_WIDTH wide: the frame with the boundaries, and each eye's unwrapped strip and code below."""
    pixels = scanned.frame.pixels
    picture = np.repeat(pixels[:, :, None], 3, axis=2)
    for eye in scanned.eyes:
        tint = picture[eye.iris.visible].astype(np.uint16)
        tint[:, 1] += 40  # a little greener where the iris is seen
        picture[eye.iris.visible] = np.minimum(tint, 255).astype(np.uint8)
        opencv.outline(picture, eye.iris.pupil, RED)
        opencv.outline(picture, eye.iris.limbus, GREEN)
    height = round(pixels.shape[0] * PICTURE_WIDTH / pixels.shape[1])
    parts = [opencv.stretch(picture, PICTURE_WIDTH, height)]
    opencv.caption(parts[0], scanned.reason or "accepted as a template")
    for eye in scanned.eyes:
        parts.append(_draw_strip(scanned.frame, eye.iris))
        if eye.template is not None:
            parts.append(_draw_code(eye.template))
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
    shades = np.where(mask, code * np.uint8(255), np.uint8(GREY)).reshape(-1, iris_encode.KIOSK.spokes)
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
    for eye in scanned.eyes:
        for name, around in (("pupil", eye.iris.pupil), ("limbus", eye.iris.limbus)):
            parts.append(f"{name} ({around.x:.1f}, {around.y:.1f}) radius {around.radius:.1f}")
        parts.append(f"seen {eye.quality.usable_area:.0%}, confidence {eye.iris.confidence:.2f}")
        parts.append(f"quality {eye.quality.score:.2f}, {eye.iris.eye or 'one'} eye {eye.reason or 'ok'}")
    return "; ".join([*parts, f"{scanned.ms:.0f} ms"])


def _object(path: Path, scanned: Scanned) -> object:
    """Return what --json prints of one image: lengths in pixels, parts as fractions."""
    return {
        "image": str(path),
        "reason": scanned.reason,
        "quality": None if scanned.quality is None else asdict(scanned.quality),
        "eyes": [
            {
                "eye": eye.iris.eye,
                "reason": eye.reason,
                "pupil": asdict(eye.iris.pupil),
                "limbus": asdict(eye.iris.limbus),
                "confidence": eye.iris.confidence,
                "quality": asdict(eye.quality),
            }
            for eye in scanned.eyes
        ],
        "blur": round(_blur(scanned.frame), 3),
        "ms": round(scanned.ms, 2),
    }

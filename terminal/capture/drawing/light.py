"""What light and camera do to a picture: mirrored lamps, glasses, uneven light, blur, noise, compression."""

import cv2
import numpy as np
import numpy.typing as npt

from terminal.capture.drawing.geometry import Opening
from terminal.capture.drawing.noise import Field, blurred
from terminal.capture.drawing.setting import Capture, Illuminator
from terminal.types import Ellipse, Mask, Pixels

HIDES = 0.35  # coverage from which a pixel no longer counts as visible iris; our first training masks had it

Lamps = list[tuple[float, float, float]]  # x, y from the pupil centre and radius, in iris radii


def reflections(rng: np.random.Generator, capture: Capture, pupil: Ellipse, lids: Opening) -> Field:
    """Return the light (H, W) that cornea and tears mirror: 0 none, 1 enough to saturate, more for its bloom."""
    canvas = np.zeros(capture.size, np.uint8)
    radius = capture.radius_px
    for x, y, size in _lamps(rng, capture):
        _spot(rng, canvas, pupil.x + x * radius, pupil.y + y * radius, size * radius)
    # the cornea mirrors only where the lids leave it bare
    lamp = np.where(lids.inside, canvas / 255, 0)
    wet = np.zeros(capture.size, np.uint8)
    if rng.random() < capture.glare:
        across = np.clip(rng.normal(rng.choice([0.0, 0.1, -0.95]), 0.12, int(rng.integers(2, 14))), -1, 1)
        at = lids.lower_edge(across) if rng.random() < 0.7 else lids.upper_edge(across)
        for x, y in lids.plane.pixels(at):
            _spot(rng, wet, x, y, radius * rng.uniform(0.01, 0.03))
    sharp = blurred(lamp + wet / 255, 0.4)
    bloom = blurred(lamp, max(1.0, 1.6 * capture.lamp_radius * radius))
    return np.asarray(1.4 * sharp + 0.35 * bloom, np.float32)


def _lamps(rng: np.random.Generator, capture: Capture) -> Lamps:
    x, y, size = *capture.lamp_at, capture.lamp_radius
    match capture.illuminator:
        case Illuminator.SPOT:
            return [(x, y, size), *_echo(rng, x, y, size)]
        case Illuminator.PAIR:
            apart = rng.uniform(0.1, 0.35)
            return [(x - apart, y, 0.7 * size), (x + apart, y + rng.normal(0, 0.02), 0.7 * size)]
        case Illuminator.RING:
            number, wide = int(rng.integers(4, 13)), capture.pupil_ratio * rng.uniform(0.35, 0.75)
            angles = 2 * np.pi * (np.arange(number) + rng.random()) / number
            return [(x + wide * np.cos(a), y + wide * np.sin(a), min(0.5 * size, 0.05)) for a in angles]
        case Illuminator.SCATTER:
            number = int(rng.integers(2, 7))
            return [(*rng.normal(0, 0.5, 2), size * rng.uniform(0.3, 1)) for _ in range(number)]


def _echo(rng: np.random.Generator, x: float, y: float, size: float) -> Lamps:
    """Fainter second mirrorings of the room beside a single lamp."""
    number = int(rng.integers(0, 3))
    return [(x + rng.normal(0, 0.3), y + rng.normal(0, 0.25), size * rng.uniform(0.15, 0.4)) for _ in range(number)]


def _spot(rng: np.random.Generator, canvas: Pixels, x: float, y: float, radius_px: float) -> None:
    half = max(0.5, radius_px) * np.array([1, rng.uniform(0.6, 1)])
    axes = (max(1, round(half[0] * 16)), max(1, round(half[1] * 16)))
    cv2.ellipse(canvas, (round(x * 16), round(y * 16)), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA, 4)


def glasses(rng: np.random.Generator, capture: Capture, picture: Field) -> tuple[Field, Mask]:
    """Return the picture (H, W) seen through glasses, and what their rim and reflections hide of it."""
    hidden = np.zeros(capture.size, bool)
    radius = capture.radius_px
    if capture.glasses_frame:
        rim = np.zeros(capture.size, np.uint8)
        axes = np.array([rng.uniform(2.3, 3.4), rng.uniform(1.2, 2.2)]) * radius
        at = np.array(capture.centre) + rng.normal(0, 0.25, 2) * radius
        width = max(1, round(capture.glasses_frame * radius))
        outline = cv2.ellipse2Poly(_whole(at), _whole(axes), round(np.degrees(capture.roll)), 0, 360, 5)
        cv2.polylines(rim, [np.asarray(outline, np.int32)], True, 255, width, cv2.LINE_AA)
        cover = rim / 255
        shine = rng.uniform(10, 110) + rng.uniform(0, 60) * np.exp(-((blurred(cover, 0.3 * width) - 1) ** 2) / 0.01)
        picture = np.asarray(picture + cover * (shine - picture), np.float32)
        hidden |= rim > 127
    for _ in range(capture.glasses_glare):
        canvas = np.zeros(capture.size, np.uint8)
        at = np.array(capture.centre) + rng.normal(0, 1.1, 2) * radius
        corners = at + rng.uniform(0.08, 0.5) * radius * rng.uniform(0.4, 1, (5, 1)) * _around(5, rng.random())
        cv2.fillPoly(canvas, [np.round(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        mirrored = blurred(canvas / 255, rng.uniform(0.5, 3)) * np.float32(rng.uniform(0.6, 1))
        picture = picture + mirrored * (250 - picture)
        hidden |= mirrored > HIDES
    return picture, hidden


def _whole(pair: npt.NDArray[np.float64]) -> tuple[int, int]:
    return round(float(pair[0])), round(float(pair[1]))


def _around(number: int, phase: float) -> npt.NDArray[np.float64]:
    angles = 2 * np.pi * (np.arange(number) + phase) / number
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def photograph(rng: np.random.Generator, capture: Capture, scene: Field) -> Pixels:
    """Return the picture (H, W) that the camera makes of a scene in grey levels."""
    rows, cols = capture.size
    right = np.linspace(-0.5, 0.5, cols, dtype=np.float32)[None, :]
    down = np.linspace(-0.5, 0.5, rows, dtype=np.float32)[:, None]
    lit = scene * (1 + capture.slope[0] * right + capture.slope[1] * down)
    if capture.falloff:
        x, y = rng.normal(0, 0.3, 2)
        away = (right - np.float32(x)) ** 2 * np.float32((cols / rows) ** 2) + (down - np.float32(y)) ** 2
        lit /= 1 + np.float32(capture.falloff / (1 - capture.falloff)) * away
    lit = _smeared(rng, blurred(np.asarray(lit, np.float32), capture.blur_px), capture.smear_px)
    exposed = np.clip(lit * (capture.exposure / 255), 0, 1) ** np.float32(capture.gamma) * 255 + capture.veil
    grain = rng.standard_normal(capture.size, dtype=np.float32) * capture.noise
    exposed += grain * np.sqrt(0.3 + exposed / 180)  # light arrives in quanta: bright parts are noisier
    pixels = np.asarray(np.clip(np.rint(exposed), 0, 255), np.uint8)
    if not capture.jpeg_quality:
        return pixels
    _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, capture.jpeg_quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _smeared(rng: np.random.Generator, picture: Field, length_px: float) -> Field:
    if length_px < 1:
        return picture
    half = int(np.ceil(length_px / 2))
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.uint8)
    angle = rng.uniform(0, np.pi)
    end = np.array([np.cos(angle), np.sin(angle)]) * length_px / 2
    start, stop = _whole((half - end) * 16), _whole((half + end) * 16)
    cv2.line(kernel, start, stop, 255, 1, cv2.LINE_AA, 4)
    weights = kernel.astype(np.float32) / max(1, int(kernel.sum()))
    return np.asarray(cv2.filter2D(picture, -1, weights, borderType=cv2.BORDER_REPLICATE), np.float32)

"""The second camera: looks at a flat thing with a picture on it, as the kiosk's camera would."""

from dataclasses import dataclass

import cv2
import numpy as np

from terminal.capture.drawing.noise import Field, blurred
from terminal.evaluate.species.presentation import Source
from terminal.types import Ellipse, Pixels

LEAST_STEP = 3.0  # samples to a frame pixel: fewer would alias where no camera does


@dataclass(frozen=True, slots=True)
class Pose:
    """How the thing is held: all small, as by somebody who wants to get through."""

    turn: float  # radians
    scale: float
    shift: tuple[float, float]  # frame pixels
    tilt: tuple[float, float]  # perspective across and down, parts of the frame
    curl: float  # frame pixels by which the middle stands out sideways


@dataclass(frozen=True, slots=True)
class Settings:
    """What stays the same while one thing is held before the camera."""

    blur_px: float  # standard deviation of the defocus: good focus
    level: float  # mean grey over that of the source
    veil: float  # stray light, grey levels
    gamma: float
    noise: float  # standard deviation in the mid greys, grey levels
    jpeg_quality: int  # 0 for none
    beam_at: tuple[float, float]  # where the light points, parts of the frame
    beam_reach: float  # parts of the frame's width
    beam_floor: float  # light beside the beam, of that in it


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flat thing. light (h, w) float32: 0 black .. 1 white, more where it mirrors; `step` samples to one frame pixel."""

    light: Field
    step: float


def pose(rng: np.random.Generator, radius_px: float) -> Pose:
    """Return a chance way of holding a picture whose iris has a radius in pixels."""
    return Pose(
        turn=rng.normal(0, 0.05),
        scale=rng.uniform(0.98, 1.12),  # a little nearer, so that the picture's edge stays outside the frame
        shift=(rng.normal(0, 0.06) * radius_px, rng.normal(0, 0.05) * radius_px),
        tilt=(rng.normal(0, 0.03), rng.normal(0, 0.03)),
        curl=rng.normal(0, 0.03) * radius_px,
    )


def settings(rng: np.random.Generator) -> Settings:
    """Return a chance camera, such as the one that took the source."""
    return Settings(
        blur_px=rng.uniform(0.3, 0.9),
        level=rng.uniform(0.8, 1.15),
        veil=rng.uniform(0, 12),
        gamma=rng.uniform(0.85, 1.2),
        noise=rng.uniform(0.5, 3.0),
        jpeg_quality=0 if rng.random() < 0.6 else int(rng.integers(75, 97)),
        beam_at=(rng.normal(0.5, 0.25), rng.normal(0.5, 0.25)),
        beam_reach=rng.uniform(0.5, 2.0),
        beam_floor=rng.uniform(0.6, 1.0),
    )


def enlarged(values: Field, step: float) -> Field:
    """Return a picture (H, W) with `step` samples to each of its pixels."""
    height, width = values.shape
    size = max(1, round(width * step)), max(1, round(height * step))
    shrinks = step < 1
    return np.asarray(
        cv2.resize(values, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC), np.float32
    )


def photograph(sheet: Sheet, of: Source, held: Pose, by: Settings, rng: np.random.Generator) -> Source:
    """Return the frame of a thing held before the camera, about as bright as the source, and where its eye lies now."""
    height, width = of.pixels.shape
    light = _seen_through_lens(sheet, by.blur_px)
    y, x = np.indices((height, width), np.float32)
    x, y = _where(held, (height, width), x, y)
    half = np.float32(0.5)
    lit = cv2.remap(
        light,
        np.asarray((x + half) * sheet.step - half, np.float32),
        np.asarray((y + half) * sheet.step - half, np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    pixels = _exposed(np.asarray(lit * _uneven(by, height, width), np.float32), float(of.pixels.mean()), by, rng)
    visible = cv2.remap(of.visible.astype(np.uint8), x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT) > 0
    return Source(pixels, _moved(of.pupil, held, (height, width)), _moved(of.limbus, held, (height, width)), visible)


def _exposed(light: Field, wanted_mean: float, by: Settings, rng: np.random.Generator) -> Pixels:
    """Return grey levels of light (H, W): exposure, gamma, stray light, grain, perhaps JPEG."""
    level = by.level * wanted_mean / 255
    grey = np.clip(light, 0, 8) * np.float32(level ** (1 / by.gamma) / max(float(np.clip(light, 0, 1).mean()), 1e-3))
    grey = np.minimum(grey, 1.3) ** np.float32(by.gamma) * (255 - by.veil) + by.veil
    grain = rng.standard_normal(light.shape, dtype=np.float32) * np.float32(by.noise)
    grey += grain * np.sqrt(0.3 + np.clip(grey, 0, 255) / 180)
    pixels = np.asarray(np.clip(np.rint(grey), 0, 255), np.uint8)
    if not by.jpeg_quality:
        return pixels
    _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, by.jpeg_quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _seen_through_lens(sheet: Sheet, blur_px: float) -> Field:
    """Blur (h, w) by the lens and by the area a pixel gathers light from."""
    side = max(1, round(sheet.step))
    gathered = cv2.blur(sheet.light, (side, side)) if side > 1 else sheet.light
    return blurred(np.asarray(gathered, np.float32), blur_px * sheet.step)


def _moved(eye: Ellipse, held: Pose, size: tuple[int, int]) -> Ellipse:
    """Return where an ellipse of the picture lies in the frame."""
    x, y = np.array([eye.x], np.float32), np.array([eye.y], np.float32)
    for _ in range(5):  # the way there is nearly a turn, so stepping back along it converges at once
        at_x, at_y = _where(held, size, x, y)
        off_x, off_y = eye.x - at_x, eye.y - at_y
        cos, sin = held.scale * np.cos(held.turn), held.scale * np.sin(held.turn)
        x, y = (
            np.asarray(x + cos * off_x - sin * off_y, np.float32),
            np.asarray(y + sin * off_x + cos * off_y, np.float32),
        )
    return Ellipse(float(x[0]), float(y[0]), eye.a * held.scale, eye.b * held.scale, eye.angle_rad + held.turn)


def _where(held: Pose, size: tuple[int, int], x: Field, y: Field) -> tuple[Field, Field]:
    """Return where points of the frame fall on the upright picture, in pixels of the picture."""
    height, width = size
    u, v = (x - width / 2 - held.shift[0]) / width, (y - height / 2 - held.shift[1]) / width
    depth = 1 + held.tilt[0] * u + held.tilt[1] * v
    cos, sin = np.cos(held.turn) / held.scale, np.sin(held.turn) / held.scale
    across, down = (cos * u + sin * v) / depth, (cos * v - sin * u) / depth
    bent = across * width + held.curl * np.cos(np.pi * np.clip(across, -0.5, 0.5))
    return np.asarray(bent + width / 2, np.float32), np.asarray(down * width + height / 2, np.float32)


def _uneven(by: Settings, height: int, width: int) -> Field:
    """Return the kiosk's light (H, W) on a flat thing, about 1: brighter where it points."""
    y, x = np.indices((height, width), np.float32)
    away = (x - width * by.beam_at[0]) ** 2 + (y - height * by.beam_at[1]) ** 2
    return np.asarray(by.beam_floor + 0.4 * np.exp(-away / (width * by.beam_reach) ** 2), np.float32)

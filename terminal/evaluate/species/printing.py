"""Prints of an eye: laser screens, error diffusion, ink-jet grain, on paper, before the kiosk's camera."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from terminal.capture.drawing.noise import Field, blurred, smooth_noise
from terminal.evaluate.species.camera import LEAST_STEP, Sheet, enlarged, photograph, pose, settings
from terminal.evaluate.species.presentation import Attack, Source

MOST_SAMPLES = 2600  # along the longer side: finer printers are drawn as if they printed somewhat coarser
SCREEN_ANGLES = (0.0, 15.0, 45.0, 75.0)  # degrees: usual for cyan and black separations
TILE = 128  # dots of the repeating ink-jet grain


@dataclass(frozen=True, slots=True)
class Printer:
    """How a grey level becomes dots. Lengths are per inch of the life-size print."""

    screening: str  # "dot", "line", "diffusion" or "grain"
    dots_per_inch: float
    lines_per_inch: float  # of "dot" and "line"
    angle_deg: float
    levels: int  # of ink a dot can have: 2 is black or nothing


def held_up(of: Source, rng: np.random.Generator, *, cut: bool = False) -> Attack:
    """Return a life-size print held before the camera; `cut` has a hole for a living pupil."""
    printer = _printer(rng)
    step = min(printer.dots_per_inch / of.px_per_inch, MOST_SAMPLES / max(of.pixels.shape))
    dots = _printed(_tone(of, step, rng), printer, step * of.px_per_inch, rng)
    repeat = int(np.ceil(LEAST_STEP / step))
    light = np.repeat(np.repeat(dots, repeat, axis=0), repeat, axis=1) if repeat > 1 else dots
    light = _on_paper(blurred(light, rng.uniform(0.2, 0.5) * repeat), rng, step * repeat)
    if cut:
        light = _with_hole(light, of, rng)
    seen = photograph(Sheet(light, step * repeat), of, pose(rng, of.limbus.radius), settings(rng), rng)
    regular = printer.screening in {"dot", "line"}
    period = of.px_per_inch / printer.lines_per_inch if regular else 1 / step
    return Attack(seen, f"{'cut ' if cut else ''}{printer.screening}", period)


def nothing_between(of: Source, rng: np.random.Generator) -> Attack:
    """Return the picture taken again as if the eye itself were there: what the second camera alone does to it."""
    step = LEAST_STEP
    light = enlarged(np.asarray(of.pixels, np.float32) / np.float32(255), step)
    return Attack(photograph(Sheet(light, step), of, pose(rng, of.limbus.radius), settings(rng), rng), "control", 0.0)


def _printer(rng: np.random.Generator) -> Printer:
    screening = str(rng.choice(["dot", "dot", "line", "diffusion", "grain"]))
    if screening in {"dot", "line"}:
        lines = float(np.exp(rng.uniform(np.log(75), np.log(200))))  # office lasers 85 to 141, fine ones up to 200
        dots = 600.0 if lines < 110 else 1200.0
        return Printer(screening, dots, lines, float(rng.choice(SCREEN_ANGLES)) + rng.normal(0, 1), 2)
    dots = float(rng.choice([300, 360, 600, 720, 1200], p=[0.15, 0.2, 0.35, 0.2, 0.1]))
    # grey inks are rare, and near infrared sees none of the coloured ones that photographs are printed with
    return Printer(screening, dots, 0.0, 0.0, int(rng.choice([2, 3, 4], p=[0.8, 0.1, 0.1])))


def _tone(of: Source, step: float, rng: np.random.Generator) -> Field:
    """Return the share of light (h, w) the printer is asked to leave, one value a dot; some stretch the contrast first."""
    grey = np.asarray(of.pixels, np.float32) / np.float32(255)
    if rng.random() < 0.5:
        low, high = np.percentile(grey, (1, 99))
        grey = (grey - low) / max(float(high - low), 0.1)
    return np.asarray(np.clip(enlarged(grey, step), 0, 1) ** np.float32(rng.uniform(0.75, 1.3)), np.float32)


def _printed(tone: Field, printer: Printer, dots_per_inch: float, rng: np.random.Generator) -> Field:
    """Return the light (h, w) each dot leaves, 0 to 1 in steps of the printer's levels."""
    top = printer.levels - 1
    if printer.screening == "diffusion":
        return _diffused(tone, top)
    if printer.screening == "grain":
        tile = _grain()
        repeats = -(-tone.shape[0] // TILE), -(-tone.shape[1] // TILE)
        threshold = np.tile(tile, repeats)[: tone.shape[0], : tone.shape[1]]
    else:
        threshold = _screen(tone.shape, printer, dots_per_inch, rng)
    return np.asarray(np.clip(np.floor(tone * top + threshold), 0, top) / top, np.float32)


def _screen(shape: tuple[int, ...], printer: Printer, dots_per_inch: float, rng: np.random.Generator) -> Field:
    """Return the thresholds (h, w) of a clustered-dot or line screen, even over 0..1."""
    y, x = np.indices(shape[:2], np.float32)
    angle = np.deg2rad(printer.angle_deg)
    turn = np.float32(2 * np.pi * printer.lines_per_inch / dots_per_inch)
    u = (x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))) * turn + np.float32(rng.uniform(0, 6.28))
    if printer.screening == "line":
        return np.asarray(np.arccos(np.cos(u)) / np.float32(np.pi), np.float32)
    v = (y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle))) * turn
    ranks, values = _even()
    return np.asarray(np.interp(np.cos(u) + np.cos(v), values, ranks), np.float32)


@cache
def _even() -> tuple[Field, Field]:
    """Return ranks 0..1 and the values of cos + cos that have them, so that a tone covers its own share of a cell."""
    phase = np.cos(np.linspace(0, 2 * np.pi, 256, endpoint=False))
    values = np.sort((phase[:, None] + phase[None, :]).ravel())[::64]
    return np.linspace(0, 1, len(values), dtype=np.float32), np.asarray(values, np.float32)


@cache
def _grain() -> Field:
    """Return ink-jet thresholds (128, 128), even over 0..1, without low frequencies (after Ulichney 1988, blue noise)."""
    rng = np.random.default_rng(1988)
    noise = rng.standard_normal((TILE, TILE))
    for _ in range(4):
        spectrum = np.fft.fft2(noise)
        f = np.hypot(np.fft.fftfreq(TILE)[:, None], np.fft.fftfreq(TILE)[None, :])
        noise = np.fft.ifft2(spectrum * (f / (f + 0.15)) ** 2).real
        noise = np.argsort(np.argsort(noise.ravel())).reshape(TILE, TILE) / (TILE * TILE)
    return np.asarray(noise, np.float32)


def _diffused(tone: Field, top: int) -> Field:
    """Return Floyd and Steinberg's error diffusion (1976), computed along the diagonals x + 2y, whose dots are independent."""
    rows, cols = tone.shape
    skewed = np.zeros((rows, cols + 2 * rows + 2), np.float32)  # column x + 2y + 1 of row y
    for row in range(rows):
        skewed[row, 2 * row + 1 : 2 * row + 1 + cols] = tone[row]
    out = np.zeros_like(skewed)
    for at in range(1, cols + 2 * rows - 1):
        first, last = max(0, (at - cols) // 2), min(rows, (at - 1) // 2 + 1)
        value = skewed[first:last, at]
        level = np.clip(np.rint(value * top), 0, top) / top
        out[first:last, at] = level
        error = value - level
        skewed[first:last, at + 1] += error * np.float32(7 / 16)
        below = slice(first + 1, min(rows, last + 1))
        error = error[: below.stop - below.start]
        skewed[below, at + 1] += error * np.float32(3 / 16)
        skewed[below, at + 2] += error * np.float32(5 / 16)
        if at + 3 < skewed.shape[1]:
            skewed[below, at + 3] += error * np.float32(1 / 16)
    return np.stack([out[row, 2 * row + 1 : 2 * row + 1 + cols] for row in range(rows)])


def _on_paper(dots: Field, rng: np.random.Generator, step: float) -> Field:
    """Return the light (h, w) a print reflects: ink is not black, paper not white, both uneven; glossy paper mirrors."""
    black, white = rng.uniform(0.04, 0.16), rng.uniform(0.78, 0.95)
    size = (dots.shape[0], dots.shape[1])
    fibres = smooth_noise(rng, size, (rng.uniform(0.8, 2.5) * step, rng.uniform(0.8, 4) * step))
    cloud = smooth_noise(rng, size, (12 * step, 12 * step))
    light = black + (white - black) * dots + rng.uniform(0.006, 0.025) * fibres + 0.008 * cloud
    if rng.random() < 0.2:
        light += rng.uniform(0.1, 1.2) * _gloss(rng, size)
    return np.asarray(light, np.float32)


def _gloss(rng: np.random.Generator, size: tuple[int, int]) -> Field:
    """Return the lamp's soft mirror image (h, w) on a glossy surface, 0..1."""
    y, x = np.indices(size, np.float32)
    middle, reach = size[1] * rng.uniform(0.1, 0.9), size[1] * rng.uniform(0.03, 0.2)
    return np.asarray(np.exp(-((x - middle) ** 2 + (y - size[0] * rng.uniform(0.1, 0.9)) ** 2) / reach**2), np.float32)


def _with_hole(light: Field, of: Source, rng: np.random.Generator) -> Field:
    """Return the print with its pupil cut out: a living pupil behind it, with the lamp's spot, and the paper's shadow."""
    step = light.shape[1] / of.pixels.shape[1]
    hole, shadow = np.zeros(light.shape, np.uint8), np.zeros(light.shape, np.uint8)
    centre = np.array([of.pupil.x + 0.5, of.pupil.y + 0.5]) * step
    axes = np.array([of.pupil.a, of.pupil.b]) * step * rng.uniform(0.95, 1.1)
    angle_deg = float(np.rad2deg(of.pupil.angle_rad))
    for canvas, grown in ((hole, 1.0), (shadow, rng.uniform(1.0, 1.06))):
        _disc(canvas, centre, axes * grown, angle_deg)
    dark = blurred(hole / 255, 0.3 * step)
    light = light * (1 - rng.uniform(0.1, 0.6) * blurred(shadow / 255, 0.5 * step))
    light = light + dark * (np.float32(rng.uniform(0.02, 0.09)) - light)
    spot = np.zeros(light.shape, np.uint8)
    size = np.full(2, rng.uniform(0.04, 0.1) * of.limbus.radius * step)
    _disc(spot, centre + rng.normal(0, 0.3, 2) * axes, size, 0.0)
    return np.asarray(light + 3 * blurred(spot / 255, 0.4 * step), np.float32)


def _disc(canvas: "np.typing.NDArray[np.uint8]", centre: Field, axes: Field, angle_deg: float) -> None:
    at, half = np.rint(centre * 16).astype(int).tolist(), np.rint(axes * 16).astype(int).tolist()
    cv2.ellipse(canvas, at, half, angle_deg, 0, 360, 255, -1, cv2.LINE_AA, 4)

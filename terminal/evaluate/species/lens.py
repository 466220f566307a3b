"""A textured contact lens on a living eye: a printed ring over the iris, clear before the pupil."""

from dataclasses import replace

import cv2
import numpy as np

from terminal.capture.drawing.noise import Field, blurred, seamless_noise
from terminal.evaluate.species.presentation import Attack, Source
from terminal.types import Pixels

ROWS, COLS = 160, 1536  # of the printed ring, unrolled: pupil side first
PATTERNS = ("matrix", "spokes", "scatter", "mesh")


def worn(of: Source, rng: np.random.Generator) -> Attack:
    """Return the same eye with a lens of a chance pattern, slipped and turned on it by chance."""
    pattern = str(rng.choice(PATTERNS))
    radius = of.limbus.radius
    ink, spacing = _pattern(pattern, rng)
    height, width = of.pixels.shape
    y, x = np.indices((height, width), np.float32)
    slip = rng.normal(0, 0.04, 2) * radius
    from_x, from_y = x - np.float32(of.limbus.x + slip[0]), y - np.float32(of.limbus.y + slip[1])
    distance, angle = np.hypot(from_x, from_y), np.arctan2(from_y, from_x) + rng.uniform(0, 2 * np.pi)
    inner = of.pupil.radius * rng.uniform(1.0, 1.25)
    outer = radius * rng.uniform(0.9, 1.08)
    row = (distance - inner) / max(outer - inner, 1) * ROWS
    column = (angle % (2 * np.pi)) * (COLS / (2 * np.pi))
    wide = np.hstack([ink, ink[:, :1]])
    fine = max(0.6, 0.4 * COLS / (2 * np.pi * radius))
    cover = cv2.remap(
        blurred(wide, fine),
        np.asarray(column, np.float32),
        np.asarray(row, np.float32),
        cv2.INTER_LINEAR,
        borderValue=0,
    )
    cover = blurred(np.asarray(cover, np.float32), rng.uniform(0.35, 0.8)) * blurred(of.visible.astype(np.float32), 0.6)
    return Attack(replace(of, pixels=_over(of, cover, rng)), pattern, spacing * radius)


def _over(of: Source, cover: Field, rng: np.random.Generator) -> Pixels:
    """Lay ink over the picture (H, W): near-infrared light shows it somewhat darker or brighter than the iris."""
    grey = of.pixels.astype(np.float32)
    seen = grey[of.visible]
    level = float(np.median(seen)) if seen.size else 100.0
    contrast = rng.choice([-1.0, 1.0], p=[0.65, 0.35]) * rng.uniform(0.18, 0.6) * level
    opaque = rng.uniform(0.6, 1.0) * cover
    grain = rng.standard_normal(grey.shape, dtype=np.float32) * np.float32(1.5)
    laid = grey + opaque * (level + contrast + grain - grey)
    return np.asarray(np.clip(np.rint(laid), 0, 255), np.uint8)


def _pattern(pattern: str, rng: np.random.Generator) -> tuple[Field, float]:
    """Return how much ink (160, 1536) covers the unrolled ring, 0..1, and its spacing in iris radii."""
    spacing = float(np.exp(rng.uniform(np.log(0.05), np.log(0.16))))  # iris radii: 0.3 to 0.95 mm
    rows_apart = spacing * ROWS / 0.6  # the ring is about 0.6 radii wide
    cols_apart = spacing * COLS / (2 * np.pi * 0.7)
    if pattern == "mesh":
        noise = seamless_noise(rng, (ROWS, COLS), (rows_apart, cols_apart))
        ink = np.asarray(np.clip((0.45 - np.abs(noise)) * 6, 0, 1), np.float32)
    elif pattern == "spokes":
        ink = _spokes(rng, cols_apart)
    else:
        ink = _dots(rng, rows_apart, cols_apart, 0.0 if pattern == "matrix" else 0.5)
    edge = np.linspace(0, 1, ROWS, dtype=np.float32)[:, None]
    fade = np.clip(edge / 0.06, 0, 1) * np.clip((1 - edge) / 0.04, 0, 1)
    return np.asarray(ink * fade, np.float32), spacing


def _dots(rng: np.random.Generator, rows_apart: float, cols_apart: float, stray: float) -> Field:
    """Dots in offset rows, or strewn when `stray` is not 0."""
    canvas = np.zeros((ROWS, COLS), np.uint8)
    around = max(8, round(COLS / cols_apart))
    half = rng.uniform(0.22, 0.38) * np.array([COLS / around, rows_apart])
    for ring, row in enumerate(np.arange(rows_apart / 2, ROWS, rows_apart)):
        for spoke in range(around):
            at = np.array([(spoke + 0.5 * (ring % 2)) * COLS / around, row])
            at = at + rng.uniform(-stray, stray, 2) * np.array([COLS / around, rows_apart])
            size = half * rng.uniform(1 - stray, 1 + stray)
            centre, axes = np.rint(at * 16).astype(int).tolist(), np.maximum(1, np.rint(size * 16)).astype(int).tolist()
            cv2.ellipse(canvas, centre, axes, 0, 0, 360, 255, -1, cv2.LINE_AA, 4)
    return np.asarray(canvas / 255, np.float32)


def _spokes(rng: np.random.Generator, cols_apart: float) -> Field:
    """Radial strokes of uneven length, as lenses have that imitate fibres."""
    canvas = np.zeros((ROWS, COLS), np.uint8)
    around = max(8, round(COLS / cols_apart))
    width = max(1, round(rng.uniform(0.25, 0.5) * cols_apart))
    for spoke in range(around):
        column = (spoke + rng.uniform(-0.3, 0.3)) * COLS / around
        top, bottom = ROWS * rng.uniform(0, 0.35), ROWS * rng.uniform(0.65, 1.0)
        lean = rng.normal(0, 0.6) * cols_apart
        cv2.line(canvas, (round(column), round(top)), (round(column + lean), round(bottom)), 255, width, cv2.LINE_AA)
    return np.asarray(canvas / 255, np.float32)

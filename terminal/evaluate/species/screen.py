"""An eye on a screen: pixels of three stripes in a dark grid, seen by a near-infrared camera.

Most screens give little near-infrared light, and an infrared filter hides them altogether: this is the bright case.
"""

import cv2
import numpy as np

from terminal.capture.drawing.noise import Field, smooth_noise
from terminal.evaluate.species.camera import Sheet, photograph, pose, settings
from terminal.evaluate.species.presentation import Attack, Source

STRIPES = ((1.0, 1.0, 1.0), (1.0, 0.35, 0.1), (1.0, 0.6, 0.3))  # what a camera sees of red, green, blue
PARTS = 6  # samples along a screen pixel: two to a stripe
MOST_SAMPLES = 2600  # along the longer side: then a pixel has three


def held_up(of: Source, rng: np.random.Generator) -> Attack:
    """Return a life-size eye on a screen of 90 (desk) to 400 (telephone) pixels an inch."""
    pitch_ppi = float(np.exp(rng.uniform(np.log(90), np.log(400))))
    period = of.px_per_inch / pitch_ppi
    height, width = of.pixels.shape
    shape = max(8, round(height / period)), max(8, round(width / period))
    parts = PARTS if max(shape) * PARTS <= MOST_SAMPLES else PARTS // 2
    shown = _shown(of, (shape[1], shape[0]), rng)
    cell = _cell(parts, rng)
    light = np.repeat(np.repeat(shown, parts, axis=0), parts, axis=1) * np.tile(cell, shape)
    light = _before_glass(light, rng, shape[1] * parts / width)
    seen = photograph(Sheet(light, shape[1] * parts / width), of, pose(rng, of.limbus.radius), settings(rng), rng)
    return Attack(seen, "screen", period)


def _shown(of: Source, size: tuple[int, int], rng: np.random.Generator) -> Field:
    """Return the light (h, w) of each screen pixel: the picture resampled, another gamma, and black that glows."""
    shrinks = size[0] < of.pixels.shape[1]
    fit = cv2.resize(of.pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    glow = rng.uniform(0.005, 0.1)
    return np.asarray(
        glow + (1 - glow) * (fit.astype(np.float32) / 255) ** np.float32(rng.uniform(0.8, 1.5)), np.float32
    )


def _cell(parts: int, rng: np.random.Generator) -> Field:
    """Return what one pixel lets through (parts, parts): three stripes, dark between them, of mean 1."""
    stripes = np.repeat(STRIPES[rng.integers(len(STRIPES))], parts // 3)
    gap = rng.uniform(0.1, 0.7)  # light lost at the edges of stripes and rows
    across = stripes * np.where(np.arange(parts) % (parts // 3) == 0, 1 - gap, 1.0) if parts == PARTS else stripes
    down = np.where(np.arange(parts) == 0, 1 - gap, 1.0)
    cell = down[:, None] * across[None, :]
    cell = cell.T if rng.random() < 0.3 else cell  # held sideways
    return np.asarray(cell / cell.mean(), np.float32)


def _before_glass(light: Field, rng: np.random.Generator, step: float) -> Field:
    """Return the light (h, w) with what the glass mirrors: a veil, grease, and sometimes the lamp."""
    size = (light.shape[0], light.shape[1])
    veiled = light + rng.uniform(0, 0.08) + 0.01 * smooth_noise(rng, size, (15 * step, 15 * step))
    if rng.random() < 0.35:
        y, x = np.indices(size, np.float32)
        middle = size[1] * rng.uniform(0.1, 0.9), size[0] * rng.uniform(0.1, 0.9)
        reach = size[1] * rng.uniform(0.01, 0.05)
        veiled += rng.uniform(0.5, 4) * np.exp(-((x - middle[0]) ** 2 + (y - middle[1]) ** 2) / reach**2)
    return np.asarray(veiled, np.float32)

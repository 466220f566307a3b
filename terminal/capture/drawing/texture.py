"""The stroma of one iris, unrolled: fibres, collarette, crypts, furrows and spots, the same at every pupil size."""

import cv2
import numpy as np

from terminal.capture.drawing.noise import Field, blurred, seamless_noise, warped

ROWS, COLS = 80, 1024  # pupil edge to limbus, and once around: finer than an iris of 200 px radius shows


def iris_texture(rng: np.random.Generator) -> Field:
    """Return the relief of one iris in polar coordinates, of zero mean and unit deviation.

    returns  (80, 1024) float32   rows from pupil edge to limbus, columns once around
    """
    depth = _depth()
    collarette = _collarette(rng)
    pupillary = 1 / (1 + np.exp(np.clip((depth - collarette) / 0.02, -30, 30)))
    texture = rng.uniform(0.2, 0.5) * seamless_noise(rng, (ROWS, COLS), (28, 64))
    texture += rng.uniform(0.2, 0.6) * seamless_noise(rng, (ROWS, COLS), (12, 22))
    texture += _fibres(rng) * (1 - 0.6 * pupillary) + rng.uniform(0.3, 0.6) * pupillary * _spokes(rng)
    texture += _meshwork(rng, depth - collarette)
    texture += rng.uniform(0.2, 1.0) * np.exp(-(((depth - collarette) / 0.035) ** 2))
    texture += rng.uniform(-0.5, 0.5) * pupillary
    texture -= _holes(rng, collarette) + _furrows(rng, depth)
    texture -= texture.mean(axis=1, keepdims=True)  # what all irides share is drawn as the radial profile
    return np.asarray(texture / texture.std(), np.float32)


def _depth() -> Field:
    return np.linspace(0, 1, ROWS, dtype=np.float32)[:, None]


def _ring_noise(rng: np.random.Generator, grain: float) -> Field:
    return seamless_noise(rng, (2, COLS), (1, grain))[:1]


def _collarette(rng: np.random.Generator) -> Field:
    """Depth (1, 1024) of the zigzag that parts the pupillary from the ciliary zone."""
    wander = 0.05 * _ring_noise(rng, 128) + rng.uniform(0.01, 0.03) * _ring_noise(rng, 20)
    return np.asarray(rng.uniform(0.2, 0.38) + wander, np.float32)


def _fibres(rng: np.random.Generator) -> Field:
    """Radial cords of two widths that waver and cross."""
    total = np.zeros((ROWS, COLS), np.float32)
    for length, width, weight in ((14, 11, 0.7), (8, 6.5, 0.6)):
        straight = seamless_noise(rng, (ROWS, COLS), (length, width))
        sway = rng.uniform(2, 9) * seamless_noise(rng, (ROWS, COLS), (22, 40))
        total += weight * rng.uniform(0.5, 1.3) * warped(straight, np.zeros_like(sway), sway)
    return total


def _spokes(rng: np.random.Generator) -> Field:
    """The fine straight cords between pupil edge and collarette."""
    return seamless_noise(rng, (ROWS, COLS), (20, 9))


def _meshwork(rng: np.random.Generator, from_collarette: Field) -> Field:
    """Bright threads around dark meshes, thickest at the collarette."""
    noise = seamless_noise(rng, (ROWS, COLS), (10, 14))
    push = seamless_noise(rng, (ROWS, COLS), (16, 30))
    threads = 1 - 2.2 * np.abs(warped(noise, 3 * push, 8 * push[::-1]))
    near = np.exp(-((from_collarette / rng.uniform(0.1, 0.22)) ** 2))
    return np.asarray(rng.uniform(0.2, 0.9) * threads * (0.15 + near), np.float32)


def _holes(rng: np.random.Generator, collarette: Field) -> Field:
    """Crypts along the collarette, pits near the root, and a few freckles: dark, some with a bright rim."""
    canvas = np.zeros((ROWS, COLS), np.float32)
    for _ in range(rng.poisson(rng.uniform(3, 22))):  # Fuchs' crypts: lozenges that lie along the fibres
        column = rng.uniform(0, COLS)
        row = ROWS * (collarette[0, int(column)] + rng.normal(0.06, 0.09))
        _stamp(canvas, row, column, rng.uniform(3, 9), rng.uniform(6, 22), rng.uniform(0.6, 1.6))
    for _ in range(rng.poisson(rng.choice([2, 12, 45]))):  # peripheral pits
        row, column = ROWS * rng.uniform(0.55, 0.95), rng.uniform(0, COLS)
        _stamp(canvas, row, column, 1.6, rng.uniform(2.5, 5), rng.uniform(1, 3))
    for _ in range(rng.poisson(1.2)):  # freckles
        row, column, size = ROWS * rng.uniform(0.2, 0.95), rng.uniform(0, COLS), rng.uniform(2, 6)
        _stamp(canvas, row, column, size, 1.8 * size, rng.uniform(0.8, 2))
    soft = blurred(canvas, 1.3)
    rim = np.clip(blurred(canvas, 3.5) - soft, 0, None)
    return np.asarray(soft - 0.9 * rim, np.float32)


def _stamp(canvas: Field, row: float, column: float, half_rows: float, half_cols: float, weight: float) -> None:
    for turn in (-COLS, 0, COLS):
        if -half_cols <= column + turn <= COLS + half_cols:
            centre = (round((column + turn) * 16), round(row * 16))
            axes = (round(half_cols * 16), round(half_rows * 16))
            cv2.ellipse(canvas, centre, axes, 0, 0, 360, weight, -1, cv2.LINE_8, 4)


def _furrows(rng: np.random.Generator, depth: Field) -> Field:
    """Contraction furrows: shallow arcs around the ciliary zone."""
    total = np.zeros((ROWS, COLS), np.float32)
    for _ in range(rng.integers(1, 6)):
        path = rng.uniform(0.5, 0.95) + 0.03 * _ring_noise(rng, 90)
        along = np.clip(0.4 + _ring_noise(rng, 170), 0, 1)
        total += rng.uniform(0.2, 0.8) * along * np.exp(-(((depth - path) / 0.02) ** 2))
    return total

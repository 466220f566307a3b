"""Lashes and brows: curved strokes that taper to a point, a few of them leaning together."""

import cv2
import numpy as np
import numpy.typing as npt

from terminal.capture.drawing.geometry import Opening
from terminal.capture.drawing.noise import Field
from terminal.capture.drawing.setting import Capture

Points = npt.NDArray[np.float64]  # (K, 2)

_STEPS = 7  # points along one hair
_FINE_ROWS = 400  # a picture with fewer rows gets its hairs drawn at twice its size: they are thinner than its pixels


def lashes(rng: np.random.Generator, lids: Opening, capture: Capture, length: float, count: int) -> Field:
    """Return how much of each pixel the lashes of both lids cover.

    returns  (H, W) float32   0 none to 1 all; `length` in iris radii and `count` are those of the upper lid
    """
    canvas = _Canvas(capture.size)
    growth = capture.lash_growth
    number = int(count * growth)
    across = np.sort(rng.uniform(-0.85, 1.0, number))
    ends = rng.uniform(0.4, 1.1, number) * length * (0.8 + 0.2 * across) * min(growth, 1.4)
    start = np.clip(capture.lash_droop + rng.normal(0, 0.12, number), -0.9, 1.2)
    curl = rng.uniform(0.3, 1.0) * (1 - 0.8 * float(np.clip(capture.lash_droop, 0, 1)))  # hanging lashes are straight
    _row(rng, canvas, lids, lids.upper_edge(across), across, ends, start, curl)

    number = int(0.55 * count * min(growth, 1.2))
    across = np.sort(rng.uniform(-0.6, 1.0, number))
    ends = rng.uniform(0.2, 0.7, number) * length
    start = rng.uniform(0.5, 1.0) + rng.normal(0, 0.2, number)
    _row(rng, canvas, lids, lids.lower_edge(across) + np.array([0, 0.06]), across, ends, start, rng.uniform(-0.4, 0.5))
    return canvas.coverage()


def _row(
    rng: np.random.Generator,
    canvas: "_Canvas",
    lids: Opening,
    edge: Points,
    across: npt.NDArray[np.float64],
    lengths: npt.NDArray[np.float64],
    start: npt.NDArray[np.float64],
    curl: float,
) -> None:
    """Draw one row of K lashes: each begins `start` downwards, fans out to its side, and curls up by `curl`."""
    fan = rng.uniform(0.6, 1.2) * across + rng.normal(0, 0.15, len(across))
    lean = _clumps(rng, across * lids.shape.half_width, lengths)
    first = np.stack([fan, start], axis=-1) * lengths[:, None]
    second = np.stack([fan * rng.uniform(0.6, 1.5) + lean, start - curl], axis=-1) * lengths[:, None]
    roots = edge + rng.normal(0, 0.02, edge.shape)
    canvas.strokes(rng, lids, roots, first, second, rng.uniform(0.008, 0.014))


def brow(rng: np.random.Generator, lids: Opening, capture: Capture, height: float) -> Field:
    """Return how much of each pixel (H, W) the eyebrow covers, `height` iris radii above the corners of the eye."""
    canvas = _Canvas(capture.size)
    number = int(rng.integers(100, 350))
    along = rng.uniform(-1.2, 1.5, number)
    thick = rng.uniform(0.15, 0.3)
    up = height + 0.35 * (1 - along**2) + rng.normal(0, thick, number)
    base = np.stack([along * lids.shape.half_width, -up], axis=-1)
    sweep = np.stack([0.9 + rng.normal(0, 0.1, number), -0.55 + 0.6 * along + rng.normal(0, 0.15, number)], axis=-1)
    reach = rng.uniform(0.3, 0.8, (number, 1))
    canvas.strokes(rng, lids, base, sweep * reach, (sweep + np.array([0.1, 0.15])) * reach, rng.uniform(0.006, 0.011))
    return canvas.coverage()


def strands(rng: np.random.Generator, capture: Capture) -> Field:
    """Return how much of each pixel (H, W) hairs of the head or threads of a veil cover that hang before the eye."""
    rows, cols = capture.size
    canvas = np.zeros(capture.size, np.uint8)
    s = np.linspace(-1, 1, 24)
    for _ in range(capture.strands):
        angle, bend = rng.uniform(0, np.pi), rng.normal(0, 0.2)
        middle = np.array(capture.centre) + rng.normal(0, 1.2, 2) * capture.radius_px
        along, side = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        line = middle + max(rows, cols) * (s[:, None] * along + bend * s[:, None] ** 2 * side)
        thick = max(1, round(capture.radius_px * rng.uniform(0.01, 0.05)))
        shade = float(rng.uniform(120, 255))
        cv2.polylines(canvas, [np.round(line * 16).astype(np.int32)], False, shade, thick, cv2.LINE_AA, 4)
    return np.asarray(canvas, np.float32) / np.float32(255)


def _clumps(rng: np.random.Generator, roots: npt.NDArray[np.float64], lengths: npt.NDArray[np.float64]) -> Points:
    """Sideways pull per hair length (K,) that makes neighbours meet at their tips."""
    group = np.cumsum(rng.random(len(roots)) < 0.35)
    centre = (np.bincount(group, roots) / np.maximum(np.bincount(group), 1))[group]
    return np.asarray(np.clip(rng.uniform(0.2, 0.9) * (centre - roots) / np.maximum(lengths, 0.05), -0.8, 0.8))


class _Canvas:
    """A mask that hairs are drawn into, finer than the picture when that is small."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._scale = 2 if size[0] < _FINE_ROWS else 1
        self._mask = np.zeros((size[0] * self._scale, size[1] * self._scale), np.uint8)

    def strokes(
        self, rng: np.random.Generator, lids: Opening, roots: Points, first: Points, second: Points, half_width: float
    ) -> None:
        """Draw K hairs in the plane of the lids: from `roots` (K, 2), setting out along `first`, by `second` in all."""
        s = np.linspace(0, 1, _STEPS)[None, :, None]
        line = roots[:, None] + s * first[:, None] + s**2 * (second - first)[:, None]
        along = np.gradient(line, axis=1)
        side = np.stack([-along[..., 1], along[..., 0]], axis=-1)
        side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-6)
        taper = half_width * rng.uniform(0.7, 1.3, (len(roots), 1, 1)) * (1 - s) ** 0.6
        outline = np.concatenate([line + taper * side, (line - taper * side)[:, ::-1]], axis=1)
        pixels = (lids.plane.pixels(outline) + 0.5) * self._scale - 0.5
        shades = rng.uniform(80, 255, len(roots))
        for polygon, shade in zip(np.round(pixels * 16).astype(np.int32), shades, strict=True):
            cv2.fillPoly(self._mask, [polygon], float(shade), cv2.LINE_AA, 4)

    def coverage(self) -> Field:
        """Return the covered part (H, W) of each pixel of the picture, 0 to 1."""
        rows, cols = self._size
        mask = self._mask
        if self._scale > 1:
            mask = np.asarray(cv2.resize(mask, (cols, rows), interpolation=cv2.INTER_AREA), np.uint8)
        return np.asarray(mask, np.float32) / np.float32(255)

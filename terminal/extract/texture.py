"""What prints, screens and patterned lenses leave in a picture, as numbers that a small network judges.

Asked of the frame around the eye, pixel for pixel, and of the unrolled iris where it is seen:

- energy of the 8x8 cosine transform, coefficient by coefficient, as quartiles and mean over blocks: a raster or grain lies
  everywhere, lashes and lid edges only somewhere;
- how much higher single frequencies stand than their neighbours in the spectrum, band by band, on the axes and off them:
  regular patterns of any scale and turn;
- grain in the darkest, middle and brightest third: light arrives in quanta, ink in dots.

Of the iris also how its grey levels spread, relative to their middle: ink on a lens is darker or brighter than any iris. Of
the frame, how it ends in white, and how dark and grainy the pupil is: a mirrored lamp saturates, paper and ink do not.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from terminal import opencv
from terminal.extract import iris_encode
from terminal.extract.runtime import Floats
from terminal.types import Ellipse, Mask, Pixels

ROWS, COLUMNS = 128, 256  # of the frame around the pupil: any resampling would lose rasters, grids and grain
BLOCK = 8  # pixels of the cosine transform
QUARTILES = (0.25, 0.5, 0.75)
PEAK_BANDS = (0.06, 0.12, 0.18, 0.25, 0.33, 0.42, 0.5, 0.71)  # cycles a pixel; beyond 0.5 only corners are left
NEAR_AXIS = 1.5 / 128  # cycles a pixel: what JPEG blocks and half-frames leave lies there, and an upright screen too
RINGS = ((1, 3), (3, 5), (5, 7), (7, 8))  # coefficients of a block, coarse to fine
PUPIL_SIDE, PUPIL_PART = 24, 0.6  # samples across, and part of its radius that is surely pupil
FEWEST_BLOCKS = 12  # of seen iris: with fewer, all of the ring is asked
LEAST = 1e-5  # energy under that of rounding to whole grey levels


@dataclass(frozen=True, slots=True)
class Look:
    """The parts of a frame that are judged.

    frame  (128, 256) float32   around the pupil, zero mean and unit deviation
    pupil  (24, 24) float32     inside of the pupil, in the units of `frame`
    sheet  (64, 512) float32    rubber sheet, relative to the median of what is seen: 0 like it, 1 twice as bright
    seen   (64, 512) bool       which of it is iris that can be seen
    """

    frame: Floats
    pupil: Floats
    sheet: Floats
    seen: Mask


def look(pixels: Pixels, pupil: Ellipse, limbus: Ellipse, visible: Mask) -> Look:
    """Return what is judged of a frame whose iris lies between two ellipses."""
    grey = pixels.astype(np.float32)
    frame = _around(grey, pupil)
    mean, deviation = float(frame.mean()), float(frame.std()) + 1e-2
    across = np.linspace(-PUPIL_PART, PUPIL_PART, PUPIL_SIDE, dtype=np.float32) * np.float32(pupil.radius)
    inside = opencv.sample(grey, *np.meshgrid(np.float32(pupil.x) + across, np.float32(pupil.y) + across))
    x, y = iris_encode.sheet_points(pupil, limbus)
    sheet = opencv.sample(grey, x, y)
    seen = opencv.sample(visible.astype(np.float32), x, y, outside=0.0) > 0.5
    level = float(np.median(sheet[seen])) if seen.any() else float(np.median(sheet))
    return Look((frame - mean) / deviation, (inside - mean) / deviation, sheet / max(level, 1.0) - 1, seen)


def features(of: Look) -> Floats:
    """Return the features of a look: (F,) float32."""
    return np.concatenate([_of_frame(of.frame), _of_pupil(of), _of_iris(of)]).astype(np.float32)


def _around(grey: Floats, pupil: Ellipse) -> Floats:
    top, left = round(pupil.y) - ROWS // 2, round(pupil.x) - COLUMNS // 2
    height, width = grey.shape
    above, before = max(0, -top), max(0, -left)
    below, after = max(0, top + ROWS - height), max(0, left + COLUMNS - width)
    inner = grey[max(0, top) : max(0, top + ROWS), max(0, left) : max(0, left + COLUMNS)]
    return opencv.pad(inner, above, below, before, after)


def _of_frame(frame: Floats) -> Floats:
    blocks = _blocks(frame)
    waves = blocks @ _cosines()
    halves = np.log(_spectrum(frame[:, :ROWS]) * _spectrum(frame[:, ROWS:])) / 2
    return np.concatenate(
        [
            _spread(waves),
            _by_grey(blocks.mean(axis=1), waves),
            _peaks(np.log(_spectrum(frame)), COLUMNS),
            _peaks(halves, ROWS),
        ]
    )


def _of_pupil(of: Look) -> Floats:
    """Return how the frame ends in white, and how dark and grainy the pupil is: (9,)."""
    low, middle, high, top = np.percentile(of.frame, (1, 50, 99, 99.9))
    peak, span = float(of.frame.max()), float(high - low) + 0.01
    flat = float((of.frame > peak - 0.02 * (peak - low)).mean())
    steps = np.abs(np.diff(of.pupil, axis=1))
    dark = (np.percentile(of.pupil, (10, 50, 80)) - low) / span
    ends = ((middle - low) / span, (peak - high) / span, (top - high) / span, np.log(flat + 1e-4))
    return np.array([*ends, *dark, np.log(np.median(steps) + 1e-3), np.log(steps.mean() + 1e-3)])


def _of_iris(of: Look) -> Floats:
    """Return what is asked of the seen iris, each ring of it brought to the same grey first."""
    known = of.seen.sum(axis=1, keepdims=True)
    rings = (of.sheet * of.seen).sum(axis=1, keepdims=True) / np.maximum(known, 1)
    flat = np.where(of.seen, of.sheet - rings, 0).astype(np.float32)
    blocks, whole = _blocks(flat), _blocks(of.seen.astype(np.float32)).mean(axis=1) > 0.95
    if whole.sum() < FEWEST_BLOCKS:
        blocks, whole = _blocks(of.sheet - rings), np.ones(len(blocks), np.bool_)
    values = flat[of.seen] if of.seen.any() else flat.ravel()
    deviation = float(values.std()) + 1e-3
    standard = values / deviation
    cubes = standard * standard * standard
    shape = [float(cubes.mean()), float((cubes * standard).mean())]
    down = np.abs(np.diff(flat, axis=0))[of.seen[1:] & of.seen[:-1]]
    around = np.abs(np.diff(flat, axis=1))[of.seen[:, 1:] & of.seen[:, :-1]]
    sharp = np.log(np.concatenate([_ranked(one, (0.75, 0.95, 0.99)) for one in (down, around)]) + 1e-3)
    spread = _ranked(values, (0.01, 0.05, 0.25, 0.75, 0.95, 0.99))
    own = [*spread, *shape, np.log(deviation), *sharp, of.seen.mean()]
    peaks = _peaks(np.log(_spectrum(flat / deviation)), flat.shape[1])
    return np.concatenate([_spread((blocks @ _cosines())[whole]), peaks, np.array(own)])


def _ranked(values: Floats, parts: tuple[float, ...]) -> Floats:
    """Return the values that so large a part of all lies below, from every fourth of them: enough. Of none, zeros."""
    if values.size == 0:
        return np.zeros(len(parts), np.float32)
    some = np.sort(values[::4])
    return some[[int(part * (len(some) - 1)) for part in parts]]


def _blocks(plane: Floats) -> Floats:
    """Return all blocks of two grids, one moved by half a block: (K, 64)."""
    found = []
    for start in (0, BLOCK // 2):
        rows, columns = ((length - start) // BLOCK for length in plane.shape)
        part = plane[start : start + rows * BLOCK, start : start + columns * BLOCK]
        found.append(part.reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2).reshape(-1, BLOCK * BLOCK))
    return np.concatenate(found)


@cache
def _cosines() -> Floats:
    """Return the orthonormal cosine transform of a block as a matrix (64, 64); column 0 is the mean."""
    n = np.arange(BLOCK)
    waves = np.cos(np.pi * (n[:, None] + 0.5) * n[None, :] / BLOCK) * np.sqrt(2 / BLOCK)
    waves[:, 0] /= np.sqrt(2)
    return np.asarray(np.einsum("ru,cv->rcuv", waves, waves).reshape(BLOCK**2, BLOCK**2), np.float32)


def _spread(waves: Floats) -> Floats:
    """Return quartiles and mean of each coefficient's energy over blocks (K, 64), but for the first: (252,)."""
    ranked = np.sort(np.ascontiguousarray((waves[:, 1:] ** 2).T), axis=1)
    at = [int(part * (ranked.shape[1] - 1)) for part in QUARTILES]
    return np.asarray(np.log(np.concatenate([ranked[:, at].T.ravel(), ranked.mean(axis=1)]) + LEAST))


@cache
def _ring_weights() -> Floats:
    """Return which coefficients make up each of RINGS, as weights (64, 4)."""
    u, v = np.divmod(np.arange(BLOCK**2), BLOCK)
    reach = np.maximum(u, v)
    inside = np.stack([(reach >= low) & (reach < high) for low, high in RINGS], axis=1)
    return np.asarray(inside / inside.sum(axis=0), np.float32)


def _by_grey(grey: Floats, waves: Floats) -> Floats:
    """Return the median energy of each of RINGS in the darkest, middle and brightest third of the blocks: (12,)."""
    rings = waves**2 @ _ring_weights()
    thirds = np.array_split(np.argsort(grey), 3)
    return np.asarray(np.log(np.concatenate([np.median(rings[third], axis=0) for third in thirds]) + LEAST))


def _spectrum(plane: Floats) -> Floats:
    """Return the power of each frequency of a plane (H, W) that fades to its edges: (H, W / 2 + 1)."""
    waves = np.fft.rfft2(plane * _window(*plane.shape))
    return np.asarray(waves.real**2 + waves.imag**2 + 1e-4, np.float32)


@cache
def _window(rows: int, columns: int) -> Floats:
    return np.asarray(np.outer(np.hanning(rows), np.hanning(columns)), np.float32)


def _peaks(power: Floats, columns: int) -> Floats:
    """Return how far the highest and third-highest logarithm of a band stand above their surroundings: (28,)."""
    above = (power - opencv.local_median(power)).ravel()
    found = []
    for band in _bands(power.shape[0], columns):
        highest = np.partition(above[band], (-3, -1))
        found += [highest[-1], highest[-3]]
    return np.asarray(found, np.float32)


@cache
def _bands(rows: int, columns: int) -> list[npt.NDArray[np.intp]]:
    """Return the places of each band, off the axes and on them, in the flattened half spectrum."""
    down, right = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :]
    reach, axis = np.hypot(down, right), np.minimum(np.abs(down), right) < NEAR_AXIS
    inside = [
        (reach >= low) & (reach < high) & (axis == on_axis)
        for low, high in pairwise(PEAK_BANDS)
        for on_axis in (False, True)
    ]
    return [np.flatnonzero(one) for one in inside if one.sum() >= 3]

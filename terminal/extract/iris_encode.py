"""From a found iris to bits: rubber sheet (Daugman 1993), Gabor phase at three scales, and which of the bits can be trusted."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from terminal import opencv
from terminal.extract.runtime import Floats
from terminal.types import Ellipse, Eye, Frame, IrisMap, Reason, Reference, Template, Words

VERSION = "gabor3.4"  # part of the template's model: change it with anything below
SHEET_ROWS, SHEET_COLUMNS = 64, 512  # of the unwrapped iris
TURNS = np.arange(-36, 37, 2)  # columns: +-25 degrees in steps of 1.4
LEAST_BITS = 0.15  # part of all bits a template must offer

Complexes = npt.NDArray[np.complex64]
Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a rubber sheet becomes bits. The defaults were chosen on mmu1 and 60 % of interval's subjects: `bench.encoding`."""

    wavelengths: tuple[float, ...] = (10.0, 20.0, 40.0)  # columns of 512
    bandwidth: float = 0.30  # deviation of the Gaussian window, wavelengths
    bands: int = 8  # rings between pupil and limbus in which phase is read
    spokes: int = 128  # directions in which it is read
    fragile: float = 0.10  # part of the bits nearest an axis, which flip most easily (Hollingsworth et al., PAMI 2009)
    strong: float = 3.0  # times the median magnitude: a response of a spot or lash, not of texture

    @property
    def bits(self) -> int:
        """Return the length of a code."""
        return len(self.wavelengths) * 2 * self.bands * self.spokes


KIOSK = Encoding()  # what every kiosk uses: templates of two encodings cannot be compared


def encode(frame: Frame, iris: IrisMap, by: Encoding = KIOSK) -> Template | Reason:
    """Return the iris code for every rotation tried, or EYE_CLOSED when too little of the iris can be read."""
    sheet, seen = unwrap(frame, iris)
    bits, trusted = _phase_bits(*_responses(sheet, seen, by), by)
    if trusted.mean() < LEAST_BITS:
        return Reason.EYE_CLOSED
    return Template(_turned(bits, by), _turned(trusted, by), f"{iris.model}/{VERSION}", iris.eye)


def reference(template: Template, person: str, eye: Eye) -> Reference:
    """Return what is enrolled of a template: its row of no rotation."""
    code, mask = reference_row(template)
    return Reference(person, eye, code, mask, template.model)


def reference_row(template: Template) -> tuple[Words, Words]:
    """Return code and mask of no rotation, (W,) each."""
    upright = int(np.flatnonzero(TURNS == 0)[0])
    return template.code[upright].copy(), template.mask[upright].copy()


def unwrap(frame: Frame, iris: IrisMap) -> tuple[Floats, Floats]:
    """Return the rubber sheet and how much of each of its pixels is seen.

    sheet  (64, 512) float32   grey levels; row 0 at the pupil, column 0 to the right of a level eye, columns turn towards the
                               image's bottom
    seen   (64, 512) float32   0 hidden .. 1 seen
    """
    x, y = sheet_points(iris.pupil, iris.limbus, iris.tilt_rad)
    sheet = opencv.sample(frame.pixels, x, y)
    seen = opencv.sample(iris.visible.astype(np.float32), x, y, outside=0.0)
    return sheet, seen * _plain(sheet, seen)


def sheet_points(pupil: Ellipse, limbus: Ellipse, tilt_rad: float = 0.0) -> tuple[Floats, Floats]:
    """Return x and y in frame pixels of every pixel of the rubber sheet, (64, 512) each; column 0 lies in direction `tilt_rad`."""
    columns = np.arange(SHEET_COLUMNS, dtype=np.float32)
    angles = columns * np.float32(2 * np.pi / SHEET_COLUMNS) + np.float32(tilt_rad)
    depth = ((np.arange(SHEET_ROWS, dtype=np.float32) + 0.5) / SHEET_ROWS)[:, None]
    inner_x, inner_y = _on_ellipse(pupil, angles)
    outer_x, outer_y = _on_ellipse(limbus, angles)
    return inner_x + depth * (outer_x - inner_x), inner_y + depth * (outer_y - inner_y)


def _on_ellipse(around: Ellipse, angles: Floats) -> tuple[Floats, Floats]:
    """Return the points of an ellipse in given directions from its centre."""
    u, v = np.cos(angles - around.angle_rad), np.sin(angles - around.angle_rad)
    distance = 1 / np.hypot(u / around.a, v / around.b)
    x, y = around.x + distance * np.cos(angles), around.y + distance * np.sin(angles)
    return x.astype(np.float32), y.astype(np.float32)


def _plain(sheet: Floats, seen: Floats) -> Floats:
    """Return 0 where the sheet is too dark or too bright to be iris (lashes, spots the network overlooked), else 1."""
    shown = sheet[seen > 0.5]
    if shown.size == 0:
        return np.zeros_like(sheet)
    low, middle, high = np.percentile(shown, (25, 50, 75))
    reach = 2.5 * max(float(high - low), 4.0)
    return np.asarray(np.abs(sheet - middle) < reach, dtype=np.float32)


@cache
def _band_weights(bands: int) -> Floats:
    """Return (bands, SHEET_ROWS): Gaussian windows that read one ring each."""
    centres = (np.arange(bands) + 0.5) * SHEET_ROWS / bands
    rows = np.arange(SHEET_ROWS) + 0.5
    weights = np.exp(-0.5 * ((rows - centres[:, None]) / (0.4 * SHEET_ROWS / bands)) ** 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


@cache
def _filters(wavelengths: tuple[float, ...], bandwidth: float) -> tuple[Complexes, Floats]:
    """Return the Gabor filters over the angle and their windows, both as spectra of the circle.

    filters  (F, 512) complex64   without answer to constant grey
    windows  (F, 512) float32     spectra of the (real, even) Gaussian windows, 1 at frequency 0
    """
    column = np.fft.fftfreq(SHEET_COLUMNS, 1 / SHEET_COLUMNS)  # 0, 1, .. 255, -256, .. -1
    filters, windows = [], []
    for wavelength in wavelengths:
        window = np.exp(-0.5 * (column / (bandwidth * wavelength)) ** 2)
        window /= window.sum()
        wave = window * np.exp(2j * np.pi * column / wavelength)
        wave -= window * wave.sum()
        filters.append(np.fft.fft(wave))
        windows.append(np.fft.fft(window).real)
    return np.asarray(filters, dtype=np.complex64), np.asarray(windows, dtype=np.float32)


def _responses(sheet: Floats, seen: Floats, by: Encoding) -> tuple[Complexes, Floats]:
    """Return Gabor responses and how much of what each one looked at was seen: both (F, bands, 512).

    Hidden pixels count nothing: each ring takes its mean over the seen ones, and gaps are filled with the ring's level.
    """
    weights = _band_weights(by.bands)
    known = weights @ seen
    ring = (weights @ (sheet * seen)) / np.maximum(known, 1e-3)
    level = (ring * known).sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1e-3)
    flat = (ring - level) * np.minimum(known * 2, 1)
    filters, windows = _filters(by.wavelengths, by.bandwidth)
    spectrum = np.fft.fft(flat, axis=1)
    responses = np.fft.ifft(spectrum[None] * filters[:, None], axis=2).astype(np.complex64)
    support = np.fft.ifft(np.fft.fft(known, axis=1)[None] * windows[:, None], axis=2).real.astype(np.float32)
    return responses, support


def _phase_bits(responses: Complexes, support: Floats, by: Encoding) -> tuple[Bits, Bits]:
    """Return sign bits and which of them to trust: both (F, 2, bands, 512), real part then imaginary part."""
    parts = np.stack([responses.real, responses.imag], axis=1)
    seen = support > 0.6
    size = np.abs(responses)
    trusted = np.zeros(parts.shape, dtype=np.bool_)
    for scale in range(len(by.wavelengths)):
        shown = seen[scale]
        if not shown.any():
            continue
        usual = float(np.median(size[scale][shown]))
        near_axis = float(np.quantile(np.abs(parts[scale][:, shown]), by.fragile))
        trusted[scale] = shown & (size[scale] < by.strong * usual) & (np.abs(parts[scale]) > near_axis)
    return parts > 0, trusted


def _turned(bits: Bits, by: Encoding) -> Words:
    """Read (F, 2, bands, 512) bits at every spoke for every rotation and pack them: (R, W) uint64."""
    spokes = np.arange(by.spokes) * (SHEET_COLUMNS // by.spokes)
    columns = (spokes[None, :] + TURNS[:, None]) % SHEET_COLUMNS
    rows = np.moveaxis(bits[..., columns], -2, 0).reshape(len(TURNS), -1)
    return np.packbits(rows, axis=1).view(np.uint64)

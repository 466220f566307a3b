"""How good one captured iris is, after ISO/IEC 29794-6:2015, and what the person can do about it when it is not.

The quantities are the standard's, read from a patch in which every iris has the same radius, so that another camera or
distance changes nothing. Its overall score ranks images by how likely they are to be missed.
"""

import numpy as np

from terminal import opencv
from terminal.extract import boundary
from terminal.extract.runtime import Floats
from terminal.types import Ellipse, Frame, IrisMap, IrisQuality, Mask, Pixels, Reason

RADIUS = 50.0  # pixels the iris is brought to
SIDE = 164  # pixels of the patch: 1.64 iris radii each way
GLARE_GREY = 245  # from here a pixel holds no texture
SCLERA = (1.12, 1.5)  # iris radii beside the iris where the white of the eye is read ...
SCLERA_HEIGHT = 0.35  # ... and up to this far above and below its middle, where lids seldom are
PUPIL = 0.75  # part of the pupil's radius within which it is read
EDGE = 4  # pixels of the patch by which lids, lashes and boundaries reach into what is called sharp
FULL_POWER = 1.5  # deviation of the Laplacian of Gaussian, percent of the iris's grey level, that counts as half sharp

# Refused is only what no matcher could use: a kiosk that refuses what it could match keeps people waiting. Every limit lies
# far beyond the standard's recommendation; none of the 1,361 images of mmu1 and 60 % of interval's subjects lies beyond one.
LEAST_USABLE = 0.20  # of the ring between the boundaries; recommended 0.70
LEAST_PUPIL_CONTRAST = 0.10  # recommended 0.30
# No limit for sclera contrast, where 0.05 is recommended: all eyes of one person of interval have 0.006 to 0.02, and match.
PUPIL_RATIOS = (0.12, 0.80)  # recommended 0.20 to 0.70
MOST_GLARE = 0.30  # of the ring
LEAST_SHARPNESS = 0.05
MOST_GAZE_DEG = 42.0  # at 34 drawn eyes still match, at 49 none does (`bench.limits`)


def measure(frame: Frame, iris: IrisMap) -> IrisQuality:
    """Return the quality of a found iris."""
    greys, visible, pupil, limbus = _patch(frame, iris)
    ring = boundary.filled(limbus, SIDE, SIDE) & ~boundary.filled(pupil, SIDE, SIDE)
    seen = ring & visible
    iris_grey, pupil_grey, sclera_grey = _levels(greys, pupil, limbus, seen)
    weber = abs(iris_grey - pupil_grey) / (20 + pupil_grey)
    sclera = abs(sclera_grey - iris_grey) / max(sclera_grey + iris_grey - 2 * pupil_grey, 1.0)
    usable = float(seen.sum() / max(1, ring.sum()))
    sharpness = _sharpness(greys, seen, iris_grey)
    short, long = sorted((iris.limbus.a, iris.limbus.b))
    return IrisQuality(
        usable_area=usable,
        pupil_contrast=weber / (0.75 + weber),
        sclera_contrast=min(sclera, 1.0),
        pupil_ratio=iris.pupil.radius / iris.limbus.radius,
        sharpness=sharpness,
        glare=float((ring & (greys >= GLARE_GREY)).sum() / max(1, ring.sum())),
        gaze_deg=float(np.degrees(np.arccos(short / long))),
        margin=_margin(frame.pixels, iris.limbus),
        score=usable * iris.confidence**4,
    )


def refusal(quality: IrisQuality) -> Reason | None:
    """Say what stands most in the way of recognising this iris, as something the person can change; None when nothing does."""
    checks = (
        (quality.glare > MOST_GLARE, Reason.GLARE),
        (quality.usable_area < LEAST_USABLE, Reason.EYE_CLOSED),
        (quality.gaze_deg > MOST_GAZE_DEG, Reason.LOOKS_ASIDE),
        (quality.pupil_ratio > PUPIL_RATIOS[1], Reason.PUPIL_TOO_WIDE),
        (quality.pupil_ratio < PUPIL_RATIOS[0], Reason.PUPIL_TOO_SMALL),
        (quality.pupil_contrast < LEAST_PUPIL_CONTRAST, Reason.LOW_CONTRAST),
        (quality.sharpness < LEAST_SHARPNESS, Reason.BLURRED),
    )
    return next((reason for failed, reason in checks if failed), None)


def _patch(frame: Frame, iris: IrisMap) -> tuple[Floats, Mask, Ellipse, Ellipse]:
    """Return the patch, what is seen in it, and pupil and limbus in its pixels; what lies beyond the frame is not seen."""
    scale = iris.limbus.radius / RADIUS
    left, top = iris.limbus.x - scale * (SIDE - 1) / 2, iris.limbus.y - scale * (SIDE - 1) / 2
    column = np.float32(left) + np.float32(scale) * np.arange(SIDE, dtype=np.float32)
    row = np.float32(top) + np.float32(scale) * np.arange(SIDE, dtype=np.float32)
    x, y = np.meshgrid(column, row)
    greys = opencv.sample(frame.pixels, x, y)
    visible = opencv.sample(iris.visible.astype(np.float32), x, y, outside=0.0) > 0.5

    def moved(one: Ellipse) -> Ellipse:
        return Ellipse((one.x - left) / scale, (one.y - top) / scale, one.a / scale, one.b / scale, one.angle_rad)

    return greys, visible, moved(iris.pupil), moved(iris.limbus)


def _levels(greys: Floats, pupil: Ellipse, limbus: Ellipse, seen: Mask) -> tuple[float, float, float]:
    """Return the median grey of iris, pupil and sclera; of what cannot be seen, one that promises no contrast."""
    inner = Ellipse(pupil.x, pupil.y, PUPIL * pupil.a, PUPIL * pupil.b, pupil.angle_rad)
    black = boundary.filled(inner, SIDE, SIDE) & (greys < GLARE_GREY)
    beside = np.abs(np.arange(SIDE) - limbus.x) / RADIUS
    level = np.abs(np.arange(SIDE) - limbus.y) / RADIUS < SCLERA_HEIGHT
    white = level[:, None] & ((beside > SCLERA[0]) & (beside < SCLERA[1]))[None, :]
    iris_grey = float(np.median(greys[seen])) if seen.any() else 0.0
    pupil_grey = float(np.median(greys[black])) if black.any() else iris_grey
    return iris_grey, pupil_grey, float(np.quantile(greys[white], 0.75))  # lids and lashes are darker


def _sharpness(greys: Floats, seen: Mask, iris_grey: float) -> float:
    """Return how much fine texture the seen iris has, 0 none to 1: the standard's kernel, relative to the iris's brightness."""
    texture = opencv.eroded(seen, EDGE)  # the boundaries are sharp even where the iris has nothing to show
    if not texture.any():
        return 0.0
    percent = 100 * float(opencv.laplacian_of_gaussian(greys)[texture].std()) / max(iris_grey, 1.0)
    return percent**2 / (percent**2 + FULL_POWER**2)


def _margin(pixels: Pixels, limbus: Ellipse) -> float:
    """Return the least distance from the limbus to an edge of the frame, in iris radii; negative where it is cut off."""
    height, width = pixels.shape
    edges = (limbus.x, width - 1 - limbus.x, limbus.y, height - 1 - limbus.y)
    return float(min(edges) - limbus.radius) / limbus.radius

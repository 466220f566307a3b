"""The iris and pupil of one eye, laid into a picture: the rubber sheet, run backwards."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from terminal.capture.drawing.geometry import iris_plane, turn
from terminal.capture.drawing.noise import Field, seamless_noise, smooth_noise, warped
from terminal.capture.drawing.setting import Capture
from terminal.capture.drawing.texture import COLS, ROWS
from terminal.types import Ellipse, Mask


@dataclass(frozen=True, slots=True)
class Iris:
    """What one iris is like in every picture of it. Greys are 0..255, lengths in iris radii."""

    texture: Field  # (80, 1024) as `iris_texture` makes it
    grey: float
    contrast: float  # grey levels per deviation of the texture
    collar: float  # grey levels by which the zone around the pupil is brighter
    limbal_ring: float  # grey levels by which the root is darker
    limbus_softness: float
    pupil_grey: float
    pupil_offset: tuple[float, float]  # from the centre of the limbus; a little to the nose as a rule
    pupil_stretch: float  # half difference of the pupil's axes over their mean
    pupil_axis: float  # direction of the longer one, radians


@dataclass(frozen=True, slots=True)
class LaidIris:
    """The iris in its picture; the discs are whole, whatever lies over them.

    pixels   (H, W) float32   grey levels, those of the eyeball handed in outside the limbus
    """

    pixels: Field
    pupil_disc: Mask
    limbus_disc: Mask
    pupil: Ellipse
    limbus: Ellipse


def lay_iris(rng: np.random.Generator, iris: Iris, capture: Capture, eyeball: Field) -> LaidIris:
    """Return the picture of the bare `eyeball` (H, W) with the iris upon it."""
    plane = iris_plane(capture)
    limbus = plane.ellipse((0.0, 0.0), np.eye(2))
    axis = turn(iris.pupil_axis)
    stretch = np.diag([1 + iris.pupil_stretch, 1 - iris.pupil_stretch])
    pupil_axes = capture.pupil_ratio * (axis @ stretch @ axis.T)
    pupil = plane.ellipse(iris.pupil_offset, pupil_axes)

    pixels, pupil_disc, limbus_disc = eyeball.copy(), np.zeros(capture.size, bool), np.zeros(capture.size, bool)
    window = _window(limbus, 6 * iris.limbus_softness, capture.size)
    if window is not None:
        rows, cols = window
        u, v = plane.coordinates(rows.start, cols.start, (rows.stop - rows.start, cols.stop - cols.start))
        from_limbus = np.sqrt(u * u + v * v)
        inward = np.linalg.inv(pupil_axes)
        x, y = u - np.float32(iris.pupil_offset[0]), v - np.float32(iris.pupil_offset[1])
        from_pupil = np.hypot(inward[0, 0] * x + inward[0, 1] * y, inward[1, 0] * x + inward[1, 1] * y)
        ring = _ring(rng, iris, capture, u, v, from_limbus)
        white = _step((from_limbus - 1) / iris.limbus_softness)
        black = _step((1 - from_pupil) * capture.pupil_ratio * capture.radius_px / 0.8)
        patch = ring + white * (eyeball[rows, cols] - ring)
        pixels[rows, cols] = patch + black * (iris.pupil_grey - patch)
        pupil_disc[rows, cols] = from_pupil < 1
        limbus_disc[rows, cols] = from_limbus < 1
    return LaidIris(pixels, pupil_disc, limbus_disc, pupil, limbus)


def _ring(rng: np.random.Generator, iris: Iris, capture: Capture, u: Field, v: Field, from_limbus: Field) -> Field:
    """Grey levels of the stroma (h, w) at every u, v of the iris plane."""
    depth, angle = _sheet(iris, capture.pupil_ratio, u, v, from_limbus)
    # fibres bend: the middle of the stroma moves a little more than evenly (after Wyatt 2000, Vision Research 40)
    depth += 0.4 * (capture.pupil_ratio - 0.4) * depth * (1 - depth)
    around = int(np.clip(2 ** np.ceil(np.log2(4.5 * capture.radius_px)), 128, COLS))
    deep = int(np.clip((1 - capture.pupil_ratio) * capture.radius_px * 1.5, 16, ROWS))
    texture = np.asarray(cv2.resize(iris.texture, (around, deep), interpolation=cv2.INTER_AREA), np.float32)
    stray = capture.crumple * around / 360
    sway = seamless_noise(rng, texture.shape, (deep / 3, around / 24))
    texture = warped(texture, 0.6 * stray * np.roll(sway, around // 2, axis=1), stray * sway)
    texture = np.hstack([texture[:, -1:], texture, texture[:, :1]])  # closes the circle for the interpolation
    column = angle * np.float32(around / (2 * np.pi)) + np.float32(0.5)
    row = depth * deep - np.float32(0.5)
    relief = cv2.remap(texture, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    grey = iris.grey + iris.contrast * relief + iris.collar * np.exp(-((depth / 0.35) ** 2))
    grey -= iris.limbal_ring * np.clip((depth - 0.8) / 0.2, 0, 1) ** 2
    grey -= 12 * np.exp(-depth / 0.03)  # the ruff, dark in near infrared too
    grey += capture.room * smooth_noise(rng, u.shape, (0.25 * capture.radius_px, 0.2 * capture.radius_px))
    return np.asarray(grey, np.float32)


def _sheet(iris: Iris, ratio: float, u: Field, v: Field, from_limbus: Field) -> tuple[Field, Field]:
    """Depth, 0 at the pupil and 1 at the limbus, and angle, 0 to 2 pi, of each point: Daugman's sheet, inverted."""
    depth = np.clip((from_limbus - ratio) / (1 - ratio), 0, 1)  # near enough to say whose centre counts for how much
    x = u - np.float32(iris.pupil_offset[0]) * (1 - depth)
    y = v - np.float32(iris.pupil_offset[1]) * (1 - depth)
    radius, angle = cv2.cartToPolar(x, y)
    inner = ratio * (1 + iris.pupil_stretch * np.cos(2 * (angle - np.float32(iris.pupil_axis))))
    depth = np.clip((radius - inner) / (1 - inner), 0, 1)
    return np.asarray(depth, np.float32), np.asarray(angle, np.float32)


def _step(distance: npt.NDArray[np.floating]) -> Field:
    """Smooth step from 0 below -1 to 1 above 1."""
    t = np.clip(0.5 + 0.5 * distance, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _window(limbus: Ellipse, margin: float, size: tuple[int, int]) -> tuple[slice, slice] | None:
    """Rows and columns that the limbus can touch, or nothing when it is out of the picture."""
    reach = limbus.a * (1 + margin) + 2
    rows = slice(max(0, int(limbus.y - reach)), min(size[0], int(limbus.y + reach) + 1))
    cols = slice(max(0, int(limbus.x - reach)), min(size[1], int(limbus.x + reach) + 1))
    return (rows, cols) if rows.start < rows.stop and cols.start < cols.stop else None

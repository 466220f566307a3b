"""Where things are: from the iris plane and the plane of the lids to pixels and back."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from terminal.capture.drawing.noise import Field
from terminal.capture.drawing.setting import Capture
from terminal.types import Ellipse, Mask

EYEBALL_RADII = 2.05  # radius of the eyeball over that of the iris: 12.1 mm over 5.9 mm, adult means
FAR = 4.0  # iris radii from the middle of the opening to where the lid curves are no longer tabulated

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LidShape:
    """The opening of one eye. Lengths in iris radii, x towards the temple, y down, origin between the corners."""

    half_width: float
    corner_drop: float  # how far the line between the corners lies below the centre of an eye that looks ahead
    tilt: float  # of that line, radians, outer corner down
    peak: float  # how far the arch of the upper lid leans to the temple, as a fraction of the half width
    nasal_power: float  # of the upper arch: 1 a pointed corner, 3 a round one
    temporal_power: float
    lower_power: float
    nose_right: bool  # the nose lies on the right of the picture


@dataclass(frozen=True, slots=True)
class Plane:
    """A flat piece of the scene: pixel = origin + axes @ (u, v)."""

    origin: tuple[float, float]
    axes: Matrix  # (2, 2) pixels per unit

    def pixels(self, points: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Return points (..., 2) of this plane as x, y in pixels."""
        return np.asarray(points @ self.axes.T + self.origin, np.float64)

    def coordinates(self, top: int, left: int, shape: tuple[int, int]) -> tuple[Field, Field]:
        """Return u and v (H, W) of every pixel of the window that starts at `top`, `left`."""
        back = np.linalg.inv(self.axes)
        x = np.arange(left, left + shape[1], dtype=np.float32)[None, :] - np.float32(self.origin[0])
        y = np.arange(top, top + shape[0], dtype=np.float32)[:, None] - np.float32(self.origin[1])
        u, v = (np.float32(row[0]) * x + np.float32(row[1]) * y for row in back)
        return u, v

    def ellipse(self, centre: tuple[float, float], half_axes: Matrix) -> Ellipse:
        """Return what the ellipse `centre` + `half_axes` @ unit circle of this plane looks like in pixels."""
        x, y = self.pixels(np.asarray(centre))
        directions, lengths, _ = np.linalg.svd(self.axes @ half_axes)
        angle = float(np.arctan2(directions[1, 0], directions[0, 0])) % np.pi
        return Ellipse(float(x), float(y), float(lengths[0]), float(lengths[1]), angle)


def turn(angle: float) -> Matrix:
    """Return the matrix (2, 2) that turns x towards y by `angle` radians."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def iris_plane(capture: Capture) -> Plane:
    """Return the plane in which the limbus is the unit circle; an eye turned aside is foreshortened along its turn."""
    aside = turn(capture.gaze_towards)
    foreshorten = aside @ np.diag([np.cos(capture.gaze), 1.0]) @ aside.T
    return Plane(capture.centre, capture.radius_px * foreshorten @ turn(capture.roll))


@dataclass(frozen=True, slots=True)
class Opening:
    """Both lid edges of one picture, and where they are from every pixel, in iris radii.

    above   (H, W) float32   distance above the upper edge, negative below it
    below   (H, W) float32   distance below the lower edge, negative above it
    across  (H, W) float32   -1 at the nasal corner, 1 at the temporal one
    """

    plane: Plane
    shape: LidShape
    upper_height: float
    lower_height: float
    above: Field
    below: Field
    across: Field

    @property
    def inside(self) -> Mask:
        """Pixels (H, W) between the lids."""
        return (self.above < 0) & (self.below < 0)

    def upper_edge(self, across: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Return points (..., 2) of the lid plane on the upper edge."""
        height = self.upper_height * _arch(across, self.shape)
        return np.stack([across * self.shape.half_width, -height], axis=-1)

    def lower_edge(self, across: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Return points (..., 2) of the lid plane on the lower edge."""
        height = self.lower_height * _bow(across, self.shape)
        return np.stack([across * self.shape.half_width, height], axis=-1)


def opening(capture: Capture, shape: LidShape) -> Opening:
    """Return the lids of one picture, opened around its iris."""
    mirror = -1.0 if shape.nose_right else 1.0
    axes = turn(capture.roll) @ np.diag([mirror, 1.0]) @ turn(shape.tilt) * capture.radius_px
    # the lids stay when the eyeball rolls under them; half of most turns is the head's, which takes the lids along
    rolled = 0.5 * EYEBALL_RADII * np.sin(capture.gaze) * capture.radius_px
    x = capture.centre[0] - rolled * np.cos(capture.gaze_towards)
    y = capture.centre[1] - rolled * np.sin(capture.gaze_towards)
    drop = axes @ (0.0, shape.corner_drop)
    plane = Plane((x + drop[0], y + drop[1]), axes)
    iris = np.linalg.solve(axes, np.subtract(capture.centre, plane.origin))
    under = np.clip(iris[0] / shape.half_width, -0.5, 0.5)  # further out, lids this high would be no lids any more
    upper = max((capture.upper_lid - float(iris[1])) / float(_arch(under, shape)), 0.05)
    lower = max((capture.lower_lid + float(iris[1])) / float(_bow(under, shape)), 0.05)
    above, below, across = _distances(plane, shape, upper, lower, capture.size)
    return Opening(plane, shape, upper, lower, above, below, across)


def _arch(across: npt.NDArray[np.floating], shape: LidShape) -> npt.NDArray[np.float64]:
    """Height of the upper lid's edge, 1 at its peak, 0 at and beyond the corners."""
    leaning = across - shape.peak * (1 - across**2)
    power = np.where(leaning < 0, shape.nasal_power, shape.temporal_power)
    return np.asarray(1 - np.minimum(np.abs(leaning), 1) ** power, np.float64)


def _bow(across: npt.NDArray[np.floating], shape: LidShape) -> npt.NDArray[np.float64]:
    """Depth of the lower lid's edge, 1 at its lowest, which lies towards the temple."""
    leaning = across - 0.12 * (1 - across**2)
    return np.asarray(1 - np.minimum(np.abs(leaning), 1) ** shape.lower_power, np.float64)


def _distances(
    plane: Plane, shape: LidShape, upper: float, lower: float, size: tuple[int, int]
) -> tuple[Field, Field, Field]:
    u, v = plane.coordinates(0, 0, size)
    bins = 1024
    at = np.linspace(-FAR, FAR, bins)
    across = at / shape.half_width
    closed = 0.3 * np.maximum(np.abs(across) - 1, 0)  # beyond the corners the lids overlap
    edges = [closed - upper * _arch(across, shape), lower * _bow(across, shape) - closed]
    lean = [1 / np.sqrt(1 + np.gradient(edge, at) ** 2) for edge in edges]
    table = np.stack([*edges, *lean], axis=-1)[None].astype(np.float32)
    column = (u + FAR) * ((bins - 1) / (2 * FAR))
    found = cv2.remap(table, column, np.zeros_like(column), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    looked_up = np.asarray(found, np.float32)
    upper_edge, lower_edge, upper_lean, lower_lean = (looked_up[..., i] for i in range(4))
    above, below = _perpendicular(upper_edge - v, upper_lean), _perpendicular(v - lower_edge, lower_lean)
    return above, below, u * np.float32(1 / shape.half_width)


def _perpendicular(vertical: Field, lean: Field) -> Field:
    """Distance (H, W) from a curve that is `lean` times the vertical one close by, and the same far off."""
    return np.asarray(vertical * (lean + (1 - lean) * np.minimum(np.abs(vertical), 1)), np.float32)

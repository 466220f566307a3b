"""Sub-pixel ellipses around the discs a network drew."""

from functools import cache

import numpy as np
import numpy.typing as npt

from terminal import opencv
from terminal.extract.runtime import Floats
from terminal.types import Ellipse

RAYS = 96  # directions in which the edge is looked for
STEP = 0.5  # pixels between samples along a ray: the zero crossing itself is interpolated
ROUNDS = 3  # of fitting and leaving out what does not fit
OUTLIER = 2.5  # times the median deviation (1.48 of it is one sigma): bites of lashes and spots out of a disc
LEAST_TOLERANCE = 0.25  # pixels: points closer than this are never left out
LEVEL = np.radians(20)  # the search over rotations reaches 25 degrees, and this tilt is known to a few
LONG = 1.4  # length over height of an opening from which its direction says anything
LEAST_POINTS = 16  # of RAYS: fewer do not hold an ellipse


def disc(logits: Floats) -> Ellipse | None:
    """Return the circle of the largest region with positive logits, by area and centre of mass; None when there is none."""
    labels, areas = opencv.blobs(logits > 0)
    return _circle(labels, areas, int(np.argmax(areas))) if areas.size else None


def discs(logits: Floats, inner: Floats) -> list[Ellipse]:
    """Return the circles of all regions with positive logits in which `inner` has some too, largest first."""
    labels, areas = opencv.blobs(logits > 0)
    held = set(np.unique(labels[inner > 0]).tolist())
    order = [int(place) for place in np.argsort(-areas, kind="stable") if int(place) + 1 in held]
    return [_circle(labels, areas, place) for place in order]


def _circle(labels: npt.NDArray[np.int32], areas: npt.NDArray[np.int32], place: int) -> Ellipse:
    rows, columns = np.nonzero(labels == place + 1)
    radius = float(np.sqrt(areas[place] / np.pi))
    return Ellipse(float(columns.mean()), float(rows.mean()), radius, radius, 0.0)


def edge_points(logits: Floats, start: Ellipse) -> Floats:
    """Return where the disc around `start` ends on rays from its middle: (K, 2) float32, x and y, K <= RAYS.

    It is the last fall through zero that counts: spots of light in the pupil leave holes in its disc.
    """
    angles = np.linspace(0.0, 2 * np.pi, RAYS, endpoint=False, dtype=np.float32)
    radii = np.arange(0.4 * start.radius, 1.8 * start.radius + 2, STEP, dtype=np.float32)
    x = start.x + np.cos(angles)[:, None] * radii
    y = start.y + np.sin(angles)[:, None] * radii
    along = opencv.sample(_alone(logits), x, y, outside=np.nan)
    crosses = (along[:, :-1] > 0) & (along[:, 1:] <= 0)
    known = crosses.any(axis=1)
    at = (crosses.shape[1] - 1 - np.argmax(crosses[:, ::-1], axis=1))[known]
    inside, beyond = along[known, at], along[known, at + 1]
    radius = radii[at] + STEP * inside / (inside - beyond)
    chosen = angles[known]
    return np.stack([start.x + np.cos(chosen) * radius, start.y + np.sin(chosen) * radius], axis=1)


def _alone(logits: Floats) -> Floats:
    """Return the logits with every region but the largest taken out."""
    labels, areas = opencv.blobs(logits > 0)
    if areas.size < 2:
        return logits
    return np.where((labels == 0) | (labels == int(np.argmax(areas)) + 1), logits, np.float32(-1.0))


def ellipse(logits: Floats, start: Ellipse) -> Ellipse | None:
    """Fit an ellipse to the zero line of the logits around `start`; None when too little of it is there."""
    points = edge_points(logits, start)
    kept = points
    found = None
    for _ in range(ROUNDS):
        if len(kept) < LEAST_POINTS:
            return None
        found = Ellipse(*opencv.fit_ellipse(kept))
        away = deviations(points, found)
        tolerance = max(LEAST_TOLERANCE, OUTLIER * float(np.median(np.abs(away))))
        kept = points[np.abs(away) <= tolerance]
    return found


def deviations(points: Floats, around: Ellipse) -> npt.NDArray[np.floating]:
    """Return how far (K, 2) points lie outside an ellipse, (K,), pixels along the ray from its centre."""
    dx, dy = points[:, 0] - around.x, points[:, 1] - around.y
    cos, sin = np.cos(around.angle_rad), np.sin(around.angle_rad)
    u, v = dx * cos + dy * sin, dy * cos - dx * sin
    distance = np.hypot(u, v)
    ratio = np.hypot(u / max(around.a, 1e-6), v / max(around.b, 1e-6))
    return np.asarray(distance * (1 - 1 / np.maximum(ratio, 1e-6)))


def tilt(logits: Floats) -> float:
    """Return the direction of the longest axis of the largest disc, rad, -pi/2..pi/2; 0 when nearly level or nearly round.

    It steadies the rotation of a face held far aside; within LEVEL the search over rotations does that better.
    """
    labels, areas = opencv.blobs(logits > 0)
    if areas.size == 0:
        return 0.0
    rows, columns = np.nonzero(labels == int(np.argmax(areas)) + 1)
    if rows.size < LEAST_POINTS:
        return 0.0
    spread, axes = np.linalg.eigh(np.cov(np.stack([columns, rows])))
    along = axes[:, 1] if axes[0, 1] > 0 else -axes[:, 1]
    angle = float(np.arctan2(along[1], along[0]))
    return angle if abs(angle) > LEVEL and spread[1] > LONG**2 * spread[0] else 0.0


def filled(around: Ellipse, height: int, width: int) -> npt.NDArray[np.bool_]:
    """Return the pixels inside an ellipse, (height, width)."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    dx, dy = x - around.x, y - around.y
    cos, sin = np.cos(around.angle_rad), np.sin(around.angle_rad)
    inside = ((dx * cos + dy * sin) / around.a) ** 2 + ((dy * cos - dx * sin) / around.b) ** 2 < 1
    return np.asarray(inside)


def part_inside(around: Ellipse, height: int, width: int) -> float:
    """Return the part of an ellipse's area that lies within a frame, to about one percent."""
    u, v = _unit_disc()
    cos, sin = np.cos(around.angle_rad), np.sin(around.angle_rad)
    x = around.x + around.a * u * cos - around.b * v * sin
    y = around.y + around.a * u * sin + around.b * v * cos
    return float(np.mean((x > -0.5) & (x < width - 0.5) & (y > -0.5) & (y < height - 0.5)))


@cache
def _unit_disc() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return x and y of points spread evenly over the unit disc."""
    side = (np.arange(48) + 0.5) / 24 - 1
    x, y = np.meshgrid(side, side)
    inside = x * x + y * y < 1
    return x[inside], y[inside]

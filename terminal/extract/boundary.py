"""Sub-pixel ellipses around the discs a network drew."""

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
LEAST_POINTS = 16  # of RAYS: fewer do not hold an ellipse


def disc(logits: Floats) -> Ellipse | None:
    """Return the circle of the largest region with positive logits, by area and centre of mass; None when there is none."""
    labels, areas = opencv.blobs(logits > 0)
    if areas.size == 0:
        return None
    best = int(np.argmax(areas))
    rows, columns = np.nonzero(labels == best + 1)
    radius = float(np.sqrt(areas[best] / np.pi))
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


def filled(around: Ellipse, height: int, width: int) -> npt.NDArray[np.bool_]:
    """Return the pixels inside an ellipse, (height, width)."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    dx, dy = x - around.x, y - around.y
    cos, sin = np.cos(around.angle_rad), np.sin(around.angle_rad)
    inside = ((dx * cos + dy * sin) / around.a) ** 2 + ((dy * cos - dx * sin) / around.b) ** 2 < 1
    return np.asarray(inside)

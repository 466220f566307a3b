"""Find the eyes of a frame and both iris boundaries of each, or say why they cannot be had.

The network (models/iris-seg.md) looks twice: once at the whole frame, small, to find eyes and their size (*wide*), and once at
the part of it that brings an iris to the radius it likes, and at its mirror image (*close*). Where the boundaries it drew are no
clean ellipses it looks again, at other radii, and the surest look counts.
"""

from dataclasses import dataclass, replace

import numpy as np

from terminal import opencv
from terminal.extract import boundary
from terminal.extract.runtime import Floats, Network
from terminal.types import Ellipse, Eye, Frame, IrisMap, Mask, Pixels, Reason

VISIBLE, PUPIL, LIMBUS, OPENING = 0, 1, 2, 3  # the network's outputs
STRIDE = 2  # input pixels to one output pixel
GRID = 16  # input rows and columns are multiples of this
WIDE_COLUMNS, WIDE_ROWS = 160, 128  # input pixels the whole frame is brought to ...
MOST_SHRUNK = 5.0  # ... unless that shrinks it more: an iris of 25 px radius must keep 5
CLOSE_COLUMNS, CLOSE_ROWS = 256, 192  # input pixels around one eye
LIKED_RADII = (50.0, 42.0, 58.0)  # close input pixels: best first
SURE = (
    0.95  # confidence: below, another look gains more than it costs (one image in fifty of mmu1 and 60 % of interval)
)
LEAST_WIDE_RADIUS = 2.0  # output pixels: anything smaller is a spot
LEAST_RADIUS = 25.0  # frame pixels: ISO/IEC 29794-6 asks for 40 at least; below 25 too little texture is left
MOST_OUTSIDE = 0.25  # part of the limbus disc beyond the frame
LEAST_CONFIDENCE = 0.88  # on the same sets everything below was drawn wrong (1 of 1361 images)
PAIR_APART = (6.0, 20.0)  # iris radii between two pupils: 63 mm over 5.9 mm is 10.7 in adults seen straight on
PAIR_LEVEL = 0.5  # height difference over distance of two eyes of one face, at most: a head tilted by 27 degrees
PAIR_ALIKE = 1.4  # ratio of their radii, at most


@dataclass(frozen=True, slots=True)
class View:
    """The part of a frame the network sees, in frame pixels; it may reach beyond the frame."""

    left: int
    top: int
    width: int
    height: int
    columns: int  # input pixels it is brought to
    rows: int

    @property
    def step(self) -> tuple[float, float]:
        """Frame pixels to one network output pixel, across and down; the same to 1 %."""
        return STRIDE * self.width / self.columns, STRIDE * self.height / self.rows

    def to_frame(self, found: Ellipse) -> Ellipse:
        """Bring an ellipse from output pixels to frame pixels (pixel centres are whole numbers, pixel edges halves)."""
        step_x, step_y = self.step
        step = (step_x * step_y) ** 0.5
        x, y = (found.x + 0.5) * step_x - 0.5 + self.left, (found.y + 0.5) * step_y - 0.5 + self.top
        return Ellipse(x, y, found.a * step, found.b * step, found.angle_rad)


def segment(network: Network, frame: Frame) -> tuple[IrisMap, ...] | Reason:
    """Return the irises of a frame, one or both of one person, or why none can be told well enough to recognise anyone by.

    Of two, the eye at the left of the frame is the person's right one: cameras that mirror are turned back where they are
    read. Of one, it is not known which it is.
    """
    found = locate(network, frame)
    if isinstance(found, Reason):
        return found
    refused = [refusal(one, frame.pixels.shape) for one in found]
    good = tuple(one for one, reason in zip(found, refused, strict=True) if reason is None)
    return good or next(reason for reason in refused if reason is not None)


def locate(network: Network, frame: Frame) -> tuple[IrisMap, ...] | Reason:
    """Return the most likely irises, however poor they are, or why there are none."""
    eyes = find_eyes(network, frame)
    if not eyes:
        return Reason.NO_EYE
    found = [(_best_look(network, frame.pixels, eye), which) for eye, which in eyes]
    irises = tuple(replace(one, eye=which) for one, which in found if isinstance(one, IrisMap))
    if not irises:
        return next(one for one, _ in found if isinstance(one, Reason))
    if len(found) == 2 and not _are_still_a_pair(irises):  # what gave an eye its side was none
        return (replace(max(irises, key=lambda one: one.confidence), eye=None),)
    return irises


def _are_still_a_pair(irises: tuple[IrisMap, ...]) -> bool:
    """Whether what looked like two eyes from afar does so close by too, and surely."""
    sure = [one.limbus for one in irises if one.confidence >= LEAST_CONFIDENCE]
    return len(sure) == 2 and _are_a_pair(*sure)


def find_eyes(network: Network, frame: Frame) -> list[tuple[Ellipse, Eye | None]]:
    """Return roughly where eyes are, in frame pixels: two of one face with their sides, one of an unknown side, or none."""
    whole = _around_frame(frame.pixels)
    logits = _drawn(network, _cut_out(frame.pixels, whole))
    discs = [one for one in boundary.discs(logits[LIMBUS], logits[PUPIL]) if one.radius >= LEAST_WIDE_RADIUS]
    eyes = [whole.to_frame(one) for one in discs]
    for place, one in enumerate(eyes[1:], 1):
        if _are_a_pair(eyes[0], one):
            left, right = sorted((eyes[0], eyes[place]), key=lambda eye: eye.x)
            return [(left, Eye.RIGHT), (right, Eye.LEFT)]
    return [(eyes[0], None)] if eyes else []


def _are_a_pair(one: Ellipse, other: Ellipse) -> bool:
    """Whether two irises may belong to one face."""
    across, down = abs(one.x - other.x), abs(one.y - other.y)
    apart = across / min(one.radius, other.radius)
    alike = max(one.radius, other.radius) / min(one.radius, other.radius)
    return PAIR_APART[0] < apart < PAIR_APART[1] and down < PAIR_LEVEL * across and alike < PAIR_ALIKE


def _best_look(network: Network, pixels: Pixels, eye: Ellipse) -> IrisMap | Reason:
    """Return the iris of the surest of several looks at one eye; mostly the first is sure enough."""
    best: IrisMap | Reason = Reason.NO_EYE
    for radius in LIKED_RADII:
        look = _read(network, pixels, _around_eye(pixels, eye, radius))
        if isinstance(best, Reason) or (isinstance(look, IrisMap) and look.confidence > best.confidence):
            best = look
        if isinstance(best, IrisMap) and best.confidence >= SURE:
            break
    return best


def clearest(irises: tuple[IrisMap, ...]) -> IrisMap:
    """Return the iris of which the most is seen."""
    return max(irises, key=lambda one: one.visible_fraction)


def refusal(found: IrisMap, shape: tuple[int, ...]) -> Reason | None:
    """Say why an iris that was found still makes no template that can be trusted; None when it does."""
    height, width = shape
    if found.limbus.radius < LEAST_RADIUS:
        return Reason.TOO_FAR
    if found.limbus.radius > 0.5 * max(height, width):
        return Reason.TOO_NEAR
    if boundary.part_inside(found.limbus, height, width) < 1 - MOST_OUTSIDE:
        return Reason.OFF_CENTRE
    return Reason.NO_EYE if found.confidence < LEAST_CONFIDENCE else None


def _around_frame(pixels: Pixels) -> View:
    """Return the view of the whole frame, shrunk to the small size in which eyes are looked for, filled up to the grid."""
    height, width = pixels.shape
    factor = min(max(width / WIDE_COLUMNS, height / WIDE_ROWS), MOST_SHRUNK)
    columns, rows = (GRID * -(-length // (factor * GRID)) for length in (width, height))
    full_width, full_height = round(columns * factor), round(rows * factor)
    return View(
        (width - full_width) // 2, (height - full_height) // 2, full_width, full_height, int(columns), int(rows)
    )


def _around_eye(pixels: Pixels, eye: Ellipse, radius: float) -> View:
    """Return the view that shows the eye at a radius in input pixels, moved into the frame as far as it fits."""
    height, width = pixels.shape
    factor = eye.radius / radius
    view_width, view_height = round(CLOSE_COLUMNS * factor), round(CLOSE_ROWS * factor)
    left = _slide(round(eye.x - view_width / 2), view_width, width)
    top = _slide(round(eye.y - view_height / 2), view_height, height)
    return View(left, top, view_width, view_height, CLOSE_COLUMNS, CLOSE_ROWS)


def _slide(start: int, length: int, limit: int) -> int:
    """Move a stretch into 0..limit when it fits there, else centre it on it."""
    return (limit - length) // 2 if length >= limit else min(max(start, 0), limit - length)


def _read(network: Network, pixels: Pixels, view: View) -> IrisMap | Reason:
    """Return the iris the network draws in one view: the mean of that and of its mirror image, which steadies boundaries."""
    seen = _cut_out(pixels, view)
    logits = (_drawn(network, seen) + _drawn(network, opencv.mirrored(seen))[:, :, ::-1]) * np.float32(0.5)
    found = _boundaries(logits)
    if isinstance(found, Reason):
        return found
    pupil, limbus = found
    confidence = min(_agreement(logits[PUPIL], pupil), _agreement(logits[LIMBUS], limbus))
    visible, fraction = _visible(logits, view, pupil, limbus, pixels.shape)
    tilt = boundary.tilt(logits[OPENING])
    return IrisMap(
        view.to_frame(pupil), view.to_frame(limbus), visible, fraction, confidence, tilt, network.model, None
    )


def _cut_out(pixels: Pixels, view: View) -> Pixels:
    """Return one view in input pixels; what lies beyond the frame continues its edge."""
    height, width = pixels.shape
    top, left = max(0, -view.top), max(0, -view.left)
    bottom, right = max(0, view.top + view.height - height), max(0, view.left + view.width - width)
    inner = pixels[max(0, view.top) : view.top + view.height, max(0, view.left) : view.left + view.width]
    return opencv.resize(opencv.pad(inner, top, bottom, left, right), view.columns, view.rows)


def _drawn(network: Network, view: Pixels) -> Floats:
    """Return the network's logits (4, rows / 2, columns / 2) for one view."""
    seen = view.astype(np.float32)
    normal = (seen - seen.mean()) / (seen.std() + 1e-3)  # as in training
    logits: Floats = network.run(normal[None, None])[0]
    return logits


def _boundaries(logits: Floats) -> tuple[Ellipse, Ellipse] | Reason:
    """Return pupil and limbus in output pixels."""
    limbus_disc = boundary.disc(logits[LIMBUS])
    if limbus_disc is None:
        return Reason.NO_EYE
    pupil_disc = boundary.disc(np.where(boundary.filled(limbus_disc, *logits[LIMBUS].shape), logits[PUPIL], -1.0))
    if pupil_disc is None:
        return Reason.EYE_CLOSED
    pupil, limbus = boundary.ellipse(logits[PUPIL], pupil_disc), boundary.ellipse(logits[LIMBUS], limbus_disc)
    if pupil is None or limbus is None:
        return Reason.NO_EYE
    return pupil, limbus


def _agreement(logits: Floats, fitted: Ellipse) -> float:
    """Return intersection over union of the disc the network drew and the ellipse fitted to it."""
    drawn, inside = logits > 0, boundary.filled(fitted, *logits.shape)
    return float((drawn & inside).sum() / max(1, (drawn | inside).sum()))


def _visible(logits: Floats, view: View, pupil: Ellipse, limbus: Ellipse, shape: tuple[int, ...]) -> tuple[Mask, float]:
    """Return the seen iris as a mask of the whole frame, and what part of the ring it is."""
    size = logits[VISIBLE].shape
    ring = boundary.filled(limbus, *size) & ~boundary.filled(pupil, *size)
    fraction = float((ring & (logits[VISIBLE] > 0)).sum() / max(1, ring.sum()))
    height, width = shape
    shown = opencv.enlarge(logits[VISIBLE], view.width, view.height) > 0
    mask = np.zeros((height, width), dtype=np.bool_)
    top, left, bottom, right = max(0, view.top), max(0, view.left), view.top + view.height, view.left + view.width
    mask[top:bottom, left:right] = shown[top - view.top :, left - view.left :][: height - top, : width - left]
    return mask, fraction

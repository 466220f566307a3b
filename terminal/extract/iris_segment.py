"""Find the one eye of a frame and both of its iris boundaries, or say why they cannot be had.

The network (models/iris-seg.md) sees 320x240 and knows irises of some radii better than others, so it looks twice: once at
the whole frame, to find the eye and its size, and once at the part of it that brings the iris to the radius it likes. Where
the boundaries it drew are no clean ellipses it looks again, at other radii and mirrored, and the surest look counts.
"""

from dataclasses import dataclass

import numpy as np

from terminal import opencv
from terminal.extract import boundary
from terminal.extract.runtime import Floats, Network
from terminal.types import Ellipse, Frame, IrisMap, Mask, Pixels, Reason

WIDTH, HEIGHT = 320, 240  # the network's input, pixels
VISIBLE, PUPIL, LIMBUS = 0, 1, 2  # its outputs
STRIDE = 2  # input pixels to one output pixel
LIKED_RADII = (50.0, 60.0, 70.0)  # input pixels: best first (of 42 to 76, measured on mmu1 and 60 % of interval)
SURE = 0.97  # confidence: about one image in ten of those sets lies below and gains from another look
LEAST_COARSE_RADIUS = 4.0  # output pixels: anything smaller is a spot
LEAST_RADIUS = 25.0  # frame pixels: ISO/IEC 29794-6 asks for 40 at least; below 25 too little texture is left
MOST_OUTSIDE = 0.25  # part of the limbus disc beyond the frame
LEAST_VISIBLE = 0.20  # part of the ring that must be seen
LEAST_CONFIDENCE = 0.88  # on the same sets everything below was drawn wrong (1 of 1361 images)


@dataclass(frozen=True, slots=True)
class View:
    """The part of a frame the network sees, in frame pixels; it may reach beyond the frame."""

    left: int
    top: int
    width: int
    height: int

    @property
    def step(self) -> tuple[float, float]:
        """Frame pixels to one network output pixel, across and down; the same to 1 %."""
        return STRIDE * self.width / WIDTH, STRIDE * self.height / HEIGHT

    def to_frame(self, found: Ellipse) -> Ellipse:
        """Bring an ellipse from output pixels to frame pixels (pixel centres are whole numbers, pixel edges halves)."""
        step_x, step_y = self.step
        step = (step_x * step_y) ** 0.5
        x, y = (found.x + 0.5) * step_x - 0.5 + self.left, (found.y + 0.5) * step_y - 0.5 + self.top
        return Ellipse(x, y, found.a * step, found.b * step, found.angle_rad)


def segment(network: Network, frame: Frame) -> IrisMap | Reason:
    """Return where the iris is, or why it cannot be told well enough to recognise anyone by."""
    found = locate(network, frame)
    return found if isinstance(found, Reason) else refusal(found, frame.pixels.shape) or found


def locate(network: Network, frame: Frame) -> IrisMap | Reason:
    """Return the most likely iris, however poor it is, or why there is none."""
    pixels = frame.pixels
    whole = _around_frame(pixels)
    coarse = boundary.disc(_look(network, pixels, whole)[LIMBUS])
    if coarse is None or coarse.radius < LEAST_COARSE_RADIUS:
        return Reason.NO_EYE
    eye = whole.to_frame(coarse)
    best = _read(network, pixels, _around_eye(pixels, eye, LIKED_RADII[0]), mirrored=False)
    for radius in LIKED_RADII:
        if isinstance(best, IrisMap) and best.confidence >= SURE:
            break
        again = _read(network, pixels, _around_eye(pixels, eye, radius), mirrored=True)
        if isinstance(again, IrisMap) and (isinstance(best, Reason) or again.confidence > best.confidence):
            best = again
    return best


def refusal(found: IrisMap, shape: tuple[int, ...]) -> Reason | None:
    """Say why an iris that was found still makes no template that can be trusted; None when it does."""
    height, width = shape
    if found.limbus.radius < LEAST_RADIUS:
        return Reason.TOO_FAR
    if found.limbus.radius > 0.5 * max(height, width):
        return Reason.TOO_NEAR
    inside = boundary.filled(found.limbus, height, width).sum() / (np.pi * found.limbus.a * found.limbus.b)
    if inside < 1 - MOST_OUTSIDE:
        return Reason.OFF_CENTRE
    if found.visible_fraction < LEAST_VISIBLE:
        return Reason.EYE_CLOSED
    return Reason.NO_EYE if found.confidence < LEAST_CONFIDENCE else None


def _around_frame(pixels: Pixels) -> View:
    """Return the smallest view of the network's proportions that holds the whole frame."""
    height, width = pixels.shape
    factor = max(width / WIDTH, height / HEIGHT)
    full_width, full_height = round(WIDTH * factor), round(HEIGHT * factor)
    return View((width - full_width) // 2, (height - full_height) // 2, full_width, full_height)


def _around_eye(pixels: Pixels, eye: Ellipse, radius: float) -> View:
    """Return the view that shows the eye at a radius in input pixels, moved into the frame as far as it fits."""
    height, width = pixels.shape
    factor = eye.radius / radius
    view_width, view_height = round(WIDTH * factor), round(HEIGHT * factor)
    left = _slide(round(eye.x - view_width / 2), view_width, width)
    return View(left, _slide(round(eye.y - view_height / 2), view_height, height), view_width, view_height)


def _slide(start: int, length: int, limit: int) -> int:
    """Move a stretch into 0..limit when it fits there, else centre it on it."""
    return (limit - length) // 2 if length >= limit else min(max(start, 0), limit - length)


def _read(network: Network, pixels: Pixels, view: View, *, mirrored: bool) -> IrisMap | Reason:
    """Return the iris the network draws in one view; `mirrored` takes the mean with what it draws in a mirror."""
    logits = _look(network, pixels, view)
    if mirrored:
        mirror = View(pixels.shape[1] - view.left - view.width, view.top, view.width, view.height)
        mirrored_logits = _look(network, np.ascontiguousarray(pixels[:, ::-1]), mirror)[:, :, ::-1]
        logits = (logits + mirrored_logits) * np.float32(0.5)
    found = _boundaries(logits)
    if isinstance(found, Reason):
        return found
    pupil, limbus = found
    confidence = min(_agreement(logits[PUPIL], pupil), _agreement(logits[LIMBUS], limbus))
    visible, fraction = _visible(logits, view, pupil, limbus, pixels.shape)
    return IrisMap(view.to_frame(pupil), view.to_frame(limbus), visible, fraction, confidence, network.model)


def _look(network: Network, pixels: Pixels, view: View) -> Floats:
    """Return the network's logits (4, 120, 160) for one view; what lies beyond the frame continues its edge."""
    height, width = pixels.shape
    top, left = max(0, -view.top), max(0, -view.left)
    bottom, right = max(0, view.top + view.height - height), max(0, view.left + view.width - width)
    inner = pixels[max(0, view.top) : view.top + view.height, max(0, view.left) : view.left + view.width]
    seen = opencv.resize(opencv.pad(inner, top, bottom, left, right), WIDTH, HEIGHT).astype(np.float32)
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

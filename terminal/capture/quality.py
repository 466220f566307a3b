"""What can be said of a frame in under a millisecond, before anything is looked for in it."""

import numpy as np

from terminal import opencv
from terminal.types import Frame, Quality, Reason

GLANCE_WIDTH = 160  # pixels: enough to judge light by
LEAST_BRIGHTNESS = 20.0  # mean grey level: the darkest image of mmu1 and interval has 105
DIM = 60.0  # mean grey level: a frame without contrast or detail is called dark below it, and blurred above
LEAST_CONTRAST = 6.0  # deviation of grey levels: those images have 29 at least, an empty or covered frame next to none
MOST_BURNT = 0.85  # part of the frame at the top of the scale: skin close to the light burns half of good images out
BURNT = 250  # grey level
LEAST_SHARPNESS = 4.0  # variance of the Laplacian: those images have 170 at least


def assess(frame: Frame) -> Quality | Reason:
    """Return the frame's quality, or why it is not worth looking into. Conservative: only what can never work is refused."""
    pixels = frame.pixels
    height, width = pixels.shape
    step = max(1, width // GLANCE_WIDTH)
    glance = pixels[::step, ::step]
    brightness, contrast = float(glance.mean()), float(glance.std())
    if brightness < LEAST_BRIGHTNESS:
        return Reason.TOO_DARK
    if float((glance >= BURNT).mean()) > MOST_BURNT:
        return Reason.TOO_BRIGHT
    top, left = height // 4, width // 4
    sharpness = opencv.laplacian_variance(np.ascontiguousarray(pixels[top : height - top, left : width - left]))
    if contrast < LEAST_CONTRAST or sharpness < LEAST_SHARPNESS:
        return Reason.TOO_DARK if brightness < DIM else Reason.BLURRED
    return Quality(brightness, contrast, sharpness)

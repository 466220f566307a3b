"""The values of simulated attacks: what they are made from and what comes out."""

from dataclasses import dataclass
from enum import StrEnum

from terminal.types import Ellipse, IrisMap, Mask, Pixels

IRIS_RADIUS_MM = (
    5.9  # half of the visible iris diameter, 11.8 mm (Caroline and Andre 2002): tells millimetres from pixels
)
MM_PER_INCH = 25.4


class Species(StrEnum):
    """The kinds of attack on one frame, and the control that is none."""

    PRINT = "print"
    CUT_PRINT = "cut_print"  # a print with a hole for the attacker's own pupil
    SCREEN = "screen"
    LENS = "lens"  # a textured contact lens on a living eye
    CONTROL = "control"  # the same second camera with nothing in between: a detector of resampling would refuse it


@dataclass(frozen=True, slots=True)
class Source:
    """The picture an attack is made from, and where the eye is in it."""

    pixels: Pixels
    pupil: Ellipse
    limbus: Ellipse
    visible: Mask  # iris that can be seen

    @property
    def px_per_inch(self) -> float:
        """Pixels of the picture to an inch at the eye."""
        return self.limbus.radius / IRIS_RADIUS_MM * MM_PER_INCH


@dataclass(frozen=True, slots=True)
class Attack:
    """A presentation as the camera would see it, and where the eye came to lie in it."""

    seen: Source
    variant: str
    period_px: float  # of the finest regular pattern in the frame, 0 when there is none


def source(pixels: Pixels, iris: IrisMap) -> Source:
    """Return a picture with the iris that was found in it."""
    return Source(pixels, iris.pupil, iris.limbus, iris.visible)

"""The values that travel the one path, from light to decision: frozen, slotted, without behaviour of their own.

Letters in shapes mean the same everywhere: N enrolled eyes, R rotations, W words of 64 bits, H rows, C columns.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Pixels: TypeAlias = npt.NDArray[np.uint8]  # (H, W) grey, 0 black .. 255 white
Mask: TypeAlias = npt.NDArray[np.bool_]  # (H, W)
Words: TypeAlias = npt.NDArray[np.uint64]  # (..., W) packed bits
Scores: TypeAlias = npt.NDArray[np.float32]  # (N,) dissimilarity, 0.0 same eye, near 0.5 strangers


class Eye(StrEnum):
    """Which eye of the person, from the person's own point of view."""

    LEFT = "left"
    RIGHT = "right"


class Reason(StrEnum):
    """Why there is no check-in: each one maps to one sentence and one action for the person standing there."""

    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    NO_EYE = "no_eye"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    OFF_CENTRE = "off_centre"
    EYE_CLOSED = "eye_closed"
    LOOKS_ASIDE = "looks_aside"
    GLARE = "glare"
    LOW_CONTRAST = "low_contrast"
    PUPIL_TOO_WIDE = "pupil_too_wide"
    PUPIL_TOO_SMALL = "pupil_too_small"
    NOT_CLEAR = "not_clear"  # not what a bare living eye looks like; nobody is accused of anything
    HOLD_STILL = "hold_still"  # nothing wrong: the checks need a few frames more
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment on two clocks: `utc_ns` may be wrong or step, `boottime_ns` only counts up since boot."""

    utc_ns: int
    boottime_ns: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One grey image, and when the light fell in. `source` names the device or file; a new one means a new scene."""

    pixels: Pixels
    camera: str
    source: str
    captured_at: Instant
    ends_scene: bool = False  # a recording knows that no more frames of this scene follow; a live camera never does


@dataclass(frozen=True, slots=True)
class Quality:
    """What the frame is like as a whole, before anything is looked for in it (ISO/IEC 29794-6 has the terms)."""

    brightness: float  # mean grey level, 0..255
    contrast: float  # standard deviation of grey levels
    sharpness: float  # variance of the Laplacian


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Centre and half axes in pixels of the frame; `angle_rad` turns the axis `a` from the x axis towards y."""

    x: float
    y: float
    a: float
    b: float
    angle_rad: float

    @property
    def radius(self) -> float:
        """Radius in pixels of the circle with the same area."""
        return float(np.sqrt(self.a * self.b))


@dataclass(frozen=True, slots=True)
class IrisMap:
    """Where the iris is: both boundaries whole, as if no lid covered them, and which pixels of it can be seen."""

    pupil: Ellipse
    limbus: Ellipse
    visible: Mask
    visible_fraction: float  # seen part of the ring between pupil and limbus, 0..1
    confidence: float  # how sure the network is of both boundaries, 0..1
    tilt_rad: float  # of the line between the corners of the eye, from the x axis towards y; 0 when nearly level
    model: str  # the network that drew it; part of the template's model
    eye: Eye | None  # which of the person's two it is, where the frame shows both


@dataclass(frozen=True, slots=True)
class IrisQuality:
    """How good a found iris is, in the terms of ISO/IEC 29794-6. All are parts of 1 unless the name says otherwise."""

    usable_area: float  # part of the ring between the boundaries that is seen
    pupil_contrast: float
    sclera_contrast: float
    pupil_ratio: float  # radius of the pupil over that of the iris
    sharpness: float
    glare: float  # part of the ring that is burnt out
    gaze_deg: float  # how far the eye is turned from the camera, by the shape of its limbus
    margin: float  # iris radii between the limbus and the frame's edge; negative where it is cut off
    score: float  # of all of these: the lower, the likelier the image is missed


class Bank(StrEnum):
    """Which lamps of the illuminator are on; A and B lie on either side of the camera."""

    A = "A"
    B = "B"
    BOTH = "AB"


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What one frame says about the eye being alive. Places are from the pupil's centre, in iris radii."""

    captured_at: Instant
    logit: float  # of the network: the higher, the more like a bare living eye
    pupil_ratio: float  # pupil radius over iris radius
    spot: tuple[float, float] | None  # brightest mirror image of the lamps on the cornea
    lit: Bank | None  # the lamps that were on, where that is known


@dataclass(frozen=True, slots=True)
class Live:
    """Nothing stands against a check-in. `record` says what was checked: extract/liveness.py has its grammar."""

    record: str


@dataclass(frozen=True, slots=True)
class Template:
    """One captured iris as bits. A row per rotation of the probe; a reference keeps only the row of no rotation.

    code  (R, W) uint64   phase bits
    mask  (R, W) uint64   1 where the bit of `code` can be trusted
    model                 what made it: templates of different models are never compared
    eye                   which of the person's two it is; none: the frame does not tell
    """

    code: Words
    mask: Words
    model: str
    eye: Eye | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """One enrolled eye image of a person."""

    person: str
    eye: Eye
    code: Words  # (W,)
    mask: Words  # (W,)
    model: str


@dataclass(frozen=True, slots=True)
class Probe:
    """One captured iris, and how unlike it is to everybody enrolled."""

    template: Template
    eye: Eye | None  # none: the frame does not tell which eye it shows
    scores: Scores  # (N,)
    edition: int  # of the gallery it was compared with: scores of two editions do not stand for the same references


@dataclass(frozen=True, slots=True)
class Accepted:
    """The person it is. `score` is the fused dissimilarity, `margin` how much worse the next other person is."""

    person: str
    score: float
    margin: float


@dataclass(frozen=True, slots=True)
class Rejected:
    """Nobody it can be said to be; `score` is the least dissimilarity, for the technician only."""

    reason: Reason
    score: float


Decision: TypeAlias = Accepted | Rejected

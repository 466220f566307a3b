"""What differs from picture to picture: pose, pupil, lids, hairs, light, camera; by chance, at two difficulties."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

KIOSK_SIZE = (480, 640)  # rows, columns of a small infrared camera module


class Difficulty(StrEnum):
    """How a picture comes about: somebody willing before a kiosk, or everything that can go wrong, to train on."""

    EVERYDAY = "everyday"
    HARD = "hard"


class Illuminator(StrEnum):
    """What the infrared lamp looks like when the cornea mirrors it."""

    SPOT = "spot"
    PAIR = "pair"
    RING = "ring"
    SCATTER = "scatter"


@dataclass(frozen=True, slots=True)
class Capture:
    """One picture about to be taken. Lengths are in iris radii and angles in radians unless the name says otherwise."""

    size: tuple[int, int]  # rows, columns
    centre: tuple[float, float]  # x, y of the iris in pixels
    radius_px: float  # of the iris seen straight on
    roll: float  # of the head in the picture plane
    gaze: float  # how far the eye is turned from the camera
    gaze_towards: float  # direction of that turn in the picture
    pupil_ratio: float  # pupil radius over iris radius
    crumple: float  # how far fibres stray from where even stretching would put them, in degrees around the iris
    upper_lid: float  # height of its edge above the iris centre; negative covers the centre
    lower_lid: float  # depth of its edge below the iris centre
    lash_droop: float  # 1 hangs straight before the eye, -1 stands straight up
    lash_growth: float  # factor on length and number of this eye's lashes
    makeup: float  # darkness of liner and shadow along the lids, 0 none to 1
    strands: int  # number of hairs of the head or threads of a veil that hang before the eye
    illuminator: Illuminator
    lamp_at: tuple[float, float]  # its reflection, from the pupil centre
    lamp_radius: float  # of one spot
    glare: float  # strength of reflections on the wet lids and skin, 0 to 1
    room: float  # deviation of what else the cornea mirrors, grey levels
    glasses_frame: float  # width of the rim, 0 for none
    glasses_glare: int  # number of reflections on the lenses
    slope: tuple[float, float]  # change of the light across the picture, right and down
    falloff: float  # part of the light that is lost at a picture's height from the middle of the beam, 0 to 1
    exposure: float  # factor on all light
    veil: float  # stray light added to it all, grey levels
    gamma: float
    blur_px: float  # standard deviation of the defocus
    smear_px: float  # length of the motion blur
    noise: float  # standard deviation in the mid greys, grey levels
    jpeg_quality: int  # 0 for a picture never compressed


def capture(
    rng: np.random.Generator,
    difficulty: Difficulty = Difficulty.EVERYDAY,
    size: tuple[int, int] = KIOSK_SIZE,
) -> Capture:
    """Return the chance setting of one picture of `size` (rows, columns)."""
    return _hard(rng, size) if difficulty is Difficulty.HARD else _everyday(rng, size)


def _everyday(rng: np.random.Generator, size: tuple[int, int]) -> Capture:
    rows, cols = size
    unit = min(cols, rows * 4 / 3) / 320  # pixels here for one pixel of a 240 x 320 picture
    lamps = list(Illuminator)[:3]
    return Capture(
        size=size,
        centre=(cols / 2 + unit * rng.normal(0, 14), rows / 2 + unit * rng.normal(0, 9)),
        radius_px=unit * rng.uniform(46, 68),
        roll=float(np.clip(rng.normal(0, 0.06), -0.14, 0.14)),  # +-8 degrees
        gaze=abs(rng.normal(0, 0.08)),
        gaze_towards=rng.uniform(0, 2 * np.pi),
        pupil_ratio=float(np.clip(rng.normal(0.43, 0.06), 0.28, 0.58)),
        crumple=rng.uniform(0.6, 1.7),
        upper_lid=float(np.clip(rng.normal(0.82, 0.12), 0.55, 1.15)),
        lower_lid=float(np.clip(rng.normal(0.98, 0.1), 0.75, 1.25)),
        lash_droop=rng.normal(0.0, 0.3),
        lash_growth=rng.uniform(0.7, 1.2),
        makeup=0.0,
        strands=0,
        illuminator=lamps[rng.choice(3, p=[0.5, 0.25, 0.25])],
        lamp_at=(rng.normal(0, 0.1), rng.normal(0.05, 0.1)),
        lamp_radius=rng.uniform(0.03, 0.08),
        glare=rng.uniform(0, 0.8),
        room=rng.uniform(0.5, 4.0),
        glasses_frame=0.0,
        glasses_glare=0,
        slope=(rng.normal(0, 0.12), rng.normal(0, 0.12)),
        falloff=0.0,
        exposure=rng.uniform(0.8, 1.04),
        veil=rng.uniform(0, 10),
        gamma=rng.uniform(0.9, 1.1),
        blur_px=unit * rng.uniform(0.3, 1.0),
        smear_px=0.0,
        noise=rng.uniform(0.8, 3.0),
        jpeg_quality=0 if rng.random() < 0.7 else int(rng.integers(80, 96)),
    )


def _hard(rng: np.random.Generator, size: tuple[int, int]) -> Capture:
    rows, cols = size
    unit = min(cols, rows * 4 / 3) / 320
    radius = float(np.exp(rng.uniform(np.log(25), np.log(112))))  # of 320: what a camera of any reach may see
    free = np.clip((112 - radius) / 60, 0.4, 1)  # a large eye stays near the middle, or nothing of it is left
    turned = rng.random() < 0.2
    shut = rng.random() < 0.25
    curtain = rng.random() < 0.35
    return Capture(
        size=size,
        centre=(cols / 2 + unit * free * rng.normal(0, 32), rows / 2 + unit * free * rng.normal(0, 22)),
        radius_px=unit * radius,
        roll=rng.normal(0, 0.16),
        gaze=min(abs(rng.normal(0, 0.5 if turned else 0.15)), 0.85),
        gaze_towards=rng.normal(0, 0.5) + rng.choice([0, np.pi]) if turned else rng.uniform(0, 2 * np.pi),
        pupil_ratio=rng.uniform(0.16, 0.3) if rng.random() < 0.25 else rng.uniform(0.25, 0.66),
        crumple=rng.uniform(0.2, 2.0),
        upper_lid=rng.uniform(-0.1, 0.6) if shut else rng.uniform(0.45, 1.5),
        lower_lid=rng.uniform(0.35, 0.9) if shut else rng.uniform(0.65, 1.5),
        lash_droop=rng.uniform(0.4, 1.0) if curtain else rng.normal(-0.1, 0.45),
        lash_growth=rng.uniform(1.1, 3.5) if curtain else rng.uniform(0.2, 1.6),
        makeup=rng.uniform(0.2, 1.0) if rng.random() < 0.2 else 0.0,
        strands=int(rng.integers(1, 7)) if rng.random() < 0.12 else 0,
        illuminator=list(Illuminator)[rng.integers(4)],
        lamp_at=(rng.normal(0, 0.3), rng.normal(0, 0.3)),
        lamp_radius=rng.uniform(0.015, 0.14),
        glare=rng.uniform(0, 1),
        room=rng.uniform(0, 9),
        glasses_frame=rng.uniform(0.08, 0.3) if rng.random() < 0.15 else 0.0,
        glasses_glare=int(rng.integers(1, 5)) if rng.random() < 0.15 else 0,
        slope=(rng.normal(0, 0.3), rng.normal(0, 0.3)),
        falloff=rng.uniform(0.1, 0.9) if rng.random() < 0.5 else 0.0,
        exposure=rng.uniform(0.45, 1.35),
        veil=rng.uniform(0, 40),
        gamma=rng.uniform(0.6, 1.6),
        blur_px=unit * (rng.uniform(1.5, 3.2) if rng.random() < 0.15 else abs(rng.normal(0, 1.0)) + 0.2),
        smear_px=unit * rng.uniform(2, 7) if rng.random() < 0.1 else 0.0,
        noise=abs(rng.normal(0, 4.0)),
        jpeg_quality=int(rng.integers(35, 95)) if rng.random() < 0.25 else 0,
    )

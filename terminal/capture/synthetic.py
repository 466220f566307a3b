"""Near-infrared pictures of eyes that nobody has: people for the demo and tests, truth for training the network.

    >>> left, right = people(seed=7, count=1)[0]
    >>> rng = np.random.default_rng(1)
    >>> draw(left, capture(rng), rng).pixels.shape
    (480, 640)

One seed makes one eye; the setting of a picture and its chance details come from a `Generator`, so the same seeds give
the same pixels.
"""

from dataclasses import dataclass

import numpy as np

from terminal.capture.drawing.flesh import Flesh, lid_shadow, sclera, skin
from terminal.capture.drawing.geometry import LidShape, opening
from terminal.capture.drawing.hairs import brow, lashes, strands
from terminal.capture.drawing.iris import Iris, lay_iris
from terminal.capture.drawing.light import HIDES, glasses, photograph, reflections
from terminal.capture.drawing.noise import blurred
from terminal.capture.drawing.setting import KIOSK_SIZE, Capture, Difficulty, Illuminator, capture
from terminal.capture.drawing.texture import iris_texture
from terminal.types import Ellipse, Eye, Mask, Pixels

THICKET = 0.22  # mean coverage by hairs around a pixel from which it counts as hidden, as hand-made masks have it ...
THICKET_REACH = 0.06  # ... within so many iris radii

__all__ = [
    "KIOSK_SIZE",
    "Capture",
    "Difficulty",
    "DrawnEye",
    "EyeIdentity",
    "Illuminator",
    "capture",
    "draw",
    "identity",
    "people",
]


@dataclass(frozen=True, slots=True)
class EyeIdentity:
    """All that stays the same in every picture of one eye."""

    iris: Iris
    flesh: Flesh
    lids: LidShape


@dataclass(frozen=True, slots=True)
class DrawnEye:
    """A picture and the truth about it. All arrays are (H, W); the discs are whole, whatever hides them."""

    pixels: Pixels
    visible: Mask  # iris that can be seen
    pupil_disc: Mask
    limbus_disc: Mask  # pupil included
    opening: Mask  # between the lids
    pupil: Ellipse
    limbus: Ellipse


def identity(seed: int, eye: Eye = Eye.LEFT) -> EyeIdentity:
    """Return one eye of the person of this seed."""
    face, left, right = np.random.SeedSequence(seed).spawn(3)
    return _eye(face, left if eye is Eye.LEFT else right, eye)


def people(seed: int, count: int) -> list[tuple[EyeIdentity, EyeIdentity]]:
    """Return the left and the right eye of `count` people; the two of one person look alike but for their irides."""
    seeds = [person.spawn(3) for person in np.random.SeedSequence(seed).spawn(count)]
    return [(_eye(face, left, Eye.LEFT), _eye(face, right, Eye.RIGHT)) for face, left, right in seeds]


def draw(eye: EyeIdentity, setting: Capture, rng: np.random.Generator) -> DrawnEye:
    """Return the picture of an eye in a setting; `rng` places the single hairs, pores and noise."""
    flesh = eye.flesh
    lids = opening(setting, eye.lids)
    laid = lay_iris(rng, eye.iris, setting, sclera(rng, flesh, lids, setting))
    scene = laid.pixels * lid_shadow(rng, lids)

    mirrored = reflections(rng, setting, laid.pupil, lids)
    edge = np.clip(0.5 - np.maximum(lids.above, lids.below) * (setting.radius_px / 1.5), 0, 1)
    bare = skin(rng, flesh, lids, setting)
    scene = bare + edge * (scene - bare)
    scene += 255 * mirrored

    hairs = lashes(rng, lids, setting, flesh.lash_length, flesh.lash_count)
    hairs = np.maximum(hairs, brow(rng, lids, setting, flesh.brow_height))
    if setting.strands:
        hairs = np.maximum(hairs, strands(rng, setting))
    scene += hairs * (np.minimum(scene, flesh.hair_grey) - scene)
    scene, hidden = glasses(rng, setting, np.asarray(scene, np.float32))

    ring = laid.limbus_disc & ~laid.pupil_disc & lids.inside
    between = blurred(hairs, THICKET_REACH * setting.radius_px) > THICKET
    visible = ring & (hairs < HIDES) & ~between & (mirrored < HIDES) & ~hidden
    pixels = photograph(rng, setting, scene)
    return DrawnEye(pixels, visible, laid.pupil_disc, laid.limbus_disc, lids.inside, laid.pupil, laid.limbus)


def _eye(face: np.random.SeedSequence, iris: np.random.SeedSequence, eye: Eye) -> EyeIdentity:
    looks = np.random.default_rng(face)
    grey = looks.uniform(75, 140)
    nose_right = eye is Eye.RIGHT  # in a picture that is not mirrored
    return EyeIdentity(
        _iris(np.random.default_rng(iris), grey, nose_right), _flesh(looks, grey), _lids(looks, nose_right)
    )


def _iris(rng: np.random.Generator, grey: float, nose_right: bool) -> Iris:
    return Iris(
        texture=iris_texture(rng),
        grey=grey + rng.normal(0, 3),
        contrast=rng.uniform(5, 10),
        collar=rng.uniform(-4, 14),
        limbal_ring=rng.uniform(5, 30),
        limbus_softness=rng.uniform(0.04, 0.1),
        pupil_grey=rng.uniform(8, 30),
        pupil_offset=((1 if nose_right else -1) * rng.normal(0.03, 0.015), rng.normal(0.01, 0.015)),
        pupil_stretch=abs(rng.normal(0, 0.02)),
        pupil_axis=rng.uniform(0, np.pi),
    )


def _flesh(rng: np.random.Generator, iris_grey: float) -> Flesh:
    sclera_grey = max(rng.uniform(130, 195), iris_grey + 30)
    return Flesh(
        skin_grey=sclera_grey + rng.uniform(-15, 45),
        sclera_grey=sclera_grey,
        crease_height=rng.uniform(0.15, 0.55),
        crease_depth=rng.uniform(5, 45),
        pouch_depth=rng.uniform(3, 18),
        grain=rng.uniform(2, 6),
        brow_height=rng.uniform(2.0, 3.4),
        lash_length=rng.uniform(0.45, 0.85),
        lash_count=int(rng.integers(60, 170)),
        hair_grey=rng.uniform(15, 60),
    )


def _lids(rng: np.random.Generator, nose_right: bool) -> LidShape:
    return LidShape(
        half_width=rng.uniform(1.9, 2.5),
        corner_drop=rng.uniform(0.1, 0.4),
        tilt=rng.normal(-0.05, 0.06),  # the outer corner is a little higher in most people
        peak=rng.normal(0.0, 0.1),
        nasal_power=rng.uniform(1.8, 2.6),
        temporal_power=rng.uniform(1.9, 2.9),
        lower_power=rng.uniform(1.9, 2.9),
        nose_right=nose_right,
    )

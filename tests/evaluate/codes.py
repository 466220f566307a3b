"""Images that are nothing but iris codes: every bit of two pictures of one eye differs by chance, as much as a test wants."""

import numpy as np

from terminal.evaluate.samples import Sample
from terminal.extract.iris_encode import TURNS
from terminal.types import Template

WORDS = 96


def image(subject: str, eye: str, seed: int, shot: int, noise: float = 0.15) -> Sample:
    """Return an image of the eye of this seed, in which a part `noise` of the bits is flipped."""
    code = np.random.default_rng(seed).integers(0, 2, WORDS * 64, dtype=np.uint8)
    flipped = code ^ (np.random.default_rng([seed, shot]).random(code.size) < noise)
    words = np.tile(np.packbits(flipped).view(np.uint64), (len(TURNS), 1))
    return Sample(subject, eye, Template(words, np.full_like(words, ~np.uint64(0)), "m"), None, None, None, {})


def refused(subject: str, eye: str) -> Sample:
    """Return an image nothing could be read from."""
    return Sample(subject, eye, None, "blurred", None, None, {})


def people(count: int, shots: int) -> list[Sample]:
    """Return all images of people with two eyes."""
    return [
        image(f"{person:03}", eye, 2 * person + side, shot)
        for person in range(count)
        for side, eye in enumerate("LR")
        for shot in range(shots)
    ]

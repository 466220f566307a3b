"""People of random bits, in the layout of real codes: what a search costs does not depend on whose bits they are."""

import numpy as np

from terminal.extract.iris_encode import KIOSK, TURNS
from terminal.types import Eye, Reference, Template, Words

WORDS = KIOSK.bits // 64
BITS = WORDS * 64
ROTATIONS = len(TURNS)
MODEL = "bench"


def crowd(first: int, count: int, an_eye: int = 1) -> list[Reference]:
    """Return the references of `count` people from number `first` on, so many images an eye."""
    owners = [(f"p-{number:07}", eye) for number in range(first, first + count) for eye in Eye for _ in range(an_eye)]
    code, mask = _bits(first, len(owners))
    return [Reference(person, eye, code[row], mask[row], MODEL) for row, (person, eye) in enumerate(owners)]


def stranger() -> Template:
    """Return a probe of nobody in the crowd, in every rotation."""
    return Template(*_bits(2**32 - 1, ROTATIONS), MODEL)


def _bits(seed: int, rows: int) -> tuple[Words, Words]:
    """Return codes, and masks with 5 of 8 bits set: about what real eyes show."""
    drawn = np.random.default_rng(seed).integers(0, 2**64, (4, rows, WORDS), dtype=np.uint64)
    return drawn[0], drawn[1] | drawn[2] & drawn[3]

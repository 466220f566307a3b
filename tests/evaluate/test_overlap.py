"""How well what was found covers what was drawn by hand, counted on squares."""

import numpy as np
import pytest

from terminal.errors import ImageError
from terminal.evaluate.overlap import overlap
from terminal.types import Ellipse, IrisMap, Mask

SIZE = (100, 100)


def found(visible: Mask) -> IrisMap:
    return IrisMap(Ellipse(50, 50, 10, 10, 0), Ellipse(50, 50, 30, 30, 0), visible, 1.0, 1.0, 0.0, "m", None)


def test_half_of_the_union_is_one_half() -> None:
    visible, by_hand = np.zeros(SIZE, np.bool_), np.zeros(SIZE, np.uint8)
    visible[40:60, 65:75] = True
    by_hand[40:60, 65:70] = 255
    assert overlap(found(visible), by_hand).drawn == 0.5


def test_what_lies_beyond_the_limbus_counts_only_against_all_that_was_drawn() -> None:
    visible, by_hand = np.zeros(SIZE, np.bool_), np.zeros(SIZE, np.uint8)
    visible[49:51, 65:75] = True
    by_hand[49:51, 65:75] = 255
    visible[0:10, 0:2] = True
    agreement = overlap(found(visible), by_hand)
    assert (agreement.drawn, agreement.in_ring) == (0.5, 1.0)


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(ImageError, match="a mask of"):
        overlap(found(np.zeros(SIZE, np.bool_)), np.zeros((50, 50), np.uint8))

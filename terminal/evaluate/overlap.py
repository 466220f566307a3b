"""How well the visible iris that was found covers the one drawn by hand."""

from dataclasses import dataclass

from terminal.errors import ImageError
from terminal.extract.boundary import filled
from terminal.types import IrisMap, Mask, Pixels


@dataclass(frozen=True, slots=True)
class Overlap:
    """Intersection over union with the hand-made mask, 0 apart .. 1 the same."""

    drawn: float  # of all that the network calls visible iris
    in_ring: float  # of the part of it between the two boundaries: what the code is read from


def overlap(found: IrisMap, by_hand: Pixels) -> Overlap:
    """Compare what was found with a mask of the same size, white where iris can be seen; raise ImageError for another size."""
    if by_hand.shape != found.visible.shape:
        hint = "give the masks of these very images"
        raise ImageError(f"a mask of {by_hand.shape} pixels for an image of {found.visible.shape}", hint=hint)
    truth = by_hand > 127
    ring = filled(found.limbus, *truth.shape) & ~filled(found.pupil, *truth.shape)
    return Overlap(_over_union(found.visible, truth), _over_union(found.visible & ring, truth))


def _over_union(one: Mask, other: Mask) -> float:
    return int((one & other).sum()) / max(1, int((one | other).sum()))

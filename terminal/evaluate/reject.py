"""Error against rejection (ISO/IEC 29794-1, Grother and Tabassi 2007): what refusing the worst images by quality would buy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from terminal.evaluate.rates import Rate, ScoreList, wilson

PARTS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2)  # of the images refused


@dataclass(frozen=True, slots=True)
class Rejection:
    """What is left when a part of the images is refused: the false non-match rate at a threshold that stays."""

    part: float
    fnmr: Rate


def error_reject(
    scores: ScoreList, images: npt.NDArray[np.intp], quality: Sequence[float], threshold: float
) -> list[Rejection]:
    """Return the false non-match rate after refusing the worst images, the same threshold throughout.

    scores   (K,) float32   of mated comparisons
    images   (K, 2) int     the two images of each: places in `quality`
    quality  (S,)           of every image: the lower, the sooner it is refused
    """
    order = np.argsort(np.argsort(quality, kind="stable"), kind="stable")  # 0 the worst
    worse_of_both = order[images].min(axis=1)
    missed = scores > threshold
    found = []
    for part in PARTS:
        kept = worse_of_both >= round(part * len(quality))
        if kept.any():
            found.append(Rejection(part, wilson(int(missed[kept].sum()), int(kept.sum()))))
    return found

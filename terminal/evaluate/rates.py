"""Error rates after ISO/IEC 19795-1, from scores alone: a comparison matches at or below a threshold."""

from dataclasses import dataclass
from math import sqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

ScoreList: TypeAlias = npt.NDArray[np.float32]  # (K,)

Z_95 = 1.959964  # of the normal distribution, for a two-sided 95 % interval


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of comparisons and its 95 % interval (Wilson 1927).

    It takes comparisons as independent, which images of one eye are not: the true interval is wider.
    """

    share: float
    low: float
    high: float
    comparisons: int


@dataclass(frozen=True, slots=True)
class Rates:
    """What a set of comparisons says about the matcher."""

    eer: float
    fnmr_at_fmr: dict[float, Rate]
    fnmr_with_failures_at_fmr: dict[float, Rate]  # comparisons with a refused image count as non-matches
    fnmr_at_zero_fm: float
    decidability: float


def rates(mated: ScoreList, nonmated: ScoreList, fmrs: tuple[float, ...], refused_mated: int) -> Rates:
    """Return the rates of at least one mated and one non-mated score; `refused_mated` comparisons had no score at all."""
    mated, nonmated = np.sort(mated), np.sort(nonmated)
    plain, strict = {}, {}
    for fmr in fmrs:
        missed = len(mated) - int(np.searchsorted(mated, threshold_at(nonmated, fmr), "right"))
        plain[fmr] = wilson(missed, len(mated))
        strict[fmr] = wilson(missed + refused_mated, len(mated) + refused_mated)
    zero = threshold_at(nonmated, 0.0)
    missed = len(mated) - int(np.searchsorted(mated, zero, "right"))
    return Rates(equal_error(mated, nonmated), plain, strict, missed / len(mated), decidability(mated, nonmated))


def threshold_at(nonmated: ScoreList, fmr: float) -> float:
    """Return the highest threshold at which no more than `fmr` of the sorted non-mated scores match."""
    allowed = int(np.floor(fmr * len(nonmated)))
    if allowed >= len(nonmated):
        return float(nonmated[-1])
    return float(np.nextafter(nonmated[allowed], np.float32(-np.inf), dtype=np.float32))


def equal_error(mated: ScoreList, nonmated: ScoreList) -> float:
    """Return the rate at which sorted scores miss as often as they match falsely, between the two nearest thresholds."""
    _, fmr, fnmr = curve(mated, nonmated)
    after = int(np.argmax(fmr >= fnmr))
    before = max(0, after - 1)
    gap_before, gap_after = fnmr[before] - fmr[before], fmr[after] - fnmr[after]
    if gap_before + gap_after <= 0:
        return float(fmr[after])
    weight = gap_before / (gap_before + gap_after)
    return float(fmr[before] + weight * (fmr[after] - fmr[before]))


def curve(mated: ScoreList, nonmated: ScoreList) -> tuple[ScoreList, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return every threshold of sorted scores with its FMR and FNMR, from matching nothing to matching all."""
    lowest = np.nextafter(min(mated[0], nonmated[0]), np.float32(-np.inf), dtype=np.float32)
    at = np.unique(np.concatenate([[lowest], mated, nonmated])).astype(np.float32)
    fmr = np.searchsorted(nonmated, at, "right") / len(nonmated)
    fnmr = 1 - np.searchsorted(mated, at, "right") / len(mated)
    return at, fmr, fnmr


def decidability(mated: ScoreList, nonmated: ScoreList) -> float:
    """Return d' (Daugman): the distance of the two means in pooled standard deviations."""
    spread = sqrt((float(mated.var(dtype=np.float64)) + float(nonmated.var(dtype=np.float64))) / 2)
    return abs(float(mated.mean(dtype=np.float64)) - float(nonmated.mean(dtype=np.float64))) / max(spread, 1e-12)


def wilson(events: int, comparisons: int) -> Rate:
    """Return a share with its 95 % score interval (Wilson, JASA 1927); it stays sensible at no events and at few."""
    share = events / comparisons
    centre = share + Z_95**2 / (2 * comparisons)
    reach = Z_95 * sqrt(share * (1 - share) / comparisons + Z_95**2 / (4 * comparisons**2))
    scale = 1 + Z_95**2 / comparisons
    return Rate(share, max(0.0, (centre - reach) / scale), min(1.0, (centre + reach) / scale), comparisons)

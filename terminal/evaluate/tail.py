"""How often two different eyes are very alike: the lines that `match/decide.py` reads its chances from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from terminal.evaluate.rates import ScoreList
from terminal.evaluate.samples import Compared

RAREST, COMMONEST = 1e-5, 1e-3  # the part of the tail the line is laid through
LEAST_SCORES = 10_000  # fewer say nothing of one in a thousand
LEAST_RANK = 3  # the very lowest scores are chance, or two folders of one eye
POINTS = 40


@dataclass(frozen=True, slots=True)
class Line:
    """log10 of the part of different eyes at or below a score, as a straight line."""

    score: float  # at which one in ten thousand lies
    slope: float  # decades for 1.0 of score
    scores: int  # behind it


def one_comparison(compared: Compared) -> Line | None:
    """Return the line of single comparisons; None when there are too few."""
    return _line(compared.scores[_different(compared)])


def two_comparisons(compared: Compared) -> Line | None:
    """Return the line of the mean of two comparisons of the same two eyes: one or both of the images are others.

    Each comparison is taken together with those of the next image of its probe's eye, of its reference's eye, and of both.
    """
    following = _next_image(compared)
    probes = np.arange(len(following))
    several = following != probes
    different, scores = _different(compared), compared.scores
    means = []
    for rows, columns in ((probes, following), (following, probes), (following, following)):
        other = scores[rows][:, columns]
        known = different & (several[:, None] | (rows is probes)) & (several[None, :] | (columns is probes))
        means.append((scores[known] + other[known]) / 2)
    return _line(np.concatenate(means))


def _different(compared: Compared) -> npt.NDArray[np.bool_]:
    """Return which comparisons are of different eyes, each pair of images once: (S, S)."""
    _, identity = np.unique([one.identity for one in compared.samples], return_inverse=True)
    return np.asarray(np.tril(identity[:, None] != identity[None, :]))


def _next_image(compared: Compared) -> npt.NDArray[np.intp]:
    """Return the place of the next image of the same eye, the first after the last: (S,)."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(compared.samples):
        places.setdefault(one.identity, []).append(place)
    following = np.empty(len(compared.samples), dtype=np.intp)
    for of_eye in places.values():
        following[of_eye] = np.roll(of_eye, -1)
    return following


def _line(scores: ScoreList) -> Line | None:
    """Lay a line through the tail of scores, by least squares in log10."""
    if len(scores) < LEAST_SCORES:
        return None
    ordered = np.sort(scores)
    lowest = max(LEAST_RANK, RAREST * len(ordered))
    ranks = np.unique(np.geomspace(lowest, COMMONEST * len(ordered), POINTS).astype(np.intp))
    slope, start = np.polyfit(ordered[ranks - 1].astype(np.float64), np.log10(ranks / len(ordered)), 1)
    return Line(float((-4.0 - start) / slope), float(slope), len(ordered))

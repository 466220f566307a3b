"""From the scores of single comparisons to one score an eye: what several frames and several references say together.

Of all comparisons of a captured eye (F frames) with a person's images of it (K references), the mean of the best two counts.
Tried on mmu1 and on 60 % of interval's subjects, with K = 1 and 3, F = 1 to 3: it keeps the hardest mated eyes furthest from the
non-mated tail. The best one alone lets a single chance likeness through; the mean of all is spoilt by one poor frame or reference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from terminal.match.hamming import NOTHING_TO_COMPARE
from terminal.types import Eye, Probe, Scores

Indices: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How unlike one captured eye is to everybody's.

    score        (P,) float32  mean of the best two comparisons; the only one where there is one; 1.0 where there is none
    comparisons  (P,) int      how many comparisons the best ones were chosen from
    """

    score: Scores
    comparisons: Indices


def fuse(people: int, owner: Indices, probes: Sequence[Probe]) -> list[Likeness]:
    """Return one likeness for each eye that the probes show; those that do not tell which eye count as of one eye.

    people          P                   everybody enrolled
    owner           (N,) int            whose each enrolled eye image is
    probes[].scores (N,) float32        all of one person, all compared with the same gallery
    """
    by_eye: dict[Eye | None, list[Scores]] = {}
    for probe in probes:
        by_eye.setdefault(probe.eye, []).append(probe.scores)
    return [_best_two(people, np.tile(owner, len(scores)), np.concatenate(scores)) for scores in by_eye.values()]


def _best_two(people: int, owner: Indices, scores: Scores) -> Likeness:
    """Fuse all comparisons of one eye, each with whose image it was made with: (F N,) both."""
    compared = scores != NOTHING_TO_COMPARE
    owner, scores = owner[compared], scores[compared]
    comparisons = np.bincount(owner, minlength=people)
    first = _least(people, owner, scores)
    rest = scores.copy()
    is_first = np.flatnonzero(scores == first[owner])
    place = np.full(people, -1, dtype=np.intp)
    place[owner[is_first]] = is_first  # one place a person, even where two comparisons are equal
    rest[place[place >= 0]] = NOTHING_TO_COMPARE
    second = _least(people, owner, rest)
    return Likeness(np.where(comparisons > 1, (first + second) / 2, first), comparisons)


def _least(people: int, owner: Indices, scores: Scores) -> Scores:
    least = np.full(people, NOTHING_TO_COMPARE, dtype=np.float32)
    np.minimum.at(least, owner, scores)
    return least

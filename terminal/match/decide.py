"""From scores to a person, or to nobody. The one place where scores meet a threshold.

A score alone means little: 0.33 is rare for one comparison and rarer still for the mean of two eyes. So each person's scores become
the chance that somebody else looks so alike, and this chance is what is held against the number of people enrolled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from terminal.match.fuse import Indices, Likeness, fuse
from terminal.types import Accepted, Decision, Probe, Reason, Rejected, Scores

Chances: TypeAlias = npt.NDArray[np.float64]  # (P,) log10: 0.0 anybody looks so alike, -6.0 one in a million

NOBODY = 1.0  # the score of somebody nothing was compared with


@dataclass(frozen=True, slots=True)
class Tail:
    """How often two different eyes are so alike: log10 of the part of comparisons at or below a score, as a straight line."""

    score: float  # at which one in ten thousand lies
    slope: float  # decades for 1.0 of score

    def log10_part(self, score: Scores) -> Chances:
        """Return log10 of the part of different eyes at or below a score."""
        return np.minimum(0.0, -4.0 + (score.astype(np.float64) - self.score) * self.slope)


# Lines through the measured non-mated tail from 1e-3 to 1e-5 (`tatap evaluate iris DIR --json`, "tail"): on mmu1, the worse of the
# two sets looked at. Beyond what was measured the true tail bends down, so the lines err to the safe side.
ONE_COMPARISON = Tail(0.3541, 64.0)
TWO_COMPARISONS = Tail(0.3610, 75.0)  # their mean, both of the same two eyes
SAME_EYE_LOG10 = -4.0  # two captures this unlikely to be of two eyes may be fused: one stranger in ten thousand passes


@dataclass(frozen=True, slots=True)
class Policy:
    """How sure the kiosk must be: the part of strangers it may take for somebody, and the lead over the next person."""

    target_fpir: float = 0.001
    min_margin: float = 0.02
    looks: int = 1  # decisions before a stranger is told so, each with its part of the target


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the evidence says of everybody.

    score         (P,) float32  mean of the eyes compared; 1.0 where none was
    log10_chance  (P,) float64  that an eye, or a pair of eyes, of somebody else is so alike
    """

    score: Scores
    log10_chance: Chances


def weigh(people: int, owner: Indices, evidence: Sequence[Probe]) -> Weighed:
    """Return what captures of one person say of everybody enrolled; shapes as in `fuse`."""
    eyes = fuse(people, owner, evidence)
    score = np.stack([eye.score for eye in eyes])
    compared = np.stack([eye.comparisons > 0 for eye in eyes])
    chance = np.stack([_log10_chance(eye) for eye in eyes])
    together = chance.sum(axis=0)
    # The two irides of a person are as different as those of two people (Daugman 2003): two independent chances, combined after
    # Fisher (1932). The product of two is at most x with chance x (1 - ln x).
    both = compared.sum(axis=0) == 2
    together[both] += np.log10(1 - np.log(10) * together[both])
    known = np.maximum(compared.sum(axis=0), 1)
    mean = np.where(compared.any(axis=0), (score * compared).sum(axis=0) / known, np.float32(NOBODY))
    return Weighed(mean.astype(np.float32), together)


def _log10_chance(eye: Likeness) -> Chances:
    """Return the chance of one eye; the best of n(n-1)/2 pairs of comparisons is so alike at most that often (Bonferroni)."""
    n = np.maximum(eye.comparisons, 2)
    of_pairs = TWO_COMPARISONS.log10_part(eye.score) + np.log10(n * (n - 1) / 2)
    chance = np.where(eye.comparisons > 1, of_pairs, ONE_COMPARISON.log10_part(eye.score))
    return np.minimum(np.where(eye.comparisons > 0, chance, 0.0), 0.0)


def most_likely(weighed: Weighed) -> int:
    """Return the place of the person whose likeness is the least likely to be chance; of equals the one most alike."""
    return int(np.lexsort((weighed.score, weighed.log10_chance))[0])


def threshold(people: int, policy: Policy) -> float:
    """Return the highest log10 chance to accept, so that a stranger is taken for one of so many people at the target rate."""
    return log10(policy.target_fpir / max(1, people) / policy.looks)


def decide(people: Sequence[str], owner: Indices, evidence: Sequence[Probe], policy: Policy) -> Decision:
    """Return who it is, from the captures of one person: one or more frames, of one eye or both.

    people    P         everybody enrolled
    owner     (N,) int  whose each enrolled eye image is: its place in `people`
    """
    if not people or not evidence:
        return Rejected(Reason.UNKNOWN, NOBODY)
    weighed = weigh(len(people), owner, evidence)
    first = most_likely(weighed)
    score = float(weighed.score[first])
    if weighed.log10_chance[first] > threshold(len(people), policy):
        return Rejected(Reason.UNKNOWN, score)
    others = np.delete(weighed.score, first)
    margin = float(others.min(initial=NOBODY)) - score  # who is alone leads over nobody
    if margin < policy.min_margin:
        return Rejected(Reason.AMBIGUOUS, score)
    return Accepted(people[first], score, margin)


def same_eye(score: float) -> bool:
    """Whether two captures so alike are surely of the same eye, so that they may be fused."""
    return bool(ONE_COMPARISON.log10_part(np.array([score], np.float32))[0] <= SAME_EYE_LOG10)

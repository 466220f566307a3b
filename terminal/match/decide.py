"""From scores to a person, or to nobody. The one place where scores meet a threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from terminal.types import Accepted, Decision, Reason, Rejected, Scores

Indices: TypeAlias = npt.NDArray[np.intp]

NOBODY = 1.0  # the score of somebody nothing was compared with

# The non-mated tail: log10 of the part of comparisons at or below a score, as a straight line through what was measured on
# mmu1 (100,125 comparisons, 1e-3 to 1e-5), the worse of the two sets looked at: on 60 % of interval's subjects the same
# parts lie 0.02 higher. Beyond what was measured the true tail bends down, so the line errs to the safe side.
TAIL_SCORE = 0.362  # the score ...
TAIL_LOG10 = -4.0  # ... at which one comparison in ten thousand of two different eyes lies
TAIL_SLOPE = 70.0  # decades for 1.0 of score


@dataclass(frozen=True, slots=True)
class Policy:
    """How sure the kiosk must be: the part of strangers it may take for somebody, and the lead over the next person."""

    target_fpir: float = 0.001
    min_margin: float = 0.02


def threshold(comparisons: int, target_fpir: float) -> float:
    """Return the highest score to accept, so that a stranger compared so often is taken for somebody at the target rate."""
    wanted = log10(target_fpir / max(1, comparisons))
    return TAIL_SCORE + (wanted - TAIL_LOG10) / TAIL_SLOPE


def decide(people: Sequence[str], owner: Indices, evidence: Sequence[Scores], policy: Policy) -> Decision:
    """Return who it is, from one or more frames of the same person.

    people    P                 everybody enrolled
    owner     (N,) int          whose each enrolled eye image is: its place in `people`
    evidence  F x (N,) float32  one array of scores a frame; a person's score is the best of all frames and images
    """
    if not people or not evidence:
        return Rejected(Reason.UNKNOWN, NOBODY)
    best = np.full(len(people) + 1, NOBODY, dtype=np.float32)  # one more than people: who is alone leads over nobody
    np.minimum.at(best, owner, np.min(evidence, axis=0))
    first, second = np.argpartition(best, 1)[:2]
    score, margin = float(best[first]), float(best[second] - best[first])
    if score > threshold(len(owner) * len(evidence), policy.target_fpir):
        return Rejected(Reason.UNKNOWN, score)
    if margin < policy.min_margin:
        return Rejected(Reason.AMBIGUOUS, score)
    return Accepted(people[first], score, margin)

"""From scores to a person, or to nobody. The one place where scores meet a threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import numpy as np

from terminal.types import Accepted, Decision, Reason, Rejected, Scores

# The non-mated tail, log10(part of comparisons at or below a score), a straight line through what was measured on mmu1 and
# 60 % of interval's subjects (5e5 comparisons, down to 1e-5). The true tail bends down below the line: it errs to the safe side.
TAIL_SCORE = 0.385  # the score ...
TAIL_LOG10 = -4.0  # ... at which one comparison in ten thousand of two different eyes lies
TAIL_SLOPE = 85.0  # decades for 1.0 of score
STRICTEST = 0.30  # even the largest gallery accepts what is this like: mated pairs of good images lie below


@dataclass(frozen=True, slots=True)
class Policy:
    """How sure the kiosk must be: part of strangers it may take for somebody, and the lead of the best over the next person."""

    target_fpir: float = 0.001
    min_margin: float = 0.02


def threshold(comparisons: int, target_fpir: float) -> float:
    """Return the highest score to accept, so that a stranger compared so many times is taken for somebody at the target rate."""
    wanted = log10(target_fpir / max(1, comparisons))
    return max(STRICTEST, TAIL_SCORE + (wanted - TAIL_LOG10) / TAIL_SLOPE)


def decide(people: Sequence[str], evidence: Sequence[Scores], policy: Policy) -> Decision:
    """Return who it is, from one or more frames of the same person.

    people    N            whose each enrolled eye image is
    evidence  F x (N,)     one array of scores for each frame; a person's score is the best of all frames and images
    """
    if not people or not evidence:
        return Rejected(Reason.UNKNOWN, 1.0)
    names, of = np.unique(np.asarray(people), return_inverse=True)
    best = np.full(len(names), 1.0, dtype=np.float32)
    np.minimum.at(best, of, np.min(evidence, axis=0))
    first = int(np.argmin(best))
    score = float(best[first])
    next_score = float(np.min(np.delete(best, first))) if len(names) > 1 else 1.0
    if score > threshold(len(people) * len(evidence), policy.target_fpir):
        return Rejected(Reason.UNKNOWN, score)
    if next_score - score < policy.min_margin:
        return Rejected(Reason.AMBIGUOUS, score)
    return Accepted(str(names[first]), score, next_score - score)

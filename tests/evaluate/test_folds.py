"""Cross-validation over subjects, on scores whose rates can be counted by hand."""

from dataclasses import replace

import numpy as np
import pytest

from terminal.errors import TerminalError
from terminal.evaluate.folds import held_out
from terminal.evaluate.samples import Compared, Sample

SUBJECTS = 4


def compared(even: float, odd: float, mated: float = 0.2) -> Compared:
    """Return two images each of four people; comparisons of different people score `even` or `odd` where both are in that fold."""
    samples = [Sample(str(person), "L", None, None, None, None, {}) for person in range(SUBJECTS) for _ in range(2)]
    person = np.repeat(np.arange(SUBJECTS), 2)
    scores = np.full((8, 8), 0.5, np.float32)
    for fold, score in enumerate((even, odd)):
        inside = (person[:, None] % 2 == fold) & (person[None, :] % 2 == fold)
        scores[inside] = score
    scores[person[:, None] == person[None, :]] = mated
    return Compared(samples, scores, 0.0)


def test_each_fold_is_measured_at_the_threshold_of_the_others() -> None:
    found = held_out(compared(even=0.3, odd=0.4), 2, (0.001,), refused_mated=0)[0.001]
    assert found.thresholds == pytest.approx((0.4, 0.3), abs=1e-6)
    assert found.fmr.share == 0.5  # the even ones pass at the odd ones' looser threshold
    assert found.fmr.comparisons == 8
    assert (found.fnmr.share, found.fnmr.comparisons) == (0.0, 4)


def test_a_mated_score_above_the_others_threshold_is_a_miss() -> None:
    found = held_out(compared(even=0.3, odd=0.4, mated=0.35), 2, (0.001,), refused_mated=4)[0.001]
    assert found.fnmr.share == 0.5
    assert found.fnmr_with_failures.share == 0.75


def test_folds_without_anybody_to_compare_are_refused() -> None:
    whole = compared(0.4, 0.4)
    with pytest.raises(TerminalError, match="too few"):
        held_out(replace(whole, samples=whole.samples[:4], scores=whole.scores[:4, :4]), 2, (0.01,), 0)

"""The line through the non-mated tail, on scores drawn from a known one."""

import numpy as np
import numpy.typing as npt
import pytest

from terminal.evaluate import tail
from terminal.evaluate.samples import Compared, Sample


def compared(eyes: int, shots: int, scores: npt.NDArray[np.float32]) -> Compared:
    return Compared(
        [Sample(str(eye), "L", None, None, None, None, {}) for eye in range(eyes) for _ in range(shots)], scores, 0.0
    )


def test_the_line_is_the_one_the_scores_were_drawn_from() -> None:
    part = np.random.default_rng(1).random((1500, 1500))
    scores = (0.36 + (np.log10(part) + 4) / 70).astype(np.float32)
    line = tail.one_comparison(compared(1500, 1, scores))
    assert line is not None
    assert line.score == pytest.approx(0.36, abs=0.003)
    assert line.slope == pytest.approx(70, rel=0.1)
    assert line.scores == 1500 * 1499 // 2


def test_two_comparisons_that_say_the_same_are_as_one_and_independent_ones_are_rarer() -> None:
    rng = np.random.default_rng(2)
    of_eyes = (0.36 + (np.log10(rng.random((300, 300))) + 4) / 70).astype(np.float32)
    alike = compared(300, 2, np.repeat(np.repeat(of_eyes, 2, axis=0), 2, axis=1))
    one, two = tail.one_comparison(alike), tail.two_comparisons(alike)
    assert one is not None
    assert two is not None
    assert two.score == pytest.approx(one.score, abs=0.004)
    apart = compared(300, 2, (0.36 + (np.log10(rng.random((600, 600))) + 4) / 70).astype(np.float32))
    rarer = tail.two_comparisons(apart)
    assert rarer is not None
    assert rarer.score > one.score + 0.01


def test_too_few_comparisons_say_nothing_of_a_tail() -> None:
    assert tail.one_comparison(compared(20, 1, np.full((20, 20), 0.4, np.float32))) is None
    assert tail.two_comparisons(compared(20, 1, np.full((20, 20), 0.4, np.float32))) is None

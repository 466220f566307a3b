"""What refusing the worst images would buy is counted honestly."""

import numpy as np
import pytest

from terminal.evaluate.reject import error_reject

PAIRS = np.array([[a, b] for a in range(20) for b in range(a)])


def test_refusing_the_image_that_spoils_its_comparisons_takes_the_misses_away() -> None:
    scores = np.where((PAIRS == 7).any(axis=1), 0.4, 0.2).astype(np.float32)
    quality = [0.1 if image == 7 else 0.5 + image / 100 for image in range(20)]
    found = {one.part: one.fnmr for one in error_reject(scores, PAIRS, quality, threshold=0.3)}
    assert found[0.0].share == pytest.approx(19 / 190)
    assert found[0.05].share == 0.0
    assert found[0.05].comparisons == 190 - 19


def test_a_quality_that_says_nothing_buys_nothing() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random(len(PAIRS), dtype=np.float32)
    found = error_reject(scores, PAIRS, rng.random(20).tolist(), threshold=0.7)
    assert abs(found[-1].fnmr.share - found[0].fnmr.share) < 0.1
    assert [one.part for one in found] == sorted(one.part for one in found)

"""What several frames and references say together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.match.fuse import fuse
from terminal.match.hamming import NOTHING_TO_COMPARE
from terminal.types import Eye, Probe, Scores, Template

TEMPLATE = Template(np.zeros((1, 1), np.uint64), np.zeros((1, 1), np.uint64), "m")


def probe(scores: Scores, eye: Eye | None = None) -> Probe:
    return Probe(TEMPLATE, eye, scores, 0)


@given(seed=st.integers(0, 2**32), people=st.integers(1, 6), references=st.integers(0, 15), frames=st.integers(1, 4))
def test_the_best_two_of_all_comparisons_count(seed: int, people: int, references: int, frames: int) -> None:
    rng = np.random.default_rng(seed)
    owner = rng.integers(0, people, references)
    shots = rng.choice(np.array([0.1, 0.2, 0.3, 0.45, 1.0], np.float32), (frames, references))
    [found] = fuse(people, owner, [probe(scores) for scores in shots])
    for person in range(people):
        compared = sorted(score for score in shots[:, owner == person].ravel() if score != NOTHING_TO_COMPARE)
        assert found.comparisons[person] == len(compared)
        assert found.score[person] == pytest.approx(np.mean(compared[:2]) if compared else 1.0)


@given(seed=st.integers(0, 2**32), frames=st.integers(2, 5))
def test_the_order_of_frames_says_nothing(seed: int, frames: int) -> None:
    rng = np.random.default_rng(seed)
    owner = rng.integers(0, 4, 9)
    probes = [probe(rng.random(9).astype(np.float32)) for _ in range(frames)]
    [forward], [backward] = fuse(4, owner, probes), fuse(4, owner, probes[::-1])
    assert np.array_equal(forward.score, backward.score)


def test_each_eye_is_fused_for_itself() -> None:
    owner = np.array([0, 0])
    left, right = np.array([0.1, 1.0], np.float32), np.array([1.0, 0.3], np.float32)
    found = fuse(1, owner, [probe(left, Eye.LEFT), probe(right, Eye.RIGHT)])
    assert [float(eye.score[0]) for eye in found] == pytest.approx([0.1, 0.3])

"""The fast matcher gives the plain one's answer, and the answer means what it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.match import hamming
from terminal.types import Words


def random_bits(seed: int, rows: int, words: int, part: float = 0.5) -> Words:
    drawn = np.random.default_rng(seed).random((rows, words * 64)) < part
    return np.packbits(drawn, axis=1).view(np.uint64)


@given(
    seed=st.integers(0, 2**32),
    rotations=st.integers(1, 9),
    people=st.integers(1, 40),
    words=st.integers(1, 12),
    seen=st.sampled_from([0.0, 0.1, 0.3, 0.7, 1.0]),
)
@settings(max_examples=80, deadline=None)
def test_the_fast_matcher_is_the_plain_one_to_the_last_bit(
    seed: int, rotations: int, people: int, words: int, seen: float
) -> None:
    code, mask = random_bits(seed, rotations, words), random_bits(seed + 1, rotations, words, seen)
    gallery, seen_there = random_bits(seed + 2, people, words), random_bits(seed + 3, people, words, seen)
    gallery[0], seen_there[0] = code[-1], mask[-1]
    fast = hamming.distances(code, mask, hamming.pack(gallery, seen_there))
    plain = hamming.distances_numpy(code, mask, gallery, seen_there)
    assert fast.dtype == plain.dtype == np.float32
    assert np.array_equal(fast, plain)


def test_a_gallery_of_many_chunks_is_searched_to_its_last_eye() -> None:
    people = 2 * hamming.CHUNK + 1
    code, mask = random_bits(1, 5, 2), random_bits(2, 5, 2, 0.4)
    gallery, seen_there = random_bits(3, people, 2), random_bits(4, people, 2, 0.4)
    gallery[-1], seen_there[-1] = code[3], mask[3]
    fast = hamming.distances(code, mask, hamming.pack(gallery, seen_there))
    assert np.array_equal(fast, hamming.distances_numpy(code, mask, gallery, seen_there))
    assert fast[-1] == fast.min()


def test_the_same_eye_is_near_nothing_strangers_near_a_half_and_the_best_rotation_counts() -> None:
    mask = np.full((3, 96), ~np.uint64(0))
    code = random_bits(1, 3, 96)
    gallery = np.stack([code[2], random_bits(2, 1, 96)[0]])
    same, stranger = hamming.distances(code, mask, hamming.pack(gallery, mask[:2]))
    assert same < 0.1
    assert stranger == pytest.approx(0.5, abs=0.05)


def test_the_fewer_bits_agree_the_less_an_agreement_says() -> None:
    code, few = random_bits(1, 1, 96), random_bits(2, 1, 96, 0.2)
    many = np.full((1, 96), ~np.uint64(0))
    assert hamming.distances_numpy(code, few, code, many)[0] > hamming.distances_numpy(code, many, code, many)[0]


def test_eyes_without_common_bits_compare_as_nothing() -> None:
    code, left = random_bits(1, 1, 4), np.array([[~np.uint64(0), 0, 0, 0]], dtype=np.uint64)
    assert hamming.distances_numpy(code, left, code, ~left)[0] == hamming.NOTHING_TO_COMPARE

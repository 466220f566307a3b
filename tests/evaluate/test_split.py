"""Who is enrolled with which images, and who comes back with which."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.errors import TerminalError
from terminal.evaluate.split import split
from tests.evaluate.codes import image, people, refused


def test_the_first_images_enrol_and_the_rest_come_back_in_groups_of_both_eyes() -> None:
    parts = split(people(2, 6), enrol=3, frames=2, rng=None)
    assert len(parts.enrolled) == 12
    assert [(probe.subject, [len(frame) for frame in probe.frames]) for probe in parts.probes] == [
        ("000", [2, 2]),
        ("000", [2]),
        ("001", [2, 2]),
        ("001", [2]),
    ]
    assert parts.left_over == 0


def test_one_image_of_an_eye_is_always_left_and_who_has_no_other_is_only_enrolled() -> None:
    samples = [image("000", "L", 0, shot) for shot in range(3)] + [image("001", "L", 1, 0)]
    parts = split(samples, enrol=3, frames=2, rng=None)
    assert [one.subject for one in parts.enrolled] == ["000", "000", "001"]
    assert [probe.subject for probe in parts.probes] == ["000"]


def test_refused_images_do_not_enrol_but_are_probes() -> None:
    samples = [refused("000", "L"), *(image("000", "L", 0, shot) for shot in range(2))]
    parts = split(samples, enrol=2, frames=2, rng=None)
    assert all(one.template is not None for one in parts.enrolled)
    assert len(parts.enrolled) == 2
    [probe] = parts.probes
    assert not probe.can_be_read


def test_images_of_one_eye_without_one_of_the_other_are_left_over_and_counted() -> None:
    samples = [image("000", "L", 0, shot) for shot in range(7)] + [image("000", "R", 1, shot) for shot in range(3)]
    parts = split(samples, enrol=1, frames=2, rng=None)
    assert [[len(frame) for frame in probe.frames] for probe in parts.probes] == [[2, 2]]
    assert parts.left_over == 4


@given(seed=st.integers(0, 2**16), enrol=st.integers(1, 5), frames=st.integers(1, 4), shots=st.integers(1, 6))
def test_no_image_is_used_twice_and_a_seed_gives_one_split(seed: int, enrol: int, frames: int, shots: int) -> None:
    samples = [refused(f"{person:03}", eye) for person in range(2) for eye in "LR" for _ in range(shots)]
    samples += [image("002", "L", 0, shot) for shot in range(shots)]
    first, second = (split(samples, enrol, frames, np.random.default_rng(seed)) for _ in range(2))
    assert first == second
    used = [*first.enrolled, *(one for probe in first.probes for frame in probe.frames for one in frame)]
    assert len({id(one) for one in used}) == len(used)
    assert len(used) + first.left_over == len(samples)


def test_a_folder_that_does_not_say_which_eye_it_holds_is_refused() -> None:
    with pytest.raises(TerminalError, match="does not say which eye"):
        split([image("000", "x", 0, 0)], 1, 1, None)

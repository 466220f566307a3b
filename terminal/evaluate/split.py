"""Who is enrolled with which images, and who comes back with which: one repetition of an identification."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from terminal.enrol.enrol import EYE_FOLDERS
from terminal.errors import TerminalError
from terminal.evaluate.samples import Sample
from terminal.types import Eye


@dataclass(frozen=True, slots=True)
class Presented:
    """One subject before the camera: frames, each of one eye or of both at once."""

    subject: str
    frames: tuple[tuple[Sample, ...], ...]

    @property
    def can_be_read(self) -> bool:
        """Return whether any image gave a template."""
        return any(one.template is not None for frame in self.frames for one in frame)

    @property
    def shows_both_eyes(self) -> bool:
        """Return whether any frame holds two eyes."""
        return any(len(frame) == 2 for frame in self.frames)


@dataclass(frozen=True, slots=True)
class Split:
    """The images of all subjects, each at most once."""

    enrolled: tuple[Sample, ...]
    probes: tuple[Presented, ...]
    left_over: int  # images of the eye that has more, without one of the other eye to go with


def which_eye(sample: Sample) -> Eye:
    """Return the eye a folder stands for; raise TerminalError when its name does not say."""
    eye = EYE_FOLDERS.get(sample.eye.lower())
    if eye is None:
        raise TerminalError(f"the folder {sample.identity} does not say which eye it holds", hint="name it L or R")
    return eye


def split(samples: Sequence[Sample], enrol: int, frames: int, rng: np.random.Generator | None) -> Split:
    """Split the images of every eye: the first usable ones enrol, the rest come back in groups of `frames`.

    `rng` shuffles the images of each eye first; without it they stay in order. One image of an eye is always left.
    """
    eyes: dict[str, dict[Eye, list[Sample]]] = {}
    for one in samples:
        eyes.setdefault(one.subject, {}).setdefault(which_eye(one), []).append(one)
    enrolled: list[Sample] = []
    probes: list[Presented] = []
    left_over = 0
    for subject, by_eye in eyes.items():
        groups: list[list[list[Sample]]] = []  # one list of groups an eye
        for images in by_eye.values():
            ordered = images if rng is None else [images[place] for place in rng.permutation(len(images))]
            usable = [one for one in ordered if one.template is not None]
            chosen = usable[: min(enrol, max(1, len(ordered) - 1))]
            enrolled += chosen
            rest = [one for one in ordered if not any(one is other for other in chosen)]
            if rest:
                groups.append([rest[start : start + frames] for start in range(0, len(rest), frames)])
        together = min(map(len, groups), default=0)
        left_over += sum(len(group) for of_eye in groups for group in of_eye[together:])
        probes += [Presented(subject, _frames([of_eye[at] for of_eye in groups])) for at in range(together)]
    return Split(tuple(enrolled), tuple(probes), left_over)


def _frames(groups: list[list[Sample]]) -> tuple[tuple[Sample, ...], ...]:
    """Put the first images of both eyes into one frame, and so on; where one eye has fewer, the other goes on alone."""
    longest = max(map(len, groups))
    return tuple(tuple(group[at] for group in groups if at < len(group)) for at in range(longest))
